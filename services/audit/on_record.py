"""What stands on record of the notary: the keys it signs with, and what it found wrong in the log. Decider; subject `notary`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from shared.decider import Decider
from shared.events.audit import InconsistencyFound, NotaryKeyRotated
from shared.refusals import Refused

Event = NotaryKeyRotated | InconsistencyFound


class RecordKey(Struct, frozen=True):
    """The notary signs with this key from now on."""

    vkey: str


class RecordInconsistency(Struct, frozen=True):
    """The event at this position is not the one that was signed."""

    position: int
    what: str


Command = RecordKey | RecordInconsistency


class Keyless(Struct, frozen=True):
    """Nothing was signed yet."""


class Signing(Struct, frozen=True):
    vkey: str
    found: dict[int, str] = {}
    """Position -> what was wrong there."""


State = Keyless | Signing


def on_record(state: State) -> str:
    """The key that was recorded last; empty if none was."""
    return state.vkey if isinstance(state, Signing) else ""


def suspect(state: State) -> list[int]:
    """Positions that were once found to be other than signed: they are compared before anything is signed again."""
    return sorted(state.found) if isinstance(state, Signing) else []


def decide(state: State, command: Command) -> list[Event]:
    match state, command:
        case Signing(vkey=current), RecordKey(vkey=vkey) if current == vkey:
            return []
        case _, RecordKey(vkey=vkey):
            return [NotaryKeyRotated(vkey=vkey)]
        case Signing(found=found), RecordInconsistency(position=position, what=what):
            return [] if position in found else [InconsistencyFound(position=position, what=what)]
    raise Refused(
        "the notary has signed nothing yet that the log could contradict; record its key first",
        "notaris belum menandatangani apa pun yang dapat dibantah oleh log; catat kuncinya lebih dahulu",
    )


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Keyless(), NotaryKeyRotated(vkey=vkey):
            return Signing(vkey)
        case Signing(found=found), NotaryKeyRotated(vkey=vkey):
            return Signing(vkey, found)
        case Signing(vkey=vkey, found=found), InconsistencyFound(position=position, what=what):
            return Signing(vkey, {**found, position: what})
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Any], by: str, at: datetime) -> Command:
    match events[0]:
        case NotaryKeyRotated(vkey=vkey):
            return RecordKey(vkey)
        case InconsistencyFound(position=position, what=what):
            return RecordInconsistency(position, what)
    raise ValueError(f"no command leads to {events!r}")


NOTARY: Decider[State] = Decider("audit", "notary", Keyless(), evolve, decide, command_of)
