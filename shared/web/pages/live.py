"""Live pages: what is recorded is told over server-sent events, and a page that lost its line goes on at the event it had.

Only that something happened is told (position, type, subject's kind), never what: scores stay sealed. The page then asks for
the piece that it shows, as its reader may see it. One line may tell of several services: browsers keep few of them open.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec
from fastapi import Request
from fastapi.responses import StreamingResponse

from shared.eventlog import LogUnavailable, LogWentBack
from shared.parts import Parts
from shared.refusals import Invalid

KEEPALIVE = 15.0
"""Seconds after which a comment is sent, so that no proxy thinks the line dead."""
AT_ONCE = 500
AWAY = 2.0
TOLD = "makmal-told"
"""Header of htmx's requests: the last position of which the page was told, perhaps by another service."""
AT_MOST = 2.0
"""Seconds that a piece of a page waits for what its page was told."""


def since(request: Request, position: int) -> int:
    """The event that the page had: what the browser says when it comes back, else where the service stands. Raises Invalid."""
    had = request.headers.get("last-event-id") or request.query_params.get("after", "")
    if had and not (had.isdecimal() and len(had) < 19):
        raise Invalid("Last-Event-ID is a position", "Last-Event-ID adalah sebuah posisi")
    return min(int(had), position) if had else position


def happenings(request: Request, parts: Parts, edition: str, streams: Sequence[str]) -> StreamingResponse:
    """The edition's events of these services from now on, or from the one that the page had; each when projections count it."""
    after = since(request, parts.runner.position)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_told(request, parts, edition, streams, after), media_type="text/event-stream", headers=headers)


async def counted(request: Request, parts: Parts) -> None:
    """Wait until this service counts what the page was told, so that a piece of it shows that too."""
    told = request.headers.get(TOLD, "")
    if told.isdecimal() and len(told) < 19:
        await parts.runner.reached(int(told), AT_MOST)


async def _told(request: Request, parts: Parts, edition: str, streams: Sequence[str], after: int) -> AsyncIterator[bytes]:
    yield b"retry: 2000\n\n"
    while not await request.is_disconnected():
        if not await parts.runner.reached(after + 1, KEEPALIVE):
            yield b": still here\n\n"
            if parts.runner.stopped:
                await asyncio.sleep(KEEPALIVE)
            continue
        try:
            page = await parts.event_log.read(after, streams, AT_ONCE)
        except (LogUnavailable, LogWentBack):
            await asyncio.sleep(AWAY)
            continue
        for recorded in page.events:
            if recorded.position <= parts.runner.position and recorded.envelope.edition == edition:
                told = {
                    "position": recorded.position,
                    "type": recorded.envelope.type,
                    "about": recorded.subject.partition("/")[0],
                }
                yield b"event: recorded\nid: %d\ndata: %s\n\n" % (recorded.position, msgspec.json.encode(told))
        after = max(after, min(page.horizon, parts.runner.position))
