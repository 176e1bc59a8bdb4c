"""Institutions that still owe an innovation: only for choosing whom a deadline concerns."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select
from sqlmodel import Field, SQLModel

from shared.database import table
from shared.eventlog import Recorded
from shared.events.registration import InnovationSubmitted, InnovationWithdrawn, ObligationSet
from shared.runner import Projection
from shared.runner.projection import Changes


class DutyRow(SQLModel, table=True):
    __tablename__ = "notification_duties_v2"

    edition: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
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
_DROP_DUTY = delete(_duties).where(
    _duties.c.edition == bindparam("_edition"), _duties.c.institution == bindparam("_institution")
)
_ADD_ENTERED = insert(_entered)
_DROP_ENTERED = delete(_entered).where(_entered.c.innovation == bindparam("_innovation"))


@DUTIES.on(ObligationSet)
def _owes(recorded: Recorded, event: ObligationSet) -> Changes:
    """The last one said holds."""
    edition = recorded.envelope.edition or ""
    yield _DROP_DUTY, {"_edition": edition, "_institution": event.institution}
    yield _ADD_DUTY, {"edition": edition, "institution": event.institution, "innovations": event.innovations}


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
    wanted = (
        select(_duties.c.institution)
        .select_from(_duties.outerjoin(entered, entered.c.institution == _duties.c.institution))
        .where(_duties.c.edition == edition, _duties.c.innovations > func.coalesce(entered.c.n, 0))
        .order_by(_duties.c.institution)
    )
    rows: Sequence[Any] = connection.execute(wanted).all()
    return [row.institution for row in rows]
