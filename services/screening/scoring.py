"""The desk score that a screener gives an eligible innovation."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from services.screening.categories import chosen, competes
from services.screening.eligibility import must_be_assigned
from services.screening.panel import Assignments
from services.screening.rulebook import rules_of
from services.screening.standing import (
    Ineligible,
    Known,
    State,
    Unassessed,
    must_not_be_disqualified,
    must_not_be_withdrawn,
    short,
    submitted,
)
from shared.events import Event
from shared.events.screening import DeskScoreRecorded
from shared.facts import EditionFacts, EnrolmentFacts, InnovationFacts, ShortlistFacts
from shared.refusals import Invalid, Refused


class RecordDeskScore(Struct, frozen=True):
    innovation: str
    screener: str
    """A person's opaque ID."""
    score: Decimal
    """0-100, at most two decimals."""
    note: str = ""


def record_score(
    state: State,
    command: RecordDeskScore,
    edition: EditionFacts,
    innovation: InnovationFacts,
    enrolment: EnrolmentFacts,
    assignments: Assignments,
    *shortlists: ShortlistFacts,
) -> Sequence[Event]:
    rules = rules_of(edition)
    record = submitted(innovation)
    recorded = DeskScoreRecorded(
        innovation=command.innovation,
        screener=command.screener,
        score=_on_the_scale(command.score),
        note=short(command.note),
        revision=innovation.revision,
    )
    if isinstance(state, Unassessed):
        raise Refused(
            "assess its eligibility first; only an eligible innovation is scored",
            "nilai dahulu kelayakannya; hanya inovasi yang layak yang diberi nilai",
        )
    if state.scores.get(command.screener) == recorded:
        return []
    must_be_assigned(assignments, command.innovation, command.screener)
    must_not_be_disqualified(state)
    if isinstance(state, Ineligible):
        raise Refused(
            "this innovation was found ineligible; only an eligible one is scored",
            "inovasi ini dinyatakan tidak layak; hanya inovasi yang layak yang diberi nilai",
        )
    must_not_be_withdrawn(innovation)
    if state.returned is not None:
        raise Refused(
            "it was returned to its institution for revision; assess it anew first",
            "inovasi ini dikembalikan kepada instansinya untuk direvisi; nilai kembali kelayakannya dahulu",
        )
    if state.assessed.revision != innovation.revision:
        raise Refused(
            f"revision {state.assessed.revision} was assessed, but it is at revision {innovation.revision}; assess it anew first",
            f"yang dinilai kelayakannya revisi {state.assessed.revision}, kini revisi {innovation.revision}; "
            "nilai kembali kelayakannya dahulu",
        )
    _stands_once_another_is_seen(state, command, assignments)
    for category, shortlist in zip(rules.categories, shortlists, strict=True):
        # A first score may still come: it counted for nothing, and another category may wait for it.
        if state.scores and shortlist.confirmed and competes(category, enrolment.kind, chosen(record)):
            raise Refused(
                f"the shortlist of {category.name.en} is confirmed; the desk scores that it rests on stand",
                f"daftar nominasi {category.name.id} sudah ditetapkan; nilai meja yang mendasarinya tidak berubah lagi",
            )
    return [recorded]


def _on_the_scale(score: Decimal) -> Decimal:
    if not (score.is_finite() and 0 <= score <= 100):
        raise Invalid(
            f"a desk score lies between 0 and 100, not {score}", f"nilai meja terletak antara 0 dan 100, bukan {score}"
        )
    in_cents = score.quantize(Decimal("0.01"))
    if in_cents != score:
        raise Invalid(
            f"a desk score has at most two decimals, not {score}", f"nilai meja paling banyak dua desimal, bukan {score}"
        )
    return in_cents


def _stands_once_another_is_seen(state: Known, command: RecordDeskScore, assignments: Assignments) -> None:
    """Whoever has scored sees the others' scores; were he to change his own then, it would be independent no more."""
    if command.innovation not in assignments.panels:
        return
    revision = state.assessed.revision
    counting = assignments.counting(command.innovation, state.scores)
    seen = {who for who, recorded in counting.items() if recorded.revision == revision}
    if command.screener in seen and len(seen) > 1:
        raise Refused(
            "another screener's score is in, and you may have seen it; yours stands",
            "nilai penilai lain sudah masuk dan mungkin sudah Anda lihat; nilai Anda tetap",
        )
