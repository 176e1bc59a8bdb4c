"""The same work by the PyPI library `eventsourcing` on SQLite: guarded by the aggregate's version and durable, in its usual setting.

It runs in threads, because that is how the library is used. (It has no request records; we have, and win nothing by that.)
"""

import asyncio
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks.sheets import EVENTS_PER_SHEET

THREADS = (1, 2, 4, 8)
COMMENT = "k" * 440
"""Its stored events have about 600 bytes with it."""


class Scoresheet(Aggregate):
    @event("Opened")
    def __init__(self, criterion: str, score: str, comment: str):
        self.scores = {criterion: score}

    @event("ScoreRecorded")
    def record(self, criterion: str, score: str, comment: str) -> None:
        self.scores[criterion] = score


class Scoresheets:
    """An application on an SQLite file of its own (the library sets WAL; SQLite's default then is one fsync per commit)."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="makmal-bench-")
        file = Path(self._directory.name) / "eventsourcing.sqlite"
        env = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(file), "SQLITE_LOCK_TIMEOUT": "60"}
        self._application: Application[UUID] = Application(env=env)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._application.close()
        self._directory.cleanup()

    async def per_second(self, threads: int, events: int) -> float:
        """Events per second, each saved by itself, four to each aggregate."""
        return await asyncio.to_thread(self._per_second, threads, events)

    def best_thread_count(self, events: int) -> int:
        return max(THREADS, key=lambda threads: self._per_second(threads, events))

    def _per_second(self, threads: int, events: int) -> float:
        each = max(1, events // threads)
        working = [threading.Thread(target=self._work, args=(each,)) for _ in range(threads)]
        begun = time.perf_counter()
        for thread in working:
            thread.start()
        for thread in working:
            thread.join()
        return each * threads / (time.perf_counter() - begun)

    def _work(self, events: int) -> None:
        sheet = None
        for number in range(events):
            if sheet is None or number % EVENTS_PER_SHEET == 0:
                sheet = Scoresheet("novelty", "82.5", COMMENT)
            else:
                sheet.record("novelty", "82.5", COMMENT)
            self._application.save(sheet)

    def fill(self, events: int) -> int:
        """Put so many events into its log, a hundred to each aggregate; how many there are."""
        for _ in range(max(1, events // 100)):
            sheet = Scoresheet("novelty", "82.5", COMMENT)
            for _ in range(99):
                sheet.record("novelty", "82.5", COMMENT)
            self._application.save(sheet)
        return max(1, events // 100) * 100

    def read(self) -> None:
        """All of its log in order, each notification brought back to its event."""
        log, mapper, start = self._application.recorder, self._application.mapper, 1
        while page := log.select_notifications(start=start, limit=1_000):
            for notification in page:
                mapper.to_domain_event(notification)
            start = page[-1].id + 1
