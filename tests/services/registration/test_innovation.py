"""An innovation: what may be submitted, revised and withdrawn, when, and who answers for it."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from services.registration.edition import EDITION
from services.registration.enrolment import ENROLMENT
from services.registration.innovation import (
    INNOVATION,
    LARGEST_RECORD,
    Command,
    NamePic,
    ReviseInnovation,
    SubmitInnovation,
    WithdrawInnovation,
)
from shared.events.registration import (
    InnovationRecord,
    InnovationRevised,
    InnovationSubmitted,
    InnovationWithdrawn,
    PicAppointed,
    PicReplaced,
    RegistrationClosed,
)
from shared.facts import ReturnFacts
from shared.refusals import Invalid, Refused
from tests.services.registration.made_up import (
    CLOSES,
    DESIGN,
    ENROLLED,
    NOON,
    OPENS,
    OWES_ONE,
    SECOND,
    opened,
    record,
    rulebook,
)
from tests.specification import specification


def state_of(fold: Any, *events: Any) -> Any:
    state = fold.initial
    for event in events:
        state = fold.evolve(state, event)
    return state


registering = state_of(EDITION, *opened())
closed = state_of(EDITION, *opened(), RegistrationClosed(effective=NOON, by="committee"))
enrolled = state_of(ENROLMENT, ENROLLED, OWES_ONE)
NOT_RETURNED = ReturnFacts()

given = specification(
    INNOVATION, others=lambda edition=registering, enrolment=enrolled, returned=NOT_RETURNED: (edition, enrolment, returned)
)

submitted = InnovationSubmitted(edition="test", institution="opd-01", record=record())
with_ani = PicAppointed(institution="opd-01", person="ani")
withdrawn = InnovationWithdrawn(institution="opd-01", reason="Digabung")
better = record(design=f"{DESIGN} lebih baik")
CLOSED = "registration closed on 2023-03-01 12:00:00+00:00; only the committee can reopen it"


def submission(of: InnovationRecord | None = None, at: Any = NOON, **more: Any) -> SubmitInnovation:
    return SubmitInnovation("test", "opd-01", of or record(), at, **more)


# -- submitting


def test_an_enrolled_institution_submits_an_innovation() -> None:
    given().when(submission()).then(submitted)


def test_an_innovation_is_submitted_together_with_its_pic() -> None:
    given().when(submission(pic="ani")).then(submitted, with_ani)


def test_another_system_leaves_its_own_reference() -> None:
    given().when(submission(external_reference="SIMODA/17")).then(
        InnovationSubmitted(edition="test", institution="opd-01", record=record(), external_reference="SIMODA/17")
    )


def test_an_institution_that_is_not_enrolled_cannot_submit() -> None:
    given(enrolment=ENROLMENT.initial).when(submission()).is_refused("opd-01 is not enrolled in test; the committee enrols it")


def test_nothing_is_submitted_before_registration_opens() -> None:
    given().when(submission(at=OPENS - SECOND)).is_refused("registration opens on 2023-02-01 08:00:00+00:00; come back then")


def test_nothing_is_submitted_from_the_deadline_on() -> None:
    given().when(submission(at=CLOSES)).is_refused(
        "registration closed on 2023-03-31 16:00:00+00:00; only the committee can reopen it"
    )


def test_nothing_is_submitted_after_the_committee_closed_registration() -> None:
    given(edition=closed).when(submission(at=NOON + SECOND)).is_refused(CLOSED)


def test_an_innovation_is_submitted_once() -> None:
    given(submitted).when(submission(better)).is_refused(
        "this innovation was submitted already; revise it, or submit another one"
    )


# -- what a record must be


def test_a_design_of_299_words_is_too_short() -> None:
    given().when(submission(record(design=DESIGN.rsplit(" ", 1)[0]))).is_refused(
        "the design has 299 words; write at least 300", Invalid
    )


def test_spaces_and_line_ends_are_no_words() -> None:
    given().when(submission(record(design=DESIGN.replace(" ", " \n\n ")))).then(
        InnovationSubmitted(edition="test", institution="opd-01", record=record(design=DESIGN.replace(" ", " \n\n ")))
    )


def test_the_rulebook_says_how_many_words() -> None:
    demanding = state_of(EDITION, *opened(rulebook(minimum_words=301)))
    given(edition=demanding).when(submission()).is_refused("the design has 300 words; write at least 301", Invalid)


def test_implementation_does_not_precede_the_trial() -> None:
    given().when(submission(record(implementation_date=date(2022, 1, 9)))).is_refused(
        "implementation on 2022-01-09 lies before the trial on 2022-01-10; it comes on the same day or later", Invalid
    )


def test_implementation_may_begin_on_the_day_of_the_trial() -> None:
    same_day = record(implementation_date=date(2022, 1, 10))
    given().when(submission(same_day)).then(InnovationSubmitted(edition="test", institution="opd-01", record=same_day))


def test_closed_fields_take_words_of_the_form_only() -> None:
    given().when(submission(record(type="analog"))).is_refused(
        "type: analog is not known; write one of digital, non digital", Invalid
    )


@pytest.mark.parametrize("field", ["name", "main_affair", "purpose", "benefit", "result"])
def test_no_field_is_left_empty(field: str) -> None:
    given().when(submission(record(**{field: " "}))).is_refused(f"{field} is empty; fill it in", Invalid)


def test_a_record_fits_into_one_event() -> None:
    room = LARGEST_RECORD - len(msgspec.json.encode(record()))
    largest, too_large = record(result=record().result + "é" * (room // 2)), record(design=DESIGN + "é" * (room // 2 + 1))
    given().when(submission(largest)).then(InnovationSubmitted(edition="test", institution="opd-01", record=largest))
    size = len(msgspec.json.encode(too_large))
    given().when(submission(too_large)).is_refused(f"the texts take {size} bytes together; shorten them to 60000", Invalid)


def test_all_faults_are_told_at_once() -> None:
    given().when(submission(record(type="analog", design="pendek"))).is_refused(
        "type: analog is not known; write one of digital, non digital; the design has 1 words; write at least 300", Invalid
    )


# -- revising and withdrawing


def test_a_revision_takes_the_place_of_the_record() -> None:
    given(submitted).when(ReviseInnovation(better, NOON)).then(InnovationRevised(institution="opd-01", record=better))


def test_the_same_record_is_no_revision() -> None:
    given(submitted).when(ReviseInnovation(record(), NOON)).then()
    given(submitted, edition=closed).when(ReviseInnovation(record(), NOON)).then()


def test_a_revision_is_held_to_the_same_rules() -> None:
    given(submitted).when(ReviseInnovation(record(design="pendek"), NOON)).is_refused(
        "the design has 1 words; write at least 300", Invalid
    )


def test_what_screening_returned_is_revised_until_the_deadline_that_it_names_also_after_the_close() -> None:
    returned = ReturnFacts(NOON + timedelta(days=2))
    revised = InnovationRevised(institution="opd-01", record=record(name="Antrean Baru"))
    in_time = ReviseInnovation(record(name="Antrean Baru"), NOON + timedelta(days=2))
    given(submitted, edition=closed, returned=returned).when(in_time).then(revised)
    with pytest.raises(Refused, match="registration closed on"):
        late = ReviseInnovation(record(name="Antrean Baru"), NOON + timedelta(days=2, seconds=1))
        INNOVATION.decide(given(submitted).state, late, closed, enrolled, returned)


def test_nothing_else_is_revised_or_withdrawn_after_the_close() -> None:
    given(submitted, edition=closed).when(ReviseInnovation(better, NOON)).is_refused(CLOSED)
    given(submitted, edition=closed).when(WithdrawInnovation("Digabung", NOON)).is_refused(CLOSED)


def test_an_innovation_is_withdrawn_with_a_reason() -> None:
    given(submitted, with_ani).when(WithdrawInnovation(" Digabung ", NOON)).then(withdrawn)
    given(submitted).when(WithdrawInnovation(" ", NOON)).is_refused("give a reason; it stands on record", Invalid)


def test_what_was_withdrawn_stays_so() -> None:
    sentence = "this innovation was withdrawn; submit it anew while registration is open"
    given(submitted, withdrawn).when(ReviseInnovation(better, NOON)).is_refused(sentence)
    given(submitted, withdrawn).when(NamePic("ani", NOON)).is_refused(sentence)
    given(submitted, withdrawn).when(WithdrawInnovation("Lain", NOON)).is_refused(sentence)
    given(submitted, withdrawn).when(submission()).is_refused(
        "this innovation was submitted already; revise it, or submit another one"
    )


def test_nothing_happens_to_an_innovation_that_was_never_submitted() -> None:
    for command in (ReviseInnovation(better, NOON), WithdrawInnovation("Digabung", NOON), NamePic("ani", NOON)):
        given().when(command).is_refused("no such innovation was submitted; submit it first")


# -- who answers for it


def test_a_pic_is_appointed() -> None:
    given(submitted).when(NamePic("ani", NOON)).then(with_ani)


def test_a_pic_is_replaced_with_a_reason() -> None:
    given(submitted, with_ani).when(NamePic("budi", NOON, "Mutasi")).then(
        PicReplaced(institution="opd-01", previous="ani", person="budi", reason="Mutasi")
    )
    given(submitted, with_ani).when(NamePic("budi", NOON)).is_refused("give a reason; it stands on record", Invalid)


def test_naming_the_pic_again_changes_nothing() -> None:
    given(submitted, with_ani).when(NamePic("ani", NOON, "Mutasi")).then()


def test_a_pic_may_be_replaced_after_the_close() -> None:
    given(submitted, with_ani, edition=closed).when(NamePic("budi", NOON, "Mutasi")).then(
        PicReplaced(institution="opd-01", previous="ani", person="budi", reason="Mutasi")
    )


def test_a_first_pic_is_appointed_while_registration_is_open() -> None:
    given(submitted, edition=closed).when(NamePic("ani", NOON)).is_refused(CLOSED)


# -- what the log says can be checked against the rules

times = st.sampled_from([OPENS - SECOND, OPENS, NOON, CLOSES - SECOND, CLOSES, CLOSES + timedelta(days=1)])
records = st.sampled_from([record(), better, record("Lain"), record(design="pendek"), record(type="analog")])
people = st.sampled_from(["ani", "budi"])
reasons = st.sampled_from(["", "Mutasi", "Digabung"])
commands = st.one_of(
    st.builds(SubmitInnovation, st.just("test"), st.just("opd-01"), records, times, st.just(""), st.just("") | people),
    st.builds(ReviseInnovation, records, times),
    st.builds(WithdrawInnovation, reasons, times),
    st.builds(NamePic, people, times, reasons),
)


@hypothesis_given(st.lists(commands, max_size=12), st.sampled_from([registering, closed]))
def test_the_commands_can_be_read_back_from_the_events(given_commands: list[Command], later: Any) -> None:
    state = INNOVATION.initial
    for number, command in enumerate([submission(), *given_commands]):
        edition = registering if number < 6 else later
        try:
            events = INNOVATION.decide(state, command, edition, enrolled)
        except Refused:
            continue
        if events:
            read_back = INNOVATION.command_of(events, "", getattr(command, "at", NOON))
            assert INNOVATION.decide(state, read_back, edition, enrolled) == events
        for event in events:
            state = INNOVATION.evolve(state, event)
        assert list(INNOVATION.decide(state, command, edition, enrolled)) == []
