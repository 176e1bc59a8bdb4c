"""Identity as the tests meet it: running on a real log, with its first administrator signed in."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from services.identity.app import create_app
from shared.parts import Parts
from tests.world import World, bearer

PASSWORD = "sebuah kalimat panjang"
DECREE = {"decree": "SK-1/2023", "decree_date": "2023-02-01"}


@dataclass
class Identity:
    client: httpx.AsyncClient
    parts: Parts

    async def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        form = {"grant_type": "password", "username": email, "password": password}
        return await self.client.post("/v1/token", data=form)

    async def token(self, email: str, password: str = PASSWORD) -> str:
        answer = await self.sign_in(email, password)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    async def administrator(self) -> str:
        """A token of the first administrator."""
        sign_in = json.loads((self.parts.settings.data / "first-administrator").read_text())
        return await self.token(sign_in["username"], sign_in["password"])

    async def post(self, path: str, token: str, body: dict[str, Any], status: int = 201, key: str | None = None) -> Any:
        answer = await self.client.post(path, json=body, headers=bearer(token, key))
        assert answer.status_code == status, answer.text
        return answer.json()

    async def account(self, administrator: str, email: str, *roles: dict[str, Any]) -> str:
        """A person with an active account and these roles; his ID."""
        new = {"name": f"Demo {email}", "email": email}
        invited = await self.post("/v1/accounts", administrator, new)
        for role in roles:
            await self.post("/v1/roles", administrator, {"person": invited["person"], **role})
        body = {"invitation": invited["invitation"], "password": PASSWORD}
        answer = await self.client.post("/v1/accounts/activation", json=body)
        assert answer.status_code == 200, answer.text
        return str(invited["person"])


@asynccontextmanager
async def identity(world: World, **settings: Any) -> AsyncIterator[Identity]:
    app = create_app(world.settings("identity", **settings))
    async with world.running(app) as client:
        yield Identity(client, app.state.parts)
