"""Puts on record, at each step before the deadline, which institutions have drafts that are not submitted; notification writes to them.

The drafts stand in this service's database alone, so it is this service that looks. A step that nobody was awake for is made up for
within its day, or never.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import msgspec
import structlog
from faststream.redis import RedisBroker
from sqlalchemy.exc import SQLAlchemyError

from services.registration import drafts, listings
from services.registration.edition import EDITION
from services.registration.outstanding import OUTSTANDING, ReportDrafts
from shared.deciding import Act
from shared.ending import end, tell_if_it_fails
from shared.eventlog import LogUnavailable, LogWentBack, OutOfTime
from shared.parts import Parts
from shared.refusals import ChangedMeanwhile
from shared.rulebook import Rulebook

ACTOR = "calendar/registration"
LOOK_EVERY = 2.0
"""Seconds; also the longest that a reminder is late while the service is awake."""
AT_ONCE = 100
"""Institutions told of in one append."""

log = structlog.get_logger()

Step = tuple[str, datetime, int]
"""Edition, deadline, days before it."""


class Reminding:
    def __init__(self, parts: Parts):
        self._parts = parts
        self._done: set[Step] = set()

    async def run(self) -> None:
        """Run until cancelled. Nothing is due before the whole log is counted."""
        while True:
            if self._parts.runner.caught_up and not self._parts.runner.failure:
                try:
                    await self.look()
                except (ChangedMeanwhile, LogUnavailable, LogWentBack, OutOfTime, SQLAlchemyError) as error:
                    log.warning("the reminders of drafts try again", why=str(error))
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Put on record what is due."""
        for step in await self._due():
            await self._report(*step)
            self._done.add(step)

    async def _due(self) -> list[Step]:
        now = self._parts.event_log.now()
        found: list[Step] = []
        for row in await self._parts.database.read(listings.rules_of_open_ones):
            rules, closes = msgspec.json.decode(row.rulebook, type=Rulebook), datetime.fromisoformat(row.closes)
            day = timedelta(seconds=rules.day_seconds)
            steps = [(row.edition, closes, days) for days in rules.reminders if timedelta() <= now - closes + days * day < day]
            found += [step for step in steps if step not in self._done and now < closes]
        return found

    async def _report(self, edition: str, closes: datetime, days: int) -> None:
        def act(institution: str, number: int) -> Act:
            place = OUTSTANDING(f"{edition}.{institution}")
            return Act(place, lambda at: ReportDrafts(edition, institution, number, closes, days, at), EDITION(edition))

        acts = [act(row.institution, row.n) for row in await self._parts.database.read(drafts.outstanding(edition))]
        for first in range(0, len(acts), AT_ONCE):
            await self._parts.desk.carry_out(*acts[first : first + AT_ONCE], actor=ACTOR, edition=edition)


@asynccontextmanager
async def reminding_of_drafts(parts: Parts, broker: RedisBroker) -> AsyncIterator[None]:
    """Looks as long as the service lives."""
    task = asyncio.create_task(Reminding(parts).run(), name="reminders of drafts")
    tell_if_it_fails(task, "nobody is reminded of drafts until the service is started anew")
    try:
        yield
    finally:
        await end([task])
