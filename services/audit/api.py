"""The trail: who did what, when, and because of which event. Data alone is for auditors."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, select

from services.audit.projections import TrailLine
from shared.database import table
from shared.refusals import Forbidden, Unknown
from shared.security import Principal
from shared.transparency.merkle import leaf_hash
from shared.web.asking import PartsHere, SignedIn, reached
from shared.web.paging import LARGEST, Cursor, Limit, page

router = APIRouter()
_trail = table(TrailLine)


class Line(BaseModel):
    """One event of the trail, without its data."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    position: int
    time: str
    type: str
    service: str
    subject: str
    edition: str | None
    actor: str
    version: int
    request: str
    cause: int | None


class Inspected(BaseModel):
    """One event with everything."""

    model_config = ConfigDict(extra="forbid")

    line: Line
    event: dict[str, Any]
    """The envelope and its data."""
    bytes: str
    """Exactly what is stored and hashed (UTF-8)."""
    sha256: str
    leaf_hash: str
    """Its hash in the Merkle tree (RFC 6962, hex), at index position - 1."""
    signed: bool
    """Whether the last checkpoint covers it."""
    cause: Line | None
    effects: list[Line]


@router.get("/editions/{edition}/trail", dependencies=[Depends(reached)], tags=["trail"])
async def trail(
    edition: str,
    request: Request,
    response: Response,
    parts: PartsHere,
    principal: SignedIn,
    subject: Annotated[str | None, Query(description="The aggregate, like `innovation/<id>`")] = None,
    type: Annotated[str | None, Query(description="The event's type")] = None,
    actor: Annotated[str | None, Query(description="Who did it, like `person/<id>`")] = None,
    after: Cursor = 0,
    limit: Limit = 100,
) -> list[Line]:
    """Who did what, when, and because of which event; in the order of the log. For the edition's committee and auditors.

    No line holds an event's data: scores stay sealed.
    """
    principal.must_hold(edition, "auditor", "committee")
    asked = select(_trail).where(_trail.c.edition == edition, _trail.c.position > after)
    for column, value in ((_trail.c.subject, subject), (_trail.c.type, type), (_trail.c.actor, actor)):
        if value is not None:
            asked = asked.where(column == value)
    asked = asked.order_by(_trail.c.position).limit(limit + 1)
    rows = await parts.database.read(lambda c: c.execute(asked).all())
    return [Line.model_validate(row) for row in page(request, response, rows, limit, lambda row: row.position)]


@router.get("/events/{position}", dependencies=[Depends(reached)], tags=["trail"])
async def event(position: Annotated[int, Path(ge=0, le=LARGEST)], parts: PartsHere, principal: SignedIn) -> Inspected:
    """An event with its bytes, hash, cause and effects. For auditors of its edition; what belongs to none is for every auditor."""
    _must_audit_something(principal)
    found = await parts.database.read(lambda c: _with_relatives(c, position))
    if found is None:
        raise Unknown(
            f"no event stands at position {position}; the trail reaches position {parts.runner.position}",
            f"tidak ada peristiwa pada posisi {position}; jejak sampai posisi {parts.runner.position}",
        )
    line, cause, effects = found
    if line.edition is not None:
        principal.must_hold(line.edition, "auditor")
    [recorded] = await parts.event_log.at(line.service, position, position)
    return Inspected(
        line=line,
        event=msgspec.json.decode(recorded.raw),
        bytes=recorded.raw.decode(),
        sha256=hashlib.sha256(recorded.raw).hexdigest(),
        leaf_hash=leaf_hash(recorded.raw).hex(),
        signed=position <= parts.own["notary"].signed,
        cause=cause,
        effects=effects,
    )


def _must_audit_something(principal: Principal) -> None:
    if not any(grant.role == "auditor" for grant in principal.grants):
        raise Forbidden("an event's data is for auditors alone", "isi peristiwa hanya untuk auditor")


def _with_relatives(connection: Connection, position: int) -> tuple[Line, Line | None, list[Line]] | None:
    def lines(where: Any) -> Sequence[Line]:
        rows = connection.execute(select(_trail).where(where).order_by(_trail.c.position).limit(500))
        return [Line.model_validate(row) for row in rows]

    for line in lines(_trail.c.position == position):
        cause = lines(_trail.c.position == line.cause)[0] if line.cause is not None else None
        return line, cause, list(lines(_trail.c.cause == position))
    return None
