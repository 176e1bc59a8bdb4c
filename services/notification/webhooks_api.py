"""JSON endpoints: webhooks by Standard Webhooks (https://www.standardwebhooks.com), and what became of their deliveries."""

import base64
import secrets
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.notification import webhooks
from services.notification.strict import Strict
from services.notification.webhook_doors import ClosedDoor, Doors
from services.notification.webhook_events import NAMES
from shared.eventlog import RequestReused
from shared.parts import Parts
from shared.refusals import Invalid, Refused, Unknown
from shared.security import Principal
from shared.web.asking import Asked, PartsHere, SignedIn
from shared.web.paging import Cursor, Limit, page
from shared.web.rehearsal import concerns

router = APIRouter(tags=["webhooks"])

SCOPE = "webhooks:write"


class WebhookBody(Strict):
    edition: Annotated[str, Field(min_length=1, max_length=60, examples=["batam-2023"])]
    url: Annotated[str, Field(min_length=8, max_length=2000, examples=["https://office.example/makmal"])]
    events: Annotated[list[str], Field(min_length=1, max_length=50, examples=[["ResultsAnnounced"]])]


class WebhookShown(Strict):
    id: str
    edition: str
    url: str
    events: list[str]
    ended: datetime | None
    why_ended: str


class WebhookListed(WebhookShown):
    deliveries: dict[Literal["waiting", "delivered", "dead"], int]


class WebhookRegistered(WebhookShown):
    secret: str
    """Shown here alone: what signatures are checked with (`whsec_…`)."""


class Delivery(Strict):
    """`payload` is what was signed; its header `webhook-id` is `<webhook>.<position>`."""

    position: int
    type: str
    state: Literal["waiting", "delivered", "dead"]
    tries: int
    answer: str
    changed: datetime


class Revived(Strict):
    revived: int


@router.post("/webhooks", status_code=201)
async def register_webhook(body: WebhookBody, asked: Asked) -> WebhookRegistered:
    """Hear of events from now on. The committee, or an API client of the edition: of its own institutions' innovations."""
    grant = asked.principal.must_hold(body.edition, "committee", "service", scope=SCOPE)
    if strange := sorted(set(body.events) - set(NAMES)):
        raise Invalid(
            f"no webhook tells of {', '.join(strange)}; choose among {', '.join(NAMES)}",
            f"tidak ada webhook untuk {', '.join(strange)}; pilih di antara {', '.join(NAMES)}",
        )
    doors: Doors = asked.parts.own["doors"]
    try:
        await doors.find(body.url)
    except ClosedDoor as closed:
        raise Invalid(closed.en, closed.id) from closed
    except OSError as error:
        raise Invalid(
            "the address cannot be found just now; check its name and try again",
            "alamat ini tidak dapat ditemukan saat ini; periksa namanya lalu coba lagi",
        ) from error
    bound = grant.role == "service" and grant.institutions
    row = {
        "id": asked.new_id(),
        "body": asked.body,
        "edition": body.edition,
        "owner": asked.principal.id,
        "institutions": msgspec.json.encode(list(grant.institutions) if bound else None).decode(),
        "url": body.url,
        "events": msgspec.json.encode(sorted(set(body.events))).decode(),
        "since": await asked.parts.event_log.position(),
        "secret": f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}",
    }
    found = await asked.parts.database.write(lambda connection: webhooks.register(connection, row))
    if found["body"] != asked.body:
        raise RequestReused
    return WebhookRegistered(**{**_shown(found), "ended": None, "why_ended": ""}, secret=found["secret"])


@router.get("/webhooks")
async def list_webhooks(edition: Annotated[str, Query()], parts: PartsHere, principal: SignedIn) -> list[WebhookListed]:
    """One's own; the committee sees those of the whole edition."""
    grant = principal.must_hold(edition, "committee", "service", scope=SCOPE)
    owner = None if grant.role == "committee" else principal.id
    rows = await parts.database.read(webhooks.of_edition(edition, owner))
    return [WebhookListed(**_shown(row), deliveries=counts) for row, counts in rows]


@router.get("/webhooks/{id}/deliveries")
async def list_deliveries(
    id: str,
    request: Request,
    response: Response,
    parts: PartsHere,
    principal: SignedIn,
    state: Literal["waiting", "delivered", "dead"] | None = None,
    after: Cursor = 0,
    limit: Limit = 100,
) -> list[Delivery]:
    """In the order of the events."""
    row = await _own(id, parts, principal)
    concerns(request, row["edition"])
    rows = await parts.database.read(webhooks.deliveries(id, state, after, limit + 1))
    shown = page(request, response, rows, limit, lambda row: row["position"])
    return [_delivery(row) for row in shown]


@router.post("/webhooks/{id}/retry", status_code=202)
async def retry_deliveries(id: str, asked: Asked) -> Revived:
    """Try the dead deliveries again."""
    row = await _own(id, asked.parts, asked.principal)
    if row["ended"]:
        raise Refused("this webhook has ended; register a new one", "webhook ini sudah diakhiri; daftarkan yang baru")
    return Revived(revived=await asked.parts.database.write(lambda connection: webhooks.revive(connection, id)))


@router.delete("/webhooks/{id}", status_code=204)
async def end_webhook(id: str, request: Request, parts: PartsHere, principal: SignedIn) -> None:
    """It hears of nothing more; what waits is not delivered."""
    row = await _own(id, parts, principal)
    concerns(request, row["edition"])
    await parts.database.write(lambda connection: webhooks.end(connection, id, "its owner ended it"))


async def _own(id: str, parts: Parts, principal: Principal) -> Any:
    row = await parts.database.read(lambda connection: webhooks.find(connection, id))
    if row is None:
        raise _no_such_webhook()
    grant = principal.must_hold(row["edition"], "committee", "service", scope=SCOPE)
    if grant.role != "committee" and row["owner"] != principal.id:
        raise _no_such_webhook()
    return row


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "edition": row["edition"],
        "url": row["url"],
        "events": msgspec.json.decode(row["events"]),
        "ended": datetime.fromtimestamp(row["ended"], UTC) if row["ended"] else None,
        "why_ended": row["why_ended"],
    }


def _delivery(row: Any) -> Delivery:
    return Delivery(
        position=row["position"],
        type=msgspec.json.decode(row["payload"])["type"],
        state=row["state"],
        tries=row["tries"],
        answer=row["answer"],
        changed=datetime.fromtimestamp(row["changed"], UTC),
    )


def _no_such_webhook() -> Unknown:
    return Unknown("there is no such webhook; see your list", "webhook ini tidak ada; lihat daftar Anda")
