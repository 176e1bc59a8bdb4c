"""A process of its own for long computations, so that the service goes on answering meanwhile.

The process imports this module and what it runs, so both import little.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

from shared.lifeline import end_with

P = ParamSpec("P")
T = TypeVar("T")


class Aside:
    """The process starts when it is first needed, does one thing after another, and ends with the service."""

    def __init__(self) -> None:
        self._pool = _new_pool()

    async def run(self, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        """The function's value; function and arguments must be picklable. A process that was killed is replaced once."""
        loop = asyncio.get_running_loop()
        pool = self._pool
        try:
            return await loop.run_in_executor(pool, _call, function, arguments, options)
        except BrokenProcessPool:
            if self._pool is pool:
                self._pool = _new_pool()
            return await loop.run_in_executor(self._pool, _call, function, arguments, options)

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


def _new_pool() -> ProcessPoolExecutor:
    # Not a fork: the service has threads.
    return ProcessPoolExecutor(1, get_context("spawn"), initializer=end_with, initargs=(os.getpid(),))


def _call(function: Callable[..., T], arguments: tuple[object, ...], options: dict[str, object]) -> T:
    return function(*arguments, **options)
