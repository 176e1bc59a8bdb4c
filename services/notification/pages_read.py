"""What the pages of notification show that no listing of its API does: newest first, and by institution."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from services.notification.circulars import AddresseeRow, CircularRow
from services.notification.outbox import OutboxRow
from services.notification.people import EnrolledRow
from services.notification.projections import MessageRow
from shared.database import table

_circulars, _addressees = table(CircularRow), table(AddresseeRow)
_messages, _outbox, _enrolled = table(MessageRow), table(OutboxRow), table(EnrolledRow)
LATEST = 2**62


def circulars(
    edition: str, institutions: tuple[str, ...] | None, before: int, rows: int
) -> Callable[[Connection], Sequence[Any]]:
    """Newest first: each with how many of `institutions` (None: of all) it is addressed to and how many have acknowledged it."""
    of = select(
        _addressees.c.circular,
        func.count().label("addressed"),
        func.sum((_addressees.c.position > 0).cast(_addressees.c.position.type)).label("acknowledged"),
    ).group_by(_addressees.c.circular)
    if institutions is not None:
        of = of.where(_addressees.c.institution.in_(institutions))
    counted = of.subquery()
    wanted = (
        select(_circulars, counted.c.addressed, counted.c.acknowledged)
        .select_from(_circulars.join(counted, counted.c.circular == _circulars.c.id))
        .where(_circulars.c.edition == edition, _circulars.c.position < (before or LATEST))
        .order_by(_circulars.c.position.desc())
        .limit(rows)
    )
    return lambda connection: connection.execute(wanted).mappings().all()


def institutions(edition: str) -> Callable[[Connection], Sequence[Any]]:
    """(institution, name, kind) of all that take part, by name."""
    wanted = select(_enrolled).where(_enrolled.c.edition == edition).order_by(_enrolled.c.name, _enrolled.c.institution)
    return lambda connection: connection.execute(wanted).mappings().all()


def messages(edition: str, state: str, before: int, rows: int) -> Callable[[Connection], tuple[dict[str, int], Sequence[Any]]]:
    """How many messages there are in each state, and those in one of them (empty: all) newest first, each with what the outbox has
    of its present attempt: `tries` and `due`, None where it was not handed out yet."""

    def query(connection: Connection) -> tuple[dict[str, int], Sequence[Any]]:
        of_edition = _messages.c.edition == edition
        counted = select(_messages.c.state, func.count()).where(of_edition).group_by(_messages.c.state)
        wanted = _with_outbox().where(of_edition, _messages.c.position < (before or LATEST))
        if state:
            wanted = wanted.where(_messages.c.state == state)
        found = connection.execute(wanted.order_by(_messages.c.position.desc()).limit(rows)).mappings().all()
        return {row[0]: row[1] for row in connection.execute(counted)}, found

    return query


def message(edition: str, id: str) -> Callable[[Connection], Any]:
    """One of them, or None."""
    wanted = _with_outbox().where(_messages.c.edition == edition, _messages.c.id == id)
    return lambda connection: connection.execute(wanted).mappings().first()


def _with_outbox() -> Any:
    this = (_outbox.c.message == _messages.c.id) & (_outbox.c.attempt == _messages.c.attempt)
    return select(_messages, _outbox.c.tries, _outbox.c.due).select_from(_messages.outerjoin(_outbox, this))
