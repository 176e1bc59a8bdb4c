"""JSON endpoints: what was written to people, what became of it, and sending again by hand."""

from typing import Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection, func, select

from services.notification.message import MESSAGE, ResendMessage
from services.notification.projections import MessageRow
from services.notification.strict import Strict
from shared.database import table
from shared.deciding import Act
from shared.refusals import Unknown
from shared.web.asking import Asked, PartsHere, SignedIn, reached
from shared.web.paging import Cursor, Limit, page

router = APIRouter(tags=["messages"])

State = Literal["queued", "sent", "uncertain", "bounced", "abandoned", "skipped"]

_messages = table(MessageRow)


class Message(Strict):
    """A message to one person. His name and address are not here: they stand in the vault."""

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


class Messages(Strict):
    counts: dict[State, int]
    """Of the whole edition."""
    messages: list[Message]


class Resent(Strict):
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
    limit: Limit = 100,
) -> Messages:
    """In the order in which they were queued."""
    principal.must_hold(edition, "committee", "auditor")
    counts, found = await parts.database.read(lambda c: _list(c, edition, state, after, limit + 1))
    rows = page(request, response, found, limit, lambda row: row["position"])
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
