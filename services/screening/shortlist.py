"""The shortlist of a category. Decider: who may be nominated, and when the shortlist is confirmed.

A nomination fixes the entry's dossier. Until the confirmation the committee may revoke it, and must where the dossier no longer
stands as nominated (an innovation disqualified, withdrawn, revised or admitted since). Somebody else than those who nominated
confirms. After that an entry can still be taken out with a reason, but none comes in: a disqualification that falls later brings
the innovation back into its institution's portfolio, not onto a confirmed shortlist. Therefore the confirmation waits until none
in the category may fall any more, or says why it does not wait.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from services.screening.contested import Contested
from services.screening.dossier import as_they_stand, items_of
from services.screening.nomination import (
    LONGEST_REASON,
    Confirmed,
    NominateInnovation,
    NominateInstitution,
    Open,
    must_be_closed,
    nominate_innovation,
    nominate_institution,
)
from services.screening.rulebook import category_of, rules_of
from shared.decider import Decider
from shared.events import Event
from shared.events.screening import Nominated, NominationRevoked, ShortlistConfirmed
from shared.facts import EditionFacts
from shared.refusals import Forbidden, Invalid, Refused

# Commands


class RevokeNomination(Struct, frozen=True):
    category: str
    entrant: str
    reason: str


class ConfirmShortlist(Struct, frozen=True):
    category: str
    person: str
    at: datetime
    despite: str = ""
    """Why it does not wait for objections."""


Command = NominateInnovation | NominateInstitution | RevokeNomination | ConfirmShortlist
State = Open | Confirmed


def decide(state: State, command: Command, *others: Any) -> Sequence[Event]:
    """Others: the edition; then
    of an innovation: the enrolment of its institution, the assignments, and the four states of a member (see `dossier`);
    of an institution: its enrolment, the assignments, its portfolio, and the four states of each in the portfolio;
    for the confirmation: the contested disqualifications, and for every nominated entry, in order,
    [its portfolio if it is an institution's,] and the same states.
    """
    match command:
        case NominateInnovation():
            return nominate_innovation(state, command, *others)
        case NominateInstitution():
            return nominate_institution(state, command, *others)
        case RevokeNomination():
            return _revoke(state, command)
        case ConfirmShortlist():
            return _confirm(state, command, *others)


def _revoke(state: State, command: RevokeNomination) -> Sequence[Event]:
    reason = command.reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Invalid(
            f"say why the nomination is revoked, in at most {LONGEST_REASON} characters",
            f"jelaskan mengapa nominasi dibatalkan, paling panjang {LONGEST_REASON} karakter",
        )
    known = state.revoked.get(command.entrant)
    if known is not None and known.reason == reason:
        return []
    nominated = state.nominated.get(command.entrant)
    if nominated is None:
        raise Refused(
            f"{command.entrant} is not nominated here; only a nominated entry can be revoked",
            f"{command.entrant} tidak dinominasikan di sini; hanya nominasi yang ada yang dapat dibatalkan",
        )
    return [NominationRevoked(category=command.category, entry=nominated.entry, entrant=command.entrant, reason=reason)]


def _confirm(
    state: State, command: ConfirmShortlist, edition: EditionFacts, contested: Contested, *others: Any
) -> Sequence[Event]:
    category = category_of(edition, command.category)
    if isinstance(state, Confirmed):
        return []
    must_be_closed(edition)
    if not state.nominated:
        raise Refused(
            f"nobody is nominated in {category.name.en}; nominate at least one entry first",
            f"belum ada nominasi pada {category.name.id}; nominasikan sedikitnya satu peserta dahulu",
        )
    if own := [n.name for n in state.nominated.values() if n.nominated_by and n.nominated_by == command.person]:
        raise Forbidden(
            f"you nominated {', '.join(own)}; another member of the committee confirms the shortlist",
            f"Anda yang menominasikan {', '.join(own)}; anggota komite lain yang menetapkan daftar nominasi",
        )
    fallen = [
        f"{nominated.name} ({nominated.entrant})"
        for nominated, members in as_they_stand(list(state.nominated.values()), others)
        if items_of(members, rules_of(edition).catalogue) != nominated.dossier
    ]
    if fallen:
        raise Refused(
            f"changed since the nomination: {', '.join(fallen)}; revoke these nominations, and nominate anew what still may",
            f"berubah sesudah dinominasikan: {', '.join(fallen)}; batalkan nominasi itu, lalu nominasikan kembali yang masih boleh",
        )
    entries = tuple(nominated.entry for nominated in state.nominated.values())
    despite = command.despite.strip() if contested.open(category.id, command.at) else ""
    if len(despite) > LONGEST_REASON or (contested.open(category.id, command.at) and not despite):
        raise Refused(
            f"a disqualification in {category.name.en} may still fall by an objection; wait for its end, or say in at most "
            f"{LONGEST_REASON} characters why the shortlist is confirmed despite it",
            f"masih ada diskualifikasi pada {category.name.id} yang dapat gugur karena keberatan; tunggu sampai selesai, atau "
            f"jelaskan dalam paling banyak {LONGEST_REASON} karakter mengapa daftar nominasi tetap ditetapkan",
        )
    return [ShortlistConfirmed(category=category.id, entries=entries, confirmed_by=command.person, despite=despite)]


# Evolution


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Open(nominated, revoked), Nominated(entrant=entrant) if entrant not in nominated:
            return Open({**nominated, entrant: event}, {e: r for e, r in revoked.items() if e != entrant})
        case ((Open(nominated, revoked) | Confirmed(nominated, revoked)), NominationRevoked(entrant=entrant)) if (
            entrant in nominated
        ):
            return type(state)({e: n for e, n in nominated.items() if e != entrant}, {**revoked, entrant: event})
        case Open(nominated, revoked), ShortlistConfirmed():
            return Confirmed(nominated, revoked)
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Event], by: str, at: datetime) -> Command:
    match events:
        case [Nominated() as e]:
            kind = NominateInnovation if e.kind == "innovation" else NominateInstitution
            return kind(e.category, e.entrant, e.nominated_by, e.tied_with, e.reason)
        case [NominationRevoked(category=category, entrant=entrant, reason=reason)]:
            return RevokeNomination(category, entrant, reason)
        case [ShortlistConfirmed() as e]:
            return ConfirmShortlist(e.category, e.confirmed_by, at, e.despite)
    raise ValueError(f"no command of a shortlist leads to {events!r}")


SHORTLIST: Decider[State] = Decider("screening", "shortlist", Open(), evolve, decide, command_of)
"""`shortlist/<edition>.<category>`"""
