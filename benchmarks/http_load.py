"""A light HTTP/1.1 client that keeps a server busy: requests are bytes made beforehand, answers are read by length, no more."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

CONNECTIONS = 32
PATIENCE = 120.0


class Refused(Exception):
    """The server did not answer 201; its answer."""


class Caller(asyncio.Protocol):
    """One kept-alive connection: sends the next request as soon as the last is answered."""

    def __init__(self, requests: Iterator[bytes]):
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.gone = asyncio.Event()
        self._requests = requests
        self._received = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's is none by inheritance
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator or len(body) < _length(head):
            return
        if not head.startswith(b"HTTP/1.1 201"):
            self._end(Refused(self._received.decode()))
            return
        self._received = b""
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        self.gone.set()
        self._end(error or Refused("the connection was closed"))

    def _send(self) -> None:
        assert self._transport is not None
        if request := next(self._requests, None):
            self._transport.write(request)
        else:
            self._end(None)

    def _end(self, error: Exception | None) -> None:
        if self.ended.done():
            return
        if error is None:
            self.ended.set_result(None)
        else:
            self.ended.set_exception(error)


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])


async def requests_per_second(socket: Path, requests: Sequence[bytes]) -> float:
    """All these requests, over 32 connections. Raises Refused for an answer other than 201."""
    loop, waiting = asyncio.get_running_loop(), iter(requests)
    begun = time.perf_counter()
    connections = [await loop.create_unix_connection(lambda: Caller(waiting), str(socket)) for _ in range(CONNECTIONS)]
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(caller.ended for _, caller in connections))
        return len(requests) / (time.perf_counter() - begun)
    finally:
        for transport, caller in connections:
            caller.ended.cancel()
            transport.close()
        await asyncio.gather(*(caller.gone.wait() for _, caller in connections))
