"""Passkeys: public keys of which the private half never leaves a person's device. Working state; several per person, each named."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Connection, RowMapping, delete, func, insert, select, update
from sqlmodel import Field, SQLModel

from services.identity import sessions
from shared.database import table
from shared.refusals import Refused

MOST = 20
"""Of one person."""
LONGEST_NAME = 100
FRESH_SECONDS = 600.0
"""Who signed in so lately need not show his password once more."""


class PasskeyRow(SQLModel, table=True):
    __tablename__ = "identity_passkeys"

    id: str = Field(primary_key=True)
    """The credential's ID, base64url without padding."""
    person: str = Field(index=True)
    name: str
    """As its owner calls it."""
    public_key: bytes
    """COSE (RFC 9052)."""
    sign_count: int = Field(sa_type=BigInteger)
    """As its device counted at its last use; 0 for one that does not count."""
    transports: str
    """How a browser reaches the device, separated by spaces."""
    added: float
    """Seconds since 1970."""
    used: float = 0.0
    """0: not yet."""


_rows = table(PasskeyRow)


def add(connection: Connection, row: PasskeyRow) -> None:
    """Refused where its ID is known, and for one too many."""
    if find(connection, row.id) is not None:
        raise Refused("this passkey is kept here already", "kunci sandi ini sudah tersimpan di sini")
    if (connection.scalar(select(func.count()).where(_rows.c.person == row.person)) or 0) >= MOST:
        raise Refused(
            f"you have {MOST} passkeys, which is the most; remove one that you no longer use",
            f"Anda sudah memiliki {MOST} kunci sandi, jumlah terbanyak; hapus satu yang tidak lagi dipakai",
        )
    connection.execute(insert(_rows), row.model_dump())


def find(connection: Connection, id: str) -> RowMapping | None:
    return connection.execute(select(_rows).where(_rows.c.id == id)).mappings().one_or_none()


def of(connection: Connection, person: str) -> Sequence[RowMapping]:
    """Oldest first."""
    return (
        connection.execute(select(_rows).where(_rows.c.person == person).order_by(_rows.c.added, _rows.c.id)).mappings().all()
    )


def use(connection: Connection, id: str, before: int, count: int, now: float) -> bool:
    """Note a use. False where it was removed or used otherwise meanwhile, so that the same count never serves twice."""
    same = update(_rows).where(_rows.c.id == id, _rows.c.sign_count == before)
    return connection.execute(same.values(sign_count=count, used=now)).rowcount == 1


def remove(connection: Connection, person: str, id: str) -> None:
    connection.execute(delete(_rows).where(_rows.c.person == person, _rows.c.id == id))


def forget(connection: Connection, person: str) -> None:
    connection.execute(delete(_rows).where(_rows.c.person == person))


def fresh(connection: Connection, session: str, now: float) -> bool:
    """Whether this session began by a sign-in of the last few minutes."""
    row = sessions.find(connection, session, now)
    return row is not None and float(row["begun"]) > now - FRESH_SECONDS
