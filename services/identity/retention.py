"""How long what an edition has on record about its people must be kept. A fold of registration's editions."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from shared.decider import Fold
from shared.events.registration import (
    DeadlineExtended,
    EditionCancelled,
    EditionConcluded,
    RegistrationReopened,
    RulebookAmended,
    RulebookPublished,
)


class Retention(Struct, frozen=True):
    """`edition` is empty before it opens: then nothing is kept for it."""

    edition: str = ""
    years: int = 0
    ends: datetime | None = None
    """When the last of its calendar is over. None: it has no last day until it is concluded."""
    registration_closes: datetime | None = None
    concluded: bool = False

    @property
    def until(self) -> datetime | None:
        """Kept up to then; None: for as long as nobody has concluded the edition, whose calendar names no end."""
        base = self.ends or (self.registration_closes if self.concluded else None)
        if base is None:
            return None
        try:
            return base.replace(year=base.year + self.years)
        except ValueError:  # the 29th of February
            return base.replace(year=base.year + self.years, month=3, day=1)


def _evolve(state: Retention, event: Any) -> Retention:
    match event:
        case RulebookPublished(rulebook=rulebook):
            calendar = rulebook.calendar
            closes = calendar.registration_closes
            return Retention(rulebook.edition, rulebook.retention_years, calendar.judging_closes, closes)
        case RulebookAmended(rulebook=rulebook):
            ends, extended = rulebook.calendar.judging_closes, state.registration_closes
            return replace(state, years=rulebook.retention_years, ends=max(ends, extended) if ends and extended else ends)
        case DeadlineExtended(closes=closes) | RegistrationReopened(closes=closes):
            ends = max(state.ends, closes) if state.ends else None
            return replace(state, ends=ends, registration_closes=closes)
        case EditionConcluded() | EditionCancelled():
            return replace(state, concluded=True)
    return state


RETENTION = Fold("registration", "edition", Retention(), _evolve)
"""`edition/<edition>`"""
