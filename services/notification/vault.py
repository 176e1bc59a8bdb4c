"""Asking identity's vault for a person's name, address and language: at the moment of sending. Nothing of it is stored; several
letters to one person in a burst ask once."""

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec

from services.notification.letters import Recipient
from shared.settings import Misconfigured

HEADER = "Makmal-Vault-Secret"

BURST_SECONDS = 5.0

_PLAUSIBLE = re.compile(r"[^\s<>@]+@[^\s<>@]+")


class NobodyThere(Exception):
    """The vault knows no such person (any more), or no address of his."""


class VaultAway(Exception):
    """The vault cannot be asked just now."""


class _Person(msgspec.Struct):
    name: str
    email: str
    language: str = "id"


class Vault:
    def __init__(self, client: httpx.AsyncClient):
        self._client = client
        self._lately: dict[str, tuple[float, Recipient]] = {}

    async def recipient(self, person: str) -> Recipient:
        """Raises NobodyThere, VaultAway."""
        now = time.monotonic()
        known = self._lately.get(person)
        if known is not None and now - known[0] < BURST_SECONDS:
            return known[1]
        recipient = await self._ask(person)
        self._lately = {p: (at, r) for p, (at, r) in self._lately.items() if now - at < BURST_SECONDS}
        self._lately[person] = now, recipient
        return recipient

    async def _ask(self, person: str) -> Recipient:
        try:
            answer = await self._client.get(f"/v1/persons/{person}")
        except httpx.HTTPError as error:
            raise VaultAway(f"{type(error).__name__}: {error}") from error
        if answer.status_code in (404, 410):
            raise NobodyThere
        if answer.status_code != 200:
            raise VaultAway(f"it answers {answer.status_code}")
        try:
            found = msgspec.json.decode(answer.content, type=_Person)
        except msgspec.DecodeError as error:
            raise VaultAway(f"its answer cannot be read: {error}") from error
        if not _PLAUSIBLE.fullmatch(found.email):
            raise NobodyThere
        return Recipient(found.name, found.email, found.language)


@asynccontextmanager
async def open_vault(url: str, secret: str) -> AsyncIterator[Vault]:
    """`url` is an HTTP URL or `unix:/path/of/socket`. Raises Misconfigured."""
    if not url or not secret:
        raise Misconfigured("mail needs MAKMAL_IDENTITY_URL and MAKMAL_VAULT_SECRET to ask for addresses")
    options: dict[str, Any] = {"base_url": url}
    if url.startswith("unix:"):
        options = {"base_url": "http://identity", "transport": httpx.AsyncHTTPTransport(uds=url.removeprefix("unix:"))}
    async with httpx.AsyncClient(headers={HEADER: secret}, timeout=10, **options) as client:
        yield Vault(client)
