"""One runner per service: reads merged streams and, in one transaction, applies projections, fills the inbox, moves the checkpoints."""

import asyncio
import time
from collections import Counter as Tally
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import Connection, insert

from shared.database import Database, away, table
from shared.eventlog import EventLog, LogUnavailable, LogWentBack, Recorded, Unreadable
from shared.migrations import migrate
from shared.runner.checkpoints import Overtaken, Standing, advance, drop_old_versions, enter, remember, standing
from shared.runner.projection import HandlerFailed, Projection, apply
from shared.runner.reactions import Reaction
from shared.runner.tables import RUNNER, InboxRow

log = structlog.get_logger()

INBOX = "inbox"
"""The consumer that fills the inbox."""

PAUSE = 0.02
"""Seconds between two pages while events trickle in and nobody waits for them: a transaction costs more than its events."""

POSITION = Gauge("makmal_runner_position", "Position up to which the service has counted every event", ["service"])
FAILED = Gauge("makmal_runner_failed_position", "Position of the event at which the runner stopped; 0: it runs", ["service"])
EVENTS = Counter("makmal_runner_events", "Events counted", ["service", "type"])


class RunnerFailed(Exception):
    """The runner has stopped; the sentence names the event."""


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
        """Why it does not run: it waits for the log or the database, or has stopped for good."""
        self.stopped = False
        self.caught_up = False
        self._awake = asyncio.Event()
        self._moved = asyncio.Condition()
        self._waiting = 0
        self._waited_for = asyncio.Event()
        self._consumers = {p.consumer: ",".join(str(m.__tablename__) for m in p.tables) for p in self.projections} | {INBOX: ""}
        self._standing = Standing({}, 0, "", "", ())
        self._compared = False
        self._inbox_filled = asyncio.Event()

    # -- what others ask of it

    def wake(self) -> None:
        """Look at the log at once. A missed wake-up loses nothing: the runner also looks by itself, every second."""
        self._awake.set()

    async def reached(self, position: int, timeout: float = 5.0) -> bool:
        """Wait until every event up to the position is counted; False after `timeout` seconds, at once if the runner has stopped."""
        if self.position >= position:
            return True
        self.wake()
        self._waited_for.set()
        self._waiting += 1
        try:
            async with asyncio.timeout(timeout), self._moved:
                await self._moved.wait_for(lambda: self.position >= position or self.stopped)
        except TimeoutError:
            pass
        finally:
            self._waiting -= 1
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
        migrate(self.database, RUNNER)
        self.database.create([model for p in self.projections for model in p.tables])
        self.database.write_now(lambda c: enter(c, self._consumers))
        self._stand(self.database.read_now(lambda c: standing(c, self._consumers)))

    def _stand(self, standing: Standing) -> None:
        self._standing = standing
        self.position = standing.lowest
        self.event_log.seen = max(self.event_log.seen, standing.highest)

    async def compare(self) -> None:
        """Look whether the log still holds what this service has seen; until it does, nothing is appended. Call after `prepare`."""
        try:
            await self._compare()
        except (LogUnavailable, LogWentBack) as error:
            self.event_log.doubt = error

    async def run(self) -> None:
        """Run until cancelled. Stops for good, loudly, when a handler fails; waits while the log is away or has gone back."""
        self.prepare()
        service = self.event_log.service
        FAILED.labels(service).set(0)
        while True:
            self._awake.clear()
            try:
                if not self._compared:
                    await self._compare()
                progressed = await self.step()
            except (LogUnavailable, LogWentBack) as error:
                self._compared = False
                self.event_log.doubt = error
                gone_back = isinstance(error, LogWentBack)
                await self._rest(f"the log {'went back' if gone_back else 'is away'}: {error}", 1.0 if gone_back else 0.2)
                continue
            except (HandlerFailed, Unreadable) as error:
                await self._stop_loudly(str(error), error.position, error)
            except Exception as error:  # noqa: BLE001 - it is shown, and the runner ends with it
                if not away(error):
                    await self._stop_loudly(f"{type(error).__name__}: {error}", self.position + 1, error)
                await self._rest(f"the database is away: {error}", 0.5)
                continue
            self.event_log.doubt = None
            if self.failure:
                log.info("runner goes on", service=service)
                self.failure = ""
            if not progressed:
                self.caught_up = True
                with suppress(TimeoutError):
                    async with asyncio.timeout(1.0):
                        await self._awake.wait()
            elif progressed < self.limit and self.caught_up and not self._waiting:
                self._waited_for.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(PAUSE):
                        await self._waited_for.wait()

    async def step(self) -> int:
        """Read and count one page. How many positions it went on; 0 when there was nothing to count."""
        events, horizon = await self._read()
        before = self.position
        if horizon == before:
            return 0
        try:
            filled = await self.database.write(lambda c: self._count(c, events, horizon))
        except Overtaken:
            now = await self.database.read(lambda c: standing(c, self._consumers))
            self.caught_up = self.caught_up and now.lowest >= self.position
            self._stand(now)
        else:
            self._stand(filled[1])
            for type, number in Tally(recorded.type for recorded in events).items():
                EVENTS.labels(self.event_log.service, type).inc(number)
            if filled[0]:
                self._inbox_filled.set()
        POSITION.labels(self.event_log.service).set(self.position)
        async with self._moved:
            self._moved.notify_all()
        return max(1, self.position - before)

    async def _read(self) -> tuple[list[Recorded], int]:
        """The next events and the horizon. A read begins with the last event counted, which must still be there."""
        known = self._standing
        if not known.seen or not known.level or known.streams != self.listens:
            page = await self.event_log.read(self.position, self.listens, self.limit)
            return list(page.events), page.horizon
        page = await self.event_log.read(known.seen - 1, self.listens, self.limit + 1)
        known.confirm([e for e in page.events if e.position <= self.position])
        return [e for e in page.events if e.position > self.position], page.horizon

    async def _compare(self) -> None:
        """Compare the log with all that was counted, also while a projection is being rebuilt. Raises LogWentBack."""
        known = self._standing
        await self.event_log.read(known.highest, self.listens, 1)  # is it as long?
        if known.seen:
            found = list(await self.event_log.at(known.service, known.seen, known.seen))
            for service in set(self.listens) & set(known.streams):
                found += await self.event_log.at(service, known.seen + 1, known.highest)
            known.confirm(found)
        self._compared = True
        self.event_log.doubt = None

    async def _rest(self, why: str, seconds: float) -> None:
        if self.failure != why:
            log.warning("runner waits", service=self.event_log.service, why=why)
        self.failure = why
        await asyncio.sleep(seconds)

    async def _stop_loudly(self, why: str, position: int, error: Exception) -> NoReturn:
        FAILED.labels(self.event_log.service).set(position)
        self.failure, self.stopped = why, True
        log.error("runner stopped", service=self.event_log.service, why=why)
        async with self._moved:
            self._moved.notify_all()
        raise RunnerFailed(why) from error

    # -- inside one transaction

    def _count(self, connection: Connection, events: Sequence[Recorded], horizon: int) -> tuple[bool, Standing]:
        filled = False
        checkpoints = self._standing.checkpoints
        for projection in self.projections:
            known = checkpoints[projection.consumer]
            if known < horizon:
                advance(connection, projection.consumer, known, horizon)
                apply(connection, projection, [e for e in events if e.position > known])
        known = checkpoints[INBOX]
        if known < horizon:
            advance(connection, INBOX, known, horizon)
            filled = self._fill_inbox(connection, [e for e in events if e.position > known])
        if events:
            remember(connection, events[-1], self.listens)
        if not self.caught_up:
            drop_old_versions(connection, self._consumers)
        return filled, standing(connection, self._consumers)

    def _fill_inbox(self, connection: Connection, events: Sequence[Recorded]) -> bool:
        rows = [
            {
                "reaction": reaction.name,
                "subject": subject,
                "position": recorded.position,
                "service": recorded.service,
                "raw": recorded.raw,
                "tries": 0,
                "due": time.time(),
                "parked": False,
                "error": "",
            }
            for recorded in events
            for reaction, subject in self._concerned(recorded)
        ]
        if rows:
            connection.execute(insert(table(InboxRow)), rows)
        return bool(rows)

    def _concerned(self, recorded: Recorded) -> list[tuple[Reaction, str]]:
        """The reactions that must answer the event, each with the subject whose order it keeps."""
        try:
            return [
                (reaction, reaction.subject(recorded))
                for reaction in self.reactions
                if recorded.type in reaction.types and reaction.concerns(recorded)
            ]
        except Exception as error:
            raise HandlerFailed(INBOX, recorded, error) from error
