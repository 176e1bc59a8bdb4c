"""The audit service's API: the trail for those who may see it, the checkpoint and the hash tiles for everybody."""

import hashlib
import re
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import FileResponse, PlainTextResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, select

from services.audit.ledger import public_directory
from services.audit.notary import Notary
from services.audit.projections import TrailLine
from shared.database import table
from shared.refusals import Forbidden, Unknown
from shared.security import Principal
from shared.transparency.merkle import leaf_hash
from shared.web.asking import PartsHere, SignedIn, public, reached
from shared.web.paging import LARGEST, Cursor, Limit, page

router = APIRouter()
_trail = table(TrailLine)
_TILE = re.compile(r"(0|[1-9][0-9]?)/(x[0-9]{3}/)*[0-9]{3}(\.p/[1-9][0-9]{0,2})?")
"""Hash tiles alone: entry bundles (`tile/entries/…`) are not public."""


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


class NotaryDescribed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    origin: str
    vkey: str
    position: int
    en: str
    id: str


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
        signed=position <= _notary(parts).signed,
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


# -- what anybody may have: it holds hashes only


def _notary(parts: PartsHere) -> Notary:
    notary: Notary = parts.own["notary"]
    return notary


@router.get("/checkpoint", dependencies=[Depends(public)], response_class=PlainTextResponse, tags=["proof"])
async def checkpoint(parts: PartsHere) -> Response:
    """The last signed checkpoint (C2SP tlog-checkpoint): how many events there are, and the root of the tree over them."""
    file = public_directory(parts.settings.data) / "checkpoint"
    if not file.exists():
        raise Unknown("nothing is signed yet; ask again in a moment", "belum ada yang ditandatangani; coba lagi sebentar")
    return PlainTextResponse(file.read_bytes(), headers={"Cache-Control": "no-cache"})


@router.get("/tile/{path:path}", dependencies=[Depends(public)], response_class=FileResponse, tags=["proof"])
async def tile(path: str, parts: PartsHere) -> Response:
    """A hash tile (C2SP tlog-tiles): `0/x001/234`, or `0/x001/234.p/5` while it is not full. Level 0 holds the leaf hashes."""
    file = public_directory(parts.settings.data) / "tile" / path
    if not _TILE.fullmatch(path) or not file.is_file():
        raise Unknown(
            "there is no such hash tile; if it was a partial one, ask for the full one",
            "tidak ada ubin hash demikian; jika tadinya sebagian, minta ubin penuhnya",
        )
    immutable = {"Cache-Control": "public, max-age=604800, immutable"}
    return FileResponse(file, media_type="application/octet-stream", headers=immutable)


@router.get("/notary", dependencies=[Depends(public)], tags=["proof"])
async def notary(parts: PartsHere) -> NotaryDescribed:
    """The key that checkpoints are signed with, and what they say, in words."""
    it = _notary(parts)
    return NotaryDescribed(
        origin=it.origin,
        vkey=it.vkey,
        position=it.signed,
        en=f"The notary of {it.origin} has signed that the first {it.signed} events are exactly these and stand in this order. "
        "Whoever keeps a checkpoint can show later that nothing before it was changed, removed or inserted.",
        id=f"Notaris {it.origin} telah menandatangani bahwa {it.signed} peristiwa pertama persis seperti ini dan dalam urutan ini. "
        "Siapa pun yang menyimpan checkpoint dapat menunjukkan kelak bahwa tidak ada yang diubah, dihapus, atau disisipkan "
        "sebelumnya.",
    )
