"""Ending background tasks for sure, and hearing of those that end by themselves."""

import asyncio
from collections.abc import Iterable

import structlog

log = structlog.get_logger()


def tell_if_it_fails(task: "asyncio.Task[None]", what: str) -> None:
    """Log at once that a task that should go on has failed, and `what` that means."""

    def tell(ended: "asyncio.Task[None]") -> None:
        if not ended.cancelled() and (error := ended.exception()) is not None:
            log.error(what, why=repr(error))

    task.add_done_callback(tell)


async def end(tasks: Iterable["asyncio.Task[None]"]) -> list[Exception]:
    """Cancel the tasks and wait until they have ended; the exceptions of those that had failed.

    Cancelled again every tenth of a second: `asyncio.wait_for` of Python 3.11, which redis-py sends its commands with, loses a
    cancellation that comes just when it is done, and a task that loops would then never end.
    """
    all_tasks = set(tasks)
    pending = {task for task in all_tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=0.1)
    results = await asyncio.gather(*all_tasks, return_exceptions=True)
    return [result for result in results if isinstance(result, Exception)]
