"""Institutions that still owe an innovation: only for choosing whom a deadline concerns."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlmodel import Field, SQLModel

from shared.database import table
from shared.eventlog import Recorded
from shared.events.registration import (
    EnrolmentCarriedOver,
    InnovationSubmitted,
    InnovationWithdrawn,
    ObligationCarriedOver,
    ObligationSet,
    ObligationWaived,
)
from shared.runner import Projection
from shared.runner.projection import Changes


class DutyRow(SQLModel, table=True):
    __tablename__ = "notification_duties_v2"

    edition: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    origin: str = Field(primary_key=True)
    """The merged institution whose duty it was; empty: the institution's own."""
    innovations: int


class EnteredRow(SQLModel, table=True):
    """An innovation that an institution has entered."""

    __tablename__ = "notification_entered_v2"

    innovation: str = Field(primary_key=True)
    edition: str = Field(index=True)
    institution: str


DUTIES = Projection("notification_duties", 2, DutyRow, EnteredRow)

_duties, _entered = table(DutyRow), table(EnteredRow)
_ADD_DUTY = insert(_duties)
_this = (_duties.c.edition == bindparam("_edition"), _duties.c.institution == bindparam("_institution"))
_DROP_DUTY = delete(_duties).where(*_this, _duties.c.origin == bindparam("_origin"))
_DROP_DUTIES = delete(_duties).where(*_this)
_ADD_ENTERED = insert(_entered)
_CARRY_ENTERED = update(_entered).where(
    _entered.c.edition == bindparam("_edition"), _entered.c.institution == bindparam("_institution")
)
_DROP_ENTERED = delete(_entered).where(_entered.c.innovation == bindparam("_innovation"))


def _owes(recorded: Recorded, event: ObligationSet | ObligationCarriedOver) -> Changes:
    """The last one said holds; a merged institution's duty comes on top."""
    edition = recorded.envelope.edition or ""
    origin = event.previous if isinstance(event, ObligationCarriedOver) else ""
    yield _DROP_DUTY, {"_edition": edition, "_institution": event.institution, "_origin": origin}
    duty = {"edition": edition, "institution": event.institution, "origin": origin, "innovations": event.innovations}
    yield _ADD_DUTY, duty


DUTIES.on(ObligationSet)(_owes)
DUTIES.on(ObligationCarriedOver)(_owes)


@DUTIES.on(ObligationWaived)
def _owes_nothing(recorded: Recorded, event: ObligationWaived) -> Changes:
    yield _DROP_DUTIES, {"_edition": recorded.envelope.edition or "", "_institution": event.institution}


@DUTIES.on(EnrolmentCarriedOver)
def _is_merged(recorded: Recorded, event: EnrolmentCarriedOver) -> Changes:
    """Its successor answers for what it entered, and owes what it owed."""
    place = {"_edition": recorded.envelope.edition or "", "_institution": event.institution}
    yield _DROP_DUTIES, place
    yield _CARRY_ENTERED, {**place, "institution": event.into}


@DUTIES.on(InnovationSubmitted)
def _enters(recorded: Recorded, event: InnovationSubmitted) -> Changes:
    innovation = recorded.subject.partition("/")[2]
    yield _ADD_ENTERED, {"innovation": innovation, "edition": event.edition, "institution": event.institution}


@DUTIES.on(InnovationWithdrawn)
def _withdraws(recorded: Recorded, event: InnovationWithdrawn) -> Changes:
    yield _DROP_ENTERED, {"_innovation": recorded.subject.partition("/")[2]}


def owing(connection: Connection, edition: str) -> Sequence[str]:
    """Codes of the institutions that have entered less than they owe."""
    entered = (
        select(_entered.c.institution, func.count().label("n"))
        .where(_entered.c.edition == edition)
        .group_by(_entered.c.institution)
        .subquery()
    )
    owed = (
        select(_duties.c.institution, func.sum(_duties.c.innovations).label("n"))
        .where(_duties.c.edition == edition)
        .group_by(_duties.c.institution)
        .subquery()
    )
    wanted = (
        select(owed.c.institution)
        .select_from(owed.outerjoin(entered, entered.c.institution == owed.c.institution))
        .where(owed.c.n > func.coalesce(entered.c.n, 0))
        .order_by(owed.c.institution)
    )
    rows: Sequence[Any] = connection.execute(wanted).all()
    return [row.institution for row in rows]
