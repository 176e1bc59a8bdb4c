"""The course of judging that the running service keeps, so that a page can show any moment of it at once.

It is read from the log when it is first asked for, and from then on only what has come since.
"""

import asyncio
from collections import OrderedDict

from services.judging.as_of import Course, Known, Stood
from shared.eventlog import EventLog

AT_ONCE = 250
"""Events folded before others have their turn: a few milliseconds."""
KEPT = 1_000
"""Rankings kept: whoever moves the slider passes the same moments again and again."""


class LookingBack:
    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._course = Course()
        self._read = 0
        self._turn = asyncio.Lock()
        self._standings: OrderedDict[tuple[str, int], list[Stood]] = OrderedDict()

    async def course(self) -> Course:
        """Up to the log's end. Raises LogUnavailable, LogWentBack."""
        async with self._turn:
            while True:
                page = await self._log.read(self._read, ("judging",), AT_ONCE)
                for recorded in page.events:
                    self._course.take(recorded)
                self._read = page.horizon
                if len(page.events) < AT_ONCE:
                    return self._course

    async def standings(self, category: str, position: int, known: Known) -> list[Stood]:
        """The ranking of `<edition>.<category>` as it stood, which follows from what was `known` then; `course` has read that far.
        Computed in a thread: it takes a while."""
        step = self._course.last_step(category, position)
        found = self._standings.get((category, step))
        if found is None:
            found = await asyncio.to_thread(known.standings)
            self._standings[category, step] = found
            if len(self._standings) > KEPT:
                self._standings.popitem(last=False)
        return found
