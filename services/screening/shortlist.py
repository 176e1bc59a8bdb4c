"""The shortlist of a category. Decider: who may be nominated, and when the shortlist is confirmed.

A nomination fixes the entry's dossier. Until the confirmation the committee may revoke it, and must where the dossier no longer
stands as nominated (an innovation disqualified, withdrawn, revised or admitted since).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from services.screening import assessment, desk_score
from services.screening.categories import chosen, competes
from services.screening.dossier import Member, as_they_stand, items_of, members_of, score_of
from services.screening.portfolio import Portfolio
from services.screening.rulebook import category_of, rules_of
from shared.decider import Decider
from shared.events import Event
from shared.events.screening import Nominated, NominationRevoked, ShortlistConfirmed
from shared.facts import EditionFacts, EnrolmentFacts, InnovationFacts
from shared.refusals import Invalid, Refused, Unknown
from shared.rulebook import Category

LONGEST_REASON = 2_000
"""Characters."""


# Commands


class NominateInnovation(Struct, frozen=True):
    category: str
    innovation: str


class NominateInstitution(Struct, frozen=True):
    category: str
    institution: str


class RevokeNomination(Struct, frozen=True):
    category: str
    entrant: str
    reason: str


class ConfirmShortlist(Struct, frozen=True):
    category: str


Command = NominateInnovation | NominateInstitution | RevokeNomination | ConfirmShortlist


# States


class Open(Struct, frozen=True):
    nominated: dict[str, Nominated] = {}
    """By entrant, in the order of nomination."""
    revoked: dict[str, NominationRevoked] = {}
    """By entrant: those not nominated again."""


class Confirmed(Struct, frozen=True):
    nominated: dict[str, Nominated]
    revoked: dict[str, NominationRevoked]


State = Open | Confirmed


def decide(state: State, command: Command, *others: Any) -> Sequence[Event]:
    """Others: the edition; then
    of an innovation: the enrolment of its institution, its assessment, the innovation;
    of an institution: its enrolment, its portfolio, and assessment and innovation of each in the portfolio;
    for the confirmation: for every nominated entry, in order, [its portfolio if it is an institution's,] and the same pairs.
    """
    match command:
        case NominateInnovation():
            return _nominate_innovation(state, command, *others)
        case NominateInstitution():
            return _nominate_institution(state, command, *others)
        case RevokeNomination():
            return _revoke(state, command)
        case ConfirmShortlist():
            return _confirm(state, command, *others)


def _nominate_innovation(
    state: State,
    command: NominateInnovation,
    edition: EditionFacts,
    enrolment: EnrolmentFacts,
    assessed: assessment.State,
    innovation: InnovationFacts,
) -> Sequence[Event]:
    category = category_of(edition, command.category)
    if category.entrant != "innovation":
        raise Invalid(
            f"in {category.name.en} institutions compete; nominate an institution by its code",
            f"pada {category.name.id} yang berlomba adalah instansi; nominasikan instansi dengan kodenya",
        )
    record = innovation.record
    if record is None or innovation.edition != rules_of(edition).edition:
        raise Unknown(
            "there is no such innovation in this edition; take its ID from the candidates",
            "inovasi tersebut tidak ada pada gelaran ini; ambil ID-nya dari daftar calon",
        )
    if command.innovation in state.nominated:
        return []
    _room(state, category, edition)
    if not competes(category, enrolment.kind, chosen(record)):
        wanted = ", ".join([*category.where.values(), *category.kinds])
        raise Refused(
            f"{record.name} does not compete in {category.name.en}, which is for: {wanted}",
            f"{record.name} tidak berlomba pada {category.name.id}, yang diperuntukkan bagi: {wanted}",
        )
    return [_nominated(edition, category, command.innovation, innovation.institution, record.name, [(assessed, innovation)])]


def _nominate_institution(
    state: State,
    command: NominateInstitution,
    edition: EditionFacts,
    enrolment: EnrolmentFacts,
    portfolio: Portfolio,
    *pairs: Any,
) -> Sequence[Event]:
    category = category_of(edition, command.category)
    if category.entrant != "institution":
        raise Invalid(
            f"in {category.name.en} innovations compete; nominate an innovation by its ID",
            f"pada {category.name.id} yang berlomba adalah inovasi; nominasikan inovasi dengan ID-nya",
        )
    if not enrolment.kind:
        raise Unknown(
            f"{command.institution} is not enrolled in this edition; take its code from the candidates",
            f"{command.institution} tidak terdaftar pada gelaran ini; ambil kodenya dari daftar calon",
        )
    if command.institution in state.nominated:
        return []
    _room(state, category, edition)
    if enrolment.kind not in category.kinds:
        kinds = ", ".join(category.kinds)
        raise Refused(
            f"{enrolment.name} is of kind {enrolment.kind}; in {category.name.en} these compete: {kinds}",
            f"{enrolment.name} berjenis {enrolment.kind}; pada {category.name.id} yang berlomba: {kinds}",
        )
    members = members_of(portfolio, pairs)
    return [_nominated(edition, category, command.institution, command.institution, enrolment.name, members)]


def _nominated(
    edition: EditionFacts, category: Category, entrant: str, institution: str, name: str, members: Sequence[Member]
) -> Nominated:
    return Nominated(
        category=category.id,
        entry=f"{rules_of(edition).edition}.{category.id}.{entrant}",
        entrant=entrant,
        kind=category.entrant,
        institution=institution,
        name=name,
        desk_score=desk_score.half_up(score_of(members)),
        dossier=items_of(members),
    )


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
    if isinstance(state, Confirmed):
        raise _settled()
    return [NominationRevoked(category=command.category, entry=nominated.entry, entrant=command.entrant, reason=reason)]


def _confirm(state: State, command: ConfirmShortlist, edition: EditionFacts, *others: Any) -> Sequence[Event]:
    category = category_of(edition, command.category)
    if isinstance(state, Confirmed):
        return []
    _registration_is_closed(edition)
    if not state.nominated:
        raise Refused(
            f"nobody is nominated in {category.name.en}; nominate at least one entry first",
            f"belum ada nominasi pada {category.name.id}; nominasikan sedikitnya satu peserta dahulu",
        )
    fallen = [
        f"{nominated.name} ({nominated.entrant})"
        for nominated, members in as_they_stand(list(state.nominated.values()), others)
        if items_of(members) != nominated.dossier
    ]
    if fallen:
        raise Refused(
            f"changed since the nomination: {', '.join(fallen)}; revoke these nominations, and nominate anew what still may",
            f"berubah sesudah dinominasikan: {', '.join(fallen)}; batalkan nominasi itu, lalu nominasikan kembali yang masih boleh",
        )
    entries = tuple(nominated.entry for nominated in state.nominated.values())
    return [ShortlistConfirmed(category=category.id, entries=entries)]


# Rules that several commands share


def _registration_is_closed(edition: EditionFacts) -> None:
    if not edition.closed:
        raise Refused(
            "registration is still open; the shortlist is made once it is closed",
            "pendaftaran masih dibuka; nominasi disusun setelah pendaftaran ditutup",
        )


def _room(state: State, category: Category, edition: EditionFacts) -> None:
    if isinstance(state, Confirmed):
        raise _settled()
    _registration_is_closed(edition)
    if len(state.nominated) >= category.nominees:
        raise Refused(
            f"{category.name.en} has its {category.nominees} nominees; revoke one before nominating another",
            f"{category.name.id} sudah memiliki {category.nominees} nominasi; batalkan salah satu sebelum menambah",
        )


def _settled() -> Refused:
    return Refused(
        "the shortlist of this category is confirmed; its entries stand",
        "daftar nominasi kategori ini sudah ditetapkan; isinya tidak berubah lagi",
    )


# Evolution


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Open(nominated, revoked), Nominated(entrant=entrant) if entrant not in nominated:
            return Open({**nominated, entrant: event}, {e: r for e, r in revoked.items() if e != entrant})
        case Open(nominated, revoked), NominationRevoked(entrant=entrant) if entrant in nominated:
            return Open({e: n for e, n in nominated.items() if e != entrant}, {**revoked, entrant: event})
        case Open(nominated, revoked), ShortlistConfirmed():
            return Confirmed(nominated, revoked)
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Event], by: str, at: datetime) -> Command:
    match events:
        case [Nominated(kind="innovation", category=category, entrant=entrant)]:
            return NominateInnovation(category, entrant)
        case [Nominated(category=category, entrant=entrant)]:
            return NominateInstitution(category, entrant)
        case [NominationRevoked(category=category, entrant=entrant, reason=reason)]:
            return RevokeNomination(category, entrant, reason)
        case [ShortlistConfirmed(category=category)]:
            return ConfirmShortlist(category)
    raise ValueError(f"no command of a shortlist leads to {events!r}")


SHORTLIST: Decider[State] = Decider("screening", "shortlist", Open(), evolve, decide, command_of)
"""`shortlist/<edition>.<category>`"""
