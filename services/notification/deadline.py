"""A deadline of an edition, and the reminders before it. Decider: each step is taken once, in time or never.

The steps are the rulebook's (`reminders`, in days before the deadline; `day_seconds` says how long a day lasts). A moved deadline has
its own steps. A step that is more than a day late is skipped, on record.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from shared.decider import Decider
from shared.events.notification import DeadlineNear, ReminderSkipped
from shared.facts import EditionFacts
from shared.rulebook import Rulebook

Event = DeadlineNear | ReminderSkipped

What = Literal["registration", "judging"]

TOO_LATE = "nothing was awake when it was due, and it is more than a day late or past the deadline"


def length_of_day(rulebook: Rulebook) -> timedelta:
    """How long a day of the edition's rules lasts."""
    return timedelta(seconds=rulebook.day_seconds)


class Remind(Struct, frozen=True):
    edition: str
    what: What
    closes: datetime
    days: int
    at: datetime


class Watched(Struct, frozen=True):
    """The steps taken: (deadline, days before it)."""

    taken: frozenset[tuple[datetime, int]] = frozenset()


def standing(what: What, edition: EditionFacts) -> datetime | None:
    """The deadline as it stands; None where there is none to come."""
    if edition.rulebook is None or edition.cancelled:
        return None
    if what == "registration":
        return None if edition.closed else edition.closes
    return edition.rulebook.calendar.judging_closes


def decide(state: Watched, command: Remind, edition: EditionFacts) -> Sequence[Event]:
    """Nothing follows where the deadline was moved meanwhile, the rulebook has no such step, or it is not due yet."""
    edition_id, what, closes, days, at = command.edition, command.what, command.closes, command.days, command.at
    rulebook = edition.rulebook
    if rulebook is None or days not in rulebook.reminders or standing(what, edition) != closes:
        return []
    day = length_of_day(rulebook)
    due = closes - days * day
    if (closes, days) in state.taken or at < due:
        return []
    if at >= closes or at - due > day:
        return [ReminderSkipped(edition=edition_id, what=what, closes=closes, days=days, reason=TOO_LATE)]
    last = days == min(rulebook.reminders)
    return [DeadlineNear(edition=edition_id, what=what, closes=closes, days=days, last=last)]


def evolve(state: Watched, event: Event) -> Watched:
    if (event.closes, event.days) in state.taken:
        raise ValueError(f"{event!r} cannot come twice")
    return Watched(state.taken | {(event.closes, event.days)})


def command_of(events: Sequence[Any], by: str, at: datetime) -> Remind:
    [event] = events
    return Remind(event.edition, event.what, event.closes, event.days, at)


DEADLINE: Decider[Watched] = Decider("notification", "deadline", Watched(), evolve, decide, command_of)
"""`deadline/<edition>.<what>`"""
