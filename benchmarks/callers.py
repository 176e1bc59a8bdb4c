"""Many callers at once in one process, as a service has them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

CALLERS = 50

Call = Callable[[], Awaitable[object]]


async def per_second(callers: Sequence[Call], total: int) -> float:
    """`total` calls, shared among these callers; each makes one after another. Calls per second."""
    turns = iter(range(total))

    async def keep_calling(call: Call) -> None:
        for _ in turns:
            await call()

    begun = time.perf_counter()
    await asyncio.gather(*(keep_calling(call) for call in callers))
    return total / (time.perf_counter() - begun)
