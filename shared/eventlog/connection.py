"""Connections to the broker, with the settings that the log relies on."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import ConnectionError

T = TypeVar("T")

CONNECTIONS = 32
"""Of one client. Who comes when all are taken waits for one, up to ten seconds."""


def _raw(response: Any, **_: Any) -> Any:
    return response


def connect(url: str) -> Redis:
    """A client of the broker at `redis://user:password@host:port` or `unix://user:password@/path`.

    A lost connection is tried again for one to two seconds, which a restart of the broker fits into; a repeated append does
    nothing twice, because its request is on record. A broker that says nothing for ten seconds is given up. Stream entries come
    back as they are on the wire.
    """
    pool: BlockingConnectionPool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=10,
        protocol=2,
        driver_info=None,  # CLIENT SETINFO, which Redis 7.0 does not know
        socket_timeout=10,
        socket_connect_timeout=2,
        retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), 7, (ConnectionError,)),
    )
    client: Redis = Redis.from_pool(pool)
    for command in ("XREAD", "XRANGE"):
        client.set_response_callback(command, _raw)
    return client


async def heeding(call: Awaitable[T]) -> T:
    """The answer of a call to the broker, or CancelledError if the caller was cancelled meanwhile.

    redis-py sends by `asyncio.wait_for`, which before Python 3.12 swallows a cancellation that comes as the sending ends.
    """
    task = asyncio.current_task()
    asked = task.cancelling() if task else 0
    try:
        return await call
    finally:
        if task and task.cancelling() > asked:
            raise asyncio.CancelledError
