"""Reading a log whole: whoever reads all streams sees every position, and notices one that is missing or stands twice."""

from collections.abc import Sequence
from typing import NamedTuple

from redis.exceptions import RedisError

from shared.eventlog.answers import LogUnavailable, ReadPage
from shared.eventlog.keys import SERVICES
from shared.eventlog.log import EventLog


class Torn(LogUnavailable):
    """The log cannot be read on: a position is missing from all streams, or stands in two. Readers wait until that is mended."""

    def __init__(self, position: int, why: str):
        super().__init__(f"position {position} {why}")
        self.position = position


class Missing(Torn):
    """A position is missing from all streams."""


class Counted(NamedTuple):
    """At one moment: every position has exactly one entry in one stream, so both are the same in a log that is whole."""

    entries: int
    """In all streams."""
    positions: int


def up_to_flaw(after: int, page: ReadPage) -> tuple[ReadPage, Torn | None]:
    """The part of a page of all streams that is whole, and what is wrong behind it."""
    expected = after + 1
    for number, recorded in enumerate(page.events):
        if recorded.position != expected:
            if recorded.position < expected:
                flaw = Torn(
                    recorded.position,
                    f"stands twice: in the streams of {page.events[number - 1].service} and {recorded.service}",
                )
                return ReadPage(page.events[: number - 1], recorded.position - 1), flaw
            return ReadPage(page.events[:number], expected - 1), _missing(expected)
        expected += 1
    if expected <= page.horizon:
        return ReadPage(page.events, expected - 1), _missing(expected)
    return page, None


def _missing(position: int) -> Missing:
    return Missing(position, "is missing from all streams: find out who tore it, then put it on record with `makmal log void`")


class WholeLog(EventLog):
    """A hold of the log for a service that reads all streams: it never reads past a flaw, so nothing filled in later is missed."""

    async def read(self, after: int, streams: Sequence[str], limit: int = 500) -> ReadPage:
        """What is whole; at a flaw nothing more comes until it is mended."""
        return (await self._whole(after, streams, limit))[0]

    async def read_on(self, after: int, limit: int = 500) -> ReadPage:
        """The same for all streams, but raises Torn when a flaw is next."""
        page, flaw = await self._whole(after, SERVICES, limit)
        if flaw is not None and page.horizon == after:
            raise flaw
        return page

    async def counted(self) -> Counted:
        """How many entries the streams hold, and how many positions were given out; both in one transaction."""
        try:
            async with self.client.pipeline(transaction=True) as pipe:
                for service in SERVICES:
                    pipe.xlen(self.keys.stream(service))
                pipe.get(self.keys.position)
                *lengths, position = await pipe.execute()
        except (RedisError, OSError) as error:
            raise LogUnavailable(str(error)) from error
        return Counted(sum(lengths), int(position or 0))

    async def _whole(self, after: int, streams: Sequence[str], limit: int) -> tuple[ReadPage, Torn | None]:
        page = await super().read(after, streams, limit)
        return up_to_flaw(after, page) if set(streams) == set(SERVICES) else (page, None)
