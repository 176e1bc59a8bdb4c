"""A world for tests on real parts: a log of its own on a real broker, an identity that signs tokens, services that run in-process."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OKPKey

from shared.eventlog import SERVICES, Append, Draft, EventLog, Keys, Recorded, Wanted
from shared.eventlog.connection import connect
from shared.events import Event
from shared.events.identity import SigningKeyRotated
from shared.runner import Runner
from shared.security import SCOPES, Grant
from shared.settings import Settings


class World:
    """One log. Services are given their settings by `settings(name)`; `record` appends as any service; `token` signs in anyone."""

    def __init__(self, broker_url: str, log: str, directory: Path):
        self.broker_url = broker_url
        self.keys = Keys(log)
        self.directory = directory
        self._logs: dict[str, EventLog] = {}
        self._signing_key: OKPKey | None = None

    def settings(self, service: str, **more: Any) -> Settings:
        data = self.directory / service
        data.mkdir(exist_ok=True)
        values: dict[str, Any] = {
            "log": self.keys.log,
            "broker_url": self.broker_url,
            "database_url": f"sqlite:///{data}/{service}.db",
            "data": data,
            "public_url": "http://makmal.test",
            "smtp_url": "",
            "identity_url": "",
            "vault_secret": "vault-secret",
        }
        return Settings(**{**values, **more})

    def log(self, service: str) -> EventLog:
        if service not in self._logs:
            self._logs[service] = EventLog(connect(self.broker_url), self.keys, service)
        return self._logs[service]

    async def record(
        self, subject: str, *events: Event, edition: str | None = "test", actor: str = "person/test"
    ) -> list[Recorded]:
        """Append events as the service that owns them, as facts of the past that a test starts from."""
        service = events[0].owner()
        log = self.log(service)
        loaded = await log.load([Wanted(service, subject)])
        version = loaded.histories[0].version
        request = os.urandom(16).hex()
        raws = [
            Draft(
                event=event,
                subject=subject,
                version=version + number,
                time=loaded.now,
                actor=actor,
                request=request,
                edition=edition,
            ).encode()
            for number, event in enumerate(events, 1)
        ]
        expected = ((service, subject, version),)
        appended = await log.append(Append(loaded.now, request, "", expected, tuple((subject, raw) for raw in raws)))
        return list(await log.at(service, appended.first, appended.last))

    async def all_events(self) -> list[Recorded]:
        """Every event of the log, in order."""
        found: list[Recorded] = []
        after = 0
        while True:
            page = await self.log("audit").read(after, SERVICES)
            if page.horizon == after:
                return found
            found += page.events
            after = page.horizon

    async def token(self, id: str, *grants: Grant, seconds: int = 600, scopes: Iterable[str] = SCOPES, **claims: Any) -> str:
        """An access token as identity would sign it; a client has all scopes unless told. The first call publishes the key."""
        if self._signing_key is None:
            self._signing_key = OKPKey.generate_key("Ed25519")
            public = {k: str(v) for k, v in self._signing_key.as_dict(private=False).items()}
            await self.record("signing-keys", SigningKeyRotated(kid="test", jwk=public), edition=None)
        claims = {
            "iss": self.keys.log,
            "sub": id,
            "exp": int(time.time()) + seconds,
            "grants": msgspec.to_builtins(grants),
            **({"scope": " ".join(scopes)} if any(g.role == "service" for g in grants) else {}),
            **claims,
        }
        return jwt.encode({"alg": "Ed25519", "kid": "test"}, claims, self._signing_key, algorithms=["Ed25519"])

    @asynccontextmanager
    async def running(self, app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
        """The app with its parts alive, everything recorded so far counted, and a client that reaches it."""
        async with app.router.lifespan_context(app):
            await _counting(app.state.parts.runner)
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://makmal.test") as client:
                yield client

    async def close(self) -> None:
        for log in self._logs.values():
            await log.client.aclose()


async def _counting(runner: Runner) -> None:
    """Until it has counted everything, or cannot; a test of what comes later than usual looks for itself."""
    for _ in range(600):
        if runner.caught_up or runner.failure:
            return
        await asyncio.sleep(0.005)


def bearer(token: str, key: str | None = None) -> dict[str, str]:
    """Headers of a command request; a fresh Idempotency-Key unless one is given."""
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": key or os.urandom(8).hex()}


async def eventually(what: Any, timeout: float = 5.0, every: float = 0.02) -> Any:
    """Await `what()` until it is true; its value. Fails after `timeout` seconds."""
    end = time.monotonic() + timeout
    while True:
        value = await what()
        if value:
            return value
        assert time.monotonic() < end, "it did not come about in time"
        await asyncio.sleep(every)
