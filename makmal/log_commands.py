"""`makmal log …`: looking at the log, replaying it up to a moment, and filling a gap."""

import sys
from datetime import UTC
from typing import Annotated

import msgspec
import typer

from makmal.log_reading import everything, with_log
from makmal.replay_command import replay_command
from makmal.whereabouts import DataOption, whereabouts
from shared.eventlog import SERVICES, EventLog, Recorded
from shared.refusals import Unknown

log = typer.Typer(help="Look at the event log.", no_args_is_help=True, add_completion=False)

BACK = 5_000
"""How many positions back `show` looks for a cause."""


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
        with_log(data, work)
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

    with_log(data, work)


log.command("replay")(replay_command)


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
