"""What registration shows: editions, the institutions enrolled, innovations as they stand now, and what is owed.

Counts of obligations are taken when they are read (`listings`): an innovation with its PIC is a row, and rows can be counted.
"""

from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam, insert, update
from sqlmodel import Field, SQLModel

from shared.database import table
from shared.eventlog import Recorded
from shared.events.registration import (
    DeadlineExtended,
    InnovationRevised,
    InnovationSubmitted,
    InnovationWithdrawn,
    InstitutionEnrolled,
    ObligationSet,
    PicAppointed,
    PicReplaced,
    RegistrationClosed,
    RegistrationReopened,
    RulebookPublished,
)
from shared.facts import record_digest
from shared.runner import Changes, Projection


def _id(recorded: Recorded) -> str:
    """The subject without its kind."""
    return recorded.subject.partition("/")[2]


def _utc(at: datetime) -> str:
    """Times stand in UTC, so that their texts sort like the times."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


# -- editions


class EditionRow(SQLModel, table=True):
    """An edition under its published rulebook."""

    __tablename__ = "registration_editions_v1"

    edition: str = Field(primary_key=True)
    opens: str
    closes: str
    """The deadline as it stands."""
    judging_closes: str = ""
    closed: str = ""
    """Since when registration is on record as closed; empty: it is not."""
    closed_by: str = ""
    reason: str = ""
    """Of the last extension or reopening."""
    digest: str
    rulebook: str
    """JSON."""


EDITIONS = Projection("registration_editions", 1, EditionRow)

_editions = table(EditionRow)
_of_edition = update(_editions).where(_editions.c.edition == bindparam("of"))
_PUBLISH = insert(_editions)
_EXTEND = _of_edition.values(closes=bindparam("to"), reason=bindparam("because"))
_CLOSE = _of_edition.values(closed=bindparam("since"), closed_by=bindparam("who"))
_REOPEN = _of_edition.values(closes=bindparam("to"), reason=bindparam("because"), closed="", closed_by="")


@EDITIONS.on(RulebookPublished)
def _published(recorded: Recorded, event: RulebookPublished) -> Changes:
    calendar = event.rulebook.calendar
    row = {
        "edition": _id(recorded),
        "opens": _utc(calendar.registration_opens),
        "closes": _utc(calendar.registration_closes),
        "judging_closes": _utc(calendar.judging_closes) if calendar.judging_closes else "",
        "closed": "",
        "closed_by": "",
        "reason": "",
        "digest": event.digest,
        "rulebook": msgspec.json.encode(event.rulebook).decode(),
    }
    yield _PUBLISH, row


@EDITIONS.on(DeadlineExtended)
def _extended(recorded: Recorded, event: DeadlineExtended) -> Changes:
    yield _EXTEND, {"of": _id(recorded), "to": _utc(event.closes), "because": event.reason}


@EDITIONS.on(RegistrationClosed)
def _closed(recorded: Recorded, event: RegistrationClosed) -> Changes:
    yield _CLOSE, {"of": _id(recorded), "since": _utc(event.effective), "who": event.by}


@EDITIONS.on(RegistrationReopened)
def _reopened(recorded: Recorded, event: RegistrationReopened) -> Changes:
    yield _REOPEN, {"of": _id(recorded), "to": _utc(event.closes), "because": event.reason}


# -- institutions in an edition, and what they owe


class EnrolmentRow(SQLModel, table=True):
    """An institution as it is called in an edition."""

    __tablename__ = "registration_enrolments_v1"

    edition: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    kind: str
    name: str
    abbreviation: str
    parent: str


class ObligationRow(SQLModel, table=True):
    """At least so many innovations not withdrawn, each with a PIC where `pic` is set."""

    __tablename__ = "registration_obligations_v1"

    edition: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    innovations: int
    pic: bool


INSTITUTIONS = Projection("registration_institutions", 1, EnrolmentRow, ObligationRow)

_ENROL = insert(table(EnrolmentRow))
_OBLIGE = insert(table(ObligationRow))


@INSTITUTIONS.on(InstitutionEnrolled)
def _enrolled(recorded: Recorded, event: InstitutionEnrolled) -> Changes:
    row = {"kind": event.kind, "name": event.name, "abbreviation": event.abbreviation, "parent": event.parent}
    yield _ENROL, {**_enrolment(recorded), **row}


@INSTITUTIONS.on(ObligationSet)
def _obliged(recorded: Recorded, event: ObligationSet) -> Changes:
    yield _OBLIGE, {**_enrolment(recorded), "innovations": event.innovations, "pic": event.pic}


def _enrolment(recorded: Recorded) -> dict[str, Any]:
    """An edition's id has no dot, an institution's code may."""
    edition, _, institution = _id(recorded).partition(".")
    return {"edition": edition, "institution": institution}


# -- innovations


class InnovationRow(SQLModel, table=True):
    """An innovation as last revised."""

    __tablename__ = "registration_innovations_v1"

    innovation: str = Field(primary_key=True)
    position: int = Field(unique=True)
    """Where it was submitted: the order of lists."""
    edition: str = Field(index=True)
    institution: str
    name: str
    type: str
    stage: str
    revision: int
    digest: str
    external_reference: str
    submitted: str
    changed: str
    withdrawn: bool
    reason: str
    """Why it was withdrawn."""
    version: int
    """Of the aggregate, by all events but those of its PIC."""
    record: str
    """JSON."""


class PicRow(SQLModel, table=True):
    """Who answers for an innovation. A table of its own, so that submissions with a PIC are written in batches."""

    __tablename__ = "registration_pics_v1"

    innovation: str = Field(primary_key=True)
    person: str
    version: int


INNOVATIONS = Projection("registration_innovations", 1, InnovationRow, PicRow)

_innovations = table(InnovationRow)
_pics = table(PicRow)
_of_innovation = update(_innovations).where(_innovations.c.innovation == bindparam("of"))
_SUBMIT = insert(_innovations)
_REVISE = _of_innovation.values(
    {column: bindparam(f"new_{column}") for column in ("name", "type", "stage", "digest", "record", "changed", "version")}
    | {"revision": _innovations.c.revision + 1}
)
_WITHDRAW = _of_innovation.values(
    withdrawn=True, reason=bindparam("because"), changed=bindparam("at"), version=bindparam("new_version")
)
_APPOINT = insert(_pics)
_REPLACE = (
    update(_pics).where(_pics.c.innovation == bindparam("of")).values(person=bindparam("who"), version=bindparam("new_version"))
)


@INNOVATIONS.on(InnovationSubmitted)
def _submitted(recorded: Recorded, event: InnovationSubmitted) -> Changes:
    record, at = event.record, _utc(recorded.envelope.time)
    row = {
        "innovation": _id(recorded),
        "position": recorded.position,
        "edition": event.edition,
        "institution": event.institution,
        "name": record.name,
        "type": record.type,
        "stage": record.stage,
        "revision": 1,
        "digest": record_digest(record),
        "external_reference": event.external_reference,
        "submitted": at,
        "changed": at,
        "withdrawn": False,
        "reason": "",
        "version": recorded.envelope.version,
        "record": msgspec.json.encode(record).decode(),
    }
    yield _SUBMIT, row


@INNOVATIONS.on(InnovationRevised)
def _revised(recorded: Recorded, event: InnovationRevised) -> Changes:
    record = event.record
    change = {
        "of": _id(recorded),
        "new_name": record.name,
        "new_type": record.type,
        "new_stage": record.stage,
        "new_digest": record_digest(record),
        "new_record": msgspec.json.encode(record).decode(),
        "new_changed": _utc(recorded.envelope.time),
        "new_version": recorded.envelope.version,
    }
    yield _REVISE, change


@INNOVATIONS.on(InnovationWithdrawn)
def _withdrawn(recorded: Recorded, event: InnovationWithdrawn) -> Changes:
    at, version = _utc(recorded.envelope.time), recorded.envelope.version
    yield _WITHDRAW, {"of": _id(recorded), "because": event.reason, "at": at, "new_version": version}


@INNOVATIONS.on(PicAppointed)
def _appointed(recorded: Recorded, event: PicAppointed) -> Changes:
    yield _APPOINT, {"innovation": _id(recorded), "person": event.person, "version": recorded.envelope.version}


@INNOVATIONS.on(PicReplaced)
def _replaced(recorded: Recorded, event: PicReplaced) -> Changes:
    yield _REPLACE, {"of": _id(recorded), "who": event.person, "new_version": recorded.envelope.version}


PROJECTIONS = (EDITIONS, INSTITUTIONS, INNOVATIONS)
