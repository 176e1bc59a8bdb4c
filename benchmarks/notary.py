"""How long an event waits for the checkpoint that covers it, while events come in at a steady rate: a second at most is aimed at."""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.callers import CALLERS
from benchmarks.ground import ground
from benchmarks.measured import Measured, scaled
from benchmarks.sheets import SERVICE, Clerk, fill
from services.audit.notary import Notary
from shared.deciding import Desk
from shared.ending import end
from shared.eventlog.connection import connect
from shared.eventlog.whole import WholeLog

FILLED = 20_000
"""Events in the log before: the hour's review of them goes on under the load."""
RATE = 1_000
"""Events a second: ten times what 500 jurors write who score at once."""
EVENTS = 30_000
AIMED_AT = 1.0
"""Second, of p99."""
MEDIAN_TARGET = 0.5


async def measure(scale: float = 1.0) -> list[Measured]:
    """The notary shares the process with the callers, so it is told a little too slow rather than too fast."""
    events = scaled(EVENTS, scale, CALLERS)
    with ground() as here, tempfile.TemporaryDirectory() as directory:
        async with here.log(SERVICE) as log:
            await fill(log, scaled(FILLED, scale, CALLERS))
            whole = WholeLog(connect(here.url("audit")), log.keys, "audit")
            notary = Notary(whole, Desk(whole), Path(directory))
            running = asyncio.create_task(notary.run())
            try:
                await notary.reached(log.seen, 60)
                lags = sorted(await _lags(notary, [Clerk(log) for _ in range(CALLERS)], events))
            finally:
                await end([running])
                await whole.client.aclose()
    what = f"{events:,} events at {RATE:,} a second: from the answer to the checkpoint"
    against = "the second that is aimed at"
    return [
        Measured("notary-p99", f"{what}, p99", _at(lags, 0.99), AIMED_AT, against, "s", 1, "at most"),
        Measured("notary-p50", f"{what}, p50", _at(lags, 0.50), AIMED_AT, against, "s", MEDIAN_TARGET, "at most"),
    ]


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def _lags(notary: Notary, clerks: Sequence[Clerk], events: int) -> list[float]:
    """Seconds from each answer to the checkpoint that covers it."""
    begun, turns = time.perf_counter(), iter(range(events))
    answered: list[tuple[int, float]] = []
    signed: list[tuple[int, float]] = []

    async def keep_appending(clerk: Clerk) -> None:
        for turn in turns:
            await asyncio.sleep(max(0.0, begun + turn / RATE - time.perf_counter()))
            await clerk()
            answered.append((clerk.log.seen, time.perf_counter()))  # at least its own position

    async def watch() -> None:
        while True:
            if await notary.reached(notary.signed + 1, 1.0):
                signed.append((notary.signed, time.perf_counter()))

    watching = asyncio.create_task(watch())
    try:
        await asyncio.gather(*map(keep_appending, clerks))
        if not await notary.reached(max(position for position, _ in answered), 30):
            raise RuntimeError(f"the notary has stopped: {notary.failure}")
        await asyncio.sleep(0)
    finally:
        await end([watching])
    lags, checkpoints = [], iter(signed)
    reached, at = 0, 0.0
    for position, when in sorted(answered):
        while reached < position:
            reached, at = next(checkpoints)
        lags.append(max(0.0, at - when))
    return lags
