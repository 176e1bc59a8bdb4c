"""Events of the notification service. No address and no name of a person stands in them."""

from datetime import date, datetime
from typing import Literal

from shared.events.event import Event

# -- circulars and announcements: subject `circular/<uuid>`


class CircularIssued(Event, frozen=True, kw_only=True):
    """A letter to institutions, under a number that the edition gives once."""

    edition: str
    number: str
    dated: date
    title: str
    text: str
    institutions: tuple[str, ...]
    """Codes of those it is addressed to, as they took part then."""
    file: str = ""
    """SHA-256 (hex) of the signed document."""
    file_name: str = ""
    days: int = 0
    """Within which each institution acknowledges it, and between two reminders; 0: no acknowledgement is asked for."""
    acknowledge_by: datetime | None = None


class CircularAcknowledged(Event, frozen=True, kw_only=True):
    institution: str
    person: str
    """Who acknowledged it for the institution."""
    recorded_by: str = ""
    """Who entered it for him, from paper."""
    scan: str = ""
    """SHA-256 (hex) of the scan of that paper."""


class AcknowledgementConfirmed(Event, frozen=True, kw_only=True):
    """He whose signature stands on the paper says that it is so."""

    institution: str
    person: str
    scan: str = ""


class CircularChased(Event, frozen=True, kw_only=True):
    """These institutions have not acknowledged it in time and are reminded; from the second time on the committee is told."""

    round: int
    institutions: tuple[str, ...]


# -- deadlines drawing near: subject `deadline/<edition>.<what>`


class DeadlineNear(Event, frozen=True, kw_only=True):
    """So many days before it passes, those whom it concerns are reminded."""

    edition: str
    what: Literal["registration", "judging"]
    closes: datetime
    days: int
    last: bool
    """The last reminder: the committee is told who is behind."""


class ReminderSkipped(Event, frozen=True, kw_only=True):
    """Nothing was awake when it was due, and now it would come too late."""

    edition: str
    what: Literal["registration", "judging"]
    closes: datetime
    days: int
    reason: str


# -- messages: subject `message/<uuid>`


class MessageQueued(Event, frozen=True, kw_only=True):
    to: str
    """A person's opaque ID."""
    template: str
    about: str
    """The subject of the event that caused the message."""
    cause: int
    """Position of that event."""
    facts: dict[str, str] = {}
    """What the letter tells, by name; `<name>:id` and `<name>:en` where it has a wording for each language."""


class MessageSkipped(Event, frozen=True, kw_only=True):
    """Nobody was written to, because the event lies too far back. It can be sent by hand (MessageRequeued, attempt 1)."""

    to: str
    template: str
    about: str
    cause: int
    caused: datetime
    """When the event happened."""
    facts: dict[str, str] = {}
    reason: str


class MessageSent(Event, frozen=True, kw_only=True):
    """The mail server has taken the message."""

    message_id: str
    """The `Message-ID` of the letter: the same whenever it is sent again."""
    attempt: int = 1
    """One more for each time that it was resent by hand."""


class MessageUncertain(Event, frozen=True, kw_only=True):
    """A crash left open whether the server took the message. It is resent only by hand."""

    message_id: str
    attempt: int = 1


class MessageBounced(Event, frozen=True, kw_only=True):
    """The server refused the message for good."""

    code: int
    answer: str
    """What the server said, without addresses."""
    attempt: int = 1


class MessageAbandoned(Event, frozen=True, kw_only=True):
    """It could not be sent in time, or there is nobody any more to send it to."""

    reason: str
    attempt: int = 1


class MessageRequeued(Event, frozen=True, kw_only=True):
    """The committee has it sent again, with the same Message-ID."""

    attempt: int
