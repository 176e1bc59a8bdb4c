"""The sessions of people: one for each sign-in, until its token ends. Working state; an ended session stands in the log."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, RowMapping, delete, insert, select
from sqlmodel import Field, SQLModel

from shared.database import table

LONGEST_AGENT = 200


class SessionRow(SQLModel, table=True):
    __tablename__ = "identity_sessions"

    session: str = Field(primary_key=True)
    """The token's `jti`."""
    person: str = Field(index=True)
    begun: float
    """Seconds since 1970."""
    expires: float = Field(index=True)
    agent: str
    """What the client calls itself (User-Agent), so that its owner recognises it."""


ADD = insert(table(SessionRow))


def begin(connection: Connection, session: str, person: str, now: float, expires: float, agent: str) -> None:
    rows = table(SessionRow)
    connection.execute(delete(rows).where(rows.c.expires <= now))
    shown = "".join(character for character in agent if character.isprintable())[:LONGEST_AGENT]
    connection.execute(ADD, {"session": session, "person": person, "begun": now, "expires": expires, "agent": shown})


def open_ones(connection: Connection, person: str, now: float) -> Sequence[RowMapping]:
    """Newest first."""
    rows = table(SessionRow)
    asked = select(rows).where(rows.c.person == person, rows.c.expires > now).order_by(rows.c.begun.desc(), rows.c.session)
    return connection.execute(asked).mappings().all()


def find(connection: Connection, session: str, now: float) -> RowMapping | None:
    """The session, if it still goes on."""
    rows = table(SessionRow)
    asked = select(rows).where(rows.c.session == session, rows.c.expires > now)
    return connection.execute(asked).mappings().one_or_none()


def forget(connection: Connection, person: str, sessions: Sequence[str] | None = None) -> None:
    """All of a person, or those named."""
    rows = table(SessionRow)
    of_him = delete(rows).where(rows.c.person == person)
    connection.execute(of_him if sessions is None else of_him.where(rows.c.session.in_(sessions)))


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
