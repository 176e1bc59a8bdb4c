"""Reading the log for a command, wherever it is."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from makmal.whereabouts import Whereabouts, whereabouts
from shared.eventlog import SERVICES, EventLog, Recorded
from shared.eventlog.connection import connect


@asynccontextmanager
async def _reader(where: Whereabouts, url: str) -> AsyncIterator[EventLog]:
    found = EventLog(connect(url), where.keys, "audit")
    try:
        yield found
    finally:
        await found.client.aclose()


async def everything(
    events: EventLog, after: int = 0, until: int | None = None, streams: Sequence[str] = SERVICES
) -> AsyncIterator[Recorded]:
    """The events of all streams, or of some, in order, up to a position, or up to where the log ends when it is reached."""
    while True:
        page = await events.read(after, streams, 2_000)
        for recorded in page.events:
            if until is not None and recorded.position > until:
                return
            yield recorded
        if page.horizon == after or (until is not None and page.horizon >= until):
            return
        after = page.horizon


def with_log(data: Path | None, work: Callable[[EventLog], Awaitable[None]]) -> None:
    async def run(where: Whereabouts, url: str) -> None:
        async with _reader(where, url) as events:
            await work(events)

    where = whereabouts(data)
    with where.broker_url() as url:
        asyncio.run(run(where, url))
