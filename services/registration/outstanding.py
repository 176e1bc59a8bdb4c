"""Drafts of an institution that are not submitted while the deadline draws near: that there are some is put on record. Decider.

Of a draft the log knows nothing but this number: what stands in it, and who writes it, is working state.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from services.registration import edition_state
from shared.decider import Decider
from shared.events import Event
from shared.events.registration import DraftsOutstanding


class ReportDrafts(Struct, frozen=True):
    """So many `days` of the rulebook's before the deadline."""

    edition: str
    institution: str
    drafts: int
    closes: datetime
    days: int
    at: datetime


class Watched(Struct, frozen=True):
    """The steps taken: (deadline, days before it)."""

    taken: frozenset[tuple[datetime, int]] = frozenset()


def decide(state: Watched, command: ReportDrafts, opened: edition_state.State) -> Sequence[Event]:
    """Nothing follows where the deadline was moved meanwhile, the rulebook has no such step, or it is not due or long past."""
    if not isinstance(opened, edition_state.Registering) or opened.closes != command.closes or command.drafts < 1:
        return []
    if command.days not in opened.rulebook.reminders or (command.closes, command.days) in state.taken:
        return []
    day = timedelta(seconds=opened.rulebook.day_seconds)
    due = command.closes - command.days * day
    if not due <= command.at < min(command.closes, due + day):
        return []
    told = DraftsOutstanding(
        edition=command.edition,
        institution=command.institution,
        drafts=command.drafts,
        closes=command.closes,
        days=command.days,
    )
    return [told]


def evolve(state: Watched, event: Event) -> Watched:
    if isinstance(event, DraftsOutstanding) and (event.closes, event.days) not in state.taken:
        return Watched(state.taken | {(event.closes, event.days)})
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Any], by: str, at: datetime) -> ReportDrafts:
    [event] = events
    return ReportDrafts(event.edition, event.institution, event.drafts, event.closes, event.days, at)


OUTSTANDING: Decider[Watched] = Decider("registration", "drafts", Watched(), evolve, decide, command_of)
"""`drafts/<edition>.<institution>`"""
