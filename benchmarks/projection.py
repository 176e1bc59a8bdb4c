"""Judging's own projections, built from nothing: its runner reads the log, decodes, and counts into SQLite, one fsync per page."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.callers import CALLERS, per_second
from benchmarks.ground import ground
from benchmarks.measured import Measured, repeated, scaled, side_by_side
from benchmarks.sheets import SERVICE, Sheet, score
from services.judging.projections import PROJECTIONS
from services.judging.reactions import REACTIONS
from shared.database import Database
from shared.eventlog import EventLog
from shared.events import Event
from shared.events.judging import ScoresheetOpened, ScoresheetSubmitted
from shared.runner import Runner

EVENTS = 100_000
AIM = 10_000.0
"""Events per second."""
LISTENS = ("registration", "screening", "judging")
CRITERIA = ("novelty", "benefit", "replication", "sustainability", "quality")


class Juror:
    """Opens a sheet, scores its five criteria, submits it, and takes the next; one event per append, as in judging."""

    def __init__(self, log: EventLog):
        self.log = log
        self.work = self._work()

    def _work(self) -> Iterator[tuple[Sheet, Event]]:
        while True:
            sheet = Sheet(self.log.now())
            yield sheet, ScoresheetOpened(entry=sheet.entry, juror=sheet.juror)
            for criterion in CRITERIA:
                yield sheet, score(criterion)
            yield sheet, ScoresheetSubmitted(entry=sheet.entry, juror=sheet.juror)

    async def __call__(self) -> None:
        sheet, event = next(self.work)
        await self.log.append(sheet.next(event))


async def _events_per_second(log: EventLog, last: int) -> float:
    """Into a new database, with the settings that every service's has."""
    with tempfile.TemporaryDirectory(prefix="makmal-bench-") as directory:
        database = Database(f"sqlite:///{Path(directory)}/judging.sqlite")
        try:
            runner = Runner(log, database, listens=LISTENS, projections=PROJECTIONS, reactions=REACTIONS)
            runner.prepare()
            begun = time.perf_counter()
            while runner.position < last:
                await runner.step()
            return last / (time.perf_counter() - begun)
        finally:
            database.close()


async def measure(scale: float = 1.0) -> list[Measured]:
    events = scaled(EVENTS, scale, 4 * CALLERS)
    with ground() as here:
        async with here.log(SERVICE) as log:
            await per_second([Juror(log) for _ in range(CALLERS)], events)
            here.settle()
            last = await log.position()
            [rate] = await side_by_side(lambda: _events_per_second(log, last), rounds=repeated(3, scale))
    what = f"{events:,} events of scoresheets into SQLite, from nothing, by judging's runner"
    return [Measured("projection", what, rate, AIM, "the aim", "events/s", 1.0)]
