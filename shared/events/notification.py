"""Events of the notification service: subject `message/<uuid>`. No address and no name stands in them."""

from shared.events.event import Event


class MessageQueued(Event, frozen=True, kw_only=True):
    to: str
    """A person's opaque ID."""
    template: str
    about: str
    """The subject of the event that caused the message."""
    cause: int
    """Position of that event."""
    facts: dict[str, str] = {}


class MessageSent(Event, frozen=True, kw_only=True):
    message_id: str


class MessageUncertain(Event, frozen=True, kw_only=True):
    """A crash left open whether the server took the message. It is resent only by hand."""

    message_id: str


class MessageBounced(Event, frozen=True, kw_only=True):
    code: int
    answer: str


class MessageAbandoned(Event, frozen=True, kw_only=True):
    reason: str
