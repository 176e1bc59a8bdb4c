"""What the Makmal team may find of one innovation, and when."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from services.screening.assessment import ASSESSMENT, Command
from services.screening.disqualification import DecideObjection, Disqualify, FileObjection
from services.screening.eligibility import AssessEligibility, RequestRevision
from services.screening.panel import Assignments
from services.screening.scoring import RecordDeskScore
from services.screening.standing import Disqualified, Eligible, Ineligible, Unassessed
from shared.facts import EditionFacts, EnrolmentFacts, InnovationFacts, ShortlistFacts
from shared.refusals import Invalid, Refused, Unknown
from tests.services.screening.competition import (
    AGENCY,
    CLOSED,
    GARDEN,
    OPEN,
    OUT,
    QUEUE,
    agency_entry,
    assessed,
    digital_entry,
    scored,
)
from tests.specification import NOON, specification

NOT_NOMINATED = ShortlistFacts()
YES = {"renewal": True, "benefit": True}
NOBODY = Assignments()


def others(
    edition: EditionFacts = OPEN,
    innovation: InnovationFacts = QUEUE,
    enrolment: EnrolmentFacts = AGENCY,
    assignments: Assignments = NOBODY,
    opd: ShortlistFacts = NOT_NOMINATED,
    digital: ShortlistFacts = NOT_NOMINATED,
) -> tuple[Any, ...]:
    return edition, innovation, enrolment, assignments, opd, digital


given = specification(ASSESSMENT, others)


def assess(criteria: dict[str, bool] = YES, reasons: tuple[str, ...] = (), note: str = "") -> AssessEligibility:
    return AssessEligibility("queue", "sri", criteria, reasons, note, NOON)


def score(points: str, screener: str = "sri") -> RecordDeskScore:
    return RecordDeskScore("queue", screener, Decimal(points))


# -- eligibility


def test_an_innovation_that_meets_every_criterion_is_eligible() -> None:
    given().when(assess()).then(assessed())


def test_one_criterion_that_does_not_hold_makes_it_ineligible() -> None:
    given().when(assess({"renewal": True, "benefit": False})).then(assessed(eligible=False))


def test_a_reason_code_makes_it_ineligible_though_every_criterion_holds() -> None:
    found = replace(assessed(), reasons=("incomplete",), eligible=False)
    given().when(assess(reasons=("incomplete", "incomplete"))).then(found)


def test_every_criterion_must_be_answered() -> None:
    given().when(assess({"renewal": True})).is_refused(
        "not answered: benefit; every criterion of eligibility is answered with yes or no", Invalid
    )


def test_a_criterion_that_the_rulebook_does_not_know_is_refused() -> None:
    given().when(assess({**YES, "beauty": True})).is_refused(
        "the rulebook has no criterion of eligibility beauty; it has renewal, benefit", Invalid
    )


def test_a_reason_that_the_rulebook_does_not_know_is_refused() -> None:
    given().when(assess(reasons=("dislike",))).is_refused(
        "the rulebook has no reason dislike; it has incomplete, untrue", Invalid
    )


def test_an_innovation_that_nobody_submitted_is_unknown() -> None:
    given(innovation=InnovationFacts()).when(assess()).is_refused(
        "there is no such innovation; take its ID from the worklist", Unknown
    )


def test_a_withdrawn_innovation_is_not_assessed() -> None:
    given(innovation=replace(QUEUE, withdrawn=True)).when(assess()).is_refused(
        "its institution has withdrawn this innovation; nothing is left to screen"
    )


def test_a_long_note_is_refused() -> None:
    given().when(assess(note="x" * 4_001)).is_refused("a note has at most 4,000 characters, not 4,001", Invalid)


def test_an_assessment_may_be_made_anew_and_keeps_the_scores() -> None:
    state = given(assessed(), scored("80"), assessed(eligible=False)).state
    assert state == Ineligible(assessed(eligible=False), {"sri": scored("80")})
    given(assessed(), scored("80"), assessed(eligible=False)).when(assess()).then(assessed())


def test_the_same_answers_for_a_revised_innovation_are_a_new_assessment() -> None:
    given(assessed(), innovation=replace(QUEUE, revision=2)).when(assess()).then(assessed(revision=2))


@pytest.mark.parametrize(
    "nominated", [{"digital": ShortlistFacts((digital_entry(),))}, {"opd": ShortlistFacts((agency_entry(),))}]
)
def test_once_in_a_nominated_dossier_the_assessment_stands(nominated: dict[str, ShortlistFacts]) -> None:
    (shortlist,) = nominated.values()
    entry = shortlist.nominated[0].entry
    given(assessed(), **nominated).when(assess({**YES, "benefit": False})).is_refused(
        f"it stands in the nominated entry {entry}: the committee revokes the nomination first, or disqualifies the innovation"
    )
    given(assessed(), **nominated).when(assess()).then()


# -- desk scores


def test_a_screener_scores_an_eligible_innovation() -> None:
    given(assessed()).when(score("82.5")).then(scored("82.50"))


def test_each_screener_has_one_score_and_may_change_it() -> None:
    given(assessed(), scored("82.5"), scored("70", "budi")).when(score("90")).then(scored("90"))
    state = given(assessed(), scored("82.5"), scored("70", "budi"), scored("90")).state
    assert isinstance(state, Eligible)
    assert [recorded.score for recorded in state.scores.values()] == [90, 70]


@pytest.mark.parametrize("points", ["100.01", "-1", "NaN", "Infinity"])
def test_a_score_beyond_the_scale_is_refused(points: str) -> None:
    given(assessed()).when(score(points)).is_refused(f"a desk score lies between 0 and 100, not {points}", Invalid)


def test_a_score_finer_than_two_decimals_is_refused() -> None:
    given(assessed()).when(score("80.005")).is_refused("a desk score has at most two decimals, not 80.005", Invalid)


def test_an_unassessed_innovation_is_not_scored() -> None:
    given().when(score("80")).is_refused("assess its eligibility first; only an eligible innovation is scored")


def test_an_ineligible_innovation_is_not_scored() -> None:
    given(assessed(eligible=False)).when(score("80")).is_refused(
        "this innovation was found ineligible; only an eligible one is scored"
    )


def test_a_revised_innovation_is_assessed_anew_before_it_is_scored() -> None:
    given(assessed(), innovation=replace(QUEUE, revision=2)).when(score("80")).is_refused(
        "revision 1 was assessed, but it is at revision 2; assess it anew first"
    )


def test_a_score_stands_once_the_shortlist_that_it_counted_for_is_confirmed() -> None:
    confirmed = ShortlistFacts((), True)
    given(assessed(), scored("80"), digital=confirmed).when(score("90")).is_refused(
        "the shortlist of Best digital is confirmed; the desk scores that it rests on stand"
    )
    given(assessed(), scored("80"), digital=confirmed).when(score("80")).then()


def test_a_confirmed_shortlist_of_another_category_does_not_matter() -> None:
    given(assessed(), scored("80"), innovation=GARDEN, digital=ShortlistFacts((), True)).when(score("90")).then(scored("90"))


def test_a_first_score_may_come_after_a_confirmation_for_the_sake_of_another_category() -> None:
    given(assessed(), digital=ShortlistFacts((), True)).when(score("90")).then(scored("90"))


# -- once it is disqualified


def test_a_disqualified_innovation_is_neither_assessed_nor_scored() -> None:
    sentence = "this innovation is disqualified (untrue); only an objection that is upheld brings it back"
    given(assessed(), OUT).when(score("80")).is_refused(sentence)
    given(assessed(), OUT).when(assess({**YES, "benefit": False})).is_refused(sentence)


def test_what_was_done_before_the_disqualification_may_be_repeated() -> None:
    given(assessed(), scored("80"), OUT).when(assess()).then()
    given(assessed(), scored("80"), OUT).when(score("80")).then()


def test_an_event_that_cannot_follow_is_an_error() -> None:
    with pytest.raises(ValueError, match="cannot follow"):
        given(scored("80"))
    with pytest.raises(ValueError, match="cannot follow"):
        given(assessed(), OUT, assessed())


# -- whatever is asked, in whatever order

commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(
        AssessEligibility,
        st.just("queue"),
        st.just("sri"),
        st.fixed_dictionaries({"renewal": st.booleans(), "benefit": st.just(True)}),
        st.lists(st.sampled_from(["incomplete", "untrue", "dislike"]), max_size=2).map(tuple),
        st.sampled_from(["", "note", " note "]),
        st.just(NOON),
    ),
    st.builds(
        RecordDeskScore,
        st.just("queue"),
        st.sampled_from(["sri", "budi"]),
        st.decimals(-1, 101, places=3) | st.decimals(0, 100, places=1) | st.sampled_from([Decimal("NaN"), Decimal("0E-30")]),
        st.sampled_from(["", "note"]),
    ),
    st.builds(
        RequestRevision,
        st.just("queue"),
        st.sampled_from(["", "Say since when it runs."]),
        st.sampled_from([NOON, NOON + timedelta(days=1)]),
        st.sampled_from(["", "sri"]),
        st.just(NOON),
    ),
    st.builds(
        Disqualify,
        st.just("queue"),
        st.sampled_from(["untrue", "dislike"]),
        st.sampled_from(["", "forged"]),
        st.sampled_from(["ani", "wati"]),
        st.just(NOON),
    ),
    st.builds(FileObjection, st.just("queue"), st.sampled_from(["", "Genuine."]), st.just("head"), st.just(NOON)),
    st.builds(DecideObjection, st.just("queue"), st.booleans(), st.sampled_from(["", "So."]), st.sampled_from(["ani", "wati"])),
)
situations = st.builds(
    others,
    edition=st.sampled_from([OPEN, CLOSED]),
    innovation=st.sampled_from([QUEUE, replace(QUEUE, revision=2), replace(QUEUE, withdrawn=True)]),
    opd=st.sampled_from([NOT_NOMINATED, ShortlistFacts((agency_entry(),))]),
    digital=st.sampled_from([NOT_NOMINATED, ShortlistFacts((), True)]),
)


@for_all(st.lists(st.tuples(commands, situations), max_size=8))
def test_whatever_is_asked_the_events_give_back_their_command(asked: list[tuple[Command, tuple[Any, ...]]]) -> None:
    state: Any = Unassessed()
    for command, situation in asked:
        match command:
            case Disqualify():
                around = situation[:1]
            case FileObjection() | DecideObjection():
                around = ()
            case _:
                around = situation
        try:
            events = ASSESSMENT.decide(state, command, *around)
        except Refused:
            continue
        if events:
            read_back = ASSESSMENT.command_of(events, "person/x", NOON)
            assert ASSESSMENT.decide(state, read_back, *around) == events
        for event in events:
            state = ASSESSMENT.evolve(state, event)
        assert list(ASSESSMENT.decide(state, command, *around)) == []
        assert not isinstance(state, Disqualified) or state.assessed.eligible


# -- endorsement by the head


def test_where_the_edition_asks_for_it_only_what_the_head_endorsed_is_assessed() -> None:
    assert OPEN.rulebook is not None
    asking = replace(OPEN, rulebook=replace(OPEN.rulebook, endorsement=True))
    given(edition=asking).when(assess()).is_refused(
        "the head of its institution has not endorsed this innovation as it stands; it is screened once he has"
    )
    given(edition=asking, innovation=replace(QUEUE, endorsed=True)).when(assess()).then(assessed())
