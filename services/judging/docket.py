"""The docket of a category: by which rules, which entries and which panels it is judged, and how far judging has come.

States only. What may be done in them is decided in `category`, `scoresheet` and `juror`, which all look at these.
"""

from msgspec import Struct
from msgspec.structs import replace

from shared.events.judging import (
    EntryAdmitted,
    JudgingClosed,
    JudgingOpened,
    PanelAssigned,
    ResultsAnnounced,
    RubricLocked,
    TieResolved,
    WinnersDecided,
)
from shared.refusals import Unknown

Event = (
    RubricLocked
    | EntryAdmitted
    | PanelAssigned
    | JudgingOpened
    | JudgingClosed
    | TieResolved
    | WinnersDecided
    | ResultsAnnounced
)


class Docket(Struct, frozen=True):
    rules: RubricLocked
    entries: dict[str, EntryAdmitted] = {}
    panels: dict[str, tuple[str, ...]] = {}
    """Entry -> the jurors who score it."""
    seats: frozenset[tuple[str, str]] = frozenset()
    """(entry, juror) of everybody who ever was on a panel: where scoresheets can be. It only grows."""


# One type for each situation. A category is unlocked until its shortlist is confirmed.
class Unlocked(Struct, frozen=True):
    pass


class Preparing(Struct, frozen=True):
    docket: Docket


class Judging(Struct, frozen=True):
    docket: Docket


class Closed(Struct, frozen=True):
    """No sheet changes any more. `votes` are the panel's on ties, oldest first."""

    docket: Docket
    votes: tuple[tuple[str, ...], ...] = ()


class Decided(Struct, frozen=True):
    docket: Docket
    votes: tuple[tuple[str, ...], ...]
    decision: WinnersDecided


class Announced(Struct, frozen=True):
    docket: Docket
    votes: tuple[tuple[str, ...], ...]
    decision: WinnersDecided


State = Unlocked | Preparing | Judging | Closed | Decided | Announced


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Unlocked(), RubricLocked():
            return Preparing(Docket(event))
        case Preparing(docket), EntryAdmitted(entry=entry):
            return Preparing(replace(docket, entries={**docket.entries, entry: event}))
        case Preparing(docket), PanelAssigned():
            return Preparing(_with_panel(docket, event))
        case Preparing(docket), JudgingOpened():
            return Judging(docket)
        case Judging(docket), PanelAssigned():
            return Judging(_with_panel(docket, event))
        case Judging(docket), JudgingClosed():
            return Closed(docket)
        case Closed(docket, votes), TieResolved(order=order):
            return Closed(docket, (*votes, order))
        case Closed(docket, votes), WinnersDecided():
            return Decided(docket, votes, event)
        case Decided(docket, votes, decision), ResultsAnnounced():
            return Announced(docket, votes, decision)
    raise ValueError(f"{event!r} cannot follow {state!r}")


def _with_panel(docket: Docket, assigned: PanelAssigned) -> Docket:
    return replace(
        docket,
        panels={**docket.panels, assigned.entry: assigned.jurors},
        seats=docket.seats | {(assigned.entry, juror) for juror in assigned.jurors},
    )


def listed(state: State) -> Docket:
    """Raises Unknown while the category has none."""
    if isinstance(state, Unlocked):
        raise Unknown(
            "nothing is judged under this name; a category is prepared once its shortlist is confirmed",
            "tidak ada yang dinilai dengan nama ini; kategori disiapkan setelah daftar nominasinya ditetapkan",
        )
    return state.docket


def admitted(state: State, entry: str) -> EntryAdmitted:
    """The entry as jurors read it. Raises Unknown."""
    found = listed(state).entries.get(entry)
    if found is None:
        raise Unknown(
            f"{entry} is no admitted entry; the entries stand in the list of its category",
            f"{entry} bukan entri yang diterima; daftar entri ada pada kategorinya",
        )
    return found
