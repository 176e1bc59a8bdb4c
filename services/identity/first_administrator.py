"""The first administrator: appointed when a log begins, so that somebody can invite people and grant roles.

His ID follows from the log's name. So there is one account to look at, and an administrator cannot revoke himself: as long as the log
stands, somebody is administrator. Steps: the file with the password, its hash, the events. Whichever of them a crash prevents, the
next start does; the file is right whenever the account exists.
"""

import asyncio
import secrets
import uuid
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from services.identity import credentials, vault
from services.identity.account import ACCOUNT, Absent, AppointFirstAdministrator, holds
from services.identity.keyring import ACTOR
from services.identity.passwords import Passwords
from services.identity.roles import ADMINISTRATOR
from shared.deciding import Act
from shared.parts import Parts
from shared.settings import Misconfigured
from shared.transparency.files import write_durably

FILE = "first-administrator"
"""In the service's directory: shown once by whoever starts the service, and deleted then."""


class SignIn(Struct, frozen=True):
    username: str
    password: str


def id_of_the_first(log: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"urn:makmal:{log}:first-administrator").hex


async def appoint(parts: Parts, passwords: Passwords, email: str) -> None:
    """Appoint him if the log has no such account, or give him a new password if the service's database was lost.

    `email` is what he signs in with. Raises Misconfigured if it belongs to somebody else.
    """
    person = id_of_the_first(parts.settings.log)
    account, _ = await parts.desk.state(ACCOUNT(person))
    can_sign_in = await parts.database.read(lambda c: credentials.has_password(c, person))
    if not isinstance(account, Absent) and (can_sign_in or not holds(account, ADMINISTRATOR)):
        return

    known = await parts.database.read(lambda c: vault.find(c, person))
    sign_in = await asyncio.to_thread(_on_file, parts.settings.data / FILE, str(known["email"]) if known else email)
    hash = await passwords.hash(sign_in.password)

    def admit(connection: Connection) -> None:
        details = vault.Details(name="Administrator Pertama", email=sign_in.username)
        if vault.register(connection, person, details, body="") != person:
            raise Misconfigured(f"MAKMAL_ADMINISTRATOR_EMAIL: {sign_in.username} belongs to somebody else; choose another")
        credentials.set_password(connection, person, hash)

    await parts.database.write(admit)
    await parts.desk.carry_out(Act(ACCOUNT(person), AppointFirstAdministrator(person)), actor=ACTOR)


def _on_file(file: Path, username: str) -> SignIn:
    """What the file says, if an earlier start wrote it and nobody has taken it yet; else a new password, written there."""
    if file.exists():
        found = msgspec.json.decode(file.read_bytes(), type=SignIn)
        if found.username == username:
            return found
    fresh = SignIn(username, secrets.token_urlsafe(18))
    write_durably(file, msgspec.json.encode(fresh), private=True)
    return fresh
