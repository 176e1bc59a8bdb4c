"""Files with many rows that are taken in: that this file was found sound, and its rows follow. Decider.

Each row is a fact of its own, in an append of its own. A file that is sent again goes on where it stopped.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from shared.decider import Decider
from shared.events import Event
from shared.events.registration import ImportAccepted

ImportKind = Literal["institutions", "innovations", "pics"]


class AcceptImport(Struct, frozen=True):
    kind: ImportKind
    sha256: str
    rows: int


class Unseen(Struct, frozen=True):
    pass


class Accepted(Struct, frozen=True):
    accepted: ImportAccepted


State = Unseen | Accepted


def decide(state: State, command: AcceptImport) -> Sequence[Event]:
    if isinstance(state, Accepted):
        return []
    return [ImportAccepted(kind=command.kind, sha256=command.sha256, rows=command.rows)]


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Unseen(), ImportAccepted():
            return Accepted(event)
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Any], by: str, at: datetime) -> AcceptImport:
    match events:
        case [ImportAccepted(kind=kind, sha256=sha256, rows=rows)]:
            return AcceptImport(kind, sha256, rows)
    raise ValueError(f"no command to an import leads to {events!r}")


IMPORT: Decider[State] = Decider("registration", "import", Unseen(), evolve, decide, command_of)
"""`import/<edition>.<kind>.<first 32 digits of the file's SHA-256>`"""
