"""The broker's memory, request records and indexes included, beside the bytes of the events."""

from redis import Redis

from benchmarks.callers import CALLERS
from benchmarks.ground import ground
from benchmarks.measured import Measured, scaled
from benchmarks.sheets import EVENT_BYTES, EVENTS_PER_SHEET, SERVICE, fill

EVENTS = 200_000
TARGET = 1.5


async def measure(scale: float = 1.0) -> list[Measured]:
    events = scaled(EVENTS, scale, 4 * CALLERS)
    with ground() as here, Redis.from_url(here.url()) as operator:
        empty = _used(operator)
        async with here.log(SERVICE) as log:
            await fill(log, events)
        used = _used(operator) - empty
    what = f"{events:,} events of {EVENT_BYTES} bytes, {EVENTS_PER_SHEET} per aggregate, one request each: used_memory"
    payload = events * EVENT_BYTES
    return [Measured("memory", what, used / 1e6, payload / 1e6, "bytes of the events", "MB", TARGET, "at most")]


def _used(operator: "Redis") -> int:
    return int(operator.info("memory")["used_memory"])
