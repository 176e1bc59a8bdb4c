"""What the assignment means at the desk: who may act, which scores stand, and an innovation's return for revision."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from services.screening.assessment import ASSESSMENT
from services.screening.eligibility import AssessEligibility, RequestRevision
from services.screening.panel import Assignments, Panel
from services.screening.scoring import RecordDeskScore
from shared.facts import EnrolmentFacts, InnovationFacts, ShortlistFacts
from shared.refusals import Forbidden, Invalid
from tests.services.screening.competition import AGENCY, CLOSED, OUT, QUEUE, assessed, digital_entry, returned, scored
from tests.specification import NOON, specification

NOBODY = Assignments()
PAIR = Assignments({"queue": Panel("opd-01", ("sri", "budi"))})
OTHERS = Assignments({"queue": Panel("opd-01", ("tono", "budi"))})
ELSEWHERE = Assignments({"map": Panel("opd-02", ("sri", "budi"))})
OPEN_LIST = ShortlistFacts()
REVISED = replace(QUEUE, revision=2)


def others(
    assignments: Assignments = PAIR,
    innovation: InnovationFacts = QUEUE,
    enrolment: EnrolmentFacts = AGENCY,
    digital: ShortlistFacts = OPEN_LIST,
) -> tuple[Any, ...]:
    return CLOSED, innovation, enrolment, assignments, OPEN_LIST, digital


given = specification(ASSESSMENT, others)


def assess(days: float = 0) -> AssessEligibility:
    return AssessEligibility("queue", "sri", {"renewal": True, "benefit": True}, (), "", NOON + timedelta(days=days))


def score(points: str, screener: str = "sri") -> RecordDeskScore:
    return RecordDeskScore("queue", screener, Decimal(points))


def give_back(what: str = "Say since when it runs.", days: float = 2, screener: str = "") -> RequestRevision:
    return RequestRevision("queue", what, NOON + timedelta(days=days), screener, NOON)


# -- who may act


def test_whom_an_innovation_is_assigned_to_may_assess_and_score_it() -> None:
    given().when(assess()).then(assessed())
    given(assessed()).when(score("80")).then(scored("80"))


def test_other_screeners_may_not() -> None:
    sentence = "this innovation is assigned to other screeners; the worklist shows which are yours"
    given(assignments=OTHERS).when(assess()).is_refused(sentence, Forbidden)
    given(assessed(), assignments=OTHERS).when(score("80")).is_refused(sentence, Forbidden)
    given(assignments=OTHERS).when(give_back(screener="sri")).is_refused(sentence, Forbidden)


def test_once_an_edition_assigns_its_screeners_an_unassigned_innovation_waits() -> None:
    given(assignments=ELSEWHERE).when(assess()).is_refused(
        "this innovation is assigned to nobody yet; the committee assigns its screeners first"
    )


def test_an_edition_that_assigns_nobody_leaves_it_to_any_screener() -> None:
    given(assignments=NOBODY).when(assess()).then(assessed())


# -- independent scores


def test_a_screener_may_change_his_score_until_another_one_is_in() -> None:
    given(assessed(), scored("80")).when(score("85")).then(scored("85"))
    given(assessed(), scored("80"), scored("70", "budi")).when(score("75")).is_refused(
        "another screener's score is in, and you may have seen it; yours stands"
    )


def test_a_score_of_somebody_who_stepped_back_hinders_nobody() -> None:
    given(assessed(), scored("80"), scored("70", "tono")).when(score("75")).then(scored("75"))


def test_a_revised_innovation_may_be_scored_anew() -> None:
    before = assessed(), scored("80"), scored("70", "budi"), assessed(revision=2)
    given(*before, innovation=REVISED).when(score("90")).then(scored("90", revision=2))
    given(*before, scored("72", "budi", revision=2), innovation=REVISED).when(score("90")).then(scored("90", revision=2))


# -- return for revision


def test_an_innovation_is_returned_with_what_is_to_be_revised_and_a_deadline() -> None:
    given().when(give_back()).then(returned())
    given(assessed(), scored("80")).when(give_back(screener="sri")).then(returned(screener="sri"))


def test_the_deadline_may_be_moved() -> None:
    given(returned()).when(give_back(days=5)).then(returned(days=5))


def test_a_return_says_what_and_leaves_time() -> None:
    given().when(give_back(" ")).is_refused("say what is to be revised: its institution needs to know", Invalid)
    given().when(give_back(days=0)).is_refused(
        "the deadline 2023-03-01 12:00+00:00 has passed; name one that leaves time to revise", Invalid
    )


def test_what_is_returned_is_assessed_once_it_is_revised_or_the_deadline_has_passed() -> None:
    given(assessed(), returned()).when(assess(days=2)).is_refused(
        "it is returned to its institution for revision until 2023-03-03 12:00+00:00; assess it once it is revised, or after that"
    )
    given(assessed(), returned()).when(assess(days=2.01)).then(assessed())
    given(assessed(), returned(), innovation=REVISED).when(assess()).then(assessed(revision=2))


def test_what_is_returned_is_not_scored_before_it_is_assessed_anew() -> None:
    given(assessed(), returned()).when(score("80")).is_refused(
        "it was returned to its institution for revision; assess it anew first"
    )
    given(assessed(), returned(), assessed()).when(score("80")).then(scored("80"))


def test_what_stands_in_a_nominated_entry_or_is_out_is_not_returned() -> None:
    given(assessed(), digital=ShortlistFacts((digital_entry(),))).when(give_back()).is_refused(
        "it stands in the nominated entry test.digital.queue: the committee revokes the nomination first, "
        "or disqualifies the innovation"
    )
    given(assessed(), digital=ShortlistFacts((), True)).when(give_back()).is_refused(
        "the shortlist of Best digital is confirmed; what competes in it is not revised any more"
    )
    given(assessed(), OUT).when(give_back()).is_refused(
        "this innovation is disqualified (untrue); only an objection that is upheld brings it back"
    )
    given(innovation=replace(QUEUE, withdrawn=True)).when(give_back()).is_refused(
        "its institution has withdrawn this innovation; nothing is left to screen"
    )
