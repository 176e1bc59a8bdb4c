"""A nomination. Who may be nominated in a category, with which dossier, and by what desk score."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from services.screening import desk_score, standing
from services.screening.categories import chosen, competes
from services.screening.dossier import Member, items_of, members_of, score_of
from services.screening.panel import Assignments
from services.screening.portfolio import Portfolio
from services.screening.rulebook import category_of, rules_of
from services.screening.verification import Verification
from shared.events import Event
from shared.events.screening import Nominated, NominationRevoked
from shared.facts import EditionFacts, EnrolmentFacts, EvidenceFacts, InnovationFacts
from shared.refusals import Invalid, Refused, Unknown
from shared.rulebook import Category

LONGEST_REASON = 2_000
"""Characters."""


class Nomination(Struct, frozen=True):
    """What both kinds have in common. The committee sees the candidates by desk score; where equal ones stand at the edge of the
    shortlist, `tied_with` names those left, and the reason says why this one."""

    category: str
    entrant: str
    person: str
    tied_with: tuple[str, ...] = ()
    reason: str = ""


class NominateInnovation(Nomination, frozen=True):
    """`entrant` is the innovation's ID."""


class NominateInstitution(Nomination, frozen=True):
    """`entrant` is the institution's code."""


# States of a shortlist


class Open(Struct, frozen=True):
    nominated: dict[str, Nominated] = {}
    """By entrant, in the order of nomination."""
    revoked: dict[str, NominationRevoked] = {}
    """By entrant: those not nominated again."""


class Confirmed(Struct, frozen=True):
    nominated: dict[str, Nominated]
    revoked: dict[str, NominationRevoked]


Shortlist = Open | Confirmed


def nominate_innovation(
    state: Shortlist,
    command: NominateInnovation,
    edition: EditionFacts,
    enrolment: EnrolmentFacts,
    assignments: Assignments,
    assessed: standing.State,
    innovation: InnovationFacts,
    evidence: EvidenceFacts,
    verification: Verification,
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
    if command.entrant in state.nominated:
        return []
    _room(state, category, edition)
    if not competes(category, enrolment.kind, chosen(record)):
        wanted = ", ".join([*category.where.values(), *category.kinds])
        raise Refused(
            f"{record.name} does not compete in {category.name.en}, which is for: {wanted}",
            f"{record.name} tidak berlomba pada {category.name.id}, yang diperuntukkan bagi: {wanted}",
        )
    members = [(assessed, innovation, evidence, verification)]
    return [_nominated(state, command, category, edition, assignments, innovation.institution, record.name, members)]


def nominate_institution(
    state: Shortlist,
    command: NominateInstitution,
    edition: EditionFacts,
    enrolment: EnrolmentFacts,
    assignments: Assignments,
    portfolio: Portfolio,
    *members: Any,
) -> Sequence[Event]:
    category = category_of(edition, command.category)
    if category.entrant != "institution":
        raise Invalid(
            f"in {category.name.en} innovations compete; nominate an innovation by its ID",
            f"pada {category.name.id} yang berlomba adalah inovasi; nominasikan inovasi dengan ID-nya",
        )
    if not enrolment.kind:
        raise Unknown(
            f"{command.entrant} is not enrolled in this edition; take its code from the candidates",
            f"{command.entrant} tidak terdaftar pada gelaran ini; ambil kodenya dari daftar calon",
        )
    if command.entrant in state.nominated:
        return []
    _room(state, category, edition)
    if enrolment.kind not in category.kinds:
        kinds = ", ".join(category.kinds)
        raise Refused(
            f"{enrolment.name} is of kind {enrolment.kind}; in {category.name.en} these compete: {kinds}",
            f"{enrolment.name} berjenis {enrolment.kind}; pada {category.name.id} yang berlomba: {kinds}",
        )
    found = members_of(portfolio, members)
    return [_nominated(state, command, category, edition, assignments, command.entrant, enrolment.name, found)]


def _nominated(
    state: Shortlist,
    command: Nomination,
    category: Category,
    edition: EditionFacts,
    assignments: Assignments,
    institution: str,
    name: str,
    members: Sequence[Member],
) -> Nominated:
    score = desk_score.half_up(score_of(members, assignments))
    tied_with = tuple(entrant for entrant in command.tied_with if entrant not in state.nominated)
    reason = command.reason.strip()
    if len(reason) > LONGEST_REASON or (tied_with and not reason):
        raise Invalid(
            f"{name} is tied with {len(tied_with)} more at the edge of the shortlist; say why this one is nominated, "
            f"in at most {LONGEST_REASON} characters",
            f"{name} bernilai sama dengan {len(tied_with)} calon lain di batas daftar nominasi; jelaskan mengapa yang ini "
            f"dinominasikan, paling panjang {LONGEST_REASON} karakter",
        )
    return Nominated(
        category=category.id,
        entry=f"{rules_of(edition).edition}.{category.id}.{command.entrant}",
        entrant=command.entrant,
        kind=category.entrant,
        institution=institution,
        name=name,
        desk_score=score,
        dossier=items_of(members, rules_of(edition).catalogue),
        nominated_by=command.person,
        tied_with=tied_with,
        reason=reason,
    )


# Rules that several commands share


def must_be_closed(edition: EditionFacts) -> None:
    if not edition.closed:
        raise Refused(
            "registration is still open; the shortlist is made once it is closed",
            "pendaftaran masih dibuka; nominasi disusun setelah pendaftaran ditutup",
        )


def _room(state: Shortlist, category: Category, edition: EditionFacts) -> None:
    if isinstance(state, Confirmed):
        raise _settled()
    must_be_closed(edition)
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
