"""What loading and appending cost in a long log, beside a short one."""

import random
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from benchmarks.callers import CALLERS, Call, per_second
from benchmarks.ground import Ground, ground
from benchmarks.measured import Measured, repeated, scaled, side_by_side
from benchmarks.sheets import SERVICE, Clerk, fill
from shared.eventlog import EventLog, Wanted

LONG = 200_000
SHORT = 2_000
LOADS = 2_000
APPENDS = 1_000
"""Of one round. Not more, for the short log must stay short."""
TARGET = 1.2


class Loading:
    """Loads sheets of four events, which one being left to chance."""

    def __init__(self, log: EventLog, subjects: Sequence[str]):
        self.log = log
        self.subjects = subjects

    async def __call__(self) -> None:
        await self.log.load([Wanted(SERVICE, random.choice(self.subjects))])


Cost = Callable[[EventLog, Sequence[str], int], Awaitable[float]]


async def load(log: EventLog, subjects: Sequence[str], calls: int) -> float:
    """Microseconds per load, with 50 callers."""
    return await _cost([Loading(log, subjects)] * CALLERS, calls)


async def append(log: EventLog, subjects: Sequence[str], calls: int) -> float:
    """Microseconds per append, with 50 callers."""
    return await _cost([Clerk(log) for _ in range(CALLERS)], calls)


async def _cost(callers: Sequence[Call], calls: int) -> float:
    await per_second(callers, calls // 4)  # other keys and another script than what came before
    return 1e6 / await per_second(callers, calls)


class Side:
    """A broker of its own. Every round begins with filling a new short log there, so that both sides are equally warm, and goes on
    with that or with a long log."""

    def __init__(self, here: Ground, events: int, long: EventLog | None = None, subjects: Sequence[str] = ()):
        self.here = here
        self.events = events
        self.long = long
        self.subjects = subjects
        self.logs = 0

    async def __call__(self, cost: Cost, calls: int) -> float:
        self.logs += 1
        async with self.here.log(SERVICE, name=f"short-{self.logs}") as short:
            subjects = await fill(short, self.events)
            return await cost(self.long or short, self.subjects if self.long else subjects, calls)


async def measure(scale: float = 1.0) -> list[Measured]:
    loads, appends = scaled(LOADS, scale, CALLERS), scaled(APPENDS, scale, CALLERS)
    events, few = scaled(LONG, scale, 8 * CALLERS), scaled(SHORT, scale, 8 * CALLERS)
    with ground() as here, ground() as there:
        async with here.log(SERVICE, name="long") as log:
            subjects = await fill(log, events)
            here.settle()
            long, short = Side(here, few, log, subjects), Side(there, few)
            long_load, short_load, long_append, short_append = await side_by_side(
                partial(long, load, loads),
                partial(short, load, loads),
                partial(long, append, appends),
                partial(short, append, appends),
                rounds=repeated(25, scale),
            )
    what, against = f"in a log of {events:,} events, {CALLERS} callers", f"in a log of {few:,} events"
    return [
        Measured("growth-load", what, long_load, short_load, against, "µs", TARGET, "at most"),
        Measured("growth-append", what, long_append, short_append, against, "µs", TARGET, "at most"),
    ]
