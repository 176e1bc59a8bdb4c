"""Questions to the projections, each one a query for `Database.read`."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, case, func, or_, select

from services.registration.edition_projection import EditionRow
from services.registration.innovation_projection import InnovationRow, PicRow
from services.registration.institution_projection import EnrolmentRow
from shared.database import table

Institutions = tuple[str, ...] | None
"""Codes of the institutions that may be seen; None: all."""

_editions = table(EditionRow)
_enrolments = table(EnrolmentRow)
_innovations = table(InnovationRow)
_pics = table(PicRow)

_versions = func.coalesce(_pics.c.version, 0)
_with_pic = select(
    *(column for column in _innovations.c if column.name not in ("record", "version")),
    func.coalesce(_pics.c.person, "").label("pic"),
    func.coalesce(_pics.c.accepted, False).label("pic_accepted"),
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
    """(edition, deadline) of every edition that goes on and whose registration is not on record as closed."""
    open_ones = select(_editions.c.edition, _editions.c.closes).where(_editions.c.closed == "", _editions.c.ended == "")
    return connection.execute(open_ones).all()


def rules_of_open_ones(connection: Connection) -> Sequence[Any]:
    """(edition, deadline, rulebook as JSON) of the same editions."""
    open_ones = select(_editions.c.edition, _editions.c.closes, _editions.c.rulebook)
    return connection.execute(open_ones.where(_editions.c.closed == "", _editions.c.ended == "")).all()


def institutions(edition: str, kind: str, after: str, rows: int) -> Callable[[Connection], Sequence[Any]]:
    """By code."""
    query = select(_enrolments).where(_enrolments.c.edition == edition, _enrolments.c.institution > after)
    if kind:
        query = query.where(_enrolments.c.kind == kind)
    return _all(query.order_by(_enrolments.c.institution).limit(rows))


def other_editions_of(institution: str, edition: str) -> Callable[[Connection], tuple[str, ...]]:
    """Editions but this one that go on and in which the institution takes part by itself."""
    query = (
        select(_enrolments.c.edition)
        .join(_editions, _editions.c.edition == _enrolments.c.edition)
        .where(_enrolments.c.institution == institution, _enrolments.c.carried_into == "")
        .where(_enrolments.c.edition != edition, _editions.c.ended == "")
        .order_by(_enrolments.c.edition)
    )
    return lambda connection: tuple(connection.execute(query).scalars())


def innovations(
    edition: str, seen: Institutions, institution: str, type: str, after: int, rows: int, external_reference: str = ""
) -> Callable[[Connection], Sequence[Any]]:
    """In the order of submission, without their records; `after` is the position of a submission."""
    query = _with_pic.where(_innovations.c.edition == edition, _innovations.c.position > after)
    if seen is not None:
        taken_over = select(_enrolments.c.institution).where(
            _enrolments.c.edition == edition, _enrolments.c.carried_into.in_(seen)
        )
        query = query.where(or_(_innovations.c.institution.in_(seen), _innovations.c.institution.in_(taken_over)))
    if institution:
        query = query.where(_innovations.c.institution == institution)
    if type:
        query = query.where(_innovations.c.type == type)
    if external_reference:
        query = query.where(_innovations.c.external_reference == external_reference)
    return _all(query.order_by(_innovations.c.position).limit(rows))


def innovations_of_person(person: str, after: int, rows: int) -> Callable[[Connection], Sequence[Any]]:
    """Those that he answers for, as PIC or because they were entered on his behalf, of all editions, in the order of submission."""
    his = or_(_pics.c.person == person, _innovations.c.accountable == person)
    return _all(_with_pic.where(his, _innovations.c.position > after).order_by(_innovations.c.position).limit(rows))


def innovation(id: str) -> Callable[[Connection], Any]:
    """The innovation's row with its record (JSON), or None."""
    query = _with_pic.add_columns(_innovations.c.record).where(_innovations.c.innovation == id)
    return lambda connection: connection.execute(query).first()
