"""The event log: one stream per service, one gapless position over all of them, one atomic append."""

from shared.eventlog.answers import (
    Append,
    Appended,
    Conflicted,
    History,
    Loaded,
    LogUnavailable,
    LogWentBack,
    OutOfTime,
    ReadPage,
    RequestReused,
    Wanted,
)
from shared.eventlog.envelope import Draft, Recorded, Unreadable, parse
from shared.eventlog.keys import SERVICES, Keys
from shared.eventlog.log import EventLog

__all__ = [
    "SERVICES",
    "Append",
    "Appended",
    "Conflicted",
    "Draft",
    "EventLog",
    "History",
    "Keys",
    "Loaded",
    "LogUnavailable",
    "LogWentBack",
    "OutOfTime",
    "ReadPage",
    "Recorded",
    "RequestReused",
    "Unreadable",
    "Wanted",
    "parse",
]
