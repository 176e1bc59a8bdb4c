"""Who may see what: every page and every form on them asked by everybody."""

import asyncio
import secrets
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from shared import samples
from shared.web.openapi import depends_on
from shared.web.pages import cookies
from shared.web.pages.forms import KEY, TOKEN
from shared.web.pages.forms import token as form_token
from shared.web.pages.visit import member, visitor
from tests.access.ground import EDITION
from tests.access.walk import PAGES, PLACES, Walk

THERE = {"step": "1", "number": "1", "indicator": "1", "draft": samples.INNOVATION, "row": "1", "objection": "1"}
"""What stands in the addresses of pages alone."""
STREAM = "/live"
"""How the address of a page's own news ends: such an answer has no end."""
DOORS = ("/identity/sign-in?next=", "/identity/renew?next=")


def pages(app: FastAPI) -> list[tuple[str, str, str, dict[str, Any]]]:
    """(name, method, address, request) of every page of a service."""
    found: list[tuple[str, str, str, dict[str, Any]]] = []
    for route in iter_route_contexts(app.routes):
        if not isinstance(route.original_route, APIRoute) or not {visitor, member} & depends_on(route.dependant):
            continue
        path, address = str(route.path_format), str(route.path_format)
        for name in route.original_route.param_convertors:
            address = address.replace(f"{{{name}}}", str({**samples.WORDS, **PLACES, **THERE}[name]))
        found += [(f"{method} {path}", method, address, {}) for method in sorted(route.methods or ()) if method != "HEAD"]
    return found


class PageWalk(Walk):
    """As somebody who is signed in, with forms that are ours."""

    section = PAGES

    def requests(self, app: FastAPI) -> list[tuple[str, str, str, dict[str, Any]]]:
        return sorted(pages(app), key=lambda one: one[1])  # what is looked at before what changes something

    async def ask(
        self, client: httpx.AsyncClient, method: str, address: str, request: dict[str, Any], token: str
    ) -> httpx.Response:
        kept = {cookies.FORM: "secret", **({cookies.SESSION: token} if token else {})}
        headers = {"Accept": "text/html", "Cookie": "; ".join(f"{name}={value}" for name, value in kept.items())}
        if address.endswith(STREAM):
            return await beginning(client, address, headers)
        form = {TOKEN: form_token("secret"), KEY: secrets.token_hex(16)} if method == "POST" else None
        return await client.request(method, address, data=form, headers=headers)

    def edition(self, service: str) -> str:
        return EDITION

    def denied(self, answer: httpx.Response) -> bool:
        led_away = answer.status_code == 303 and answer.headers["location"].startswith(DOORS)
        if answer.request.url.path == "/renew":  # leads to the sign-in whom it cannot keep signed in
            return False
        return led_away or super().denied(answer)


async def beginning(client: httpx.AsyncClient, address: str, headers: dict[str, str]) -> httpx.Response:
    """The status and headers of an answer that goes on and on; then the line is cut."""
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    begun: asyncio.Future[httpx.Response] = asyncio.get_running_loop().create_future()
    asked = client.build_request("GET", address, headers=headers)
    scope = {
        "type": "http",
        "method": "GET",
        "path": asked.url.path,
        "raw_path": asked.url.raw_path,
        "root_path": "",
        "query_string": asked.url.query,
        "headers": [(name.lower(), value) for name, value in asked.headers.raw],
        "scheme": asked.url.scheme,
        "http_version": "1.1",
        "server": (asked.url.host, asked.url.port),
        "client": ("127.0.0.1", 1),
    }

    async def receive() -> dict[str, Any]:
        await asyncio.wait([begun])
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            begun.set_result(httpx.Response(message["status"], headers=message["headers"], request=asked))

    answering = asyncio.ensure_future(transport.app(scope, receive, send))
    waited: list[asyncio.Future[Any]] = [begun, answering]
    try:
        await asyncio.wait(waited, timeout=20, return_when=asyncio.FIRST_COMPLETED)
        return begun.result()
    finally:
        answering.cancel()
        await asyncio.wait([answering])
