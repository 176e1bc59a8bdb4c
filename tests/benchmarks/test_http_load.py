"""The client that keeps a server busy: every request once, and no answer but 201 passes for one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from benchmarks.http_load import Refused, requests_per_second

ANSWER = b"HTTP/1.1 201 Created\r\ncontent-length: 4\r\n\r\ndone"


@asynccontextmanager
async def answering(socket: Path, *pieces: bytes) -> AsyncIterator[list[bytes]]:
    """A server that notes each request line and answers with these pieces, one after another."""
    seen: list[bytes] = []

    handlers: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handlers.add(asyncio.current_task())
        while line := await reader.readline():
            seen.append(line)
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_unix_server(serve, str(socket))
    try:
        yield seen
    finally:
        server.close()
        await asyncio.gather(*filter(None, handlers))


async def test_every_request_is_sent_once(tmp_path: Path) -> None:
    async with answering(tmp_path / "s", ANSWER[:30], ANSWER[30:]) as seen:
        requests = [b"%d\n" % number for number in range(100)]
        assert await requests_per_second(tmp_path / "s", requests) > 0
    assert sorted(seen) == sorted(requests)


async def test_another_answer_is_told(tmp_path: Path) -> None:
    async with answering(tmp_path / "s", b"HTTP/1.1 409 Conflict\r\ncontent-length: 0\r\n\r\n"):
        with pytest.raises(Refused, match="409"):
            await requests_per_second(tmp_path / "s", [b"x\n"])
