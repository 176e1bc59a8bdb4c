"""A browser without scripts, for tests of one service's pages in-process."""

import re
from collections.abc import Mapping
from html import unescape

import httpx


class Browser:
    """Keeps cookies, looks at pages and sends the forms on them, with the hidden fields that they carry."""

    def __init__(self, client: httpx.AsyncClient, token: str = ""):
        """`token`: of who is signed in."""
        self.client = client
        self.cookies = {"__Host-makmal": token} if token else {}
        self.page = ""

    async def _take(self, answer: httpx.Response) -> httpx.Response:
        for name, value in re.findall(r"(__Host-[a-z]+)=([^;]*);", "\n".join(answer.headers.get_list("set-cookie"))):
            self.cookies[name] = value.strip('"')
        self.cookies = {name: value for name, value in self.cookies.items() if value}
        self.client.cookies.clear()
        self.page = answer.text
        return answer

    def _headers(self, **more: str) -> dict[str, str]:
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Accept": "text/html", **({"Cookie": kept} if kept else {}), **more}

    async def look(self, address: str, **headers: str) -> httpx.Response:
        return await self._take(await self.client.get(address, headers=self._headers(**headers)))

    async def send(self, address: str, fields: Mapping[str, str | list[str]], **headers: str) -> httpx.Response:
        """The form on the page that was looked at last, with these fields filled in."""
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.page)
        data = {**{name: unescape(value) for name, value in hidden}, **fields}
        return await self._take(await self.client.post(address, data=data, headers=self._headers(**headers)))

    async def send_files(self, address: str, fields: dict[str, str], files: dict[str, bytes]) -> httpx.Response:
        """The same with files: by the name of their field, which is also theirs."""
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.page)
        data = {**{name: unescape(value) for name, value in hidden}, **fields}
        sent = {name: (name, content) for name, content in files.items()}
        return await self._take(await self.client.post(address, data=data, files=sent, headers=self._headers()))
