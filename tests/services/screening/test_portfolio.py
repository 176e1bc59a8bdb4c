"""The innovations of an institution that are in the competition follow their assessments."""

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.screening.portfolio import PORTFOLIO, FollowAssessment, Portfolio
from services.screening.standing import Disqualified, Eligible, Ineligible, State, Unassessed
from shared.events.screening import InnovationDisqualified, PortfolioAdmitted, PortfolioRemoved
from tests.services.screening.competition import assessed
from tests.specification import NOON, specification

ELIGIBLE = Eligible(assessed())
INELIGIBLE = Ineligible(assessed(eligible=False))
DISQUALIFIED = Disqualified(
    assessed(), disqualification=InnovationDisqualified(innovation="queue", reason="untrue", explanation="forged")
)
ADMITTED = PortfolioAdmitted(innovation="queue")
REMOVED = PortfolioRemoved(innovation="queue")

given = specification(PORTFOLIO, lambda assessment=ELIGIBLE: (assessment,))
follow = FollowAssessment("queue")


def test_an_eligible_innovation_is_admitted() -> None:
    given(assessment=ELIGIBLE).when(follow).then(ADMITTED)


@pytest.mark.parametrize("assessment", [Unassessed(), INELIGIBLE, DISQUALIFIED])
def test_one_that_is_not_eligible_is_not_admitted(assessment: State) -> None:
    given(assessment=assessment).when(follow).then()


@pytest.mark.parametrize("assessment", [INELIGIBLE, DISQUALIFIED])
def test_one_that_is_no_longer_eligible_is_removed(assessment: State) -> None:
    given(ADMITTED, assessment=assessment).when(follow).then(REMOVED)


def test_a_removed_one_may_be_admitted_again() -> None:
    given(ADMITTED, REMOVED, assessment=ELIGIBLE).when(follow).then(ADMITTED)


def test_an_event_that_cannot_follow_is_an_error() -> None:
    with pytest.raises(ValueError, match="cannot follow"):
        given(REMOVED)
    with pytest.raises(ValueError, match="cannot follow"):
        given(ADMITTED, ADMITTED)


@for_all(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([ELIGIBLE, INELIGIBLE, DISQUALIFIED]))))
def test_it_holds_exactly_the_innovations_last_found_eligible(found: list[tuple[str, State]]) -> None:
    state = Portfolio()
    for innovation, assessment in found:
        events = PORTFOLIO.decide(state, FollowAssessment(innovation), assessment)
        if events:
            assert PORTFOLIO.decide(state, PORTFOLIO.command_of(events, "", NOON), assessment) == events
        for event in events:
            state = PORTFOLIO.evolve(state, event)
    assert state.admitted == {innovation for innovation, assessment in dict(found).items() if assessment is ELIGIBLE}
