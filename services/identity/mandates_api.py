"""By what right: who holds or held which role, from when to when, by which decree."""

import json
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import RowMapping, or_, select

from services.identity import authority
from services.identity.people_api import Body, PersonId
from services.identity.projections import MandateRow
from services.identity.roles import ADMINISTRATOR
from shared.database import table
from shared.web.asking import PartsHere, SignedIn, reached
from shared.web.paging import LARGEST, Cursor, Limit, page

mandates_router = APIRouter(tags=["mandates"])


class HeldRole(Body):
    role: str
    edition: str
    institutions: list[str]
    decree: str
    decree_date: date | None
    employer: str
    since: datetime
    """When it was recorded; the decree's date may be another."""


class HeldRoles(Body):
    roles: list[HeldRole]


@mandates_router.get("/persons/{person}/roles", dependencies=[Depends(reached)])
async def roles(person: PersonId, parts: PartsHere, principal: SignedIn) -> HeldRoles:
    """The roles that a person holds, by edition: all of them for himself and administrators; for a committee those in its edition."""
    held = table(MandateRow)
    asked = select(held).where(held.c.holder == f"person/{person}", held.c.until.is_(None))
    if principal.id != f"person/{person}" and not principal.holds(ADMINISTRATOR):
        authority.must_hold_anywhere(principal, *authority.MAY_READ_ROLES)
        asked = asked.where(held.c.edition.in_(authority.editions_of(principal, *authority.MAY_READ_ROLES)))
    rows = await parts.database.read(lambda c: c.execute(asked.order_by(held.c.edition, held.c.role)).mappings().all())
    return HeldRoles(roles=[_role(row) for row in rows])


class Mandate(HeldRole):
    holder: str
    """`person/<id>` or `client/<id>`: the actor that events name."""
    position: int
    """Of the event that granted it."""
    granted_by: str
    until: datetime | None
    """When it was revoked, or granted anew on other terms; none: it is held."""
    ended_by: str
    ended_position: int | None
    reason: str
    """Why it was revoked."""


class Mandates(Body):
    mandates: list[Mandate]


@mandates_router.get("/mandates", dependencies=[Depends(reached)])
async def mandates(
    request: Request,
    response: Response,
    parts: PartsHere,
    principal: SignedIn,
    person: Annotated[str, Query(pattern="^([0-9a-f]{32})?$", description="Of this person alone")] = "",
    client: Annotated[str, Query(max_length=64, description="Of this API client alone")] = "",
    edition: Annotated[str, Query(max_length=64, description="Held in this edition; empty: in any and outside of all")] = "",
    role: Annotated[str, Query(max_length=40)] = "",
    at: Annotated[datetime | None, Query(description="Held at this time (by when it was recorded)")] = None,
    at_position: Annotated[
        int | None, Query(ge=0, le=LARGEST, description="Held when the event of this position was recorded")
    ] = None,
    after: Cursor = 0,
    limit: Limit = 100,
) -> Mandates:
    """Who held which role when, in the order in which they were granted: the mandate of every act can be looked up by its actor
    and position. For the committee and the auditors of the edition, administrators, and each person about himself.
    """
    if not (person and principal.id == f"person/{person}") and not principal.holds(ADMINISTRATOR):
        principal.must_hold(edition, "committee", "auditor")
    held = table(MandateRow)
    asked = select(held).where(held.c.position > after).order_by(held.c.position).limit(limit + 1)
    for column, wanted in (("edition", edition), ("role", role)):
        if wanted:
            asked = asked.where(held.c[column] == wanted)
    if person:
        asked = asked.where(held.c.holder == f"person/{person}")
    if client:
        asked = asked.where(held.c.holder == f"client/{client}")
    if at is not None:
        moment = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")
        asked = asked.where(held.c.since <= moment, or_(held.c.until.is_(None), held.c.until > moment))
    if at_position is not None:
        ended = held.c.ended_position
        asked = asked.where(held.c.position <= at_position, or_(ended.is_(None), ended > at_position))
    rows = await parts.database.read(lambda c: c.execute(asked).mappings().all())
    shown = page(request, response, rows, limit, lambda row: row["position"])
    return Mandates(mandates=[_mandate(row) for row in shown])


def _role(row: RowMapping) -> HeldRole:
    return HeldRole(**{name: row[name] for name in HeldRole.model_fields} | {"institutions": json.loads(row["institutions"])})


def _mandate(row: RowMapping) -> Mandate:
    return Mandate(**{name: row[name] for name in Mandate.model_fields} | {"institutions": json.loads(row["institutions"])})
