"""The outbox: how far the sending of each message has come. Working state, no fact: what the log says stands in `projections.py`.

A row appears when a queued message is handed to the workers, and goes through `waiting` → `sending` → an outcome. `sending` is
committed before the letter goes out and the outcome after the answer, so that a crash in between leaves `sending`, which nobody
sends again by himself. All changes are compare-and-set: two workers with the same job send once.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlmodel import Field, SQLModel

from services.notification.projections import MessageRow
from shared.database import Database, table
from shared.eventlog.groupcommit import GroupCommit

OUTCOMES = ("sent", "uncertain", "bounced", "abandoned")


class OutboxRow(SQLModel, table=True):
    __tablename__ = "notification_outbox"

    message: str = Field(primary_key=True)
    attempt: int = Field(primary_key=True)
    state: str
    tries: int = 0
    due: float = 0
    """Not before this time (seconds since 1970)."""
    handed: float = 0
    """When it was last handed to the workers; 0: not since it became due."""
    since: float = 0
    """Of `state`."""
    created: float
    message_id: str = ""
    code: int = 0
    answer: str = ""


class OutboxBirth(SQLModel, table=True):
    """The position of the log at which this outbox began. What was queued before and has no outcome may have been under way when an
    earlier outbox was lost: it is uncertain."""

    __tablename__ = "notification_outbox_birth"

    id: int = Field(primary_key=True)
    position: int


TABLES = (OutboxRow, OutboxBirth)
_outbox, _birth, _messages = table(OutboxRow), table(OutboxBirth), table(MessageRow)
_MINE = (_outbox.c.message == _messages.c.id) & (_outbox.c.attempt == _messages.c.attempt)


def begin(connection: Connection, position: int) -> None:
    """Note where this outbox began, if it is new."""
    if connection.execute(select(_birth.c.id)).first() is None:
        connection.execute(insert(_birth), {"id": 1, "position": position})


def hand_out(connection: Connection, most: int, again_after: float) -> list[tuple[str, int]]:
    """Queued messages (ID, attempt) that are due and in nobody's hands; they count as handed to the workers from now on.

    `most` are in the workers' hands at a time. What was handed out and has no outcome on record after `again_after` seconds is
    handed out again: the workers look at its row.
    """
    now = time.time()
    held = (
        select(func.count())
        .select_from(_outbox.join(_messages, _outbox.c.message == _messages.c.id))
        .where(_messages.c.state == "queued", _outbox.c.handed > now - again_after)
    )
    limit = most - connection.execute(held).scalar_one()
    if limit <= 0:
        return []
    born = connection.execute(select(_birth.c.position)).scalar_one()
    due = (_outbox.c.due <= now) & (_outbox.c.handed <= now - again_after)
    wanted = (
        select(_messages.c.id, _messages.c.attempt, _messages.c.queued, _outbox.c.message.label("known"))
        .select_from(_messages.outerjoin(_outbox, _MINE))
        .where(_messages.c.state == "queued", _outbox.c.message.is_(None) | due)
        .order_by(_messages.c.queued)
        .limit(limit)
    )
    rows = connection.execute(wanted).all()
    fresh = [
        {
            "message": row.id,
            "attempt": row.attempt,
            "state": "uncertain" if row.queued <= born else "waiting",
            "handed": now,
            "since": now,
            "created": now,
        }
        for row in rows
        if row.known is None
    ]
    if fresh:
        connection.execute(insert(_outbox), fresh)
    for row in rows:
        if row.known is not None:
            connection.execute(update(_outbox).where(*_this(row.id, row.attempt)).values(handed=now))
    return [(row.id, row.attempt) for row in rows]


def take_back(connection: Connection, handed: Sequence[tuple[str, int]]) -> None:
    """They could not be handed to the workers after all."""
    for message, attempt in handed:
        connection.execute(update(_outbox).where(*_this(message, attempt)).values(handed=0))


@dataclass(frozen=True)
class Entry:
    """A message with its outbox row."""

    message: str
    attempt: int
    edition: str
    person: str
    template: str
    facts: str
    state: str
    tries: int
    since: float
    created: float
    message_id: str
    code: int
    answer: str


_LOOK = (
    select(
        *(_messages.c.id.label("message"), _messages.c.attempt, _messages.c.edition, _messages.c.person),
        *(_messages.c.template, _messages.c.facts, _outbox.c.state, _outbox.c.tries, _outbox.c.since, _outbox.c.created),
        *(_outbox.c.message_id, _messages.c.message_id.label("known_id"), _outbox.c.code, _outbox.c.answer),
    )
    .select_from(_messages.join(_outbox, _MINE))
    .where(_messages.c.id == bindparam("_message"), _messages.c.attempt == bindparam("_attempt"))
)


def look(connection: Connection, message: str, attempt: int) -> Entry | None:
    """None if the message is not in this outbox, or has been queued anew meanwhile."""
    row = connection.execute(_LOOK, {"_message": message, "_attempt": attempt}).first()
    if row is None:
        return None
    values = row._asdict()
    known = values.pop("known_id")
    return Entry(**{**values, "message_id": row.message_id or known})


_MOVE = update(_outbox).where(
    _outbox.c.message == bindparam("_message"),
    _outbox.c.attempt == bindparam("_attempt"),
    _outbox.c.state == bindparam("_before"),
)


def move(connection: Connection, entry: Entry, before: str, after: str, values: dict[str, Any]) -> bool:
    """From one state to another. False if it is not in the first (any more)."""
    this = {"_message": entry.message, "_attempt": entry.attempt, "_before": before}
    return connection.execute(_MOVE, {**this, "state": after, "since": time.time(), **values}).rowcount == 1


def _this(message: str, attempt: int) -> tuple[Any, ...]:
    return _outbox.c.message == message, _outbox.c.attempt == attempt


class Outbox:
    """The outbox for workers that run at once: what they ask at the same time goes into one transaction."""

    def __init__(self, database: Database):
        self._database = database
        self._looks: GroupCommit[tuple[str, int], Entry | None] = GroupCommit(self._look, items=64, size=64, size_of=_one)
        self._moves: GroupCommit[tuple[Entry, str, str, dict[str, Any]], bool] = GroupCommit(
            self._move, items=64, size=64, size_of=_one
        )

    async def look(self, message: str, attempt: int) -> Entry | None:
        return await self._looks((message, attempt))

    async def move(self, entry: Entry, before: str, after: str, **values: Any) -> bool:
        return await self._moves((entry, before, after, values))

    async def _look(self, asked: Sequence[tuple[str, int]]) -> Sequence[Entry | Exception | None]:
        return await self._database.read(lambda connection: [look(connection, *this) for this in asked])

    async def _move(self, moves: Sequence[tuple[Entry, str, str, dict[str, Any]]]) -> Sequence[bool | Exception]:
        return await self._database.write(lambda connection: [move(connection, *this) for this in moves])


def _one(_: object) -> int:
    return 1
