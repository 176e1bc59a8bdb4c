"""Group commit: what waits while a call is under way goes together in the next one."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class GroupCommit(Generic[Item, Answer]):
    """Collects items of concurrent callers and hands them in order to `send`, at most `items` and `size` at a time.

    `send` answers one value (or exception) per item; if it raises, every caller of that call gets the exception.
    """

    def __init__(
        self,
        send: Callable[[Sequence[Item]], Awaitable[Sequence[Answer | Exception]]],
        *,
        items: int,
        size: int,
        size_of: Callable[[Item], int],
    ):
        self._send = send
        self._items = items
        self._size = size
        self._size_of = size_of
        self._waiting: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, item: Item) -> Answer:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        try:
            while self._waiting:
                group = self._take()
                try:
                    answers = await self._send([item for item, _ in group])
                except Exception as error:  # noqa: BLE001 - each caller gets it
                    answers = [error] * len(group)
                except BaseException:
                    for _, future in group:
                        future.cancel()
                    raise
                for (_, future), answer in zip(group, answers, strict=True):
                    if future.done():
                        continue
                    if isinstance(answer, Exception):
                        future.set_exception(answer)
                    else:
                        future.set_result(answer)
        finally:
            self._task = None

    def _take(self) -> list[tuple[Item, "asyncio.Future[Answer]"]]:
        group = [self._waiting.popleft()]
        size = self._size_of(group[0][0])
        while self._waiting and len(group) < self._items:
            size += self._size_of(self._waiting[0][0])
            if size > self._size:
                break
            group.append(self._waiting.popleft())
        return group
