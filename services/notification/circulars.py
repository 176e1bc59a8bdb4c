"""Circulars as the log has them: what was issued to whom, who has acknowledged, and which are waited for."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlmodel import Field, SQLModel

from services.notification.rows import id_of
from shared.database import table
from shared.eventlog import Recorded
from shared.events.notification import AcknowledgementConfirmed, CircularAcknowledged, CircularChased, CircularIssued
from shared.runner import Projection
from shared.runner.projection import Changes


class CircularRow(SQLModel, table=True):
    __tablename__ = "notification_circulars_v2"

    id: str = Field(primary_key=True)
    position: int = Field(index=True)
    edition: str = Field(index=True)
    number: str
    dated: str
    title: str
    text: str
    file: str
    file_name: str
    days: int
    issued: str
    acknowledge_by: str
    """RFC 3339; empty: no acknowledgement is asked for."""
    rounds: int
    """Reminders so far."""


class AddresseeRow(SQLModel, table=True):
    """An institution that a circular is addressed to. `position` is that of its acknowledgement, 0 while there is none."""

    __tablename__ = "notification_addressees_v2"

    circular: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    position: int = 0
    person: str = ""
    at: str = ""
    recorded_by: str = ""
    """Who entered it from paper."""
    confirmed: str = ""
    """When he whose paper it is confirmed it."""


CIRCULARS = Projection("notification_circulars", 2, CircularRow, AddresseeRow)

_circulars, _addressees = table(CircularRow), table(AddresseeRow)
_ADD = insert(_circulars)
_ADDRESS = insert(_addressees)
_ACKNOWLEDGE = update(_addressees).where(
    _addressees.c.circular == bindparam("_circular"), _addressees.c.institution == bindparam("_institution")
)
_SAID = ("person", "at", "recorded_by", "confirmed")
_CHASE = update(_circulars).where(_circulars.c.id == bindparam("_id"))


@CIRCULARS.on(CircularIssued)
def _issued(recorded: Recorded, event: CircularIssued) -> Changes:
    id = id_of(recorded)
    yield (
        _ADD,
        {
            "id": id,
            "position": recorded.position,
            "edition": recorded.envelope.edition or "",
            "number": event.number,
            "dated": event.dated.isoformat(),
            "title": event.title,
            "text": event.text,
            "file": event.file,
            "file_name": event.file_name,
            "days": event.days,
            "issued": recorded.envelope.time.isoformat(),
            "acknowledge_by": event.acknowledge_by.isoformat() if event.acknowledge_by else "",
            "rounds": 0,
        },
    )
    for institution in event.institutions:
        yield _ADDRESS, {"circular": id, "institution": institution, "position": 0, **dict.fromkeys(_SAID, "")}


@CIRCULARS.on(CircularAcknowledged)
def _acknowledged(recorded: Recorded, event: CircularAcknowledged) -> Changes:
    yield (
        _ACKNOWLEDGE,
        {
            "_circular": id_of(recorded),
            "_institution": event.institution,
            "position": recorded.position,
            "person": event.person,
            "at": recorded.envelope.time.isoformat(),
            "recorded_by": event.recorded_by,
        },
    )


@CIRCULARS.on(AcknowledgementConfirmed)
def _confirmed(recorded: Recorded, event: AcknowledgementConfirmed) -> Changes:
    place = {"_circular": id_of(recorded), "_institution": event.institution}
    yield _ACKNOWLEDGE, {**place, "confirmed": recorded.envelope.time.isoformat()}


@CIRCULARS.on(CircularChased)
def _chased(recorded: Recorded, event: CircularChased) -> Changes:
    yield _CHASE, {"_id": id_of(recorded), "rounds": event.round}


_counted = (
    select(
        _addressees.c.circular,
        func.count().label("addressed"),
        func.sum((_addressees.c.position > 0).cast(_addressees.c.position.type)).label("acknowledged"),
    )
    .group_by(_addressees.c.circular)
    .subquery()
)


def circulars(
    edition: str, institutions: tuple[str, ...] | None, after: int, rows: int
) -> Callable[[Connection], Sequence[Any]]:
    """In the order of their issue, with how many were addressed and have acknowledged. `institutions`: only what is addressed to
    one of them; None: all."""
    wanted = (
        select(_circulars, _counted.c.addressed, _counted.c.acknowledged)
        .select_from(_circulars.join(_counted, _counted.c.circular == _circulars.c.id))
        .where(_circulars.c.edition == edition, _circulars.c.position > after)
    )
    if institutions is not None:
        mine = select(_addressees.c.circular).where(_addressees.c.institution.in_(institutions))
        wanted = wanted.where(_circulars.c.id.in_(mine))
    ordered = wanted.order_by(_circulars.c.position).limit(rows)
    return lambda connection: connection.execute(ordered).mappings().all()


def circular(id: str, institutions: tuple[str, ...] | None) -> Callable[[Connection], tuple[Any, Sequence[Any]]]:
    """The circular's row, or None, and its addressees by code (those of `institutions` only)."""

    def query(connection: Connection) -> tuple[Any, Sequence[Any]]:
        row = connection.execute(select(_circulars).where(_circulars.c.id == id)).mappings().first()
        addressed = select(_addressees).where(_addressees.c.circular == id).order_by(_addressees.c.institution)
        if institutions is not None:
            addressed = addressed.where(_addressees.c.institution.in_(institutions))
        return row, connection.execute(addressed).mappings().all()

    return query


def waited_for(most_rounds: int) -> Callable[[Connection], Sequence[Any]]:
    """(id, edition, issued, acknowledge_by, rounds) of circulars that some institution has not acknowledged and may be chased."""
    missing = select(_addressees.c.circular).where(_addressees.c.position == 0)
    wanted = select(
        _circulars.c.id, _circulars.c.edition, _circulars.c.issued, _circulars.c.acknowledge_by, _circulars.c.rounds
    ).where(_circulars.c.days > 0, _circulars.c.rounds < most_rounds, _circulars.c.id.in_(missing))
    return lambda connection: connection.execute(wanted).all()
