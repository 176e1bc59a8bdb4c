"""What registration shows of innovations as they stand now, and of who answers for them."""

from typing import Any

import msgspec
from sqlalchemy import bindparam, insert, update
from sqlmodel import Field, SQLModel

from services.registration.rows import id_of, utc
from shared.database import table
from shared.eventlog import Recorded
from shared.events.registration import (
    InnovationEndorsed,
    InnovationReclassified,
    InnovationRevised,
    InnovationSubmitted,
    InnovationWithdrawn,
    PicAccepted,
    PicAppointed,
    PicReplaced,
    SubmissionConfirmed,
)
from shared.facts import record_digest
from shared.runner import Changes, Projection


class InnovationRow(SQLModel, table=True):
    """An innovation as last revised."""

    __tablename__ = "registration_innovations_v2"

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
    endorsed: bool
    """By the head of its institution, since its last revision."""
    reclassified: str
    """Why the committee changed its type; empty: it did not."""
    accountable: str
    """On whose behalf it was entered."""
    recorded_by: str
    scan_digest: str
    confirmed: bool
    record: str
    """JSON."""


class PicRow(SQLModel, table=True):
    """Who answers for an innovation. A table of its own, so that submissions with a PIC are written in batches."""

    __tablename__ = "registration_pics_v2"

    innovation: str = Field(primary_key=True)
    person: str = Field(index=True)
    accepted: bool
    version: int


INNOVATIONS = Projection("registration_innovations", 2, InnovationRow, PicRow)

_innovations = table(InnovationRow)
_pics = table(PicRow)
_of_innovation = update(_innovations).where(_innovations.c.innovation == bindparam("of"))
_SUBMIT = insert(_innovations)
_REVISE = _of_innovation.values(
    {column: bindparam(f"new_{column}") for column in ("name", "type", "stage", "digest", "record", "changed", "version")}
    | {"revision": _innovations.c.revision + 1, "endorsed": False}
)
_ENDORSE = _of_innovation.values(endorsed=True, changed=bindparam("at"), version=bindparam("new_version"))
_CONFIRM = _of_innovation.values(confirmed=True, changed=bindparam("at"), version=bindparam("new_version"))
_RECLASSIFY = _of_innovation.values(
    type=bindparam("new_type"),
    digest=bindparam("new_digest"),
    record=bindparam("new_record"),
    reclassified=bindparam("because"),
    changed=bindparam("at"),
    version=bindparam("new_version"),
)
_WITHDRAW = _of_innovation.values(
    withdrawn=True, reason=bindparam("because"), changed=bindparam("at"), version=bindparam("new_version")
)
_APPOINT = insert(_pics)
_of_pic = update(_pics).where(_pics.c.innovation == bindparam("of"))
_ACCEPT = _of_pic.values(accepted=True, version=bindparam("new_version"))
_REPLACE = _of_pic.values(person=bindparam("who"), accepted=False, version=bindparam("new_version"))


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
        "endorsed": False,
        "reclassified": "",
        "accountable": event.accountable,
        "recorded_by": event.recorded_by,
        "scan_digest": event.scan_digest,
        "confirmed": False,
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
    yield _WITHDRAW, {**_changed(recorded), "because": event.reason}


@INNOVATIONS.on(InnovationEndorsed)
def _endorsed(recorded: Recorded, event: InnovationEndorsed) -> Changes:
    yield _ENDORSE, _changed(recorded)


@INNOVATIONS.on(SubmissionConfirmed)
def _confirmed(recorded: Recorded, event: SubmissionConfirmed) -> Changes:
    yield _CONFIRM, _changed(recorded)


@INNOVATIONS.on(InnovationReclassified)
def _reclassified(recorded: Recorded, event: InnovationReclassified) -> Changes:
    record = event.record
    change = {
        "new_type": record.type,
        "new_digest": record_digest(record),
        "new_record": msgspec.json.encode(record).decode(),
        "because": event.reason,
    }
    yield _RECLASSIFY, {**_changed(recorded), **change}


def _changed(recorded: Recorded) -> dict[str, Any]:
    return {"of": id_of(recorded), "at": utc(recorded.envelope.time), "new_version": recorded.envelope.version}


@INNOVATIONS.on(PicAccepted)
def _accepted(recorded: Recorded, event: PicAccepted) -> Changes:
    yield _ACCEPT, {"of": id_of(recorded), "new_version": recorded.envelope.version}


@INNOVATIONS.on(PicAppointed)
def _appointed(recorded: Recorded, event: PicAppointed) -> Changes:
    yield (
        _APPOINT,
        {"innovation": id_of(recorded), "person": event.person, "accepted": False, "version": recorded.envelope.version},
    )


@INNOVATIONS.on(PicReplaced)
def _replaced(recorded: Recorded, event: PicReplaced) -> Changes:
    yield _REPLACE, {"of": id_of(recorded), "who": event.person, "new_version": recorded.envelope.version}
