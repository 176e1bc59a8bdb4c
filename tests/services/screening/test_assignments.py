"""Who screens what: evenly, never of one's own institution, replaced where one steps back, one more where scores lie apart."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.screening.assignments import (
    ASSIGNMENTS,
    AssignScreeners,
    CallAnother,
    Command,
    RecuseScreener,
    Work,
)
from services.screening.panel import Assignments, Panel
from shared.events.identity import RoleGranted
from shared.events.screening import ScreenerAssigned, ScreenerRecused
from shared.facts import AccountFacts
from shared.refusals import Invalid, Refused
from tests.services.screening.competition import OPEN, after, assessed, scored
from tests.specification import NOON, specification


def screener(person: str, employer: str = "", heads: str = "", edition: str = "test") -> AccountFacts:
    grants = [RoleGranted(person=person, role="screener", edition=edition, employer=employer)]
    if heads:
        grants.append(RoleGranted(person=person, role="head", edition=edition, institutions=(heads,)))
    return AccountFacts(tuple(grants))


SRI, BUDI, TONO = screener("sri"), screener("budi"), screener("tono")
TEAM = (SRI, BUDI, TONO)
QUEUE, MAP, BUS = Work("queue", "opd-01"), Work("map", "opd-02"), Work("bus", "ward-01")

given = specification(ASSIGNMENTS, lambda team=TEAM: (OPEN, *team))
given_scores = specification(ASSIGNMENTS, lambda assessment, team=TEAM: (OPEN, assessment, *team))


def assigned(innovation: str, *screeners: str, cause: Any = "edition", institution: str = "opd-01") -> ScreenerAssigned:
    return ScreenerAssigned(innovation=innovation, institution=institution, screeners=screeners, cause=cause)


def decided(state: Assignments, *work: Work, team: tuple[AccountFacts, ...] = TEAM) -> dict[str, tuple[str, ...]]:
    events = ASSIGNMENTS.decide(state, AssignScreeners(work), OPEN, *team)
    return {event.innovation: event.screeners for event in events if isinstance(event, ScreenerAssigned)}


# -- assignment


def test_every_innovation_gets_as_many_screeners_as_the_edition_says() -> None:
    found = decided(Assignments(), QUEUE, MAP, BUS)
    assert found.keys() == {"queue", "map", "bus"}
    assert all(len({*screeners}) == 2 for screeners in found.values())


def test_the_work_is_spread_evenly() -> None:
    found = decided(Assignments(), *(Work(f"innovation-{n}", "opd-01") for n in range(30)))
    assert Counter(who for screeners in found.values() for who in screeners) == {"sri": 20, "budi": 20, "tono": 20}
    assert len({frozenset(screeners) for screeners in found.values()}) == 3, "all pairs occur"


def test_the_same_edition_leads_to_the_same_panels_in_whatever_order_its_screeners_are_listed() -> None:
    assert decided(Assignments(), QUEUE, MAP, BUS) == decided(Assignments(), QUEUE, MAP, BUS, team=(TONO, SRI, BUDI))


def test_who_has_fewest_comes_first() -> None:
    given(assigned("a", "sri", "budi")).when(AssignScreeners((Work("b", "opd-01"),))).then(
        assigned("b", "tono", decided(given(assigned("a", "sri", "budi")).state, Work("b", "opd-01"))["b"][1])
    )


@pytest.mark.parametrize("own", [screener("tono", employer="opd-01"), screener("tono", heads="opd-01")])
def test_nobody_screens_what_is_of_an_institution_that_he_works_or_acts_for(own: AccountFacts) -> None:
    found = decided(Assignments(), *(Work(f"innovation-{n}", "opd-01") for n in range(9)), team=(SRI, BUDI, own))
    assert {who for screeners in found.values() for who in screeners} == {"sri", "budi"}


def test_who_does_not_hold_the_role_in_the_edition_is_not_assigned() -> None:
    found = decided(Assignments(), QUEUE, team=(SRI, BUDI, screener("tono", edition="another"), AccountFacts()))
    assert {*found["queue"]} == {"sri", "budi"}


def test_where_there_are_too_few_screeners_nothing_is_assigned() -> None:
    given(team=(SRI, screener("tono", employer="opd-01"))).when(AssignScreeners((MAP, QUEUE))).is_refused(
        "an innovation of opd-01 needs 2 screeners who have nothing to do with it, and there are 1; "
        "have more screeners appointed"
    )


def test_what_has_its_screeners_keeps_them() -> None:
    given(assigned("queue", "sri", "budi")).when(AssignScreeners((QUEUE,))).then()


# -- stepping back


def test_another_takes_the_place_of_who_steps_back() -> None:
    given(assigned("queue", "sri", "budi")).when(RecuseScreener("queue", "sri", "My sister made it.")).then(
        ScreenerRecused(innovation="queue", screener="sri", reason="My sister made it."),
        assigned("queue", "budi", "tono", cause="recusal"),
    )


def test_who_stepped_back_is_not_assigned_again() -> None:
    gone = ScreenerRecused(innovation="queue", screener="sri", reason="Kin.")
    given(assigned("queue", "sri", "budi"), gone, team=(SRI, BUDI)).when(AssignScreeners((QUEUE,))).is_refused(
        "an innovation of opd-01 needs 2 screeners who have nothing to do with it, and there are 1; "
        "have more screeners appointed"
    )


def test_the_place_stays_empty_until_there_is_somebody_for_it() -> None:
    gone = ScreenerRecused(innovation="queue", screener="sri", reason="Kin.")
    given(assigned("queue", "sri", "budi"), team=(SRI, BUDI)).when(RecuseScreener("queue", "sri", "Kin.")).then(gone)
    given(assigned("queue", "sri", "budi"), gone).when(AssignScreeners((QUEUE,))).then(assigned("queue", "budi", "tono"))


def test_stepping_back_needs_a_reason() -> None:
    given(assigned("queue", "sri", "budi")).when(RecuseScreener("queue", "sri", " ")).is_refused(
        "say why the screener steps back, in at most 2000 characters", Invalid
    )


def test_only_who_is_assigned_can_step_back() -> None:
    given(assigned("queue", "sri", "budi")).when(RecuseScreener("queue", "tono", "Kin.")).is_refused(
        "this innovation is not assigned to that screener; see the worklist for what is"
    )


# -- scores that lie apart


def test_scores_that_lie_far_apart_call_for_one_more_screener() -> None:
    apart = after(assessed(), scored("60"), scored("75.01", "budi"))
    given_scores(assigned("queue", "sri", "budi"), assessment=apart).when(CallAnother("queue")).then(
        assigned("queue", "sri", "budi", "tono", cause="gap")
    )


@pytest.mark.parametrize(
    "assessment",
    [
        after(assessed(), scored("60"), scored("75", "budi")),
        after(assessed(), scored("60")),
        after(assessed(), scored("60"), scored("90", "tono")),
    ],
    ids=["not far enough", "one is not in", "one does not count"],
)
def test_nobody_is_called_otherwise(assessment: Any) -> None:
    given_scores(assigned("queue", "sri", "budi"), assessment=assessment).when(CallAnother("queue")).then()


def test_one_more_is_called_once_only() -> None:
    apart = after(assessed(), scored("60"), scored("80", "budi"), scored("99", "tono"))
    panel = (assigned("queue", "sri", "budi"), assigned("queue", "sri", "budi", "tono", cause="gap"))
    team = (*TEAM, screener("dewi"))
    given_scores(*panel, assessment=apart, team=team).when(CallAnother("queue")).then()


def test_where_nobody_is_left_to_be_called_the_two_scores_stand() -> None:
    apart = after(assessed(), scored("60"), scored("80", "budi"))
    given_scores(assigned("queue", "sri", "budi"), assessment=apart, team=(SRI, BUDI)).when(CallAnother("queue")).then()


def test_an_event_that_cannot_follow_is_an_error() -> None:
    with pytest.raises(ValueError, match="cannot follow"):
        given(ScreenerRecused(innovation="queue", screener="sri", reason="Kin."))


def test_a_panel_counts_only_the_scores_of_its_screeners() -> None:
    state = Assignments({"queue": Panel("opd-01", ("sri", "budi"), {"tono": "kin"})})
    assert state.counting("queue", {"sri": 1, "tono": 2}) == {"sri": 1}
    assert state.counting("map", {"sri": 1, "tono": 2}) == {"sri": 1, "tono": 2}
    assert [state.complete("queue", scores) for scores in ({}, {"sri": 1}, {"sri": 1, "budi": 2})] == [False, False, True]
    assert [state.complete("map", scores) for scores in ({}, {"sri": 1})] == [False, True]


# -- whatever is asked, in whatever order

IDS = ("a", "b", "c", "d", "e")
work = st.sampled_from(IDS).map(lambda id: Work(id, "opd-01" if id < "c" else "opd-02"))
PEOPLE = (SRI, BUDI, TONO, screener("dewi", employer="opd-01"), screener("eka", heads="opd-02"))
commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(AssignScreeners, st.lists(work, max_size=4).map(tuple)),
    st.builds(RecuseScreener, st.sampled_from(IDS), st.sampled_from(["sri", "budi", "dewi"]), st.sampled_from(["", "Kin."])),
)


@for_all(st.lists(st.tuples(commands, st.permutations(PEOPLE)), max_size=10))
def test_whatever_is_asked_nobody_screens_his_own_and_the_loads_stay_close(
    asked: list[tuple[Command, list[AccountFacts]]],
) -> None:
    state = Assignments()
    for command, people in asked:
        try:
            events = ASSIGNMENTS.decide(state, command, OPEN, *people)
        except Refused:
            continue
        if events:
            assert ASSIGNMENTS.decide(state, ASSIGNMENTS.command_of(events, "", NOON), OPEN, *people) == events
        for event in events:
            state = ASSIGNMENTS.evolve(state, event)
        assert not ASSIGNMENTS.decide(state, command, OPEN, *people)
        for panel in state.panels.values():
            assert len({*panel.screeners}) == len(panel.screeners) <= 2
            assert not {*panel.screeners} & {*panel.recused}
            assert ("dewi" if panel.institution == "opd-01" else "eka") not in panel.screeners
