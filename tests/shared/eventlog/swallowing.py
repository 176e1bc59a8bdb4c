"""A TCP proxy before the broker that loses replies: what the caller asked took effect, and he is not told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

APPEND = b"\r\nEVALSHA\r\n"


class Proxy:
    """`lose()` is asked for every append whether its reply is lost; with `hang_up` the connection ends then, else it stays silent."""

    def __init__(self, broker: Path):
        self.broker = broker
        self.port = 0
        self.lose: Callable[[], bool] = lambda: False
        self.hang_up = True
        self.lost = 0

    def url(self, timeout: float = 5) -> str:
        return f"redis://127.0.0.1:{self.port}?socket_timeout={timeout}"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Proxy"]:
        tasks: set[asyncio.Task[None]] = set()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task
            tasks.add(task)
            with suppress(OSError):
                await self._carry(reader, writer)
            writer.close()
            tasks.discard(task)

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in list(tasks):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        broker_reader, broker_writer = await asyncio.open_unix_connection(str(self.broker))
        silent = False

        async def replies() -> None:
            while data := await broker_reader.read(1 << 16):
                if silent and self.hang_up:
                    writer.close()
                    return
                if not silent:
                    writer.write(data)
                    await writer.drain()

        answering = asyncio.create_task(replies())
        try:
            while data := await reader.read(1 << 16):
                if APPEND in data and self.lose():
                    self.lost += 1
                    silent = True
                broker_writer.write(data)
                await broker_writer.drain()
        finally:
            broker_writer.close()
            answering.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await answering
