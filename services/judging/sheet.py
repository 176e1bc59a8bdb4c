"""What a juror's scoresheet for one entry can be. States only; what may be done with it is decided in `scoresheet`."""

from msgspec import Struct
from msgspec.structs import replace

from shared.events.judging import (
    ScoreRecorded,
    ScoresheetConfirmed,
    ScoresheetOpened,
    ScoresheetReopened,
    ScoresheetSubmitted,
    ScoresheetVoided,
)

Event = ScoresheetOpened | ScoreRecorded | ScoresheetSubmitted | ScoresheetConfirmed | ScoresheetReopened | ScoresheetVoided


class Unopened(Struct, frozen=True):
    pass


class Open(Struct, frozen=True):
    entry: str
    juror: str
    scores: dict[str, ScoreRecorded] = {}
    reopened: bool = False


class Submitted(Struct, frozen=True):
    entry: str
    juror: str
    scores: dict[str, ScoreRecorded]


class Unconfirmed(Struct, frozen=True):
    """Typed from paper, and not yet confirmed by the juror: it does not count."""

    entry: str
    juror: str
    scores: dict[str, ScoreRecorded]
    recorded_by: str
    scan_digest: str


class Voided(Struct, frozen=True):
    """It counts for nothing; its scores stay on record."""

    entry: str
    juror: str
    scores: dict[str, ScoreRecorded]
    reason: str


State = Unopened | Open | Submitted | Unconfirmed | Voided


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Unopened(), ScoresheetOpened(entry=entry, juror=person):
            return Open(entry, person)
        case Open(entry, person, scores), ScoreRecorded(criterion=criterion):
            return replace(state, scores={**scores, criterion: event})
        case Open(entry, person, scores), ScoresheetSubmitted(recorded_by="", scan_digest=""):
            return Submitted(entry, person, scores)
        case Open(entry, person, scores), ScoresheetSubmitted(recorded_by=recorded_by, scan_digest=scan):
            return Unconfirmed(entry, person, scores, recorded_by, scan)
        case Unconfirmed(entry, person, scores), ScoresheetConfirmed():
            return Submitted(entry, person, scores)
        case ((Submitted() | Unconfirmed()), ScoresheetReopened()):
            return Open(state.entry, state.juror, state.scores, True)
        case ((Open() | Submitted() | Unconfirmed()), ScoresheetVoided(reason=reason)):
            return Voided(state.entry, state.juror, state.scores, reason)
    raise ValueError(f"{event!r} cannot follow {state!r}")
