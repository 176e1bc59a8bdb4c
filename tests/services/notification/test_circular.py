"""Circulars: given these facts, when this is asked, then that follows."""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.notification.circular import (
    CIRCULAR,
    AcknowledgeCircular,
    ChaseCircular,
    ConfirmAcknowledgement,
    IssueCircular,
    circular_id,
)
from shared.events.notification import AcknowledgementConfirmed, CircularAcknowledged, CircularChased, CircularIssued
from shared.facts import EditionFacts, EnrolmentFacts
from shared.refusals import Forbidden, Invalid, Refused, Unknown
from tests.services.notification.competition import RULEBOOK
from tests.specification import NOON, specification

OPEN = EditionFacts(RULEBOOK)
HERE, NOT_HERE = EnrolmentFacts("opd", "Dinas"), EnrolmentFacts()
DAY = timedelta(days=1)


def others(edition: EditionFacts = OPEN, enrolments: tuple[EnrolmentFacts, ...] = ()) -> tuple[Any, ...]:
    return (edition, *enrolments)


given = specification(CIRCULAR, others=others)


def issue(
    number: str = "02/SE/2023", title: str = "Pendaftaran", institutions: tuple[str, ...] = ("opd-01", "opd-02"), days: int = 3
) -> IssueCircular:
    text = "Setiap OPD mendaftarkan inovasinya."
    return IssueCircular("test", number, date(2023, 3, 1), title, text, institutions, NOON, "ab" * 32, "se.pdf", days)


issued = CircularIssued(
    edition="test",
    number="02/SE/2023",
    dated=date(2023, 3, 1),
    title="Pendaftaran",
    text="Setiap OPD mendaftarkan inovasinya.",
    institutions=("opd-01", "opd-02"),
    file="ab" * 32,
    file_name="se.pdf",
    days=3,
    acknowledge_by=NOON + 3 * DAY,
)
first = CircularAcknowledged(institution="opd-01", person="head-1")
both = (HERE, HERE)


def chase(days: float) -> ChaseCircular:
    return ChaseCircular(NOON + days * DAY)


def test_a_circular_is_issued_under_its_number_to_institutions_that_take_part() -> None:
    given(enrolments=both).when(issue()).then(issued)


def test_a_day_of_a_rehearsal_may_be_shorter() -> None:
    hurried = EditionFacts(msgspec.structs.replace(RULEBOOK, day_seconds=60))
    sooner = msgspec.structs.replace(issued, acknowledge_by=NOON + timedelta(minutes=3))
    given(edition=hurried, enrolments=both).when(issue()).then(sooner)


def test_the_same_circular_again_changes_nothing() -> None:
    given(issued, first, enrolments=both).when(issue()).then()


def test_a_number_is_given_once() -> None:
    given(issued, enrolments=both).when(issue(title="Perpanjangan")).is_refused(
        "number 02/SE/2023 is already given to “Pendaftaran”; issue this one under its own number", Refused
    )
    assert circular_id("test", "02 / se/2023") == circular_id("test", "02/SE/2023")
    assert circular_id("test", "02/SE/2023") != circular_id("other", "02/SE/2023")


def test_who_does_not_take_part_is_not_addressed() -> None:
    given(enrolments=(HERE, NOT_HERE)).when(issue()).is_refused(
        "not enrolled in this edition: opd-02; address enrolled institutions only", Invalid
    )


def test_a_circular_to_nobody_is_none() -> None:
    given().when(issue(institutions=())).is_refused(
        "a circular is addressed to somebody: name kinds of institution, or institutions", Invalid
    )


def test_there_are_no_circulars_without_an_edition() -> None:
    given(edition=EditionFacts(), enrolments=both).when(issue()).is_refused("there is no such edition; open it first", Unknown)


def test_an_institution_acknowledges_a_circular_once() -> None:
    given(issued).when(AcknowledgeCircular("opd-01", "head-1")).then(first)
    given(issued, first).when(AcknowledgeCircular("opd-01", "operator-1")).then()


def test_an_acknowledgement_on_paper_names_who_gave_it_who_entered_it_and_the_scan() -> None:
    given(issued).when(AcknowledgeCircular("opd-02", "head-2", "clerk", "cd" * 32)).then(on_paper)


on_paper = CircularAcknowledged(institution="opd-02", person="head-2", recorded_by="clerk", scan="cd" * 32)
confirmed = AcknowledgementConfirmed(institution="opd-02", person="head-2", scan="cd" * 32)


def test_who_signed_the_paper_confirms_later_that_it_is_so() -> None:
    given(issued, on_paper).when(ConfirmAcknowledgement("opd-02", "head-2")).then(confirmed)


def test_nobody_else_confirms_it_and_what_one_acknowledged_himself_needs_no_confirmation() -> None:
    sentence = "no acknowledgement of {} was entered from your paper; only who signed it confirms it"
    given(issued, on_paper).when(ConfirmAcknowledgement("opd-02", "clerk")).is_refused(sentence.format("opd-02"), Forbidden)
    given(issued, first).when(ConfirmAcknowledgement("opd-01", "head-1")).is_refused(sentence.format("opd-01"), Forbidden)
    given(issued).when(ConfirmAcknowledgement("opd-01", "head-1")).is_refused(sentence.format("opd-01"), Forbidden)
    given().when(ConfirmAcknowledgement("opd-01", "head-1")).is_refused(
        "there is no such circular; see the list of circulars", Unknown
    )


def test_an_institution_acknowledges_only_what_is_addressed_to_it() -> None:
    given(issued).when(AcknowledgeCircular("opd-03", "head-3")).is_refused(
        "circular 02/SE/2023 is not addressed to opd-03; an institution acknowledges its own"
    )


def test_an_unknown_circular_is_not_acknowledged() -> None:
    given().when(AcknowledgeCircular("opd-01", "head-1")).is_refused(
        "there is no such circular; see the list of circulars", Unknown
    )


def test_who_has_not_acknowledged_in_time_is_chased_once_a_period() -> None:
    given(issued, first).when(chase(2.9)).then()
    given(issued, first).when(chase(3)).then(CircularChased(round=1, institutions=("opd-02",)))
    chased = CircularChased(round=1, institutions=("opd-02",))
    given(issued, first, chased).when(chase(5.9)).then()
    given(issued, first, chased).when(chase(6)).then(CircularChased(round=2, institutions=("opd-02",)))


def test_after_a_long_silence_one_reminder_makes_up_for_all() -> None:
    given(issued).when(chase(400)).then(CircularChased(round=3, institutions=("opd-01", "opd-02")))
    last = CircularChased(round=3, institutions=("opd-01", "opd-02"))
    given(issued, last).when(chase(800)).then()


def test_when_all_have_acknowledged_nobody_is_chased() -> None:
    second = CircularAcknowledged(institution="opd-02", person="head-2")
    given(issued, first, second).when(chase(30)).then()


def test_an_announcement_asks_for_no_acknowledgement_and_is_not_chased() -> None:
    announcement = msgspec.structs.replace(issued, days=0, acknowledge_by=None)
    given(enrolments=both).when(issue(days=0)).then(announcement)
    given(announcement).when(chase(30)).then()
    given(announcement).when(AcknowledgeCircular("opd-01", "head-1")).then(first)


codes = st.sampled_from(["opd-01", "opd-02", "opd-03"])
commands = st.one_of(
    st.builds(issue, st.sampled_from(["1", "2"]), st.sampled_from(["a", "b"]), days=st.integers(0, 2)),
    st.builds(AcknowledgeCircular, codes, st.sampled_from("pq"), st.sampled_from(["", "clerk"]), st.sampled_from(["", "ff"])),
    st.builds(ConfirmAcknowledgement, codes, st.sampled_from("pq")),
    st.builds(chase, st.floats(0, 20)),
)


@for_all(st.lists(commands, max_size=12))
def test_the_command_can_be_read_back_from_its_events(sequence: list[Any]) -> None:
    state = CIRCULAR.initial
    for command in sequence:
        enrolments = (HERE,) * len(getattr(command, "institutions", ()))
        at: datetime = getattr(command, "at", NOON)
        try:
            events = CIRCULAR.decide(state, command, OPEN, *enrolments)
        except Refused:
            continue
        if events:
            read_back = CIRCULAR.command_of(events, "", at)
            assert CIRCULAR.decide(state, read_back, OPEN, *enrolments) == events
        for event in events:
            state = CIRCULAR.evolve(state, event)
        assert CIRCULAR.decide(state, command, OPEN, *enrolments) == []
