"""When a nomination may be revoked and a shortlist confirmed."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from services.screening.contested import Contested
from services.screening.nomination import Confirmed, NominateInnovation, Open
from services.screening.panel import Assignments
from services.screening.shortlist import (
    SHORTLIST,
    Command,
    ConfirmShortlist,
    RevokeNomination,
)
from shared.events.screening import DisqualificationPending, ShortlistConfirmed
from shared.facts import EditionFacts
from shared.refusals import Forbidden, Invalid, Refused
from tests.services.screening.competition import (
    AGENCY,
    BOTH,
    CLOSED,
    CONFIRMED,
    GARDEN,
    GARDEN_75,
    OPEN,
    OUT,
    QUEUE,
    QUEUE_80,
    REVOKED,
    after,
    agency_entry,
    assessed,
    bare,
    digital_entry,
    item,
    scored,
)
from tests.specification import NOON, specification

NOTHING = Contested()

given_shortlist = specification(
    SHORTLIST,
    lambda edition=CLOSED, contested=NOTHING, around=(QUEUE_80, QUEUE): (edition, contested, *bare(*around)),
)
given_alone = specification(SHORTLIST)

confirm = ConfirmShortlist("digital", "wati", NOON)


# -- revocation


def test_a_nomination_is_revoked_with_a_reason() -> None:
    given_alone(digital_entry()).when(RevokeNomination("digital", "queue", "It was revised.")).then(REVOKED)


def test_a_revocation_needs_a_reason() -> None:
    given_alone(digital_entry()).when(RevokeNomination("digital", "queue", "  ")).is_refused(
        "say why the nomination is revoked, in at most 2000 characters", Invalid
    )


def test_what_is_not_nominated_cannot_be_revoked() -> None:
    given_alone().when(RevokeNomination("digital", "queue", "Why.")).is_refused(
        "queue is not nominated here; only a nominated entry can be revoked"
    )


def test_a_nomination_may_be_revoked_after_the_confirmation_as_well_and_the_shortlist_stays_confirmed() -> None:
    given_alone(digital_entry(), CONFIRMED).when(RevokeNomination("digital", "queue", "It was revised.")).then(REVOKED)
    assert given_alone(digital_entry(), CONFIRMED, REVOKED).state == Confirmed({}, {"queue": REVOKED})


# -- confirmation


def test_the_shortlist_is_confirmed_with_all_its_entries() -> None:
    given_shortlist(digital_entry()).when(confirm).then(CONFIRMED)


def test_institutions_are_confirmed_with_their_portfolios() -> None:
    dossier = item("garden", GARDEN), item("queue", QUEUE)
    around = (BOTH, GARDEN_75, GARDEN, QUEUE_80, QUEUE)
    given_shortlist(agency_entry("77.50", *dossier), around=around).when(ConfirmShortlist("opd", "wati", NOON)).then(
        ShortlistConfirmed(category="opd", entries=("test.opd.opd-01",), confirmed_by="wati")
    )


def test_an_empty_shortlist_is_not_confirmed() -> None:
    given_shortlist(around=()).when(confirm).is_refused(
        "nobody is nominated in Best digital; nominate at least one entry first"
    )


def test_nothing_is_confirmed_while_registration_is_reopened() -> None:
    given_shortlist(digital_entry(), edition=OPEN).when(confirm).is_refused(
        "registration is still open; the shortlist is made once it is closed"
    )


@pytest.mark.parametrize(
    "around",
    [
        (after(assessed(), scored("80"), OUT), QUEUE),
        (QUEUE_80, replace(QUEUE, withdrawn=True)),
        (QUEUE_80, replace(QUEUE, revision=2)),
    ],
    ids=["disqualified", "withdrawn", "revised"],
)
def test_an_entry_whose_dossier_no_longer_stands_must_be_revoked_first(around: tuple[Any, ...]) -> None:
    given_shortlist(digital_entry(), around=around).when(confirm).is_refused(
        "changed since the nomination: Demo Queue (queue); revoke these nominations, and nominate anew what still may"
    )


def test_an_institution_with_an_innovation_admitted_since_must_be_nominated_anew() -> None:
    around = (BOTH, GARDEN_75, GARDEN, QUEUE_80, QUEUE)
    given_shortlist(agency_entry(), around=around).when(ConfirmShortlist("opd", "wati", NOON)).is_refused(
        "changed since the nomination: Demo Agency (opd-01); revoke these nominations, and nominate anew what still may"
    )


@pytest.mark.parametrize(
    "around",
    [(), (QUEUE_80, QUEUE, GARDEN_75, GARDEN), (GARDEN_75, GARDEN), (BOTH, GARDEN_75, GARDEN, QUEUE_80, QUEUE)],
    ids=["none", "too many", "another", "an institution's"],
)
def test_the_entries_looked_at_must_be_exactly_the_nominated_ones(around: tuple[Any, ...]) -> None:
    given_shortlist(digital_entry(), around=around).when(confirm).is_refused(
        "the entrants' innovations have changed meanwhile; look at the candidates again, then repeat it"
    )


def test_who_nominated_does_not_confirm() -> None:
    given_shortlist(digital_entry()).when(ConfirmShortlist("digital", "ani", NOON)).is_refused(
        "you nominated Demo Queue; another member of the committee confirms the shortlist", Forbidden
    )


PERIOD = Contested({"map": DisqualificationPending(innovation="map", categories=("digital",), until=NOON)})
OBJECTION = Contested({"map": DisqualificationPending(innovation="map", categories=("digital",))})
ELSEWHERE = Contested({"map": DisqualificationPending(innovation="map", categories=("opd",))})
WAIT = (
    "a disqualification in Best digital may still fall by an objection; wait for its end, or say in at most 2000 characters "
    "why the shortlist is confirmed despite it"
)


@pytest.mark.parametrize("contested", [PERIOD, OBJECTION], ids=["the period runs", "an objection is open"])
def test_the_confirmation_waits_for_objections_in_the_category(contested: Contested) -> None:
    given_shortlist(digital_entry(), contested=contested).when(confirm).is_refused(WAIT)


@pytest.mark.parametrize("contested", [NOTHING, ELSEWHERE], ids=["nothing", "another category"])
def test_it_waits_for_nothing_else(contested: Contested) -> None:
    given_shortlist(digital_entry(), contested=contested).when(confirm).then(CONFIRMED)


def test_it_waits_no_more_once_the_period_is_over() -> None:
    later = ConfirmShortlist("digital", "wati", NOON + timedelta(seconds=1))
    assert SHORTLIST.decide(Open({"queue": digital_entry()}), later, CLOSED, PERIOD, *bare(QUEUE_80, QUEUE)) == [CONFIRMED]


def test_it_may_come_despite_an_objection_with_the_reason_on_record() -> None:
    hurry = ConfirmShortlist("digital", "wati", NOON, "The mayor's schedule.")
    given_shortlist(digital_entry(), contested=OBJECTION).when(hurry).then(replace(CONFIRMED, despite="The mayor's schedule."))
    given_shortlist(digital_entry()).when(hurry).then(CONFIRMED)


def test_confirming_again_changes_nothing() -> None:
    given_shortlist(digital_entry(), CONFIRMED).when(confirm).then()


def test_an_event_that_cannot_follow_is_an_error() -> None:
    for events in [(REVOKED,), (digital_entry(), digital_entry()), (CONFIRMED, digital_entry()), (OUT,)]:
        with pytest.raises(ValueError, match="cannot follow"):
            given_alone(*events)


# -- whatever is asked, in whatever order

IDS = "abcd"
commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(NominateInnovation, st.just("digital"), st.sampled_from(IDS), st.just("ani")),
    st.builds(RevokeNomination, st.just("digital"), st.sampled_from(IDS), st.sampled_from(["", "Late.", "Wrong."])),
    st.builds(ConfirmShortlist, st.just("digital"), st.sampled_from(["ani", "wati"]), st.just(NOON)),
)


@for_all(st.lists(st.tuples(commands, st.sampled_from([CLOSED, CLOSED, OPEN])), max_size=12))
def test_whatever_is_asked_the_shortlist_stays_within_its_rules(asked: list[tuple[Command, EditionFacts]]) -> None:
    state: Open | Confirmed = Open()
    for command, edition in asked:
        match command:
            case NominateInnovation(entrant=innovation):
                around: tuple[Any, ...] = (
                    edition,
                    AGENCY,
                    Assignments(),
                    *bare(after(assessed(innovation), scored("80", innovation=innovation)), QUEUE),
                )
            case RevokeNomination():
                around = ()
            case _:
                pairs = [(after(assessed(i), scored("80", innovation=i)), QUEUE) for i in state.nominated]
                around = (edition, Contested(), *bare(*(part for pair in pairs for part in pair)))
        try:
            events = SHORTLIST.decide(state, command, *around)
        except Refused:
            continue
        if events:
            assert isinstance(state, Open) or isinstance(command, RevokeNomination), "a confirmed shortlist has grown"
            assert SHORTLIST.decide(state, SHORTLIST.command_of(events, "", NOON), *around) == events
        for event in events:
            state = SHORTLIST.evolve(state, event)
        assert list(SHORTLIST.decide(state, command, *around)) == []
        assert len(state.nominated) <= 2
