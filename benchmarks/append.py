"""Guarded, idempotent, durable appends by 50 concurrent callers, beside plain XADD and beside the library `eventsourcing`."""

from functools import partial

from redis.asyncio import Redis

from benchmarks.callers import CALLERS, per_second
from benchmarks.eventsourcing_on_sqlite import Scoresheets
from benchmarks.ground import ground
from benchmarks.measured import Measured, repeated, scaled, side_by_side
from benchmarks.sheets import EVENT_BYTES, SERVICE, Clerk

EVENTS = 10_000
"""Of one round."""
XADD_TARGET = 1.5
EVENTSOURCING_TARGET = 6.0


async def measure(scale: float = 1.0) -> list[Measured]:
    events = scaled(EVENTS, scale, CALLERS)
    with ground() as here, Scoresheets() as sheets:
        threads = sheets.best_thread_count(scaled(1_000, scale))
        async with here.log(SERVICE) as log, Redis.from_url(here.url()) as plain:
            adders = [partial(plain.xadd, "plain", {"__data__": b"x" * EVENT_BYTES})] * CALLERS
            ours, xadd, eventsourcing = await side_by_side(
                lambda: per_second([Clerk(log) for _ in range(CALLERS)], events),
                lambda: per_second(adders, events),
                lambda: sheets.per_second(threads, scaled(2_000, scale)),
                rounds=repeated(7, scale),
            )
    what = f"{EVENT_BYTES}-byte events, one append each, {CALLERS} callers, fsync before the answer"
    other = f"eventsourcing on SQLite, threads: {threads}"
    return [
        Measured("append-xadd", what, ours, xadd, "XADD, one per call, by redis-py", "events/s", XADD_TARGET),
        Measured("append-eventsourcing", what, ours, eventsourcing, other, "events/s", EVENTSOURCING_TARGET),
    ]
