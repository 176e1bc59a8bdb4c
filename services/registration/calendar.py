"""The calendar closes registration: soon after a deadline it is put on record that it has passed.

Nothing depends on it being prompt, or running at all: deciders refuse by the deadline itself (`edition_state.must_be_open`).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import structlog
from faststream.redis import RedisBroker

from services.registration import listings
from services.registration.edition import EDITION
from services.registration.edition_calendar import CloseByCalendar
from shared.deciding import Act
from shared.ending import tell_if_it_fails
from shared.eventlog import LogUnavailable, LogWentBack, OutOfTime
from shared.parts import Parts
from shared.refusals import ChangedMeanwhile

ACTOR = "calendar/registration"

LONGEST_REST = 5.0
"""Seconds. What another process of the service recorded, or a restored log holds, is noticed by then."""
SHORTEST_REST = 0.01
"""Seconds; clocks differ by as much."""

log = structlog.get_logger()


class RegistrationCalendar:
    """Looks at every edition on record as open, closes those whose deadline has passed, and sleeps until the next deadline."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._changed = asyncio.Event()
        self._position = 0

    def changed(self, position: int) -> None:
        """A deadline was set or moved by the event at this position: look again."""
        self._position = max(self._position, position)
        self._changed.set()

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            self._changed.clear()
            rest = await self.look()
            with suppress(TimeoutError):
                async with asyncio.timeout(rest):
                    await self._changed.wait()

    async def look(self) -> float:
        """Close what is due. Seconds until there is something to do again."""
        parts = self._parts
        if not await parts.runner.reached(self._position):
            return 1.0
        editions = await parts.database.read(listings.on_record_as_open)
        rest = LONGEST_REST if parts.runner.caught_up else 0.1
        for edition, closes in editions:
            left = (datetime.fromisoformat(closes) - parts.event_log.now()).total_seconds()
            if left > 0:
                rest = min(rest, left)
            elif not await self._close(edition):
                return 1.0
            else:
                rest = SHORTEST_REST
        return max(rest, SHORTEST_REST)

    async def _close(self, edition: str) -> bool:
        """Record that the deadline has passed, if it is still this one by the log: it may have been extended meanwhile."""
        try:
            outcome = await self._parts.desk.carry_out(Act(EDITION(edition), CloseByCalendar), actor=ACTOR, edition=edition)
        except (ChangedMeanwhile, LogUnavailable, LogWentBack, OutOfTime) as error:
            log.warning("the calendar tries again", edition=edition, why=str(error))
            return False
        self._position = max(self._position, outcome.position)
        self._parts.runner.wake()
        return True


@asynccontextmanager
async def keeping_the_calendar(parts: Parts, broker: RedisBroker) -> AsyncIterator[None]:
    """Runs the calendar beside the service; `parts.own["calendar"]` is told of changes."""
    calendar = RegistrationCalendar(parts)
    parts.own["calendar"] = calendar
    task = asyncio.create_task(calendar.run(), name="registration calendar")
    tell_if_it_fails(task, "the calendar has stopped; deadlines hold, but are not put on record")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
