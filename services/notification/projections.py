"""What the log says of messages, and of institutions that still owe an innovation and who answers for them."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlmodel import Field, SQLModel

from shared.database import table
from shared.eventlog import Recorded
from shared.events.identity import RoleGranted, RoleRevoked
from shared.events.notification import (
    MessageAbandoned,
    MessageBounced,
    MessageQueued,
    MessageRequeued,
    MessageSent,
    MessageSkipped,
    MessageUncertain,
)
from shared.events.registration import InnovationSubmitted, InnovationWithdrawn, ObligationSet
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
        "id": _id(recorded),
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
    return {"_id": _id(recorded), "state": state, "changed_at": recorded.envelope.time.isoformat()}


def _id(recorded: Recorded) -> str:
    return recorded.subject.partition("/")[2]


# -- who still owes an innovation: only for choosing whom a new deadline concerns


class DutyRow(SQLModel, table=True):
    __tablename__ = "notification_duties_v1"

    edition: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    innovations: int


class EnteredRow(SQLModel, table=True):
    """An innovation that an institution has entered."""

    __tablename__ = "notification_entered_v1"

    innovation: str = Field(primary_key=True)
    edition: str = Field(index=True)
    institution: str


class OfficeRow(SQLModel, table=True):
    """A person who is head of an institution, or enters innovations for it."""

    __tablename__ = "notification_offices_v1"

    edition: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    role: str = Field(primary_key=True)


DUTIES = Projection("notification_duties", 1, DutyRow, EnteredRow, OfficeRow)
OFFICES = ("head", "operator")

_duties, _entered, _offices = table(DutyRow), table(EnteredRow), table(OfficeRow)
_ADD_DUTY = insert(_duties)
_ADD_ENTERED = insert(_entered)
_DROP_ENTERED = delete(_entered).where(_entered.c.innovation == bindparam("_innovation"))
_ADD_OFFICE = insert(_offices)
_DROP_OFFICES = delete(_offices).where(
    _offices.c.edition == bindparam("_edition"),
    _offices.c.person == bindparam("_person"),
    _offices.c.role == bindparam("_role"),
)


@DUTIES.on(ObligationSet)
def _owes(recorded: Recorded, event: ObligationSet) -> Changes:
    owed = {"institution": event.institution, "innovations": event.innovations}
    yield _ADD_DUTY, {"edition": recorded.envelope.edition or "", **owed}


@DUTIES.on(InnovationSubmitted)
def _enters(recorded: Recorded, event: InnovationSubmitted) -> Changes:
    yield _ADD_ENTERED, {"innovation": _id(recorded), "edition": event.edition, "institution": event.institution}


@DUTIES.on(InnovationWithdrawn)
def _withdraws(recorded: Recorded, event: InnovationWithdrawn) -> Changes:
    yield _DROP_ENTERED, {"_innovation": _id(recorded)}


@DUTIES.on(RoleGranted)
def _takes_office(recorded: Recorded, event: RoleGranted) -> Changes:
    if event.role in OFFICES:
        yield _DROP_OFFICES, {"_edition": event.edition, "_person": event.person, "_role": event.role}
        for institution in dict.fromkeys(event.institutions):
            yield (
                _ADD_OFFICE,
                {"edition": event.edition, "institution": institution, "person": event.person, "role": event.role},
            )


@DUTIES.on(RoleRevoked)
def _leaves_office(recorded: Recorded, event: RoleRevoked) -> Changes:
    if event.role in OFFICES:
        yield _DROP_OFFICES, {"_edition": event.edition, "_person": event.person, "_role": event.role}


def behind(connection: Connection, edition: str) -> Sequence[Any]:
    """(person, institution) of everybody who answers for an institution that has entered less than it owes."""
    entered = (
        select(_entered.c.institution, func.count().label("n"))
        .where(_entered.c.edition == edition)
        .group_by(_entered.c.institution)
        .subquery()
    )
    owing = (
        select(_offices.c.person, _duties.c.institution)
        .select_from(
            _duties.join(
                _offices, (_offices.c.edition == _duties.c.edition) & (_offices.c.institution == _duties.c.institution)
            ).outerjoin(entered, entered.c.institution == _duties.c.institution)
        )
        .where(_duties.c.edition == edition, _duties.c.innovations > func.coalesce(entered.c.n, 0))
        .distinct()
        .order_by(_offices.c.person, _duties.c.institution)
    )
    return connection.execute(owing).all()
