"""Asking identity's vault for people's names, addresses and languages: at the moment of sending. Nothing of it is stored; letters that
go out at the same time ask together, and several to one person in a burst ask once."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec

from services.notification.letters import Recipient
from shared.eventlog.groupcommit import GroupCommit
from shared.refusals import Away
from shared.settings import Misconfigured

HEADER = "Makmal-Vault-Secret"

BURST_SECONDS = 5.0
AT_ONCE = 100

_PLAUSIBLE = re.compile(r"[^\s<>@]+@[^\s<>@]+")


class NobodyThere(Exception):
    """The vault knows no such person (any more), or no address of his."""


class VaultAway(Exception):
    """The vault cannot be asked just now."""


def names_away() -> Away:
    return Away(
        "the names of people cannot be asked for just now; try again in a minute",
        "nama orang belum dapat ditanyakan saat ini; coba lagi sebentar lagi",
    )


@dataclass(frozen=True)
class Known:
    """A person as the vault has him. `email` may be empty; `login` is what he signs in with."""

    person: str
    name: str
    email: str
    login: str
    language: str = "id"


class Vault:
    def __init__(self, client: httpx.AsyncClient):
        self._client = client
        self._lately: dict[str, tuple[float, Known]] = {}
        self._asks: GroupCommit[str, Known | None] = GroupCommit(self._ask, items=AT_ONCE, size=AT_ONCE, size_of=lambda _: 1)

    async def recipient(self, person: str) -> Recipient:
        """Raises NobodyThere, VaultAway."""
        known = await self.known(person)
        if known is None or not _PLAUSIBLE.fullmatch(known.email):
            raise NobodyThere
        return Recipient(known.name, known.email, known.language)

    async def known(self, person: str) -> Known | None:
        """None where the vault knows nobody (any more). Raises VaultAway."""
        now = time.monotonic()
        lately = self._lately.get(person)
        if lately is not None and now - lately[0] < BURST_SECONDS:
            return lately[1]
        known = await self._asks(person)
        if known is not None:
            self._lately = {p: (at, k) for p, (at, k) in self._lately.items() if now - at < BURST_SECONDS}
            self._lately[person] = now, known
        return known

    async def all_known(self, persons: Sequence[str]) -> list[Known | None]:
        """Of each of them. Raises Away."""
        try:
            return await asyncio.gather(*(self.known(person) for person in persons))
        except VaultAway as away:
            raise names_away() from away

    async def _ask(self, persons: Sequence[str]) -> Sequence[Known | Exception | None]:
        try:
            answer = await self._client.get("/v1/vault", params={"person": list(dict.fromkeys(persons))})
        except httpx.HTTPError as error:
            raise VaultAway(f"{type(error).__name__}: {error}") from error
        if answer.status_code != 200:
            raise VaultAway(f"it answers {answer.status_code}")
        try:
            found = {known.person: known for known in msgspec.json.decode(answer.content, type=list[Known])}
        except msgspec.DecodeError as error:
            raise VaultAway(f"its answer cannot be read: {error}") from error
        return [found.get(person) for person in persons]


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
