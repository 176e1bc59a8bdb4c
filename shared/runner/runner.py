"""One runner per service: reads merged streams and, in one transaction, applies projections, fills the inbox, moves the checkpoints."""

import asyncio
import hashlib
import time
from collections.abc import Sequence
from contextlib import suppress

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import Connection, MetaData, Table, delete, insert, select, update
from sqlalchemy.schema import DropTable
from sqlmodel import SQLModel

from shared.database import Database, table
from shared.eventlog import EventLog, LogUnavailable, LogWentBack, Recorded, Unreadable
from shared.runner.projection import HandlerFailed, Projection, apply
from shared.runner.reactions import Reaction
from shared.runner.tables import Checkpoint, InboxRow, LastSeen, Lease

log = structlog.get_logger()

INBOX = "inbox"
"""The consumer that fills the inbox."""

POSITION = Gauge("makmal_runner_position", "Position up to which the service has counted every event", ["service"])
FAILED = Gauge("makmal_runner_failed_position", "Position of the event at which the runner stopped; 0: it runs", ["service"])
EVENTS = Counter("makmal_runner_events", "Events counted", ["service", "type"])


class RunnerFailed(Exception):
    """The runner has stopped; the sentence names the event."""


class Overtaken(Exception):
    """Another process of this service moved the checkpoint; read again from where it stands."""


class Runner:
    def __init__(
        self,
        event_log: EventLog,
        database: Database,
        *,
        listens: Sequence[str],
        projections: Sequence[Projection],
        reactions: Sequence[Reaction] = (),
        limit: int = 500,
    ):
        self.event_log = event_log
        self.database = database
        self.listens = tuple(listens)
        self.projections = tuple(projections)
        self.reactions = tuple(reactions)
        self.limit = limit
        self.position = 0
        self.failure = ""
        self.caught_up = False
        self._awake = asyncio.Event()
        self._moved = asyncio.Condition()
        self._checkpoints: dict[str, int] = {}
        self._inbox_filled = asyncio.Event()

    # -- what others ask of it

    def wake(self) -> None:
        """Look at the log at once. A missed wake-up loses nothing: the runner also looks by itself, every second."""
        self._awake.set()

    async def reached(self, position: int, timeout: float = 5.0) -> bool:
        """Wait until every event up to the position is counted; False after `timeout` seconds."""
        if self.position >= position:
            return True
        self.wake()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout), self._moved:
                await self._moved.wait_for(lambda: self.position >= position or bool(self.failure))
        return self.position >= position

    async def inbox_filled(self, timeout: float) -> None:
        """Wait for new inbox rows, at most `timeout` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._inbox_filled.wait()
        self._inbox_filled.clear()

    # -- life

    def prepare(self) -> None:
        """Create the tables, read the checkpoints, tell the log what this service has seen."""
        models: list[type[SQLModel]] = [
            Checkpoint,
            LastSeen,
            InboxRow,
            Lease,
            *(model for p in self.projections for model in p.tables),
        ]
        self.database.create(models)
        self.database.write_now(self._enter)
        self._checkpoints = self.database.read_now(self._read_checkpoints)
        self.event_log.seen = max(self.event_log.seen, *self._checkpoints.values())
        self.position = min(self._checkpoints.values())

    async def run(self) -> None:
        """Run until cancelled. Stops for good, loudly, when a handler fails; waits while the log is away or has gone back."""
        self.prepare()
        service = self.event_log.service
        checked = False
        while True:
            self._awake.clear()
            try:
                if not checked:
                    await self._check_last_seen()
                    checked = True
                progressed = await self.step()
                if self.failure:
                    log.info("runner goes on", service=service)
                    self.failure = ""
            except LogUnavailable as error:
                checked = False
                await self._rest(f"the log is away: {error}", 0.2)
                continue
            except LogWentBack as error:
                checked = False
                await self._rest(f"the log went back: {error}", 1.0)
                continue
            except (HandlerFailed, Unreadable) as error:
                FAILED.labels(service).set(error.position)
                await self._stop_loudly(str(error))
                raise RunnerFailed(self.failure) from error
            if not progressed:
                self.caught_up = True
                with suppress(TimeoutError):
                    async with asyncio.timeout(1.0):
                        await self._awake.wait()

    async def step(self) -> bool:
        """Read and count one page. True if the position moved."""
        page = await self.event_log.read(self.position, self.listens, self.limit)
        if page.horizon == self.position:
            return False
        try:
            filled = await self.database.write(lambda c: self._count(c, page.events, page.horizon))
        except Overtaken:
            self._checkpoints = await self.database.read(self._read_checkpoints)
            await self._move_to(min(self._checkpoints.values()))
            return True
        self._checkpoints = {c: max(p, page.horizon) for c, p in self._checkpoints.items()}
        await self._move_to(page.horizon)
        for recorded in page.events:
            EVENTS.labels(self.event_log.service, recorded.type).inc()
        if filled:
            self._inbox_filled.set()
        return True

    async def _move_to(self, position: int) -> None:
        self.position = position
        POSITION.labels(self.event_log.service).set(position)
        async with self._moved:
            self._moved.notify_all()

    async def _rest(self, why: str, seconds: float) -> None:
        if self.failure != why:
            log.warning("runner waits", service=self.event_log.service, why=why)
        self.failure = why
        await asyncio.sleep(seconds)

    async def _stop_loudly(self, why: str) -> None:
        self.failure = why
        log.error("runner stopped", service=self.event_log.service, why=why)
        async with self._moved:
            self._moved.notify_all()

    # -- inside one transaction

    def _count(self, connection: Connection, events: Sequence[Recorded], horizon: int) -> bool:
        filled = False
        for projection in self.projections:
            known = self._checkpoints[projection.consumer]
            if known < horizon:
                apply(connection, projection, [e for e in events if e.position > known])
                self._advance(connection, projection.consumer, known, horizon)
        known = self._checkpoints[INBOX]
        if known < horizon:
            filled = self._fill_inbox(connection, [e for e in events if e.position > known])
            self._advance(connection, INBOX, known, horizon)
        if events:
            last = events[-1]
            digest = hashlib.sha256(last.raw).hexdigest()
            seen = update(table(LastSeen)).where(table(LastSeen).c.position < last.position)
            connection.execute(seen.values(position=last.position, service=last.service, digest=digest))
        if not self.caught_up:
            self._drop_old_versions(connection)
        return filled

    @staticmethod
    def _advance(connection: Connection, consumer: str, known: int, horizon: int) -> None:
        checkpoints = table(Checkpoint)
        moved = connection.execute(
            update(checkpoints)
            .where(checkpoints.c.consumer == consumer, checkpoints.c.position == known)
            .values(position=horizon)
        )
        if moved.rowcount != 1:
            raise Overtaken

    def _fill_inbox(self, connection: Connection, events: Sequence[Recorded]) -> bool:
        rows = [
            {
                "reaction": reaction.name,
                "subject": reaction.subject(recorded),
                "position": recorded.position,
                "service": recorded.service,
                "raw": recorded.raw,
                "tries": 0,
                "due": time.time(),
                "parked": False,
                "error": "",
            }
            for recorded in events
            for reaction in self.reactions
            if recorded.type in reaction.types and reaction.concerns(recorded)
        ]
        if rows:
            connection.execute(insert(table(InboxRow)), rows)
        return bool(rows)

    # -- checkpoints

    def _consumers(self) -> dict[str, str]:
        tables = {p.consumer: ",".join(str(m.__tablename__) for m in p.tables) for p in self.projections}
        return {**tables, INBOX: ""}

    def _enter(self, connection: Connection) -> None:
        known = set(connection.scalars(select(table(Checkpoint).c.consumer)))
        for consumer, tables in self._consumers().items():
            if consumer not in known:
                connection.execute(insert(table(Checkpoint)), {"consumer": consumer, "position": 0, "tables": tables})
        if connection.execute(select(table(LastSeen).c.id)).first() is None:
            connection.execute(insert(table(LastSeen)), {"id": 1, "position": 0, "service": "", "digest": ""})

    def _read_checkpoints(self, connection: Connection) -> dict[str, int]:
        checkpoints = table(Checkpoint)
        rows = connection.execute(select(checkpoints.c.consumer, checkpoints.c.position))
        mine = self._consumers()
        return {consumer: position for consumer, position in rows if consumer in mine}

    def _drop_old_versions(self, connection: Connection) -> None:
        """Once all have caught up with each other, an older version of a projection has nobody left to read it."""
        if len(set(self._read_checkpoints(connection).values())) > 1:
            return
        checkpoints = table(Checkpoint)
        mine = self._consumers()
        rows = connection.execute(select(checkpoints.c.consumer, checkpoints.c.tables)).all()
        for consumer, tables in rows:
            if consumer in mine:
                continue
            for name in filter(None, tables.split(",")):
                connection.execute(DropTable(Table(name, MetaData()), if_exists=True))
            connection.execute(delete(checkpoints).where(checkpoints.c.consumer == consumer))

    async def _check_last_seen(self) -> None:
        seen = table(LastSeen)
        row = await self.database.read(lambda c: c.execute(select(seen.c.position, seen.c.service, seen.c.digest)).one())
        if row.position and row.service in self.listens:
            found = await self.event_log.at(row.service, row.position, row.position)
            if not found or hashlib.sha256(found[0].raw).hexdigest() != row.digest:
                raise LogWentBack(f"position {row.position} is not what {self.event_log.service} has seen there")
