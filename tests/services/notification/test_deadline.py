"""Reminders before a deadline: given these facts, when the almanac asks, then that follows."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.notification.deadline import DEADLINE, TOO_LATE, Remind
from shared.events.notification import DeadlineNear, ReminderSkipped
from shared.events.registration import EditionCancelled
from shared.facts import EditionFacts
from tests.services.notification.competition import RULEBOOK
from tests.specification import NOON, specification

DAY = timedelta(days=1)
CLOSES = NOON + 30 * DAY
calendar = msgspec.structs.replace(RULEBOOK.calendar, registration_closes=CLOSES, judging_closes=CLOSES + 30 * DAY)
RULES = msgspec.structs.replace(RULEBOOK, calendar=calendar)
OPEN = EditionFacts(RULES, CLOSES)

given = specification(DEADLINE, others=lambda edition=OPEN: (edition,))


def remind(days: int, before: float, closes: datetime = CLOSES, what: Any = "registration") -> Remind:
    """Asked so many days before the deadline."""
    return Remind("test", what, closes, days, closes - before * DAY)


def near(days: int, closes: datetime = CLOSES, last: bool = False, what: Any = "registration") -> DeadlineNear:
    return DeadlineNear(edition="test", what=what, closes=closes, days=days, last=last)


def skipped(days: int) -> ReminderSkipped:
    return ReminderSkipped(edition="test", what="registration", closes=CLOSES, days=days, reason=TOO_LATE)


def test_seven_three_and_one_days_before_registration_closes_it_is_said_that_it_draws_near() -> None:
    given().when(remind(7, 7)).then(near(7))
    given(near(7)).when(remind(3, 3)).then(near(3))
    given(near(7), near(3)).when(remind(1, 1)).then(near(1, last=True))


def test_nobody_is_reminded_before_it_is_due() -> None:
    given().when(remind(7, 7.1)).then()


def test_nobody_is_reminded_twice() -> None:
    given(near(7)).when(remind(7, 6.5)).then()


def test_a_step_that_nobody_was_awake_for_is_made_up_for_within_a_day_and_skipped_after_it() -> None:
    given().when(remind(7, 6.1)).then(near(7))
    given().when(remind(7, 5.9)).then(skipped(7))
    given(skipped(7)).when(remind(7, 5.8)).then()


def test_after_the_deadline_it_is_too_late() -> None:
    given().when(remind(1, 0)).then(skipped(1))


def test_a_moved_deadline_has_its_own_steps_and_the_old_one_none() -> None:
    later = CLOSES + 20 * DAY
    moved = EditionFacts(RULES, later)
    given(near(7), edition=moved).when(remind(3, 3)).then()
    given(near(7), edition=moved).when(remind(7, 7, later)).then(near(7, later))


def test_closed_registration_has_nothing_to_come() -> None:
    given(edition=EditionFacts(RULES, CLOSES, True)).when(remind(3, 3)).then()


def test_a_cancelled_edition_has_nothing_to_come() -> None:
    cancelled = EditionCancelled(reason="bencana", effective=NOON.date())
    given(edition=EditionFacts(RULES, CLOSES, cancelled=cancelled)).when(remind(3, 3)).then()


def test_only_the_steps_of_the_rulebook_are_taken() -> None:
    given().when(remind(5, 5)).then()
    given(edition=EditionFacts()).when(remind(7, 7)).then()


def test_judging_has_a_deadline_of_its_own() -> None:
    closes = CLOSES + 30 * DAY
    given().when(remind(3, 3, closes, "judging")).then(near(3, closes, what="judging"))


def test_in_a_rehearsal_a_day_may_last_a_minute() -> None:
    hurried = EditionFacts(msgspec.structs.replace(RULES, day_seconds=60), CLOSES)
    at = CLOSES - timedelta(minutes=3)
    given(edition=hurried).when(Remind("test", "registration", CLOSES, 3, at)).then(near(3))
    given(edition=hurried).when(Remind("test", "registration", CLOSES, 3, at - timedelta(seconds=1))).then()


@for_all(st.lists(st.builds(remind, st.sampled_from([7, 3, 1, 2]), st.floats(-2, 9)), max_size=10))
def test_the_command_can_be_read_back_from_its_events(sequence: list[Remind]) -> None:
    state = DEADLINE.initial
    for command in sequence:
        events = DEADLINE.decide(state, command, OPEN)
        if events:
            assert DEADLINE.decide(state, DEADLINE.command_of(events, "", command.at), OPEN) == events
        for event in events:
            state = DEADLINE.evolve(state, event)
        assert DEADLINE.decide(state, command, OPEN) == []
