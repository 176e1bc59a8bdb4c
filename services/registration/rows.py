"""How the projections of registration write down subjects and times."""

from datetime import UTC, datetime

from shared.eventlog import Recorded


def id_of(recorded: Recorded) -> str:
    """The subject without its kind."""
    return recorded.subject.partition("/")[2]


def utc(at: datetime) -> str:
    """Times stand in UTC, so that their texts sort like the times."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
