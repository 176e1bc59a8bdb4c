"""An edition: opened under a sound rulebook; registration closes by the calendar or the committee, is extended, reopened."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from services.registration.edition import EDITION, Command, OpenEdition
from services.registration.edition_calendar import CloseByCalendar, CloseRegistration, ExtendDeadline, ReopenRegistration
from services.registration.edition_folder import read_edition
from services.registration.edition_state import must_be_open
from services.registration.rulebook_check import faults_in
from shared.events.registration import DeadlineExtended, RegistrationClosed, RegistrationReopened
from shared.refusals import Invalid, Refused
from shared.rulebook import Calendar
from tests.services.registration.made_up import CLOSES, JUDGED, LATER, NOON, OPENS, SECOND, opened, rulebook
from tests.specification import specification

ROOT = Path(__file__).parents[3]

given = specification(EDITION)

closed_by_calendar = RegistrationClosed(effective=CLOSES, by="calendar")
closed_at_noon = RegistrationClosed(effective=NOON, by="committee")
extended = DeadlineExtended(closes=LATER, reason="Banjir")
reopened = RegistrationReopened(closes=LATER, reason="Banjir")


# -- opening


def test_an_edition_is_opened_with_its_rulebook() -> None:
    given().when(OpenEdition(rulebook())).then(*opened())


def test_opening_it_again_under_the_same_rulebook_changes_nothing() -> None:
    given(*opened()).when(OpenEdition(rulebook())).then()
    given(*opened(), closed_at_noon).when(OpenEdition(rulebook())).then()


def test_another_rulebook_needs_another_edition() -> None:
    given(*opened()).when(OpenEdition(rulebook(quorum=2))).is_refused(
        "test is open already under another rulebook; take an id of its own for another edition"
    )


def test_every_edition_folder_of_this_house_can_be_opened() -> None:
    for folder in (ROOT / "editions/batam-2023", ROOT / "tests/editions/riau-olah"):
        assert faults_in(read_edition(folder).rulebook) == ()


def test_a_rulebook_is_refused_with_every_fault() -> None:
    given().when(OpenEdition(rulebook(ladder=("novelty",), quorum=0))).is_refused(
        "ladder: a tie could stay unbroken; end the ladder with vote; quorum: write 1 or more", Invalid
    )


def test_a_category_needs_a_rubric_of_the_rulebook() -> None:
    category = msgspec.structs.replace(rulebook().categories[0], rubric="other")
    faults = faults_in(rulebook(categories=(category,)))
    assert faults[0] == (
        "category.rubric: this edition defines no rubric other; write idea",
        "category.rubric: gelaran ini tidak memuat rubrik other; tulis idea",
    )


def test_the_calendar_is_in_order_whatever_the_offsets() -> None:
    early = CLOSES.astimezone(UTC).replace(tzinfo=None)
    calendar = Calendar(registration_opens=CLOSES, registration_closes=OPENS)
    assert any("calendar.registration_closes" in en for en, _ in faults_in(rulebook(calendar=calendar)))
    calendar = Calendar(registration_opens=OPENS, registration_closes=early)
    assert faults_in(rulebook(calendar=calendar))[0][0].startswith("calendar: write every time with its offset")


def test_only_the_rules_that_this_house_knows_are_played_by() -> None:
    given().when(OpenEdition(rulebook(rules_version=2))).is_refused(
        "rules_version: this house plays by version 1; write 1", Invalid
    )


# -- the time in which registration is open


def state_after(*events: object) -> object:
    state: object = EDITION.initial
    for event in events:
        state = EDITION.evolve(state, event)  # type: ignore[arg-type]
    return state


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (OPENS - SECOND, "registration opens on 2023-02-01 08:00:00+00:00; come back then"),
        (OPENS, ""),
        (CLOSES - timedelta(milliseconds=1), ""),
        (CLOSES, "registration closed on 2023-03-31 16:00:00+00:00; only the committee can reopen it"),
    ],
)
def test_registration_is_open_from_its_opening_until_before_its_deadline(at: datetime, sentence: str) -> None:
    state = state_after(*opened())
    if sentence:
        with pytest.raises(Refused, match=sentence.replace("+", r"\+")):
            must_be_open(state, at)  # type: ignore[arg-type]
    else:
        assert must_be_open(state, at) == rulebook()  # type: ignore[arg-type]


def test_registration_is_not_open_once_the_committee_closed_it() -> None:
    with pytest.raises(Refused, match="registration closed on 2023-03-01 12:00:00"):
        must_be_open(state_after(*opened(), closed_at_noon), NOON + SECOND)  # type: ignore[arg-type]


def test_registration_is_open_until_the_deadline_as_extended() -> None:
    assert must_be_open(state_after(*opened(), extended), CLOSES)  # type: ignore[arg-type]


def test_no_registration_before_the_edition_opens() -> None:
    with pytest.raises(Refused, match="this edition is not opened yet"):
        must_be_open(EDITION.initial, NOON)


# -- closing


def test_the_committee_closes_registration() -> None:
    given(*opened()).when(CloseRegistration(NOON)).then(closed_at_noon)


def test_registration_closes_only_once() -> None:
    given(*opened(), closed_at_noon).when(CloseRegistration(LATER)).then()
    given(*opened(), closed_at_noon).when(CloseByCalendar(LATER)).then()


def test_the_committee_cannot_close_what_is_not_open_yet() -> None:
    given(*opened()).when(CloseRegistration(OPENS - SECOND)).is_refused(
        "registration opens on 2023-02-01 08:00:00+00:00; it can be closed from then on"
    )


def test_after_the_deadline_the_calendar_has_closed_it_whoever_says_so() -> None:
    given(*opened()).when(CloseRegistration(LATER)).then(closed_by_calendar)


def test_the_calendar_closes_registration_as_of_the_deadline_however_late_it_looks() -> None:
    given(*opened()).when(CloseByCalendar(CLOSES)).then(closed_by_calendar)
    given(*opened()).when(CloseByCalendar(LATER)).then(closed_by_calendar)


def test_the_calendar_changes_nothing_before_the_deadline_as_it_stands() -> None:
    given(*opened()).when(CloseByCalendar(CLOSES - SECOND)).then()
    given(*opened(), extended).when(CloseByCalendar(CLOSES + SECOND)).then()
    given().when(CloseByCalendar(CLOSES)).then()


def test_nothing_is_closed_before_the_edition_opens() -> None:
    given().when(CloseRegistration(NOON)).is_refused("this edition is not opened yet; the committee opens it")


# -- extending


def test_the_deadline_is_extended_with_a_reason() -> None:
    given(*opened()).when(ExtendDeadline(LATER, " Banjir ", NOON)).then(extended)


def test_an_extension_says_why() -> None:
    given(*opened()).when(ExtendDeadline(LATER, "  ", NOON)).is_refused("give a reason; it stands on record", Invalid)


def test_an_extension_is_later_than_the_deadline_as_it_stands() -> None:
    given(*opened(), extended).when(ExtendDeadline(LATER, "Listrik padam", NOON)).is_refused(
        "the deadline is 2023-04-07 16:00:00+00:00; an extension must be later than that", Invalid
    )


def test_what_has_closed_is_reopened_not_extended() -> None:
    sentence = "registration closed on 2023-03-31 16:00:00+00:00; reopen it instead"
    given(*opened()).when(ExtendDeadline(LATER, "Banjir", CLOSES)).is_refused(sentence)
    given(*opened(), closed_by_calendar).when(ExtendDeadline(LATER, "Banjir", CLOSES)).is_refused(sentence)


def test_registration_ends_before_judging_does() -> None:
    sentence = "judging ends on 2023-05-31 16:00:00+00:00; registration must close before that"
    given(*opened()).when(ExtendDeadline(JUDGED, "Banjir", NOON)).is_refused(sentence, Invalid)
    given(*opened(), closed_by_calendar).when(ReopenRegistration(JUDGED, "Banjir", LATER)).is_refused(sentence, Invalid)


# -- reopening


def test_closed_registration_is_reopened_until_a_new_deadline() -> None:
    given(*opened(), closed_at_noon).when(ReopenRegistration(LATER, "Banjir", NOON + SECOND)).then(reopened)


def test_reopening_after_an_unrecorded_deadline_puts_the_close_on_record_first() -> None:
    given(*opened()).when(ReopenRegistration(LATER, "Banjir", CLOSES)).then(closed_by_calendar, reopened)


def test_a_deadline_that_has_passed_may_be_said_again_and_changes_nothing() -> None:
    """The calendar has closed registration at the deadline that was extended, or reopened, to; whoever closed it before meant it."""
    extension, reopening = ExtendDeadline(LATER, "Banjir", NOON), ReopenRegistration(LATER, "Banjir", LATER + SECOND)
    moved, passed = (
        DeadlineExtended(closes=LATER, reason="Banjir"),
        RegistrationClosed(effective=LATER, by="calendar"),
    )
    given(*opened(), moved, passed).when(extension).then()
    given(*opened(), closed_at_noon, reopened, passed).when(reopening).then()
    given(*opened(), moved, closed_at_noon).when(extension).is_refused(
        "registration closed on 2023-03-01 12:00:00+00:00; reopen it instead"
    )


def test_what_is_open_is_extended_not_reopened() -> None:
    given(*opened()).when(ReopenRegistration(LATER, "Banjir", NOON)).is_refused(
        "registration is not closed, its deadline is 2023-03-31 16:00:00+00:00; extend the deadline instead"
    )


def test_a_new_deadline_lies_ahead() -> None:
    given(*opened(), closed_by_calendar).when(ReopenRegistration(LATER, "Banjir", LATER)).is_refused(
        "registration reopens now, 2023-04-07 16:00:00+00:00; its new deadline must be later", Invalid
    )


# -- what the log says can be checked against the rules

times = st.integers(0, 150).map(lambda days: OPENS + timedelta(days=days - 5))
reasons = st.sampled_from(["Banjir", "Listrik padam"])
commands = st.one_of(
    st.sampled_from([OpenEdition(rulebook()), OpenEdition(rulebook(quorum=2))]),
    st.builds(CloseRegistration, times),
    st.builds(CloseByCalendar, times),
    st.builds(ExtendDeadline, times, reasons, times),
    st.builds(ReopenRegistration, times, reasons, times),
)


@hypothesis_given(st.lists(commands, max_size=12))
def test_the_commands_can_be_read_back_from_the_events(given_commands: list[Command]) -> None:
    state = EDITION.initial
    for command in [OpenEdition(rulebook()), *given_commands]:
        try:
            events = EDITION.decide(state, command)
        except Refused:
            continue
        if events:
            at = getattr(command, "at", NOON)
            assert EDITION.decide(state, EDITION.command_of(events, "", at)) == events
        for event in events:
            state = EDITION.evolve(state, event)
        assert EDITION.decide(state, command) == []
