"""A message to one person because of one event. Decider: whether it is still worth sending, what becomes of it, and when it may be
sent again.

What happened more than a day ago is no news: its message is skipped, on record, so that a log that is replayed, a database that is
lost or a new line in the table of audiences writes to nobody. Whoever thinks otherwise sends it by hand.

Each attempt ends once. What was left uncertain may still become known (a slow worker that another took for dead); everything else
that comes late changes nothing. A person's address appears nowhere here: it is asked for when the letter is sent.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from shared.decider import Decider
from shared.events.notification import (
    MessageAbandoned,
    MessageBounced,
    MessageQueued,
    MessageRequeued,
    MessageSent,
    MessageSkipped,
    MessageUncertain,
)
from shared.refusals import Refused, Unknown

Event = MessageQueued | MessageSkipped | MessageRequeued | MessageSent | MessageUncertain | MessageBounced | MessageAbandoned

STALE_AFTER = timedelta(days=1)
"""Between an event and the message about it."""

STALE = "what it tells of happened more than a day before"

_NAMESPACE = uuid.UUID("5b0f4a3e-9f4b-5a53-8e0e-3f6c1d7b2a90")


def message_id(log: str, cause: int, person: str, template: str) -> str:
    """One event leads to at most one message of a kind to a person, so these four name it."""
    return str(uuid.uuid5(_NAMESPACE, f"{log}\0{cause}\0{person}\0{template}"))


class QueueMessage(Struct, frozen=True):
    to: str
    template: str
    about: str
    cause: int
    caused: datetime
    """When the event happened that it tells of."""
    at: datetime
    facts: dict[str, str] = {}


class RecordSent(Struct, frozen=True):
    attempt: int
    message_id: str


class RecordUncertain(Struct, frozen=True):
    attempt: int
    message_id: str


class RecordBounced(Struct, frozen=True):
    attempt: int
    code: int
    answer: str


class RecordAbandoned(Struct, frozen=True):
    attempt: int
    reason: str


class ResendMessage(Struct, frozen=True):
    """By hand, by somebody who has looked at what became of it."""


Outcome = RecordSent | RecordUncertain | RecordBounced | RecordAbandoned
Command = QueueMessage | ResendMessage | Outcome


class Unqueued(Struct, frozen=True):
    pass


class Queued(Struct, frozen=True):
    attempt: int


class Uncertain(Struct, frozen=True):
    attempt: int


class Failed(Struct, frozen=True):
    """Bounced, abandoned, or skipped (attempt 0: it never began)."""

    attempt: int
    how: Literal["bounced", "abandoned", "skipped"]


class Sent(Struct, frozen=True):
    attempt: int


State = Unqueued | Queued | Uncertain | Failed | Sent


def decide(state: State, command: Command) -> Sequence[Event]:
    match state, command:
        case Unqueued(), QueueMessage(to, template, about, cause, caused, at, facts):
            if at - caused > STALE_AFTER:
                skipped = MessageSkipped(
                    to=to, template=template, about=about, cause=cause, caused=caused, facts=facts, reason=STALE
                )
                return [skipped]
            return [MessageQueued(to=to, template=template, about=about, cause=cause, facts=facts)]
        case _, QueueMessage():
            return []
        case Unqueued(), _:
            raise Unknown("there is no such message; see the list of messages", "pesan ini tidak ada; lihat daftar pesan")
        case Queued(), ResendMessage():
            return []
        case ((Uncertain(attempt) | Failed(attempt)), ResendMessage()):
            return [MessageRequeued(attempt=attempt + 1)]
        case Sent(), ResendMessage():
            raise Refused(
                "this message was sent; only uncertain, bounced, abandoned and skipped ones can be sent again",
                "pesan ini sudah terkirim; hanya yang belum pasti, ditolak, dibatalkan, atau dilewati yang dapat dikirim ulang",
            )
        case Queued(now), (RecordSent() | RecordUncertain() | RecordBounced() | RecordAbandoned()) if command.attempt == now:
            return [_recorded(command)]
        case Uncertain(now), (RecordSent() | RecordBounced()) if command.attempt == now:
            return [_recorded(command)]
    return []


def _recorded(outcome: Outcome) -> Event:
    match outcome:
        case RecordSent(attempt, id):
            return MessageSent(message_id=id, attempt=attempt)
        case RecordUncertain(attempt, id):
            return MessageUncertain(message_id=id, attempt=attempt)
        case RecordBounced(attempt, code, answer):
            return MessageBounced(code=code, answer=answer, attempt=attempt)
        case RecordAbandoned(attempt, reason):
            return MessageAbandoned(reason=reason, attempt=attempt)


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Unqueued(), MessageQueued():
            return Queued(1)
        case Unqueued(), MessageSkipped():
            return Failed(0, "skipped")
        case ((Uncertain(before) | Failed(before)), MessageRequeued(attempt=attempt)) if attempt == before + 1:
            return Queued(attempt)
        case ((Queued(now) | Uncertain(now)), MessageSent(attempt=attempt)) if attempt == now:
            return Sent(attempt)
        case ((Queued(now) | Uncertain(now)), MessageBounced(attempt=attempt)) if attempt == now:
            return Failed(attempt, "bounced")
        case Queued(now), MessageUncertain(attempt=attempt) if attempt == now:
            return Uncertain(attempt)
        case Queued(now), MessageAbandoned(attempt=attempt) if attempt == now:
            return Failed(attempt, "abandoned")
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Any], by: str, at: datetime) -> Command:
    match events:
        case [MessageQueued(to=to, template=template, about=about, cause=cause, facts=facts)]:
            return QueueMessage(to, template, about, cause, at, at, facts)
        case [MessageSkipped(to=to, template=template, about=about, cause=cause, caused=caused, facts=facts)]:
            return QueueMessage(to, template, about, cause, caused, at, facts)
        case [MessageRequeued()]:
            return ResendMessage()
        case [MessageSent(message_id=id, attempt=attempt)]:
            return RecordSent(attempt, id)
        case [MessageUncertain(message_id=id, attempt=attempt)]:
            return RecordUncertain(attempt, id)
        case [MessageBounced(code=code, answer=answer, attempt=attempt)]:
            return RecordBounced(attempt, code, answer)
        case [MessageAbandoned(reason=reason, attempt=attempt)]:
            return RecordAbandoned(attempt, reason)
    raise ValueError(f"no command to a message leads to {events!r}")


MESSAGE: Decider[State] = Decider("notification", "message", Unqueued(), evolve, decide, command_of)
"""`message/<uuid>`"""
