"""JSON endpoints: what was written to people, what became of it, and sending again by hand."""

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, func, select

from services.notification.message import MESSAGE, ResendMessage
from services.notification.projections import MessageRow
from shared.database import table
from shared.deciding import Act
from shared.refusals import Unknown
from shared.web.asking import Asked, PartsHere, SignedIn, reached
from shared.web.paging import Cursor

router = APIRouter(tags=["messages"])

State = Literal["queued", "sent", "uncertain", "bounced", "abandoned", "skipped"]

_messages = table(MessageRow)


class Message(BaseModel):
    """A message to one person. His name and address are not here: they stand in the vault."""

    model_config = ConfigDict(extra="forbid")

    id: str
    position: int
    person: str
    template: str
    about: str
    cause: int
    facts: dict[str, str]
    state: State
    attempt: int
    answer: str
    queued_at: str
    changed_at: str


class Messages(BaseModel):
    model_config = ConfigDict(extra="forbid")

    counts: dict[State, int]
    """Of the whole edition."""
    messages: list[Message]


class Resent(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str


def _list(connection: Connection, edition: str, state: str | None, after: int, limit: int) -> tuple[dict[str, int], list[Any]]:
    of_edition = _messages.c.edition == edition
    counted = select(_messages.c.state, func.count()).where(of_edition).group_by(_messages.c.state)
    counts = {row[0]: row[1] for row in connection.execute(counted)}
    wanted = select(_messages).where(of_edition, _messages.c.position > after)
    if state is not None:
        wanted = wanted.where(_messages.c.state == state)
    return counts, list(connection.execute(wanted.order_by(_messages.c.position).limit(limit)).mappings())


@router.get("/editions/{edition}/messages", dependencies=[Depends(reached)])
async def messages(
    edition: str,
    request: Request,
    response: Response,
    parts: PartsHere,
    principal: SignedIn,
    state: State | None = None,
    after: Cursor = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Messages:
    """In the order in which they were queued."""
    principal.must_hold(edition, "committee", "auditor")
    counts, rows = await parts.database.read(lambda c: _list(c, edition, state, after, limit))
    if len(rows) == limit:
        next_page = request.url.include_query_params(after=rows[-1]["position"])
        response.headers["Link"] = f'<{next_page.path}?{next_page.query}>; rel="next"'
    known = Message.model_fields
    shown = [Message(**{**{name: row[name] for name in known}, "facts": msgspec.json.decode(row["facts"])}) for row in rows]
    return Messages(counts=counts, messages=shown)


@router.post("/messages/{id}/resend", status_code=202)
async def resend(id: str, asked: Asked) -> Resent:
    """Send an uncertain, bounced, abandoned or skipped message, with the same Message-ID."""
    row = await asked.parts.database.read(lambda c: c.execute(select(_messages.c.edition).where(_messages.c.id == id)).first())
    if row is None:
        raise Unknown("there is no such message; see the list of messages", "pesan ini tidak ada; lihat daftar pesan")
    asked.principal.must_hold(row.edition, "committee")
    await asked.carry_out(Act(MESSAGE(id), ResendMessage()), edition=row.edition)
    return Resent(id=id)
