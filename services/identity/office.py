"""What identity alone has besides the parts of every service, and what it does before it is ready."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated
from weakref import WeakValueDictionary

from fastapi import Depends
from faststream.redis import RedisBroker

from services.identity import first_administrator
from services.identity.derivation import Derivation
from services.identity.forgetting import forget_the_erased
from services.identity.keyring import Keyring
from services.identity.passwords import Passwords
from services.identity.terms import Terms
from shared.parts import Parts
from shared.web.asking import PartsHere


@dataclass
class Office:
    terms: Terms
    keyring: Keyring
    derivation: Derivation
    passwords: Passwords
    _turns: "WeakValueDictionary[str, asyncio.Lock]" = field(default_factory=WeakValueDictionary)

    def turn(self, name: str) -> asyncio.Lock:
        """Attempts to sign in under one name come one after another, so that a thousand at once count as a thousand."""
        return self._turns.setdefault(name, asyncio.Lock())


def _office(parts: PartsHere) -> Office:
    office: Office = parts.own["office"]
    return office


OfficeHere = Annotated[Office, Depends(_office)]


@asynccontextmanager
async def open_office(parts: Parts, broker: RedisBroker) -> AsyncIterator[None]:
    """Before the service is ready there are a key to sign with and somebody who can grant roles."""
    terms = Terms.of(parts.settings)
    directory = parts.settings.data
    derivation = await asyncio.to_thread(Derivation.kept_in, directory)
    office = Office(terms, Keyring(parts.desk, directory), derivation, Passwords())
    parts.own["office"] = office
    try:
        await forget_the_erased(parts)
        await office.keyring.prepare()
        await first_administrator.appoint(parts, office.passwords, terms.administrator_email)
        yield
    finally:
        office.passwords.close()
