"""An enrolment beyond the ordinary course: late permission, a duty waived, and what a successor takes over."""

from datetime import date
from typing import Any

from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from services.registration.edition import EDITION
from services.registration.enrolment import (
    ENROLMENT,
    CarryOver,
    Command,
    EnrolInstitution,
    Enrolled,
    PermitLateSubmission,
    TakeOver,
    WaiveObligation,
)
from shared.events.registration import (
    Decree,
    EnrolmentCarriedOver,
    InstitutionEnrolled,
    LateSubmissionPermitted,
    ObligationCarriedOver,
    ObligationSet,
    ObligationWaived,
    RegistrationClosed,
)
from shared.events.screening import Nominated
from shared.facts import ShortlistFacts
from shared.refusals import Invalid, Refused, Unknown
from tests.golden.examples import example
from tests.services.registration.made_up import CLOSES, ENROLLED, JUDGED, LATER, NOON, OWES_ONE, SECOND, opened
from tests.specification import specification


def state_of(fold: Any, *events: Any) -> Any:
    state = fold.initial
    for event in events:
        state = fold.evolve(state, event)
    return state


registering = state_of(EDITION, *opened())
closed = state_of(EDITION, *opened(), RegistrationClosed(effective=CLOSES, by="calendar"))
NEW = InstitutionEnrolled(institution="opd-09", kind="opd", name="Badan Baru")
successor = state_of(ENROLMENT, NEW)

given = specification(ENROLMENT, others=lambda edition=registering, other=ENROLMENT.initial: (edition, other))
given_shortlists = specification(
    ENROLMENT, others=lambda edition=registering, shortlists=(ShortlistFacts(),): (edition, *shortlists)
)

DECREE = Decree("SK 8/2023", date(2023, 4, 2))
permitted = LateSubmissionPermitted(institution="opd-01", until=LATER, reason="Kantor terendam", decree=DECREE)
waived = ObligationWaived(institution="opd-01", reason="Baru dibentuk", decree=DECREE)


# -- late permission


def test_one_institution_may_submit_after_the_deadline_with_a_reason_until_a_day() -> None:
    command = PermitLateSubmission(LATER, " Kantor  terendam ", CLOSES + SECOND, DECREE)
    given_shortlists(ENROLLED, edition=closed).when(command).then(permitted)
    given_shortlists(ENROLLED).when(PermitLateSubmission(LATER, "Kantor terendam", NOON, DECREE)).then(permitted)


def test_no_late_permission_is_given_once_nominations_have_begun() -> None:
    begun = (ShortlistFacts(), ShortlistFacts((example(Nominated),)))
    command = PermitLateSubmission(LATER, "Kantor terendam", CLOSES + SECOND, DECREE)
    given_shortlists(ENROLLED, edition=closed, shortlists=begun).when(command).is_refused(
        "nominations have begun (category é), and late permissions end with that; revoke them first, or enter in the next edition"
    )
    given_shortlists(ENROLLED, permitted, edition=closed, shortlists=begun).when(command).then()


def test_a_late_permission_says_why() -> None:
    given(ENROLLED).when(PermitLateSubmission(LATER, "", NOON)).is_refused("give a reason; it stands on record", Invalid)


def test_a_late_permission_ends_in_time_to_come_after_the_deadline_and_before_judging_does() -> None:
    given(ENROLLED, edition=closed).when(PermitLateSubmission(LATER, "x", LATER)).is_refused(
        "2023-04-07 16:00:00+00:00 has passed; name a time to come, until which it may submit", Invalid
    )
    given(ENROLLED).when(PermitLateSubmission(CLOSES, "x", NOON)).is_refused(
        "registration is open until 2023-03-31 16:00:00+00:00 for everybody; a late permission ends after that", Invalid
    )
    given(ENROLLED).when(PermitLateSubmission(JUDGED, "x", NOON)).is_refused(
        "judging ends on 2023-05-31 16:00:00+00:00; registration must close before that", Invalid
    )


def test_only_what_is_enrolled_is_given_exceptions() -> None:
    for command in (PermitLateSubmission(LATER, "x", NOON), WaiveObligation("x"), TakeOver("opd-02"), CarryOver("opd-09")):
        given().when(command).is_refused("this institution is not enrolled in the edition; the committee enrols it", Unknown)


# -- a duty waived


def test_a_duty_is_waived_with_a_reason() -> None:
    given(ENROLLED, OWES_ONE).when(WaiveObligation("Baru dibentuk", DECREE)).then(waived)
    assert state_of(ENROLMENT, ENROLLED, OWES_ONE, waived).owed == (0, False)


def test_what_is_not_owed_is_not_waived() -> None:
    given(ENROLLED).when(WaiveObligation("x")).is_refused("opd-01 owes nothing in this edition; there is nothing to waive")


# -- what a successor takes over


def test_the_successor_owes_what_the_merged_institution_owed() -> None:
    old = state_of(ENROLMENT, ENROLLED, OWES_ONE)
    took_over = ObligationCarriedOver(institution="opd-09", previous="opd-01", innovations=1, pic=True)
    given(NEW, other=old).when(TakeOver("opd-01")).then(took_over)
    own = ObligationSet(institution="opd-09", innovations=2, pic=False)
    assert state_of(ENROLMENT, NEW, own, took_over).owed == (3, True)


def test_a_waived_duty_is_not_taken_over() -> None:
    given(NEW, other=state_of(ENROLMENT, ENROLLED, OWES_ONE, waived)).when(TakeOver("opd-01")).then()


def test_a_merged_institution_keeps_its_name_and_owes_nothing_more() -> None:
    into = EnrolmentCarriedOver(institution="opd-01", into="opd-09", elsewhere=("rehearsal",))
    given(ENROLLED, OWES_ONE, other=successor).when(CarryOver("opd-09", ("rehearsal",))).then(into)
    merged = state_of(ENROLMENT, ENROLLED, OWES_ONE, into)
    assert isinstance(merged, Enrolled)
    assert (merged.owed, merged.enrolled.name) == ((0, False), "Dinas Rekaan")


def test_a_successor_takes_part_by_itself() -> None:
    sentence = "{} does not take part in this edition by itself; enrol the successor first"
    given(ENROLLED).when(CarryOver("opd-09")).is_refused(sentence.format("opd-09"))
    given(ENROLLED, other=state_of(ENROLMENT, ENROLLED)).when(CarryOver("opd-01")).is_refused(sentence.format("opd-01"))
    gone = state_of(ENROLMENT, NEW, EnrolmentCarriedOver(institution="opd-09", into="opd-10"))
    given(ENROLLED, other=gone).when(CarryOver("opd-09")).is_refused(sentence.format("opd-09"))


def test_an_institution_is_merged_once() -> None:
    into = EnrolmentCarriedOver(institution="opd-01", into="opd-09")
    given(ENROLLED, into, other=successor).when(CarryOver("opd-10")).is_refused(
        "opd-01 is merged into opd-09 already; name that one"
    )


times = st.sampled_from([NOON, CLOSES, LATER, JUDGED])
commands = st.one_of(
    st.just(EnrolInstitution("opd-01", "opd", "Dinas Rekaan")),
    st.builds(PermitLateSubmission, times, st.just("x"), times, st.sampled_from([None, DECREE])),
    st.builds(WaiveObligation, st.sampled_from(["x", "y"])),
    st.builds(TakeOver, st.sampled_from(["opd-02", "opd-03"])),
    st.builds(CarryOver, st.sampled_from(["opd-09", "opd-10"])),
)


@hypothesis_given(st.lists(commands, max_size=8), st.sampled_from([registering, closed]))
def test_the_commands_can_be_read_back_from_the_events(given_commands: list[Command], edition: Any) -> None:
    state, other = ENROLMENT.initial, state_of(ENROLMENT, NEW, ObligationSet(institution="opd-09", innovations=1, pic=True))
    for command in given_commands:
        try:
            others = (ShortlistFacts(),) if isinstance(command, PermitLateSubmission) else (other,)
            events = ENROLMENT.decide(state, command, edition, *others)
        except Refused:
            continue
        if events:
            read_back = ENROLMENT.command_of(events, "", getattr(command, "at", NOON))
            assert ENROLMENT.decide(state, read_back, edition, *others) == events
        for event in events:
            state = ENROLMENT.evolve(state, event)
        assert ENROLMENT.decide(state, command, edition, *others) == []
