"""One innovation on the Makmal team's desk. Decider: is it eligible, what desk score has it, is it disqualified?

An assessment is of one revision of the innovation and may be made anew until the innovation stands in a nominated dossier. From
then on only a disqualification takes it out. A screener may change his desk score until a shortlist that it counted for is
confirmed.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from msgspec import Struct

from services.screening import desk_score
from services.screening.categories import chosen, competes
from services.screening.rulebook import must_know_criteria, must_know_reasons, rules_of
from shared.decider import Decider
from shared.events import Event
from shared.events.registration import InnovationRecord
from shared.events.screening import DeskScoreRecorded, EligibilityAssessed, InnovationDisqualified
from shared.facts import EditionFacts, EnrolmentFacts, InnovationFacts, ShortlistFacts
from shared.refusals import Invalid, Refused, Unknown

LONGEST_NOTE = 4_000
"""Characters of a note or an explanation."""


# Commands


class AssessEligibility(Struct, frozen=True):
    innovation: str
    criteria: dict[str, bool]
    reasons: tuple[str, ...] = ()
    note: str = ""


class RecordDeskScore(Struct, frozen=True):
    innovation: str
    screener: str
    """A person's opaque ID."""
    score: Decimal
    """0-100, at most two decimals."""
    note: str = ""


class Disqualify(Struct, frozen=True):
    innovation: str
    reason: str
    explanation: str


Command = AssessEligibility | RecordDeskScore | Disqualify


# States


class Unassessed(Struct, frozen=True):
    pass


class Assessed(Struct, frozen=True):
    """What the three situations after an assessment have in common. `scores`: screener → his score."""

    assessed: EligibilityAssessed
    scores: dict[str, DeskScoreRecorded] = {}

    @property
    def innovation(self) -> str:
        return self.assessed.innovation

    @property
    def desk_score(self) -> Fraction | None:
        """The mean over its screeners; None where nobody has scored it."""
        return desk_score.mean([recorded.score for recorded in self.scores.values()])


class Ineligible(Assessed, frozen=True):
    pass


class Eligible(Assessed, frozen=True):
    pass


class Disqualified(Assessed, frozen=True, kw_only=True):
    disqualification: InnovationDisqualified


Known = Ineligible | Eligible | Disqualified
State = Unassessed | Known


def decide(state: State, command: Command, *others: Any) -> Sequence[Event]:
    """Others: the edition; for an assessment or score also the innovation, the enrolment of its institution, and the shortlist
    of each category in the rulebook's order."""
    match command:
        case AssessEligibility():
            return _assess(state, command, *others)
        case RecordDeskScore():
            return _score(state, command, *others)
        case Disqualify():
            return _disqualify(state, command, *others)


def _assess(
    state: State,
    command: AssessEligibility,
    edition: EditionFacts,
    innovation: InnovationFacts,
    enrolment: EnrolmentFacts,
    *shortlists: ShortlistFacts,
) -> Sequence[Event]:
    rules = rules_of(edition)
    _submitted(innovation)
    must_know_criteria(command.criteria, rules.eligibility)
    must_know_reasons(command.reasons, rules.reasons)
    assessed = EligibilityAssessed(
        innovation=command.innovation,
        institution=innovation.institution,
        criteria={criterion.code: command.criteria[criterion.code] for criterion in rules.eligibility},
        reasons=tuple(dict.fromkeys(command.reasons)),
        eligible=all(command.criteria.values()) and not command.reasons,
        note=_short(command.note),
        revision=innovation.revision,
    )
    if isinstance(state, Assessed) and state.assessed == assessed:
        return []
    _not_disqualified(state)
    _not_withdrawn(innovation)
    for shortlist in shortlists:
        for nominated in shortlist.nominated:
            if any(item.innovation == command.innovation for item in nominated.dossier):
                raise Refused(
                    f"it stands in the nominated entry {nominated.entry}: the committee revokes the nomination first, "
                    "or disqualifies the innovation",
                    f"inovasi ini termasuk dalam nominasi {nominated.entry}: komite membatalkan nominasinya lebih dahulu, "
                    "atau mendiskualifikasi inovasinya",
                )
    return [assessed]


def _score(
    state: State,
    command: RecordDeskScore,
    edition: EditionFacts,
    innovation: InnovationFacts,
    enrolment: EnrolmentFacts,
    *shortlists: ShortlistFacts,
) -> Sequence[Event]:
    rules = rules_of(edition)
    record = _submitted(innovation)
    score = command.score
    if not (score.is_finite() and 0 <= score <= 100):
        raise Invalid(
            f"a desk score lies between 0 and 100, not {score}", f"nilai meja terletak antara 0 dan 100, bukan {score}"
        )
    in_cents = score.quantize(Decimal("0.01"))
    if in_cents != score:
        raise Invalid(
            f"a desk score has at most two decimals, not {score}", f"nilai meja paling banyak dua desimal, bukan {score}"
        )
    recorded = DeskScoreRecorded(
        innovation=command.innovation, screener=command.screener, score=in_cents, note=_short(command.note)
    )
    if isinstance(state, Unassessed):
        raise Refused(
            "assess its eligibility first; only an eligible innovation is scored",
            "nilai dahulu kelayakannya; hanya inovasi yang layak yang diberi nilai",
        )
    if state.scores.get(command.screener) == recorded:
        return []
    _not_disqualified(state)
    if isinstance(state, Ineligible):
        raise Refused(
            "this innovation was found ineligible; only an eligible one is scored",
            "inovasi ini dinyatakan tidak layak; hanya inovasi yang layak yang diberi nilai",
        )
    _not_withdrawn(innovation)
    if state.assessed.revision != innovation.revision:
        raise Refused(
            f"revision {state.assessed.revision} was assessed, but it is at revision {innovation.revision}; assess it anew first",
            f"yang dinilai kelayakannya revisi {state.assessed.revision}, kini revisi {innovation.revision}; "
            "nilai kembali kelayakannya dahulu",
        )
    for category, shortlist in zip(rules.categories, shortlists, strict=True):
        # A first score may still come: it counted for nothing, and another category may wait for it.
        if state.scores and shortlist.confirmed and competes(category, enrolment.kind, chosen(record)):
            raise Refused(
                f"the shortlist of {category.name.en} is confirmed; the desk scores that it rests on stand",
                f"daftar nominasi {category.name.id} sudah ditetapkan; nilai meja yang mendasarinya tidak berubah lagi",
            )
    return [recorded]


def _disqualify(state: State, command: Disqualify, edition: EditionFacts) -> Sequence[Event]:
    must_know_reasons([command.reason], rules_of(edition).reasons)
    explanation = _short(command.explanation)
    if not explanation:
        raise Invalid(
            "say what was found: a disqualification needs an explanation",
            "jelaskan temuannya: diskualifikasi memerlukan penjelasan",
        )
    disqualified = InnovationDisqualified(innovation=command.innovation, reason=command.reason, explanation=explanation)
    match state:
        case Disqualified(disqualification=known) if known == disqualified:
            return []
        case Eligible():
            return [disqualified]
        case Disqualified():
            return _not_disqualified(state)
        case _:
            raise Refused(
                "only an eligible innovation can be disqualified; assess this one as not eligible instead",
                "hanya inovasi yang layak yang dapat didiskualifikasi; nyatakan inovasi ini tidak layak",
            )


# Rules that several commands share


def _submitted(innovation: InnovationFacts) -> InnovationRecord:
    if innovation.record is None:
        raise Unknown(
            "there is no such innovation; take its ID from the worklist",
            "inovasi tersebut tidak ada; ambil ID-nya dari daftar kerja",
        )
    return innovation.record


def _not_withdrawn(innovation: InnovationFacts) -> None:
    if innovation.withdrawn:
        raise Refused(
            "its institution has withdrawn this innovation; nothing is left to screen",
            "instansinya telah menarik inovasi ini; tidak ada lagi yang perlu diseleksi",
        )


def _not_disqualified(state: State) -> list[Event]:
    if isinstance(state, Disqualified):
        raise Refused(
            f"this innovation is disqualified ({state.disqualification.reason}), and that stands",
            f"inovasi ini telah didiskualifikasi ({state.disqualification.reason}), dan keputusan itu tetap",
        )
    return []


def _short(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_NOTE:
        raise Invalid(
            f"a note has at most {LONGEST_NOTE:,} characters, not {len(text):,}",
            f"catatan paling panjang {LONGEST_NOTE:,} karakter, bukan {len(text):,}".replace(",", "."),
        )
    return text


# Evolution


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Unassessed(), EligibilityAssessed():
            return _found(event, {})
        case ((Eligible() | Ineligible()), EligibilityAssessed()):
            return _found(event, state.scores)
        case Eligible(), DeskScoreRecorded():
            return Eligible(state.assessed, {**state.scores, event.screener: event})
        case Eligible(), InnovationDisqualified():
            return Disqualified(state.assessed, state.scores, disqualification=event)
    raise ValueError(f"{event!r} cannot follow {state!r}")


def _found(event: EligibilityAssessed, scores: dict[str, DeskScoreRecorded]) -> State:
    kind: Callable[..., State] = Eligible if event.eligible else Ineligible
    return kind(event, scores)


def command_of(events: Sequence[Event], by: str, at: datetime) -> Command:
    match events:
        case [EligibilityAssessed(innovation=innovation, criteria=criteria, reasons=reasons, note=note)]:
            return AssessEligibility(innovation, criteria, reasons, note)
        case [DeskScoreRecorded(innovation=innovation, screener=screener, score=score, note=note)]:
            return RecordDeskScore(innovation, screener, score, note)
        case [InnovationDisqualified(innovation=innovation, reason=reason, explanation=explanation)]:
            return Disqualify(innovation, reason, explanation)
    raise ValueError(f"no command of an assessment leads to {events!r}")


ASSESSMENT: Decider[State] = Decider("screening", "assessment", Unassessed(), evolve, decide, command_of)
"""`assessment/<innovation>`"""
