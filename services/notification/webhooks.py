"""Webhooks and their deliveries: working state. A webhook hears of events from its registration on, each once or, after a crash, again
with the same `webhook-id`.

A delivery goes `waiting` → `delivered`, or after the last try `dead`, which its owner may have tried again.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, select, update
from sqlmodel import Field, SQLModel

from shared.database import table


class WebhookRow(SQLModel, table=True):
    __tablename__ = "notification_webhooks"

    id: str = Field(primary_key=True)
    body: str
    """Digest of the request that registered it."""
    edition: str = Field(index=True)
    owner: str
    """The principal who registered it: `person/…` or `client/…`."""
    institutions: str
    """JSON list of those whose innovations it may hear of; null: all."""
    url: str
    events: str
    """JSON list of event types."""
    secret: str
    since: int
    """It hears of what stands after this position."""
    created: float
    ended: float = 0
    why_ended: str = ""


class DeliveryRow(SQLModel, table=True):
    __tablename__ = "notification_webhook_deliveries"

    webhook: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    payload: str
    state: str = Field(index=True)
    tries: int = 0
    due: float = 0
    handed: float = 0
    answer: str = ""
    changed: float


class WebhookCursor(SQLModel, table=True):
    """How far the log has been looked through for webhooks."""

    __tablename__ = "notification_webhook_cursor"

    id: int = Field(primary_key=True)
    position: int


TABLES = (WebhookRow, DeliveryRow, WebhookCursor)
_webhooks, _deliveries, _cursor = table(WebhookRow), table(DeliveryRow), table(WebhookCursor)


def begin(connection: Connection, position: int) -> None:
    """A new database looks through what comes from now on."""
    if connection.execute(select(_cursor.c.id)).first() is None:
        connection.execute(insert(_cursor), {"id": 1, "position": position})


def cursor(connection: Connection) -> int:
    return int(connection.execute(select(_cursor.c.position)).scalar_one())


def register(connection: Connection, row: Mapping[str, Any]) -> Any:
    """The webhook's row; the one that stands already where the request is repeated."""
    known = find(connection, row["id"])
    if known is not None:
        return known
    values = {**row, "created": time.time(), "ended": 0.0, "why_ended": ""}
    connection.execute(insert(_webhooks), values)
    return find(connection, row["id"])


def find(connection: Connection, id: str) -> Any:
    return connection.execute(select(_webhooks).where(_webhooks.c.id == id)).mappings().first()


def active(connection: Connection) -> Sequence[Any]:
    return connection.execute(select(_webhooks).where(_webhooks.c.ended == 0)).mappings().all()


def of_edition(edition: str, owner: str | None) -> Callable[[Connection], Sequence[Any]]:
    """(webhook's row, deliveries by state), oldest first; `owner`: his only."""
    wanted = select(_webhooks).where(_webhooks.c.edition == edition).order_by(_webhooks.c.created, _webhooks.c.id)
    if owner is not None:
        wanted = wanted.where(_webhooks.c.owner == owner)
    counted = select(_deliveries.c.webhook, _deliveries.c.state, func.count()).group_by(
        _deliveries.c.webhook, _deliveries.c.state
    )

    def query(connection: Connection) -> Sequence[Any]:
        counts: dict[str, dict[str, int]] = {}
        for webhook, state, number in connection.execute(counted):
            counts.setdefault(webhook, {})[state] = number
        return [(row, counts.get(row["id"], {})) for row in connection.execute(wanted).mappings().all()]

    return query


def end(connection: Connection, id: str, why: str) -> None:
    """It hears of nothing more, and what waits is not delivered."""
    this = update(_webhooks).where(_webhooks.c.id == id, _webhooks.c.ended == 0)
    connection.execute(this.values(ended=time.time(), why_ended=why))
    waiting = update(_deliveries).where(_deliveries.c.webhook == id, _deliveries.c.state == "waiting")
    connection.execute(waiting.values(state="dead", answer=why, changed=time.time()))


def deliveries(id: str, state: str | None, after: int, rows: int) -> Callable[[Connection], Sequence[Any]]:
    """In the order of the events."""
    wanted = select(_deliveries).where(_deliveries.c.webhook == id, _deliveries.c.position > after)
    if state is not None:
        wanted = wanted.where(_deliveries.c.state == state)
    ordered = wanted.order_by(_deliveries.c.position).limit(rows)
    return lambda connection: connection.execute(ordered).mappings().all()


def revive(connection: Connection, id: str) -> int:
    """Dead deliveries wait again, with all their tries; how many."""
    dead = update(_deliveries).where(_deliveries.c.webhook == id, _deliveries.c.state == "dead")
    return connection.execute(dead.values(state="waiting", tries=0, due=0.0, handed=0.0, changed=time.time())).rowcount


def add(connection: Connection, before: int, after: int, payloads: Sequence[tuple[str, int, Mapping[str, Any]]]) -> bool:
    """Move the cursor and add (webhook, position, payload) at once. False if another process moved it."""
    this = update(_cursor).where(_cursor.c.id == 1, _cursor.c.position == before)
    if connection.execute(this.values(position=after)).rowcount != 1:
        return False
    rows = [
        {
            "webhook": webhook,
            "position": position,
            "payload": msgspec.json.encode(payload).decode(),
            "state": "waiting",
            "tries": 0,
            "due": 0.0,
            "handed": 0.0,
            "answer": "",
            "changed": time.time(),
        }
        for webhook, position, payload in payloads
    ]
    if rows:
        connection.execute(insert(_deliveries), rows)
    return True


def hand_out(connection: Connection, most: int, again_after: float) -> list[tuple[str, int]]:
    """Deliveries (webhook, position) that are due and in nobody's hands; they count as handed to the workers from now on."""
    now = time.time()
    wanted = (
        select(_deliveries.c.webhook, _deliveries.c.position)
        .where(_deliveries.c.state == "waiting", _deliveries.c.due <= now, _deliveries.c.handed <= now - again_after)
        .order_by(_deliveries.c.due, _deliveries.c.position)
        .limit(most)
    )
    rows = [(row.webhook, row.position) for row in connection.execute(wanted)]
    for webhook, position in rows:
        connection.execute(_this(webhook, position).values(handed=now))
    return rows


def look(connection: Connection, webhook: str, position: int) -> Any:
    """The delivery with its webhook's address and secret, if it waits and the webhook lives."""
    wanted = (
        select(_deliveries.c.payload, _deliveries.c.tries, _webhooks.c.url, _webhooks.c.secret)
        .select_from(_deliveries.join(_webhooks, _webhooks.c.id == _deliveries.c.webhook))
        .where(
            _deliveries.c.webhook == webhook,
            _deliveries.c.position == position,
            _deliveries.c.state == "waiting",
            _webhooks.c.ended == 0,
        )
    )
    return connection.execute(wanted).first()


def settle(connection: Connection, webhook: str, position: int, **values: Any) -> None:
    connection.execute(_this(webhook, position).values(**values, changed=time.time()))


def _this(webhook: str, position: int) -> Any:
    return update(_deliveries).where(
        _deliveries.c.webhook == webhook, _deliveries.c.position == position, _deliveries.c.state == "waiting"
    )
