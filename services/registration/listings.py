"""Questions to the projections, each one a query for `Database.read`."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, select

from services.registration.projections import EditionRow, EnrolmentRow, InnovationRow, ObligationRow, PicRow
from shared.database import table

Institutions = tuple[str, ...] | None
"""Codes of the institutions that may be seen; None: all."""

_editions = table(EditionRow)
_enrolments = table(EnrolmentRow)
_obligations = table(ObligationRow)
_innovations = table(InnovationRow)
_pics = table(PicRow)

_versions = func.coalesce(_pics.c.version, 0)
_with_pic = select(
    *(column for column in _innovations.c if column.name not in ("record", "version")),
    func.coalesce(_pics.c.person, "").label("pic"),
    # Of the two rows' versions the later one: SQL's two-argument max has no name that every database knows.
    case((_versions > _innovations.c.version, _versions), else_=_innovations.c.version).label("version"),
).select_from(_innovations.outerjoin(_pics, _pics.c.innovation == _innovations.c.innovation))


def _all(query: Select[Any]) -> Callable[[Connection], Sequence[Any]]:
    return lambda connection: connection.execute(query).all()


def editions(after: str, rows: int) -> Callable[[Connection], Sequence[Any]]:
    return _all(select(_editions).where(_editions.c.edition > after).order_by(_editions.c.edition).limit(rows))


def edition(id: str) -> Callable[[Connection], Any]:
    """The edition's row, or None."""
    return lambda connection: connection.execute(select(_editions).where(_editions.c.edition == id)).first()


def on_record_as_open(connection: Connection) -> Sequence[Any]:
    """(edition, deadline) of every edition whose registration is not on record as closed."""
    return connection.execute(select(_editions.c.edition, _editions.c.closes).where(_editions.c.closed == "")).all()


def institutions(edition: str, kind: str, after: str, rows: int) -> Callable[[Connection], Sequence[Any]]:
    """By code."""
    query = select(_enrolments).where(_enrolments.c.edition == edition, _enrolments.c.institution > after)
    if kind:
        query = query.where(_enrolments.c.kind == kind)
    return _all(query.order_by(_enrolments.c.institution).limit(rows))


def innovations(
    edition: str, seen: Institutions, institution: str, type: str, after: int, rows: int
) -> Callable[[Connection], Sequence[Any]]:
    """In the order of submission, without their records; `after` is the position of a submission."""
    query = _with_pic.where(_innovations.c.edition == edition, _innovations.c.position > after)
    if seen is not None:
        query = query.where(_innovations.c.institution.in_(seen))
    if institution:
        query = query.where(_innovations.c.institution == institution)
    if type:
        query = query.where(_innovations.c.type == type)
    return _all(query.order_by(_innovations.c.position).limit(rows))


def innovation(id: str) -> Callable[[Connection], Any]:
    """The innovation's row with its record (JSON), or None."""
    query = _with_pic.add_columns(_innovations.c.record).where(_innovations.c.innovation == id)
    return lambda connection: connection.execute(query).first()


def obligations(
    edition: str, seen: Institutions, met: bool | None, after: str, rows: int
) -> Callable[[Connection], Sequence[Any]]:
    """By institution's code: what is owed, how many innovations stand, and how many of them have a PIC."""
    standing = and_(
        _innovations.c.edition == _obligations.c.edition,
        _innovations.c.institution == _obligations.c.institution,
        _innovations.c.withdrawn.is_(False),
    )
    registered = func.count(_innovations.c.innovation)
    with_pic = func.count(_pics.c.innovation)
    counted = case((_obligations.c.pic, with_pic), else_=registered)
    query = (
        select(
            _obligations.c.institution,
            _enrolments.c.kind,
            _enrolments.c.name,
            _obligations.c.innovations.label("owed"),
            _obligations.c.pic.label("pic_owed"),
            registered.label("registered"),
            with_pic.label("with_pic"),
            (counted >= _obligations.c.innovations).label("met"),
        )
        .select_from(
            _obligations.join(
                _enrolments,
                and_(_enrolments.c.edition == _obligations.c.edition, _enrolments.c.institution == _obligations.c.institution),
            )
            .outerjoin(_innovations, standing)
            .outerjoin(_pics, _pics.c.innovation == _innovations.c.innovation)
        )
        .where(_obligations.c.edition == edition, _obligations.c.institution > after)
        .group_by(
            _obligations.c.institution,
            _enrolments.c.kind,
            _enrolments.c.name,
            _obligations.c.innovations,
            _obligations.c.pic,
        )
    )
    if seen is not None:
        query = query.where(_obligations.c.institution.in_(seen))
    if met is not None:
        fulfilled = counted >= _obligations.c.innovations
        query = query.having(fulfilled if met else ~fulfilled)
    return _all(query.order_by(_obligations.c.institution).limit(rows))
