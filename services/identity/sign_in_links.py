"""Links that sign somebody in, once, for a while: how a rehearsal or a demo hands out its parts. Working state.

No house makes them unless it is told to (`MAKMAL_SIGN_IN_LINKS=1`), for whoever makes one can act as somebody else.
"""

from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import Field, SQLModel

from services.identity.derivation import digest
from shared.database import table


class SignInLinkRow(SQLModel, table=True):
    __tablename__ = "identity_sign_in_links"

    digest: str = Field(primary_key=True)
    """Of the secret in the link."""
    person: str = Field(index=True)
    expires: float
    """Seconds since 1970."""
    used: bool = False


def offer(connection: Connection, secret: str, person: str, expires: float, now: float) -> float:
    """When the link with this secret ends. The same again changes nothing, also when it was used meanwhile."""
    rows = table(SignInLinkRow)
    made = select(rows.c.expires).where(rows.c.digest == digest(secret))
    if (known := connection.execute(made).scalar_one_or_none()) is not None:
        return float(known)
    connection.execute(delete(rows).where(rows.c.expires <= now))
    connection.execute(insert(rows), {"digest": digest(secret), "person": person, "expires": expires, "used": False})
    return expires


def whose(connection: Connection, secret: str, now: float) -> str | None:
    rows = table(SignInLinkRow)
    asked = select(rows.c.person).where(rows.c.digest == digest(secret), rows.c.expires > now, rows.c.used.is_(False))
    return connection.execute(asked).scalar_one_or_none()


def use(connection: Connection, secret: str, now: float) -> str | None:
    """Whom it signs in, and never again; None for a link that is used, over or none."""
    rows = table(SignInLinkRow)
    good = (rows.c.digest == digest(secret), rows.c.expires > now, rows.c.used.is_(False))
    return connection.execute(update(rows).where(*good).values(used=True).returning(rows.c.person)).scalar_one_or_none()
