"""What the log is asked, and what it answers."""

from datetime import datetime

from msgspec import Struct

from shared.eventlog.envelope import Recorded

ANY_BODY = "*"
"""In a request's record that was restored from the log: it fits every body, as the log holds no digest of it."""


class LogUnavailable(Exception):
    """The broker is away or cannot write. Nothing is known of the append: repeat it with the same request."""


class LogWentBack(Exception):
    """The log is shorter than this service has seen it: an older copy was restored. Nothing may be appended."""


class Conflicted(Exception):
    """An aggregate has moved on since it was loaded. Load again and decide anew."""

    def __init__(self, subject: str, version: int):
        super().__init__(f"{subject} is at version {version}")
        self.subject = subject
        self.version = version


class RequestReused(Exception):
    """The request key stands with another body."""


class OutOfTime(Exception):
    """The event's time lies more than 5 s from the broker's clock. Take the time anew."""


class Wanted(Struct, frozen=True):
    """An aggregate to load, from its version `known` on."""

    service: str
    subject: str
    known: int = 0


class History(Struct, frozen=True):
    version: int
    events: tuple[Recorded, ...]
    """Those after `Wanted.known`."""


class Loaded(Struct, frozen=True):
    now: datetime
    """The broker's clock."""
    position: int
    answered: tuple[int, int, str] | None
    """First position, last position and body of the request, if it stands."""
    histories: tuple[History, ...]


class Append(Struct, frozen=True):
    at: datetime
    request: str
    body: str
    expected: tuple[tuple[str, str, int], ...]
    """(service, subject, version) of every aggregate that was involved in the decision."""
    events: tuple[tuple[str, bytes], ...]
    """(subject, bytes) in order; the subjects are this service's own."""


class Appended(Struct, frozen=True):
    first: int
    last: int
    """`first - 1` where nothing was to be appended."""
    repeated: bool
    """The request stood already; nothing was appended now."""


class ReadPage(Struct, frozen=True):
    events: tuple[Recorded, ...]
    horizon: int
    """The position up to which these are all events of the streams asked for."""
