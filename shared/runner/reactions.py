"""Reactions: another service's event leads to a command to one's own decider, once, in order within a subject."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from prometheus_client import Gauge
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from shared.database import Database, table
from shared.deciding import Act, Desk, Outcome, request_key
from shared.eventlog import LogUnavailable, LogWentBack, Recorded, parse
from shared.events import Event
from shared.runner.tables import InboxRow, Lease

if TYPE_CHECKING:
    from shared.runner.runner import Runner

log = structlog.get_logger()

T = TypeVar("T")

MOST_TRIES = 6
LEASE_SECONDS = 5.0
"""How long a killed process holds back its successor. Two that work at once do nothing twice: requests are on record."""
AT_ONCE = 32

PARKED = Gauge("makmal_reactions_parked", "Subjects whose reactions are parked", ["service"])


class Hand:
    """What a reaction acts with: its commands carry the cause, and are done once however often they are given."""

    def __init__(self, desk: Desk, reaction: str, cause: Recorded, database: Database):
        self._desk = desk
        self._database = database
        self._reaction = reaction
        self._cause = cause
        self._given: Counter[str] = Counter()

    async def carry_out(self, *acts: Act) -> Outcome:
        subject = acts[0].aggregate.subject
        self._given[subject] += 1
        return await self._desk.carry_out(
            *acts,
            actor=f"reaction/{self._desk.log.service}.{self._reaction}",
            edition=self._cause.envelope.edition,
            request=request_key(self._cause.envelope.id, self._reaction, subject, str(self._given[subject])),
            body=self._reaction,
            cause=self._cause,
        )

    async def state(self, aggregate: Any) -> Any:
        """The state of an aggregate, as of now."""
        return (await self._desk.state(aggregate))[0]

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Ask the service's own tables. They have counted every event up to the cause, and maybe some beyond: for choosing whom
        something concerns, never for a rule."""
        return await self._database.read(query)


class Reaction:
    """`react(cause, hand)` gives the commands; `subject(cause)` says which rows must keep their order."""

    def __init__(
        self,
        name: str,
        types: Sequence[type[Event]],
        react: Callable[[Recorded, Hand], Awaitable[None]],
        *,
        subject: Callable[[Recorded], str] = lambda recorded: recorded.subject,
        concerns: Callable[[Recorded], bool] = lambda recorded: True,
    ):
        self.name = name
        self.types = frozenset(kind.__name__ for kind in types)
        self.react = react
        self.subject = subject
        self.concerns = concerns


class ReactionWorker:
    """Works off the inbox of one service. Only the holder of the lease does; a failure holds back its subject alone."""

    def __init__(self, runner: "Runner", desk: Desk, database: Database, reactions: Sequence[Reaction], backoff: float = 0.2):
        self._runner = runner
        self._desk = desk
        self._database = database
        self._reactions = {reaction.name: reaction for reaction in reactions}
        self._holder = os.urandom(8).hex()
        self._backoff = backoff
        self._lease_until = 0.0

    async def run(self) -> None:
        """Run until cancelled; the lease is given back then."""
        try:
            while True:
                try:
                    if not await self._hold_lease():
                        await asyncio.sleep(LEASE_SECONDS / 5)
                    elif not await self.step():
                        await self._runner.inbox_filled(min(1.0, self._backoff))
                except SQLAlchemyError as error:
                    log.error("reactions wait for the database", service=self._desk.log.service, why=str(error))
                    await asyncio.sleep(1.0)
        finally:
            if self._lease_until:
                await self._database.write(lambda c: _give_back_lease(c, self._holder))

    async def step(self) -> bool:
        """Answer the oldest due row of each subject. True if there was any."""
        rows = await self._database.read(_due)
        if not rows:
            return False
        answers = await asyncio.gather(*(self._answer(row) for row in rows))
        await self._database.write(lambda c: self._settle(c, rows, answers))
        return True

    async def _answer(self, row: Any) -> str:
        """Empty when done, else why not."""
        reaction = self._reactions.get(row.reaction)
        if reaction is None:
            return f"no reaction is named {row.reaction}"
        try:
            cause = parse(row.service, row.position, row.raw)
            await reaction.react(cause, Hand(self._desk, reaction.name, cause, self._database))
        except (LogUnavailable, LogWentBack) as error:
            log.warning("reaction waits for the log", reaction=row.reaction, position=row.position, why=str(error))
            return "the log is away"
        except Exception as error:  # noqa: BLE001 - whatever it is, it holds its subject and is shown
            log.warning("reaction failed", reaction=row.reaction, position=row.position, tries=row.tries + 1, why=repr(error))
            return f"{type(error).__name__}: {error}"
        return ""

    def _settle(self, connection: Connection, rows: Sequence[Any], answers: Sequence[str]) -> None:
        inbox = table(InboxRow)
        done = [row.id for row, why in zip(rows, answers, strict=True) if not why]
        connection.execute(delete(inbox).where(inbox.c.id.in_(done)))
        for row, why in zip(rows, answers, strict=True):
            if not why:
                continue
            tries = row.tries if why == "the log is away" else row.tries + 1
            parked = tries >= MOST_TRIES
            if parked:
                log.error("reaction parked", reaction=row.reaction, subject=row.subject, position=row.position, why=why)
            due = time.time() + self._backoff * 2 ** min(tries, 8)
            change = update(inbox).where(inbox.c.id == row.id)
            connection.execute(change.values(tries=tries, parked=parked, due=due, error=why[:1000]))
        held = connection.scalar(select(func.count()).select_from(inbox).where(inbox.c.parked)) or 0
        PARKED.labels(self._desk.log.service).set(held)

    async def _hold_lease(self) -> bool:
        if self._lease_until - time.time() > LEASE_SECONDS / 2:
            return True
        until = time.time() + LEASE_SECONDS
        try:
            held = await self._database.write(lambda c: _take_lease(c, self._holder, until))
        except IntegrityError:  # another process put the first lease in at the same moment
            held = False
        self._lease_until = until if held else 0.0
        return held


def _due(connection: Connection) -> Sequence[Any]:
    inbox = table(InboxRow)
    heads = select(func.min(inbox.c.id)).group_by(inbox.c.subject)
    due = select(inbox).where(inbox.c.id.in_(heads), inbox.c.parked.is_(False), inbox.c.due <= time.time())
    return connection.execute(due.order_by(inbox.c.id).limit(AT_ONCE)).all()


def _take_lease(connection: Connection, holder: str, until: float) -> bool:
    leases = table(Lease)
    now = time.time()
    mine = update(leases).where(leases.c.name == "reactions", (leases.c.holder == holder) | (leases.c.until < now))
    if connection.execute(mine.values(holder=holder, until=until)).rowcount:
        return True
    if connection.execute(select(leases.c.name).where(leases.c.name == "reactions")).first():
        return False
    connection.execute(insert(leases), {"name": "reactions", "holder": holder, "until": until})
    return True


def _give_back_lease(connection: Connection, holder: str) -> None:
    leases = table(Lease)
    connection.execute(delete(leases).where(leases.c.holder == holder))
