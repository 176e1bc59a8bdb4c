"""`makmal log …`: looking at the log, replaying it up to a moment, and filling a gap."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from makmal.whereabouts import DataOption, Whereabouts, whereabouts
from shared.eventlog import SERVICES, EventLog, Recorded
from shared.eventlog.connection import connect
from shared.refusals import Invalid, Unknown

log = typer.Typer(help="Look at the event log.", no_args_is_help=True, add_completion=False)

BACK = 5_000
"""How many positions back `show` looks for a cause."""


@asynccontextmanager
async def _reader(where: Whereabouts, url: str) -> AsyncIterator[EventLog]:
    found = EventLog(connect(url), where.keys, "audit")
    try:
        yield found
    finally:
        await found.client.aclose()


async def everything(events: EventLog, after: int = 0, until: int | None = None) -> AsyncIterator[Recorded]:
    """The events of all streams in order, up to a position, or up to where the log ends when it is reached."""
    while True:
        page = await events.read(after, SERVICES, 2_000)
        for recorded in page.events:
            if until is not None and recorded.position > until:
                return
            yield recorded
        if page.horizon == after or (until is not None and page.horizon >= until):
            return
        after = page.horizon


def _with_log(data: Path | None, work: Callable[[EventLog], Awaitable[None]]) -> None:
    async def run(where: Whereabouts, url: str) -> None:
        async with _reader(where, url) as events:
            await work(events)

    where = whereabouts(data)
    with where.broker_url() as url:
        asyncio.run(run(where, url))


def _line(recorded: Recorded) -> str:
    envelope = recorded.envelope
    time = envelope.time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return f"{recorded.position:>9}  {time}  {envelope.type:<24}  {envelope.subject}  by {envelope.actor}"


def _print(recorded: Recorded, json: bool) -> None:
    if json:
        print(_as_json(recorded).decode(), flush=True)
    else:
        print(_line(recorded), flush=True)


def _as_json(recorded: Recorded) -> bytes:
    return b'{"position":%d,"event":%b}' % (recorded.position, recorded.raw)


@log.command()
def tail(
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what is recorded from now on, until Ctrl-C.")
    ] = False,
    number: Annotated[int, typer.Option("--number", "-n", help="How many of the last events.", min=0)] = 20,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line, with the events' data.")] = False,
    data: DataOption = None,
) -> None:
    """Print the last events: position, time, type, subject, and who did it."""

    async def work(events: EventLog) -> None:
        after = max(0, await events.position() - number)
        while True:
            async for recorded in everything(events, after):
                _print(recorded, json)
                after = recorded.position
            if not follow:
                return
            await events.wake(after, SERVICES, 5.0)

    try:
        _with_log(data, work)
    except KeyboardInterrupt:
        sys.exit(0)


@log.command()
def show(
    position: Annotated[int, typer.Argument(min=1)],
    json: Annotated[bool, typer.Option("--json", help="The stored bytes as they are.")] = False,
    data: DataOption = None,
) -> None:
    """Show one event with everything: envelope, data, cause, and its hash in the tree."""
    from shared.transparency.merkle import leaf_hash

    async def work(events: EventLog) -> None:
        near = {r.position: r async for r in everything(events, max(0, position - BACK), position)}
        recorded = near.get(position)
        if recorded is None:
            end = await events.position()
            raise Unknown(
                f"No event stands at position {position}; the log ends at {end}.",
                f"Tidak ada peristiwa pada posisi {position}; log berakhir pada {end}.",
            )
        if json:
            print(recorded.raw.decode())
            return
        print(msgspec.json.format(recorded.raw).decode())
        print(f"position   {position} in the stream of {recorded.service}, {len(recorded.raw)} bytes")
        print(f"leaf hash  {leaf_hash(recorded.raw).hex()}")
        cause = next((r for r in near.values() if r.envelope.id == recorded.envelope.causationid), None)
        if recorded.envelope.causationid:
            print(f"because of {_line(cause).strip() if cause else recorded.envelope.causationid}")

    _with_log(data, work)


@log.command()
def replay(
    until: Annotated[str, typer.Option(help="A position, or a time (ISO 8601, UTC unless it says otherwise).")] = "",
    json: Annotated[bool, typer.Option("--json")] = False,
    data: DataOption = None,
) -> None:
    """Replay the log up to a position or a time: how many events of which kind, and how the rankings stood then."""
    from makmal.replaying import Replay, describe

    last, moment = _moment(until)

    async def work(events: EventLog) -> None:
        replay = Replay()
        async for recorded in everything(events, 0, last):
            if moment is not None and recorded.envelope.time > moment:
                break
            replay.take(recorded)
        replayed = replay.result()
        print(msgspec.json.encode(replayed).decode() if json else describe(replayed))

    _with_log(data, work)


def _moment(until: str) -> tuple[int | None, datetime | None]:
    """The last position, or the moment: of a time it is the prefix before the first later event."""
    if not until:
        return None, None
    if until.isdecimal():
        return int(until), None
    try:
        moment = datetime.fromisoformat(until)
    except ValueError:
        raise Invalid(
            f"{until!r} is neither a position nor a time like 2023-05-01T17:00.",
            f"{until!r} bukan posisi dan bukan waktu seperti 2023-05-01T17:00.",
        ) from None
    return None, moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@log.command()
def void(
    position: Annotated[int, typer.Argument(min=1)],
    reason: Annotated[str, typer.Option(help="Why nothing stands there; it goes on record.")],
    data: DataOption = None,
) -> None:
    """Fill a missing position with PositionVoided, so that the notary and the trail can go on."""
    from makmal.verify.raw_log import raw_client
    from makmal.voiding import void as fill

    where = whereabouts(data)
    with where.broker_url() as url, raw_client(url) as client:
        fill(client, where.keys, position, reason)
    print(f"Position {position} is on record as void.")
