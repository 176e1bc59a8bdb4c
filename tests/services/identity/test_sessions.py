"""Each sign-in is a session: listed and ended by its holder or an administrator, and then refused by every service."""

import time
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from services.registration.app import create_app as registration
from shared.eventlog import EventLog, LogUnavailable, ReadPage
from shared.eventlog.connection import connect
from shared.events.identity import SessionEnded
from shared.security import TokenRefused, Verifier
from shared.security.tokens import PAUSE_SECONDS, REFRESH_SECONDS
from tests.services.identity.office_hours import DECREE, PASSWORD, Identity, identity
from tests.world import World, bearer, eventually

JUROR = {"role": "juror", "edition": "batam-2023", **DECREE}


async def holds(verifier: Verifier, token: str) -> bool:
    try:
        await verifier.principal(token)
    except TokenRefused:
        return False
    return True


async def sessions(here: Identity, token: str, person: str) -> list[dict[str, Any]]:
    answer = await here.client.get(f"/v1/persons/{person}/sessions", headers=bearer(token))
    assert answer.status_code == 200, answer.text
    return list(answer.json()["sessions"])


async def test_a_person_sees_his_sessions_and_ends_one(world: World) -> None:
    async with identity(world) as here:
        person = await here.account(await here.administrator(), "ani@kota.example", JUROR)
        form = {"grant_type": "password", "username": "ani@kota.example", "password": PASSWORD}
        phone = await here.client.post("/v1/token", data=form, headers={"User-Agent": "Ponsel Demo"})
        token = await here.token("ani@kota.example")
        found = await sessions(here, token, person)
        assert [(one["agent"][:5], one["current"]) for one in found] == [("pytho", True), ("Ponse", False)]

        ending = {"sessions": [found[1]["session"]]}
        headers = bearer(token)
        first = await here.client.post(f"/v1/persons/{person}/sessions/ending", json=ending, headers=headers)
        again = await here.client.post(f"/v1/persons/{person}/sessions/ending", json=ending, headers=headers)
        assert first.status_code == 200 and again.json() == first.json()
        assert [one["current"] for one in await sessions(here, token, person)] == [True]
        lost = phone.json()["access_token"]
        refused = await here.client.get(f"/v1/persons/{person}/sessions", headers=bearer(lost))
        assert refused.status_code == 401 and "this session was ended" in refused.json()["detail"]
        (ended,) = [e for e in await world.all_events() if isinstance(e.event, SessionEnded)]
        assert (ended.subject, ended.envelope.actor) == (f"account/{person}", f"person/{person}")


async def test_an_administrator_ends_all_sessions_of_a_person_and_nobody_else_does(world: World) -> None:
    async with identity(world) as here:
        root = await here.administrator()
        person = await here.account(root, "ani@kota.example", JUROR)
        await here.account(root, "budi@kota.example", JUROR)
        tokens = [await here.token("ani@kota.example") for _ in range(3)]
        other = await here.token("budi@kota.example")
        path = f"/v1/persons/{person}/sessions"
        assert (await here.client.get(path, headers=bearer(other))).status_code == 403
        await here.post(f"{path}/ending", other, {}, 403)
        await here.post(f"{path}/ending", root, {}, 200)
        for token in tokens:
            assert (await here.client.get(path, headers=bearer(token))).status_code == 401
        assert await sessions(here, root, person) == []
        await here.token("ani@kota.example")  # he may sign in again


async def test_revoked_tokens_are_refused_by_the_verifiers_of_other_services(world: World) -> None:
    """Their refresh is half a minute in life, and shorter here."""
    assert REFRESH_SECONDS + PAUSE_SECONDS < 60
    logs = [EventLog(connect(world.broker_url), world.keys, service) for service in ("judging", "screening")]
    try:
        async with identity(world) as here:
            root = await here.administrator()
            person = await here.account(root, "ani@kota.example", JUROR)
            new = {"client": "sipd", "edition": "batam-2023", "scopes": ["innovations:write"]}
            secret = (await here.post("/v1/clients", root, new))["client_secret"]
            form = {"grant_type": "client_credentials", "client_id": "sipd", "client_secret": secret}
            client = (await here.client.post("/v1/token", data=form)).json()["access_token"]
            first, second = await here.token("ani@kota.example"), await here.token("ani@kota.example")
            own = (await here.parts.verifier.principal(first)).session
            verifiers = [Verifier(log, world.keys.log, refresh=0.2) for log in logs]
            for verifier in verifiers:
                assert [await holds(verifier, token) for token in (first, second, client)] == [True] * 3

            async def refused_everywhere(token: str) -> bool:
                return not any([await holds(verifier, token) for verifier in verifiers])

            await here.post(f"/v1/persons/{person}/sessions/ending", root, {"sessions": [own]}, 200)
            await eventually(lambda: refused_everywhere(first))
            assert [await holds(verifier, second) for verifier in verifiers] == [True, True]

            revocation = {"person": person, "role": "juror", "edition": "batam-2023", "reason": "moved away"}
            await here.post("/v1/roles/revocation", root, revocation, 200)
            await eventually(lambda: refused_everywhere(second))
            assert [await holds(verifier, client) for verifier in verifiers] == [True, True]
            assert not await refused_everywhere(await here.token("ani@kota.example"))

            await here.post("/v1/clients/sipd/revocation", root, {"reason": "switched off"}, 200)
            await eventually(lambda: refused_everywhere(client))
    finally:
        for log in logs:
            await log.client.aclose()


async def test_a_key_is_rotated_without_anybody_being_refused(world: World) -> None:
    """A token of the new key holds at once, also at a service that has looked at the keys a moment ago."""
    log = EventLog(connect(world.broker_url), world.keys, "judging")
    try:
        async with identity(world) as here:
            root = await here.administrator()
            old = await here.administrator()
            verifier = Verifier(log, world.keys.log)
            assert await holds(verifier, old)
            rotated = await here.post("/v1/signing-keys/rotation", root, {}, key="the same key")
            assert await here.post("/v1/signing-keys/rotation", root, {}, key="the same key") == rotated
            new = await here.administrator()
            assert [await holds(verifier, token) for token in (old, new, old)] == [True] * 3
            keys = (await here.client.get("/v1/jwks")).json()["keys"]
            assert len(keys) == 2 and keys[-1]["kid"] == rotated["kid"] and rotated["retired"] == []
            await here.post("/v1/signing-keys/rotation", new, {"retire_all": True})
            refused = await here.client.get("/v1/mandates", headers=bearer(new))
            assert refused.status_code == 401
            await here.post("/v1/signing-keys/rotation", await here.administrator(), {"what": 1}, 422)
            await here.account(await here.administrator(), "ani@kota.example")
            await here.post("/v1/signing-keys/rotation", await here.token("ani@kota.example"), {}, 403)
    finally:
        await log.client.aclose()


async def test_tokens_that_nobody_signed_are_refused_and_cost_no_look_at_the_log(world: World) -> None:
    log = EventLog(connect(world.broker_url), world.keys, "judging")
    try:
        async with identity(world) as here:
            verifier = Verifier(log, world.keys.log)
            token = await here.administrator()
            assert await holds(verifier, token)
            start = time.monotonic()
            for forged in ("", "x", "x.y.z", "é.é.é", f"{token}x", token.replace(".", "", 1)):
                assert not await holds(verifier, forged)
            assert time.monotonic() - start < PAUSE_SECONDS
    finally:
        await log.client.aclose()


class LogOfANetwork(EventLog):
    """Which can be cut off."""

    cut = False

    async def read(self, after: int, streams: Sequence[str], limit: int = 500) -> ReadPage:
        if self.cut:
            raise LogUnavailable("the network is cut")
        return await super().read(after, streams, limit)


async def test_while_the_log_is_away_those_who_are_signed_in_stay_so(world: World) -> None:
    """Nobody can be revoked meanwhile either; and a service that never saw the keys lets nobody in."""
    log = LogOfANetwork(connect(world.broker_url), world.keys, "judging")
    try:
        async with identity(world) as here:
            token = await here.administrator()
            verifier = Verifier(log, world.keys.log, refresh=0.0)
            assert await holds(verifier, token)
            log.cut = True
            assert await holds(verifier, token)
            with pytest.raises(LogUnavailable):
                await Verifier(log, world.keys.log).principal(token)
    finally:
        await log.client.aclose()


async def test_an_api_client_does_what_its_scopes_say_and_nothing_else(world: World) -> None:
    async with identity(world) as here, world.running(registration(world.settings("registration"))) as other:
        root = await here.administrator()
        new = {"client": "sipd", "edition": "batam-2023", "scopes": ["innovations:read"]}
        secret = (await here.post("/v1/clients", root, new))["client_secret"]
        form = {"grant_type": "client_credentials", "client_id": "sipd", "client_secret": secret}
        token = (await here.client.post("/v1/token", data=form)).json()["access_token"]
        listed: httpx.Response = await other.get("/v1/editions/batam-2023/innovations", headers=bearer(token))
        assert (listed.status_code, listed.json()) == (200, [])
        await here.post("/v1/persons", token, {"name": "Demo", "email": "demo@kota.example"}, 403)
        unknown = await here.post("/v1/clients", root, {**new, "client": "other", "scopes": ["everything"]}, 422)
        assert "the scopes are innovations:read, innovations:write" in unknown["detail"]
