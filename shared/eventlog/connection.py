"""Connections to the broker, with the settings that the log relies on."""

import asyncio
from typing import Any

from redis.asyncio import BlockingConnectionPool, Connection, Redis, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import ConnectionError
from redis.exceptions import TimeoutError as BrokerSilent

CONNECTIONS = 32
"""Of one client. Who comes when all are taken waits for one, up to ten seconds."""


class _Heeding(AbstractConnection):
    """A connection that heeds a cancellation which comes as a command is being sent.

    redis-py limits the sending by `asyncio.wait_for`, which before Python 3.12 swallows a cancellation that is under way as the
    sending ends: a task told to stop would go on for ever. `asyncio.timeout` hands it on, and needs no task for each command.
    """

    async def send_packed_command(self, command: Any, check_health: bool = True) -> None:
        limit, self.socket_timeout = self.socket_timeout, None
        try:
            async with asyncio.timeout(limit):
                await super().send_packed_command(command, check_health)
        except TimeoutError:
            raise BrokerSilent("the broker does not take what is sent to it") from None
        finally:
            self.socket_timeout = limit


class _OverTCP(_Heeding, Connection): ...


class _OverTLS(_Heeding, SSLConnection): ...


class _OverSocketFile(_Heeding, UnixDomainSocketConnection): ...


def _heeding(kind: type[AbstractConnection]) -> type[AbstractConnection]:
    """The kind of connection that a URL asks for, but heeding cancellations."""
    return next(ours for ours in (_OverTCP, _OverTLS, _OverSocketFile) if issubclass(ours, kind))


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
    pool.connection_class = _heeding(pool.connection_class)
    client: Redis = Redis.from_pool(pool)
    for command in ("XREAD", "XRANGE"):
        client.set_response_callback(command, _raw)
    return client
