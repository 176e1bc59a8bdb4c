"""`makmal log replay`: how things stood at a position or a time, and what other rules would have made of them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from makmal.log_reading import everything, with_log
from makmal.whereabouts import DataOption
from shared.eventlog import EventLog
from shared.refusals import Invalid


def replay_command(
    until: Annotated[str, typer.Option(help="A position, or a time (ISO 8601, UTC unless it says otherwise).")] = "",
    category: Annotated[str, typer.Option(help="Rank only this category, like digital or batam-2023.digital.")] = "",
    what_if: Annotated[
        Path | None,
        typer.Option(
            help="A TOML file with other weights, another aggregation, or jurors left out. Nothing of it is recorded."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json")] = False,
    data: DataOption = None,
) -> None:
    """Replay the log up to a position or a time: how many events of which kind, what was owed, and how the rankings stood then."""
    from makmal.replaying import Replay, describe
    from makmal.whatif import read

    last, moment = _moment(until)
    asked = read(what_if) if what_if else None

    async def work(events: EventLog) -> None:
        replay = Replay(category)
        async for recorded in everything(events, 0, last):
            if moment is not None and recorded.envelope.time > moment:
                break
            replay.take(recorded)
        replayed = replay.result(asked)
        print(msgspec.json.encode(replayed).decode() if json else describe(replayed))

    with_log(data, work)


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
