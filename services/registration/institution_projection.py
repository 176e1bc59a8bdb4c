"""What registration shows of the institutions in an edition, and of what they owe.

Counts of obligations are taken when they are read (`ledger`): an innovation with its PIC is a row, and rows can be counted.
"""

from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, insert, update
from sqlmodel import Field, SQLModel

from services.registration.rows import id_of, utc
from shared.database import table
from shared.eventlog import Recorded
from shared.events.registration import (
    EnrolmentCarriedOver,
    InstitutionEnrolled,
    LateSubmissionPermitted,
    ObligationCarriedOver,
    ObligationSet,
    ObligationWaived,
)
from shared.runner import Changes, Projection


class EnrolmentRow(SQLModel, table=True):
    """An institution as it is called in an edition."""

    __tablename__ = "registration_enrolments_v2"

    edition: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    kind: str
    name: str
    abbreviation: str
    parent: str
    late_until: str
    """It may submit until then, whatever the deadline; empty: only in time."""
    late_reason: str
    carried_into: str = Field(index=True)
    """The institution that it is merged into; empty: it is not."""


class ObligationRow(SQLModel, table=True):
    """At least so many innovations not withdrawn, each with a PIC where `pic` is set. One line for what the edition asks, and one
    for each merged institution (`origin`) whose duty was taken over."""

    __tablename__ = "registration_obligations_v2"

    edition: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    origin: str = Field(primary_key=True)
    """Empty: its own."""
    innovations: int
    pic: bool
    waived: str
    """Why nothing is owed; empty: it is."""
    waived_by: str
    """The actor."""
    waived_decree: str
    """JSON; empty: none."""


INSTITUTIONS = Projection("registration_institutions", 2, EnrolmentRow, ObligationRow)

_enrolments, _obligations = table(EnrolmentRow), table(ObligationRow)
_of_enrolment = update(_enrolments).where(
    and_(_enrolments.c.edition == bindparam("in_edition"), _enrolments.c.institution == bindparam("of"))
)
_ENROL = insert(_enrolments)
_OBLIGE = insert(_obligations)
_PERMIT = _of_enrolment.values(late_until=bindparam("until"), late_reason=bindparam("because"))
_CARRY = _of_enrolment.values(carried_into=bindparam("into"))
_CARRY_FURTHER = (
    update(_enrolments)
    .where(and_(_enrolments.c.edition == bindparam("in_edition"), _enrolments.c.carried_into == bindparam("of")))
    .values(carried_into=bindparam("into"))
)
_WAIVE = (
    update(_obligations)
    .where(and_(_obligations.c.edition == bindparam("in_edition"), _obligations.c.institution == bindparam("of")))
    .values(waived=bindparam("because"), waived_by=bindparam("who"), waived_decree=bindparam("decree"))
)


@INSTITUTIONS.on(InstitutionEnrolled)
def _enrolled(recorded: Recorded, event: InstitutionEnrolled) -> Changes:
    row = {"kind": event.kind, "name": event.name, "abbreviation": event.abbreviation, "parent": event.parent}
    edition, institution = _place(recorded)
    more = {"late_until": "", "late_reason": "", "carried_into": ""}
    yield _ENROL, {"edition": edition, "institution": institution, **row, **more}


@INSTITUTIONS.on(ObligationSet)
def _obliged(recorded: Recorded, event: ObligationSet) -> Changes:
    yield _OBLIGE, _duty(recorded, "", event.innovations, event.pic)


@INSTITUTIONS.on(ObligationCarriedOver)
def _took_over(recorded: Recorded, event: ObligationCarriedOver) -> Changes:
    yield _OBLIGE, _duty(recorded, event.previous, event.innovations, event.pic)


@INSTITUTIONS.on(ObligationWaived)
def _waived(recorded: Recorded, event: ObligationWaived) -> Changes:
    decree = msgspec.json.encode(event.decree).decode() if event.decree else ""
    yield _WAIVE, {**_named(recorded), "because": event.reason, "who": recorded.envelope.actor, "decree": decree}


@INSTITUTIONS.on(LateSubmissionPermitted)
def _permitted(recorded: Recorded, event: LateSubmissionPermitted) -> Changes:
    yield _PERMIT, {**_named(recorded), "until": utc(event.until), "because": event.reason}


@INSTITUTIONS.on(EnrolmentCarriedOver)
def _carried_over(recorded: Recorded, event: EnrolmentCarriedOver) -> Changes:
    yield _CARRY, {**_named(recorded), "into": event.into}
    yield _CARRY_FURTHER, {**_named(recorded), "into": event.into}


def _duty(recorded: Recorded, origin: str, innovations: int, pic: bool) -> dict[str, Any]:
    edition, institution = _place(recorded)
    return {
        **{"edition": edition, "institution": institution, "origin": origin, "innovations": innovations, "pic": pic},
        **{"waived": "", "waived_by": "", "waived_decree": ""},
    }


def _place(recorded: Recorded) -> tuple[str, str]:
    """An edition's id has no dot, an institution's code may."""
    edition, _, institution = id_of(recorded).partition(".")
    return edition, institution


def _named(recorded: Recorded) -> dict[str, Any]:
    edition, institution = _place(recorded)
    return {"in_edition": edition, "of": institution}
