"""The docket of a category: by which rules, which entries and which panels it is judged, and how far judging has come.

States only. What may be done in them is decided in `category`, `scoresheet` and `juror`, which all look at these.
"""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from shared.events.judging import (
    AwardConferred,
    DecisionConfirmed,
    DecisionReopened,
    DisclosureProposed,
    EntryAdmitted,
    EntryExcluded,
    InnovationReinstated,
    InnovationStruck,
    JudgingClosed,
    JudgingOpened,
    PanelAssigned,
    Placed,
    ResultCorrected,
    ResultObjectionConfirmed,
    ResultObjectionFiled,
    ResultObjectionRejected,
    ResultObjectionUpheld,
    ResultsAnnounced,
    RubricLocked,
    SealedScoresDisclosed,
    TieResolved,
    WinnersDecided,
)
from shared.events.screening import DossierItem
from shared.refusals import Refused, Unknown

Beside = (
    EntryExcluded
    | InnovationStruck
    | InnovationReinstated
    | DisclosureProposed
    | SealedScoresDisclosed
    | ResultObjectionFiled
    | ResultObjectionConfirmed
    | ResultObjectionRejected
    | ResultObjectionUpheld
    | AwardConferred
)
"""What is put on the docket without moving the category on."""
Event = (
    Beside
    | RubricLocked
    | EntryAdmitted
    | PanelAssigned
    | JudgingOpened
    | JudgingClosed
    | TieResolved
    | WinnersDecided
    | DecisionConfirmed
    | DecisionReopened
    | ResultsAnnounced
    | ResultCorrected
)


class Objection(Struct, frozen=True):
    filed: ResultObjectionFiled
    confirmed: bool
    """By the person himself; one that he filed himself is."""
    ruling: ResultObjectionRejected | ResultObjectionUpheld | None = None


class Published(Struct, frozen=True):
    """The result as the public knows it; the last one, if it was corrected."""

    winners: tuple[Placed, ...]
    ranking: tuple[Placed, ...]
    """All nominees: what each institution is told of its own."""
    objections_until: datetime | None


class Docket(Struct, frozen=True):
    rules: RubricLocked
    entries: dict[str, EntryAdmitted] = {}
    """Those that compete."""
    panels: dict[str, tuple[str, ...]] = {}
    """Entry -> the jurors who score it."""
    seats: frozenset[tuple[str, str]] = frozenset()
    """(entry, juror) of everybody who ever was on a panel: where scoresheets can be. It only grows."""
    excluded: dict[str, tuple[EntryAdmitted, EntryExcluded]] = {}
    """Entries that were admitted and compete no more."""
    struck: dict[tuple[str, str], DossierItem] = {}
    """(entry, innovation) -> what has left the entry's dossier."""
    proposed: dict[tuple[str, str], DisclosureProposed] = {}
    """(entry or empty, person) -> the disclosure asked for."""
    disclosed: frozenset[tuple[str, str]] = frozenset()
    """(entry, or empty for all; person) who may see sealed scores."""
    reopened: str = ""
    """Why the decision was last reopened; empty once a new result is public."""
    published: Published | None = None
    objections: dict[str, Objection] = {}
    awards: dict[str, AwardConferred] = {}


# One type for each situation. A category is unlocked until its shortlist is confirmed.
class Unlocked(Struct, frozen=True):
    pass


class Preparing(Struct, frozen=True):
    docket: Docket


class Judging(Struct, frozen=True):
    docket: Docket


class Closed(Struct, frozen=True):
    """No score changes any more. `votes` are the panel's on ties, oldest first."""

    docket: Docket
    votes: tuple[tuple[str, ...], ...] = ()


class Decided(Struct, frozen=True):
    docket: Docket
    votes: tuple[tuple[str, ...], ...]
    decision: WinnersDecided


class Confirmed(Struct, frozen=True):
    docket: Docket
    votes: tuple[tuple[str, ...], ...]
    decision: WinnersDecided


class Announced(Struct, frozen=True):
    docket: Docket
    votes: tuple[tuple[str, ...], ...]
    decision: WinnersDecided


State = Unlocked | Preparing | Judging | Closed | Decided | Confirmed | Announced


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
        case Decided(docket, votes, decision), DecisionConfirmed():
            return Confirmed(docket, votes, decision)
        case ((Decided() | Confirmed() | Announced()), DecisionReopened(reason=reason)):
            return Closed(replace(state.docket, reopened=reason), state.votes)
        case Confirmed(docket, votes, decision), (ResultsAnnounced() | ResultCorrected()):
            published = Published(event.winners, decision.ranking, event.objections_until)
            return Announced(replace(docket, reopened="", published=published), votes, decision)
    if isinstance(event, Beside) and not isinstance(state, Unlocked):
        return replace(state, docket=_with(state.docket, event))
    raise ValueError(f"{event!r} cannot follow {state!r}")


def _with_panel(docket: Docket, assigned: PanelAssigned) -> Docket:
    return replace(
        docket,
        panels={**docket.panels, assigned.entry: assigned.jurors},
        seats=docket.seats | {(assigned.entry, juror) for juror in assigned.jurors},
    )


def _with(docket: Docket, event: Beside) -> Docket:
    match event:
        case EntryExcluded(entry=entry):
            kept = {id: admitted for id, admitted in docket.entries.items() if id != entry}
            return replace(docket, entries=kept, excluded={**docket.excluded, entry: (docket.entries[entry], event)})
        case InnovationStruck(entry=entry, innovation=innovation):
            admitted = docket.entries[entry]
            left = tuple(item for item in admitted.dossier if item.innovation != innovation)
            gone = next(item for item in admitted.dossier if item.innovation == innovation)
            entries = {**docket.entries, entry: replace(admitted, dossier=left)}
            return replace(docket, entries=entries, struck={**docket.struck, (entry, innovation): gone})
        case InnovationReinstated(entry=entry, innovation=innovation):
            was = docket.excluded[entry][0] if entry in docket.excluded else docket.entries[entry]
            back = replace(was, dossier=(*was.dossier, docket.struck[entry, innovation]))
            return replace(
                docket,
                entries={**docket.entries, entry: back},
                excluded={id: out for id, out in docket.excluded.items() if id != entry},
                struck={place: item for place, item in docket.struck.items() if place != (entry, innovation)},
            )
        case DisclosureProposed(entry=entry, to=to):
            return replace(docket, proposed={**docket.proposed, (entry, to): event})
        case SealedScoresDisclosed(entry=entry, to=to):
            return replace(docket, disclosed=docket.disclosed | {(entry, to)})
        case ResultObjectionFiled(objection=id):
            return replace(docket, objections={**docket.objections, id: Objection(event, not event.recorded_by)})
        case ResultObjectionConfirmed(objection=id):
            confirmed = replace(docket.objections[id], confirmed=True)
            return replace(docket, objections={**docket.objections, id: confirmed})
        case ResultObjectionRejected(objection=id) | ResultObjectionUpheld(objection=id):
            ruled = replace(docket.objections[id], ruling=event)
            return replace(docket, objections={**docket.objections, id: ruled})
        case AwardConferred(entry=entry):
            return replace(docket, awards={**docket.awards, entry: event})


def listed(state: State) -> Docket:
    """Raises Unknown while the category has none."""
    if isinstance(state, Unlocked):
        raise Unknown(
            "nothing is judged under this name; a category is prepared once its shortlist is confirmed",
            "tidak ada yang dinilai dengan nama ini; kategori disiapkan setelah daftar nominasinya ditetapkan",
        )
    return state.docket


def admitted(state: State, entry: str) -> EntryAdmitted:
    """The competing entry as jurors read it. Raises Unknown; Refused where it was excluded."""
    docket = listed(state)
    found = docket.entries.get(entry)
    if found is None and entry in docket.excluded:
        was, why = docket.excluded[entry]
        raise Refused(
            f"{was.name} is excluded: {why.reason}. The other entries are judged without it",
            f"{was.name} dikeluarkan: {why.reason}. Entri lain dinilai tanpanya",
        )
    if found is None:
        raise Unknown(
            f"{entry} is no admitted entry; the entries stand in the list of its category",
            f"{entry} bukan entri yang diterima; daftar entri ada pada kategorinya",
        )
    return found


def institutions(docket: Docket) -> tuple[str, ...]:
    """Those whose entries compete: what is decided on the category concerns each of them."""
    return tuple(sorted({admitted.institution for admitted in docket.entries.values()}))
