"""Taking turns: inside one process, those who write the same aggregate queue up once they have got in each other's way.

Without it, a crowd of callers at one aggregate would each win one round in a group commit and lose all others.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext


class Turns:
    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    def queued(self, subjects: Iterable[str]) -> set[str]:
        """Those of the subjects for which somebody has a turn or waits for one."""
        return {subject for subject in subjects if subject in self._locks}

    def of(self, subjects: set[str]) -> AbstractAsyncContextManager[None]:
        """Have the turn of all these subjects; taken in one order by everybody, so that nobody waits in a circle."""
        return self._all(subjects) if subjects else _NOBODYS

    @asynccontextmanager
    async def _all(self, subjects: set[str]) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for subject in sorted(subjects):
                await stack.enter_async_context(self._one(subject))
            yield

    @asynccontextmanager
    async def _one(self, subject: str) -> AsyncIterator[None]:
        lock, holders = self._locks.get(subject) or (asyncio.Lock(), 0)
        self._locks[subject] = (lock, holders + 1)
        try:
            async with lock:
                yield
        finally:
            lock, holders = self._locks[subject]
            if holders == 1:
                del self._locks[subject]
            else:
                self._locks[subject] = (lock, holders - 1)


_NOBODYS: AbstractAsyncContextManager[None] = nullcontext()
