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
    """After a tenth of it unmeasured: the other side had the machine just now."""
    await per_second(callers, calls // 10)
    return 1e6 / await per_second(callers, calls)


class Short:
    """A new log for each round, so that it stays short; on a broker of its own."""

    def __init__(self, here: Ground, events: int):
        self.here = here
        self.events = events
        self.logs = 0

    async def __call__(self, cost: Cost, calls: int) -> float:
        self.logs += 1
        async with self.here.log(SERVICE, name=f"short-{self.logs}") as log:
            return await cost(log, await fill(log, self.events), calls)


async def measure(scale: float = 1.0) -> list[Measured]:
    loads, appends = scaled(LOADS, scale, CALLERS), scaled(APPENDS, scale, CALLERS)
    events, few = scaled(LONG, scale, 8 * CALLERS), scaled(SHORT, scale, 8 * CALLERS)
    with ground() as here, ground() as there:
        async with here.log(SERVICE, name="long") as log:
            subjects = await fill(log, events)
            here.settle()
            short = Short(there, few)
            long_load, short_load, long_append, short_append = await side_by_side(
                partial(load, log, subjects, loads),
                partial(short, load, loads),
                partial(append, log, subjects, appends),
                partial(short, append, appends),
                rounds=repeated(25, scale),
            )
    what, against = f"in a log of {events:,} events, {CALLERS} callers", f"in a log of {few:,} events"
    return [
        Measured("growth-load", what, long_load, short_load, against, "µs", TARGET, "at most"),
        Measured("growth-append", what, long_append, short_append, against, "µs", TARGET, "at most"),
    ]
