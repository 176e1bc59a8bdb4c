"""What the log says of messages."""

from typing import Any

import msgspec
from sqlalchemy import bindparam, insert, update
from sqlmodel import Field, SQLModel

from services.notification.rows import id_of
from shared.database import table
from shared.eventlog import Recorded
from shared.events.notification import (
    MessageAbandoned,
    MessageBounced,
    MessageQueued,
    MessageRequeued,
    MessageSent,
    MessageSkipped,
    MessageUncertain,
)
from shared.runner import Projection
from shared.runner.projection import Changes


class MessageRow(SQLModel, table=True):
    """A message as the log has it. `state`: queued, sent, uncertain, bounced, abandoned, skipped."""

    __tablename__ = "notification_messages_v1"

    id: str = Field(primary_key=True)
    position: int = Field(index=True)
    edition: str = Field(index=True)
    person: str
    template: str
    about: str
    cause: int
    facts: str
    """JSON object."""
    state: str = Field(index=True)
    attempt: int = 1
    queued: int
    """Position of the event that last put it into the queue."""
    message_id: str = ""
    answer: str = ""
    queued_at: str
    changed_at: str
    """RFC 3339, as the envelope has it."""


MESSAGES = Projection("notification_messages", 1, MessageRow)
_messages = table(MessageRow)
_ADD = insert(_messages)
_CHANGE = update(_messages).where(_messages.c.id == bindparam("_id"))


@MESSAGES.on(MessageQueued)
def _queued(recorded: Recorded, event: MessageQueued) -> Changes:
    yield _ADD, _added(recorded, event, "queued", 1, "")


@MESSAGES.on(MessageSkipped)
def _skipped(recorded: Recorded, event: MessageSkipped) -> Changes:
    yield _ADD, _added(recorded, event, "skipped", 0, event.reason)


def _added(recorded: Recorded, event: MessageQueued | MessageSkipped, state: str, attempt: int, answer: str) -> dict[str, Any]:
    return {
        "id": id_of(recorded),
        "position": recorded.position,
        "edition": recorded.envelope.edition or "",
        "person": event.to,
        "template": event.template,
        "about": event.about,
        "cause": event.cause,
        "facts": msgspec.json.encode(event.facts).decode(),
        "state": state,
        "attempt": attempt,
        "queued": recorded.position,
        "message_id": "",
        "answer": answer,
        "queued_at": recorded.envelope.time.isoformat(),
        "changed_at": recorded.envelope.time.isoformat(),
    }


@MESSAGES.on(MessageRequeued)
def _requeued(recorded: Recorded, event: MessageRequeued) -> Changes:
    again = {"attempt": event.attempt, "queued": recorded.position, "answer": ""}
    yield _CHANGE, {**_became(recorded, "queued"), **again}


@MESSAGES.on(MessageSent)
def _sent(recorded: Recorded, event: MessageSent) -> Changes:
    yield _CHANGE, {**_became(recorded, "sent"), "message_id": event.message_id, "answer": ""}


@MESSAGES.on(MessageUncertain)
def _uncertain(recorded: Recorded, event: MessageUncertain) -> Changes:
    yield _CHANGE, {**_became(recorded, "uncertain"), "message_id": event.message_id, "answer": ""}


@MESSAGES.on(MessageBounced)
def _bounced(recorded: Recorded, event: MessageBounced) -> Changes:
    yield _CHANGE, {**_became(recorded, "bounced"), "answer": f"{event.code} {event.answer}"}


@MESSAGES.on(MessageAbandoned)
def _abandoned(recorded: Recorded, event: MessageAbandoned) -> Changes:
    yield _CHANGE, {**_became(recorded, "abandoned"), "answer": event.reason}


def _became(recorded: Recorded, state: str) -> dict[str, Any]:
    return {"_id": id_of(recorded), "state": state, "changed_at": recorded.envelope.time.isoformat()}
