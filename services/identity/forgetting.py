"""What identity itself keeps of a person beside the log, and how it forgets it."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.identity import credentials, invitations, passkeys, sessions, traces, vault
from shared.parts import Parts


def forget(connection: Connection, persons: Sequence[str]) -> None:
    """Name, addresses and numbers, password, passkeys, invitations and sessions."""
    for person in persons:
        vault.erase(connection, person)
        credentials.erase(connection, person)
        passkeys.forget(connection, person)
        invitations.erase(connection, person)
        sessions.forget(connection, person)


async def forget_the_erased(parts: Parts) -> None:
    """Who was erased stays so: after a crash between the record of it and the deed, and when the vault comes from a backup."""
    persons = await traces.erased(parts.event_log)
    if persons:
        await parts.database.write(lambda c: forget(c, persons))
