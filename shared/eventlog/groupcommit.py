"""Group commit: what waits while calls are under way goes together in the next one."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

WORTH_A_LANE = 16
"""Items. Fewer wait for the call under way: a call of their own would cost more than it saves."""

SPELL = 500
"""Items after which it is seen what the time went into."""

OWN_WORK = 1 / 3
"""Of the time. From here on a second lane pays."""


class Pace:
    """How many lanes pay. Several hide our own work behind the broker's, but make the groups smaller: more calls, more fsyncs.

    That is gained while our own work takes a good part of the time, and lost while we mostly wait, for a disk or a processor that
    others want as well.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.perf_counter, own: Callable[[], float] = time.thread_time):
        self.lanes = most
        self._most = most
        self._clocks = clock, own
        self._items = 0
        self._since = self._now()

    def sent(self, items: int) -> None:
        self._items += items
        if self._items >= SPELL:
            now = self._now()
            all_of_it, own_work = now[0] - self._since[0], now[1] - self._since[1]
            self.lanes = self._most if own_work > OWN_WORK * all_of_it else 1
            self._items, self._since = 0, now

    def _now(self) -> tuple[float, float]:
        clock, own = self._clocks
        return clock(), own()


class GroupCommit(Generic[Item, Answer]):
    """Collects items of concurrent callers and hands them in order to `send`, at most `items` and `size` at a time.

    `send` answers one value (or exception) per item; if it raises, every caller of that call gets the exception. Up to `lanes`
    calls are under way at once and share the load, so that the broker works on one while we prepare another; as many as pay.
    """

    def __init__(
        self,
        send: Callable[[Sequence[Item]], Awaitable[Sequence[Answer | Exception]]],
        *,
        items: int,
        size: int,
        size_of: Callable[[Item], int],
        lanes: int = 1,
    ):
        self._send = send
        self._items = items
        self._size = size
        self._size_of = size_of
        self._pace = Pace(lanes)
        self._waiting: deque[tuple[Item, int, asyncio.Future[Answer]]] = deque()
        self._under_way = 0
        self._tasks: set[asyncio.Task[None] | None] = set()

    async def __call__(self, item: Item) -> Answer:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, self._size_of(item), future))
        if not self._tasks or (len(self._tasks) < self._pace.lanes and len(self._waiting) >= WORTH_A_LANE):
            self._tasks.add(asyncio.create_task(self._run()))
        return await future

    async def _run(self) -> None:
        try:
            while len(self._waiting) >= (1 if len(self._tasks) == 1 else WORTH_A_LANE):
                items, futures = self._take()
                answers: Sequence[Answer | Exception]
                self._under_way += len(items)
                self._pace.sent(len(items))
                try:
                    answers = await self._send(items)
                except Exception as error:  # noqa: BLE001 - each caller gets it
                    answers = [error] * len(items)
                except BaseException:
                    for future in futures:
                        future.cancel()
                    raise
                finally:
                    self._under_way -= len(items)
                for future, answer in zip(futures, answers, strict=True):
                    if future.done():
                        continue
                    if isinstance(answer, Exception):
                        future.set_exception(answer)
                    else:
                        future.set_result(answer)
                await asyncio.sleep(0)  # who was answered may have something for the next call
        finally:
            self._tasks.discard(asyncio.current_task())

    def _take(self) -> tuple[list[Item], list["asyncio.Future[Answer]"]]:
        """The next call: one lane's share of all there is, or everything if the shares would be too small."""
        everybody = len(self._waiting) + self._under_way
        share = -(-everybody // self._pace.lanes) if everybody // self._pace.lanes >= WORTH_A_LANE else everybody
        items: list[Item] = []
        futures: list[asyncio.Future[Answer]] = []
        size = 0
        while self._waiting and len(items) < min(share, self._items):
            size += self._waiting[0][1]
            if size > self._size and items:
                break
            item, _, future = self._waiting.popleft()
            items.append(item)
            futures.append(future)
        return items, futures
