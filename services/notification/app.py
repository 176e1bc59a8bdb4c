"""Composition root of the notification service. `uvicorn services.notification.app:app` runs it alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import structlog
from fastapi import FastAPI
from faststream.redis import RedisBroker

from services.notification import (
    api,
    circular_files_api,
    circulars_api,
    invitations_api,
    outbox,
    pages_circulars,
    pages_issuing,
    pages_letters,
    webhooks,
    webhooks_api,
)
from services.notification.almanac import keeping_the_almanac
from services.notification.circulars import CIRCULARS
from services.notification.courier import Courier, Server
from services.notification.deadlines import DEADLINES
from services.notification.dispatcher import Dispatcher
from services.notification.duties import DUTIES
from services.notification.letters import Sender
from services.notification.outbox import Outbox
from services.notification.people import PEOPLE
from services.notification.projections import MESSAGES
from services.notification.reactions import reactions
from services.notification.sending import Patience, Sending
from services.notification.vault import open_vault
from services.notification.webhook_doors import Doors
from services.notification.webhook_sending import Persistence, delivering
from shared import service
from shared.ending import tell_if_it_fails
from shared.parts import Parts
from shared.settings import Misconfigured, Settings
from shared.work import WorkQueue

log = structlog.get_logger()

LISTENS = ("registration", "screening", "judging", "identity", "notification")
READERS = 8


def sender_of(settings: Settings) -> Sender:
    """From `MAKMAL_MAIL_FROM` (an address), else no-reply at the host of the public URL."""
    host = urlsplit(settings.public_url).hostname or "localhost"
    address = settings.environment.get("MAKMAL_MAIL_FROM", "") or f"no-reply@{host}"
    return Sender(address, "Makmal", settings.public_url)


@asynccontextmanager
async def asking_the_vault(parts: Parts, broker: RedisBroker) -> AsyncIterator[None]:
    """`parts.own["vault"]`, where the settings say how to reach it."""
    settings = parts.settings
    if not settings.identity_url or not settings.vault_secret:
        yield
        return
    async with open_vault(settings.identity_url, settings.vault_secret) as vault:
        parts.own["vault"] = vault
        yield


def mail(patience: Patience) -> service.Background:
    """What sends the letters, as long as the service lives. Without an SMTP server they wait in the outbox."""

    @asynccontextmanager
    async def enter(parts: Parts, broker: RedisBroker) -> AsyncIterator[None]:
        position = await parts.event_log.position()
        await parts.database.write(lambda connection: outbox.begin(connection, position))
        settings = parts.settings
        if not settings.smtp_url:
            log.warning("MAKMAL_SMTP_URL is not set: mail waits in the outbox")
            yield
            return
        vault = parts.own.get("vault")
        if vault is None:
            raise Misconfigured("mail needs MAKMAL_IDENTITY_URL and MAKMAL_VAULT_SECRET to ask for addresses")
        courier = Courier(Server.from_url(settings.smtp_url), timeout=patience.job * 0.6)
        sending = Sending(parts.desk, Outbox(parts.database), vault, courier, sender_of(settings), patience)
        queue = WorkQueue(
            settings.broker_url,
            parts.event_log.keys,
            "mail",
            sending.handle,
            buried=sending.give_up,
            readers=READERS,
            seconds=patience.job,
        )
        async with queue.running():
            dispatcher = Dispatcher(parts.runner, parts.database, queue, courier, patience)
            task = asyncio.create_task(dispatcher.run(), name="dispatcher")
            tell_if_it_fails(task, "the dispatcher has stopped; no mail is sent until the service is started anew")
            try:
                yield
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        await courier.rest(idle=0)

    return enter


def hooks(persistence: Persistence, doors: Doors | None) -> service.Background:
    """What delivers to webhooks, as long as the service lives."""

    @asynccontextmanager
    async def enter(parts: Parts, broker: RedisBroker) -> AsyncIterator[None]:
        networks = parts.settings.environment.get("MAKMAL_WEBHOOK_NETWORKS", "")
        parts.own["doors"] = doors or Doors.from_text(networks)
        async with delivering(parts, parts.own["doors"], persistence):
            yield

    return enter


def create_app(
    settings: Settings,
    patience: Patience | None = None,
    persistence: Persistence | None = None,
    doors: Doors | None = None,
) -> FastAPI:
    return service.create(
        settings,
        "notification",
        title="Makmal: notification",
        listens=LISTENS,
        projections=[MESSAGES, DUTIES, PEOPLE, CIRCULARS, DEADLINES],
        reactions=reactions(settings.log),
        tables=(*outbox.TABLES, *webhooks.TABLES),
        routers=[api.router, circulars_api.router, circular_files_api.router, webhooks_api.router, invitations_api.router],
        pages=[pages_issuing.pages, pages_circulars.pages, pages_letters.pages],
        background=[
            keeping_the_almanac,
            asking_the_vault,
            mail(patience or Patience()),
            hooks(persistence or Persistence(), doors),
        ],
    )


def __getattr__(name: str) -> Any:
    if name == "app":
        return create_app(Settings.from_env())
    raise AttributeError(name)
