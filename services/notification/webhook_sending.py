"""Delivering to webhooks as Standard Webhooks say: signed, tried again with longer and longer pauses, and given up at last."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from standardwebhooks import Webhook

from services.notification import webhook_events, webhooks
from services.notification.known import INNOVATION
from services.notification.webhook_doors import ClosedDoor, Doors
from shared.eventlog import LogUnavailable, LogWentBack, Recorded
from shared.parts import Parts
from shared.work import WorkQueue

log = structlog.get_logger()

READ = ("registration", "screening", "judging", "notification")
GONE = 410
LONGEST_ANSWER = 300
ONE_USE = httpx.Limits(max_keepalive_connections=0)
"""Two names may share an address: no connection that was opened for one is used for the other."""


@dataclass(frozen=True)
class Persistence:
    """How a delivery is tried again; seconds."""

    pauses: tuple[float, ...] = (5, 60, 300, 1800, 7200, 18000, 36000, 36000)
    """Before each further try. After the last it is dead: a day and a half in all."""
    timeout: float = 15.0
    hand_again: float = 90.0
    look_every: float = 0.5


class WebhookSending:
    def __init__(self, parts: Parts, doors: Doors, client: httpx.AsyncClient, persistence: Persistence):
        self._parts = parts
        self._doors = doors
        self._client = client
        self._persistence = persistence

    # -- from the log to the outbox

    async def gather(self) -> int:
        """Look through what was counted since; how many positions the cursor went on."""
        database, runner = self._parts.database, self._parts.runner
        before = await database.read(webhooks.cursor)
        if runner.position <= before:
            return 0
        hooks = await database.read(webhooks.active)
        if not hooks:
            after, payloads = runner.position, []
        else:
            page = await self._parts.event_log.read(before, READ, 500)
            after = page.horizon
            payloads = [
                (hook["id"], recorded.position, payload)
                for recorded in page.events
                for hook, payload in await self._heard(recorded, hooks)
            ]
        moved = after > before and await database.write(lambda c: webhooks.add(c, before, after, payloads))
        return after - before if moved else 0

    async def _heard(self, recorded: Recorded, hooks: Any) -> list[tuple[Any, dict[str, Any]]]:
        concerned = [
            hook
            for hook in hooks
            if hook["edition"] == recorded.envelope.edition
            and recorded.position > hook["since"]
            and recorded.type in msgspec.json.decode(hook["events"])
        ]
        if not concerned:
            return []
        innovation: dict[str, str] = {}
        if recorded.type in webhook_events.CONCERNS_AN_INNOVATION:
            id = recorded.subject.partition("/")[2]
            state, _ = await self._parts.desk.state(INNOVATION(id))
            innovation = {
                "innovation": id,
                "institution": state.institution,
                "external_reference": state.external_reference,
            }
            concerned = [hook for hook in concerned if _may_hear(hook, state.institution)]
        payload = webhook_events.told(recorded, innovation)
        return [(hook, payload) for hook in concerned]

    # -- one delivery: a job of the work queue

    async def handle(self, job: Mapping[str, Any]) -> None:
        webhook, position = str(job["webhook"]), int(job["position"])
        row = await self._parts.database.read(lambda c: webhooks.look(c, webhook, position))
        if row is None:
            return
        status, answer = await self._deliver(webhook, position, row)
        if 200 <= status < 300:
            await self._settle(webhook, position, state="delivered", tries=row.tries + 1, answer=answer)
        elif status == GONE:
            why = "the receiver answered 410 Gone"
            await self._parts.database.write(lambda c: webhooks.end(c, webhook, why))
        else:
            await self._fail(webhook, position, row.tries, answer)

    async def give_up(self, job: Mapping[str, Any], why: str) -> None:
        """The queue has buried the job."""
        await self._settle(str(job.get("webhook", "")), int(job.get("position", 0)), state="dead", answer=why[:LONGEST_ANSWER])

    async def _deliver(self, webhook: str, position: int, row: Any) -> tuple[int, str]:
        """The status (0 where there was no answer) and what to tell the owner."""
        at = datetime.now(UTC)
        id = f"{webhook}.{position}"
        headers = {
            "content-type": "application/json",
            "user-agent": "Makmal-Webhooks/1",
            "webhook-id": id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(row.secret).sign(id, at, row.payload),
        }
        try:
            door = await self._doors.find(row.url)
            request = self._client.build_request(
                "POST",
                door.url,
                content=row.payload.encode(),
                headers={**headers, "host": door.host_header},
                extensions={"sni_hostname": door.host, "timeout": httpx.Timeout(self._persistence.timeout).as_dict()},
            )
            async with asyncio.timeout(self._persistence.timeout):
                response = await self._client.send(request, stream=True, follow_redirects=False)
                await response.aclose()  # whatever it says is not read
        except ClosedDoor as closed:
            return 0, closed.en
        except TimeoutError:
            return 0, "no answer in time"
        except (httpx.HTTPError, OSError) as error:
            return 0, f"{type(error).__name__}: {error}"[:LONGEST_ANSWER]
        return response.status_code, f"it answered {response.status_code}"

    async def _fail(self, webhook: str, position: int, tries: int, answer: str) -> None:
        pauses = self._persistence.pauses
        if tries >= len(pauses):
            log.warning("webhook delivery is dead", webhook=webhook, position=position, why=answer)
            await self._settle(webhook, position, state="dead", tries=tries + 1, answer=answer)
        else:
            due = time.time() + pauses[tries]
            await self._settle(webhook, position, tries=tries + 1, due=due, handed=0.0, answer=answer)

    async def _settle(self, webhook: str, position: int, **values: Any) -> None:
        await self._parts.database.write(lambda c: webhooks.settle(c, webhook, position, **values))


def _may_hear(hook: Any, institution: str) -> bool:
    known = msgspec.json.decode(hook["institutions"])
    return known is None or institution in known


async def _pump(sending: WebhookSending, parts: Parts, queue: WorkQueue, persistence: Persistence) -> None:
    seen = -1
    while True:
        if parts.runner.position <= seen:
            await parts.runner.reached(seen + 1, persistence.look_every)
        seen = parts.runner.position
        if not parts.runner.caught_up or parts.runner.failure:
            await asyncio.sleep(0.1)
            continue
        try:
            while await sending.gather():
                pass
            handed = await parts.database.write(lambda c: webhooks.hand_out(c, 100, persistence.hand_again))
            if handed:
                await queue.put(*({"webhook": webhook, "position": position} for webhook, position in handed))
        except (LogUnavailable, LogWentBack, RedisError, OSError, SQLAlchemyError) as error:
            log.warning("webhooks wait", why=str(error))
            await asyncio.sleep(1.0)
        await asyncio.sleep(0.05)


@asynccontextmanager
async def delivering(parts: Parts, doors: Doors, persistence: Persistence) -> AsyncIterator[None]:
    """Delivers as long as the context lasts."""
    position = await parts.event_log.position()
    await parts.database.write(lambda connection: webhooks.begin(connection, position))
    async with httpx.AsyncClient(trust_env=False, follow_redirects=False, limits=ONE_USE) as client:
        sending = WebhookSending(parts, doors, client, persistence)
        queue = WorkQueue(
            parts.settings.broker_url,
            parts.event_log.keys,
            "webhook",
            sending.handle,
            buried=sending.give_up,
            readers=4,
            seconds=persistence.timeout * 2 + 5,
        )
        async with queue.running():
            task = asyncio.create_task(_pump(sending, parts, queue, persistence), name="webhooks")
            task.add_done_callback(_tell_if_broken)
            try:
                yield
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


def _tell_if_broken(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("webhooks have stopped until the service is started anew", why=repr(error))
