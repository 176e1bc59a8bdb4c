"""The almanac: puts on record that a deadline draws near, and that circulars wait for acknowledgement; whom that concerns is written to
like because of any other event.

What is due is asked of the projections and decided by the deciders, so two processes that look at once remind once.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog
from faststream.redis import RedisBroker
from sqlalchemy.exc import SQLAlchemyError

from services.notification import circulars
from services.notification.circular import CIRCULAR, MOST_ROUNDS, ChaseCircular
from services.notification.deadline import DEADLINE, Remind
from services.notification.deadlines import to_come
from shared.deciding import Act
from shared.ending import tell_if_it_fails
from shared.eventlog import LogUnavailable, LogWentBack, OutOfTime
from shared.facts import EDITION
from shared.parts import Parts
from shared.refusals import ChangedMeanwhile

ACTOR = "calendar/notification"
LOOK_EVERY = 1.0
"""Seconds; also the longest that a reminder is late while the service is awake."""

log = structlog.get_logger()


class Almanac:
    def __init__(self, parts: Parts):
        self._parts = parts
        self._position = 0

    async def run(self) -> None:
        """Run until cancelled. Nothing is due before the whole log is counted."""
        while True:
            runner = self._parts.runner
            if runner.caught_up and not runner.failure and await runner.reached(self._position):
                try:
                    await self.look()
                except (ChangedMeanwhile, LogUnavailable, LogWentBack, OutOfTime, SQLAlchemyError) as error:
                    log.warning("the almanac tries again", why=str(error))
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Put on record what is due."""
        now = self._parts.event_log.now()
        for edition, act in [*await self._steps(now), *await self._chases(now)]:
            outcome = await self._parts.desk.carry_out(act, actor=ACTOR, edition=edition)
            if outcome.events:
                self._position = max(self._position, outcome.position)
                self._parts.runner.wake()

    async def _steps(self, now: datetime) -> list[tuple[str, Act]]:
        due = []
        for row in await self._parts.database.read(to_come):
            closes, since = datetime.fromisoformat(row["closes"]), datetime.fromisoformat(row["since"])
            for days in row["left"]:
                if since <= closes - timedelta(seconds=days * row["day"]) <= now:
                    due.append((row["edition"], _reminder(row["edition"], row["what"], closes, days)))
        return due

    async def _chases(self, now: datetime) -> list[tuple[str, Act]]:
        due = []
        for row in await self._parts.database.read(circulars.waited_for(MOST_ROUNDS)):
            first = datetime.fromisoformat(row.acknowledge_by)
            period = first - datetime.fromisoformat(row.issued)
            if first + row.rounds * period <= now:
                due.append((row.edition, Act(CIRCULAR(row.id), ChaseCircular, EDITION(row.edition))))
        return due


def _reminder(edition: str, what: str, closes: datetime, days: int) -> Act:
    return Act(
        DEADLINE(f"{edition}.{what}"),
        lambda at: Remind(edition, "registration" if what == "registration" else "judging", closes, days, at),
        EDITION(edition),
    )


@asynccontextmanager
async def keeping_the_almanac(parts: Parts, broker: RedisBroker) -> AsyncIterator[None]:
    """Looks into the almanac as long as the service lives."""
    task = asyncio.create_task(Almanac(parts).run(), name="almanac")
    tell_if_it_fails(task, "the almanac has stopped; nobody is reminded until the service is started anew")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
