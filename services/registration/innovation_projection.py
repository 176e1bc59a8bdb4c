"""What registration shows of innovations as they stand now, and of who answers for them."""

import msgspec
from sqlalchemy import bindparam, insert, update
from sqlmodel import Field, SQLModel

from services.registration.rows import id_of, utc
from shared.database import table
from shared.eventlog import Recorded
from shared.events.registration import (
    InnovationRevised,
    InnovationSubmitted,
    InnovationWithdrawn,
    PicAppointed,
    PicReplaced,
)
from shared.facts import record_digest
from shared.runner import Changes, Projection


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
    record, at = event.record, utc(recorded.envelope.time)
    row = {
        "innovation": id_of(recorded),
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
        "of": id_of(recorded),
        "new_name": record.name,
        "new_type": record.type,
        "new_stage": record.stage,
        "new_digest": record_digest(record),
        "new_record": msgspec.json.encode(record).decode(),
        "new_changed": utc(recorded.envelope.time),
        "new_version": recorded.envelope.version,
    }
    yield _REVISE, change


@INNOVATIONS.on(InnovationWithdrawn)
def _withdrawn(recorded: Recorded, event: InnovationWithdrawn) -> Changes:
    at, version = utc(recorded.envelope.time), recorded.envelope.version
    yield _WITHDRAW, {"of": id_of(recorded), "because": event.reason, "at": at, "new_version": version}


@INNOVATIONS.on(PicAppointed)
def _appointed(recorded: Recorded, event: PicAppointed) -> Changes:
    yield _APPOINT, {"innovation": id_of(recorded), "person": event.person, "version": recorded.envelope.version}


@INNOVATIONS.on(PicReplaced)
def _replaced(recorded: Recorded, event: PicReplaced) -> Changes:
    yield _REPLACE, {"of": id_of(recorded), "who": event.person, "new_version": recorded.envelope.version}
