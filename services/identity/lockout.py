"""After repeated wrong passwords a name has to wait, longer each time. Working state; the same for names that nobody has."""

import hashlib

from sqlalchemy import Connection, delete, insert, select
from sqlmodel import Field, SQLModel

from shared.database import table

FREE = 5
"""So many failures in a row cost no waiting."""
LONGEST = 900.0
"""Seconds."""
FORGOTTEN_AFTER = 24 * 3600.0
"""Seconds after the last failure."""


class FailureRow(SQLModel, table=True):
    __tablename__ = "identity_failures"

    name: str = Field(primary_key=True)
    """Digest of what was typed as the name: a mistyped name may be a password."""
    failures: int
    last: float
    """Seconds since 1970."""


ADD = insert(table(FailureRow))


def pause(failures: int) -> float:
    """Seconds to wait after so many failures in a row: none, then 2, 4, 8 … up to a quarter of an hour."""
    return 0.0 if failures < FREE else min(LONGEST, 2.0 ** min(failures - FREE + 1, 10))


def standing(connection: Connection, name: str, now: float) -> tuple[int, float]:
    """Failures in a row, and the seconds until this name may try again (0: at once)."""
    failures, last = _failures(connection, name, now)
    return failures, max(0.0, last + pause(failures) - now)


def failed(connection: Connection, name: str, now: float) -> None:
    failures, _ = _failures(connection, name, now)
    rows = table(FailureRow)
    connection.execute(delete(rows).where((rows.c.name == _key(name)) | (rows.c.last < now - FORGOTTEN_AFTER)))
    connection.execute(ADD, {"name": _key(name), "failures": failures + 1, "last": now})


def succeeded(connection: Connection, name: str) -> None:
    connection.execute(delete(table(FailureRow)).where(table(FailureRow).c.name == _key(name)))


def _failures(connection: Connection, name: str, now: float) -> tuple[int, float]:
    rows = table(FailureRow)
    found = connection.execute(select(rows.c.failures, rows.c.last).where(rows.c.name == _key(name))).first()
    if found is None or found.last < now - FORGOTTEN_AFTER:
        return 0, 0.0
    return found.failures, found.last


def _key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
