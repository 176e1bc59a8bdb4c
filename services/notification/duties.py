"""Institutions that still owe an innovation: only for choosing whom a deadline concerns.

It counts as registration's ledger does. An innovation counts for the institution that entered it, or for the one that this is merged
into; besides, where the edition says so, for the institution that a unit belongs to. Where the edition asks for the head's
endorsement only endorsed ones count, and where a duty asks for a PIC, only those that have one.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, case, delete, func, insert, or_, select, union_all, update
from sqlmodel import Field, SQLModel

from services.notification.people import PicRow
from services.notification.rows import id_of
from shared.database import table
from shared.eventlog import Recorded
from shared.events.registration import (
    EnrolmentCarriedOver,
    InnovationEndorsed,
    InnovationRevised,
    InnovationSubmitted,
    InnovationWithdrawn,
    InstitutionEnrolled,
    ObligationCarriedOver,
    ObligationSet,
    ObligationWaived,
    RulebookPublished,
)
from shared.runner import Projection
from shared.runner.projection import Changes


class AskingRow(SQLModel, table=True):
    """What counts in an edition; it never changes once the rulebook is published."""

    __tablename__ = "notification_duty_rules_v3"

    edition: str = Field(primary_key=True)
    endorsement: bool
    unit_meets_parent: bool


class PlaceRow(SQLModel, table=True):
    """Where an institution stands in an edition."""

    __tablename__ = "notification_duty_places_v3"

    edition: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    parent: str
    into: str
    """The institution that it is merged into; empty: it is not."""


class DutyRow(SQLModel, table=True):
    __tablename__ = "notification_duties_v3"

    edition: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    origin: str = Field(primary_key=True)
    """The merged institution whose duty it was; empty: the institution's own."""
    innovations: int
    pic: bool


class EnteredRow(SQLModel, table=True):
    """An innovation that an institution has entered."""

    __tablename__ = "notification_entered_v3"

    innovation: str = Field(primary_key=True)
    edition: str = Field(index=True)
    institution: str
    endorsed: bool


DUTIES = Projection("notification_duties", 3, AskingRow, PlaceRow, DutyRow, EnteredRow)

_rules, _places, _duties, _entered, _pics = (table(row) for row in (AskingRow, PlaceRow, DutyRow, EnteredRow, PicRow))
_ADD_RULES = insert(_rules)
_ADD_PLACE = insert(_places)
_MERGE = update(_places).where(_places.c.edition == bindparam("_edition"), _places.c.institution == bindparam("_institution"))
_MERGE_FURTHER = update(_places).where(_places.c.edition == bindparam("_edition"), _places.c.into == bindparam("_institution"))
_ADD_DUTY = insert(_duties)
_this = (_duties.c.edition == bindparam("_edition"), _duties.c.institution == bindparam("_institution"))
_DROP_DUTY = delete(_duties).where(*_this, _duties.c.origin == bindparam("_origin"))
_DROP_DUTIES = delete(_duties).where(*_this)
_ADD_ENTERED = insert(_entered)
_ENDORSE = update(_entered).where(_entered.c.innovation == bindparam("_innovation"))
_DROP_ENTERED = delete(_entered).where(_entered.c.innovation == bindparam("_innovation"))


@DUTIES.on(RulebookPublished)
def _begins(recorded: Recorded, event: RulebookPublished) -> Changes:
    rules = event.rulebook
    told = {"endorsement": rules.endorsement, "unit_meets_parent": rules.unit_meets_parent}
    yield _ADD_RULES, {"edition": rules.edition, **told}


@DUTIES.on(InstitutionEnrolled)
def _takes_part(recorded: Recorded, event: InstitutionEnrolled) -> Changes:
    edition = recorded.envelope.edition or ""
    yield _ADD_PLACE, {"edition": edition, "institution": event.institution, "parent": event.parent, "into": ""}


def _owes(recorded: Recorded, event: ObligationSet | ObligationCarriedOver) -> Changes:
    """The last one said holds; a merged institution's duty comes on top."""
    edition = recorded.envelope.edition or ""
    origin = event.previous if isinstance(event, ObligationCarriedOver) else ""
    yield _DROP_DUTY, {"_edition": edition, "_institution": event.institution, "_origin": origin}
    duty = {"edition": edition, "institution": event.institution, "origin": origin}
    yield _ADD_DUTY, {**duty, "innovations": event.innovations, "pic": event.pic}


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
    yield _MERGE, {**place, "into": event.into}
    yield _MERGE_FURTHER, {**place, "into": event.into}


@DUTIES.on(InnovationSubmitted)
def _enters(recorded: Recorded, event: InnovationSubmitted) -> Changes:
    entered = {"innovation": id_of(recorded), "edition": event.edition, "institution": event.institution, "endorsed": False}
    yield _ADD_ENTERED, entered


@DUTIES.on(InnovationEndorsed)
def _is_endorsed(recorded: Recorded, event: InnovationEndorsed) -> Changes:
    yield _ENDORSE, {"_innovation": id_of(recorded), "endorsed": True}


@DUTIES.on(InnovationRevised)
def _is_another(recorded: Recorded, event: InnovationRevised) -> Changes:
    """What its head has endorsed is no longer what stands."""
    yield _ENDORSE, {"_innovation": id_of(recorded), "endorsed": False}


@DUTIES.on(InnovationWithdrawn)
def _withdraws(recorded: Recorded, event: InnovationWithdrawn) -> Changes:
    yield _DROP_ENTERED, {"_innovation": id_of(recorded)}


_standing = (
    _entered.join(_rules, _rules.c.edition == _entered.c.edition)
    .outerjoin(_places, and_(_places.c.edition == _entered.c.edition, _places.c.institution == _entered.c.institution))
    .outerjoin(_pics, _pics.c.innovation == _entered.c.innovation)
)
_counts = or_(_entered.c.endorsed, _rules.c.endorsement.is_(False))
_with_pic = case((func.coalesce(_pics.c.person, "") != "", 1), else_=0).label("with_pic")
_answering = case((_places.c.into != "", _places.c.into), else_=_entered.c.institution)
_MEETING = union_all(
    select(_entered.c.edition, _answering.label("institution"), _with_pic).select_from(_standing).where(_counts),
    select(_entered.c.edition, _places.c.parent, _with_pic)
    .select_from(_standing)
    .where(_counts, _rules.c.unit_meets_parent, _places.c.parent != ""),
).subquery("meeting")
"""(edition, institution, with_pic): each innovation under every institution whose duty it meets."""


def owing(connection: Connection, edition: str) -> Sequence[str]:
    """Codes of the institutions that have entered less than they owe."""
    met = (
        select(_MEETING.c.institution, func.count().label("n"), func.sum(_MEETING.c.with_pic).label("with_pic"))
        .where(_MEETING.c.edition == edition)
        .group_by(_MEETING.c.institution)
        .subquery()
    )
    owed = (
        select(
            _duties.c.institution,
            func.sum(_duties.c.innovations).label("n"),
            func.max(case((_duties.c.pic, 1), else_=0)).label("pic"),
        )
        .where(_duties.c.edition == edition)
        .group_by(_duties.c.institution)
        .subquery()
    )
    there = func.coalesce(case((owed.c.pic == 1, met.c.with_pic), else_=met.c.n), 0)
    wanted = (
        select(owed.c.institution)
        .select_from(owed.outerjoin(met, met.c.institution == owed.c.institution))
        .where(owed.c.n > there)
        .order_by(owed.c.institution)
    )
    return list(connection.execute(wanted).scalars())
