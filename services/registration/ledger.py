"""The ledger of an edition: what each institution owes, by when, and by which innovations it is met. Queries for `Database.read`.

An innovation counts for the institution that entered it, or for the one that this is merged into; besides, where the edition says
so, for the institution that a unit belongs to. Where the edition asks for the head's endorsement, only endorsed ones count.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, and_, case, func, literal, or_, select, union_all

from services.registration.edition_projection import EditionRow
from services.registration.innovation_projection import InnovationRow, PicRow
from services.registration.institution_projection import EnrolmentRow, ObligationRow
from services.registration.listings import Institutions
from shared.database import table

_editions, _enrolments, _obligations = table(EditionRow), table(EnrolmentRow), table(ObligationRow)
_innovations, _pics = table(InnovationRow), table(PicRow)

_entered = (
    _innovations.join(_editions, _editions.c.edition == _innovations.c.edition)
    .join(
        _enrolments,
        and_(_enrolments.c.edition == _innovations.c.edition, _enrolments.c.institution == _innovations.c.institution),
    )
    .outerjoin(_pics, _pics.c.innovation == _innovations.c.innovation)
)
_counts = and_(_innovations.c.withdrawn.is_(False), or_(_innovations.c.endorsed, _editions.c.endorsement.is_(False)))
_what = (
    _innovations.c.edition,
    _innovations.c.innovation,
    _innovations.c.institution.label("entered_by"),
    func.coalesce(_pics.c.person, "").label("pic"),
)
_answering = case((_enrolments.c.carried_into != "", _enrolments.c.carried_into), else_=_innovations.c.institution)
_MEETING = union_all(
    select(*_what, _answering.label("institution")).select_from(_entered).where(_counts),
    select(*_what, _enrolments.c.parent.label("institution"))
    .select_from(_entered)
    .where(_counts, _editions.c.unit_meets_parent, _enrolments.c.parent != ""),
).subquery("meeting")
"""(edition, innovation, entered_by, pic, institution): each innovation under every institution whose duty it meets."""

_standing = case((_obligations.c.waived == "", _obligations.c.innovations), else_=0)
_DUTIES = (
    select(
        _obligations.c.edition,
        _obligations.c.institution,
        func.sum(_standing).label("asked"),
        func.max(case((and_(_obligations.c.pic, _obligations.c.waived == ""), 1), else_=0)).label("pic"),
        func.max(_obligations.c.waived).label("waived"),
        func.max(_obligations.c.waived_by).label("waived_by"),
        func.max(_obligations.c.waived_decree).label("waived_decree"),
    )
    .group_by(_obligations.c.edition, _obligations.c.institution)
    .subquery("duties")
)


def obligations(
    edition: str, seen: Institutions, met: bool | None, after: str, rows: int
) -> Callable[[Connection], Sequence[Any]]:
    """By institution's code: what is owed, how many innovations count for it, and how many of them have a PIC."""
    here = (
        select(
            _MEETING.c.institution,
            func.count().label("registered"),
            func.sum(case((_MEETING.c.pic != "", 1), else_=0)).label("with_pic"),
        )
        .where(_MEETING.c.edition == edition)
        .group_by(_MEETING.c.institution)
        .subquery("here")
    )
    registered, with_pic = func.coalesce(here.c.registered, 0), func.coalesce(here.c.with_pic, 0)
    owed = case((_enrolments.c.carried_into != "", literal(0)), else_=_DUTIES.c.asked)
    fulfilled = case((_DUTIES.c.pic == 1, with_pic), else_=registered) >= owed
    query = (
        select(
            _DUTIES.c.institution,
            _enrolments.c.kind,
            _enrolments.c.name,
            owed.label("owed"),
            (_DUTIES.c.pic == 1).label("pic_owed"),
            case((_enrolments.c.late_until > _editions.c.closes, _enrolments.c.late_until), else_=_editions.c.closes).label(
                "due"
            ),
            registered.label("registered"),
            with_pic.label("with_pic"),
            fulfilled.label("met"),
            _DUTIES.c.waived,
            _DUTIES.c.waived_by,
            _DUTIES.c.waived_decree,
            _enrolments.c.carried_into,
        )
        .select_from(
            _DUTIES.join(
                _enrolments,
                and_(_enrolments.c.edition == _DUTIES.c.edition, _enrolments.c.institution == _DUTIES.c.institution),
            )
            .join(_editions, _editions.c.edition == _DUTIES.c.edition)
            .outerjoin(here, here.c.institution == _DUTIES.c.institution)
        )
        .where(_DUTIES.c.edition == edition, _DUTIES.c.institution > after)
    )
    if seen is not None:
        query = query.where(or_(_DUTIES.c.institution.in_(seen), _enrolments.c.carried_into.in_(seen)))
    if met is not None:
        query = query.where(fulfilled if met else ~fulfilled)
    query = query.order_by(_DUTIES.c.institution).limit(rows)
    return lambda connection: connection.execute(query).all()


def meeting(edition: str, institutions: Sequence[str]) -> Callable[[Connection], Sequence[Any]]:
    """(institution, innovation, entered_by, pic) of what counts for these institutions, in the order of their codes."""
    query = (
        select(_MEETING.c.institution, _MEETING.c.innovation, _MEETING.c.entered_by, _MEETING.c.pic)
        .where(_MEETING.c.edition == edition, _MEETING.c.institution.in_(institutions))
        .order_by(_MEETING.c.institution, _MEETING.c.entered_by, _MEETING.c.innovation)
    )
    return lambda connection: connection.execute(query).all()


def taken_over(edition: str, institutions: Sequence[str]) -> Callable[[Connection], Sequence[Any]]:
    """(institution, origin): from which merged institutions each has taken over a duty."""
    query = (
        select(_obligations.c.institution, _obligations.c.origin)
        .where(_obligations.c.edition == edition, _obligations.c.institution.in_(institutions), _obligations.c.origin != "")
        .order_by(_obligations.c.institution, _obligations.c.origin)
    )
    return lambda connection: connection.execute(query).all()
