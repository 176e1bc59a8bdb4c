"""Whether an innovation is eligible, as a screener finds it; and its return to the institution for revision."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from services.screening.categories import chosen, competes
from services.screening.panel import Assignments
from services.screening.rulebook import must_know_criteria, must_know_reasons, rules_of
from services.screening.standing import (
    Assessed,
    State,
    moment,
    must_be_endorsed,
    must_not_be_disqualified,
    must_not_be_nominated,
    must_not_be_withdrawn,
    short,
    submitted,
)
from shared.events import Event
from shared.events.screening import EligibilityAssessed, RevisionRequested
from shared.facts import EditionFacts, EnrolmentFacts, InnovationFacts, ShortlistFacts
from shared.refusals import Forbidden, Invalid, Refused


class AssessEligibility(Struct, frozen=True):
    innovation: str
    screener: str
    """A person's opaque ID."""
    criteria: dict[str, bool]
    reasons: tuple[str, ...]
    note: str
    at: datetime


class RequestRevision(Struct, frozen=True):
    innovation: str
    what: str
    """What is to be revised."""
    deadline: datetime
    screener: str
    """Empty: the committee asks."""
    at: datetime


def assess(
    state: State,
    command: AssessEligibility,
    edition: EditionFacts,
    innovation: InnovationFacts,
    enrolment: EnrolmentFacts,
    assignments: Assignments,
    *shortlists: ShortlistFacts,
) -> Sequence[Event]:
    rules = rules_of(edition)
    submitted(innovation)
    must_know_criteria(command.criteria, rules.eligibility)
    must_know_reasons(command.reasons, rules.reasons)
    assessed = EligibilityAssessed(
        innovation=command.innovation,
        institution=innovation.institution,
        criteria={criterion.code: command.criteria[criterion.code] for criterion in rules.eligibility},
        reasons=tuple(dict.fromkeys(command.reasons)),
        eligible=all(command.criteria.values()) and not command.reasons,
        note=short(command.note),
        revision=innovation.revision,
        screener=command.screener,
    )
    if isinstance(state, Assessed) and state.assessed == assessed and state.returned is None:
        return []
    must_be_assigned(assignments, command.innovation, command.screener)
    must_not_be_disqualified(state)
    must_not_be_withdrawn(innovation)
    must_be_endorsed(innovation, rules)
    returned = state.returned
    if returned is not None and innovation.revision == returned.revision and command.at <= returned.deadline:
        raise Refused(
            f"it is returned to its institution for revision until {moment(returned.deadline)}; "
            "assess it once it is revised, or after that",
            f"inovasi ini dikembalikan kepada instansinya untuk direvisi hingga {moment(returned.deadline)}; "
            "nilai setelah direvisi, atau sesudah itu",
        )
    must_not_be_nominated(command.innovation, shortlists)
    return [assessed]


def return_for_revision(
    state: State,
    command: RequestRevision,
    edition: EditionFacts,
    innovation: InnovationFacts,
    enrolment: EnrolmentFacts,
    assignments: Assignments,
    *shortlists: ShortlistFacts,
) -> Sequence[Event]:
    rules = rules_of(edition)
    record = submitted(innovation)
    what = short(command.what)
    if not what:
        raise Invalid(
            "say what is to be revised: its institution needs to know",
            "sebutkan apa yang harus direvisi: instansinya perlu tahu",
        )
    requested = RevisionRequested(
        innovation=command.innovation,
        what=what,
        deadline=command.deadline,
        revision=innovation.revision,
        screener=command.screener,
    )
    if state.returned == requested:
        return []
    if command.screener:
        must_be_assigned(assignments, command.innovation, command.screener)
    if command.deadline <= command.at:
        raise Invalid(
            f"the deadline {moment(command.deadline)} has passed; name one that leaves time to revise",
            f"tenggat {moment(command.deadline)} sudah lewat; tentukan tenggat yang memberi waktu untuk revisi",
        )
    must_not_be_disqualified(state)
    must_not_be_withdrawn(innovation)
    must_not_be_nominated(command.innovation, shortlists)
    for category, shortlist in zip(rules.categories, shortlists, strict=True):
        if shortlist.confirmed and competes(category, enrolment.kind, chosen(record)):
            raise Refused(
                f"the shortlist of {category.name.en} is confirmed; what competes in it is not revised any more",
                f"daftar nominasi {category.name.id} sudah ditetapkan; yang berlomba di dalamnya tidak direvisi lagi",
            )
    return [requested]


def must_be_assigned(assignments: Assignments, innovation: str, screener: str) -> None:
    """Raises Forbidden where the edition assigns its screeners, and this one not to this innovation."""
    if not assignments.panels:
        return
    panel = assignments.panels.get(innovation)
    if panel is None:
        raise Refused(
            "this innovation is assigned to nobody yet; the committee assigns its screeners first",
            "inovasi ini belum ditugaskan kepada siapa pun; komite menugaskan penilainya lebih dahulu",
        )
    if screener not in panel.screeners:
        raise Forbidden(
            "this innovation is assigned to other screeners; the worklist shows which are yours",
            "inovasi ini ditugaskan kepada penilai lain; daftar kerja menunjukkan mana tugas Anda",
        )
