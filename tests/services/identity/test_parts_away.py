"""The database or the broker goes away under a running service, and comes back: nothing is lost, and nobody has to start it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from shared.broker.embedded import EmbeddedBroker
from shared.security import Grant
from tests.postgres import Postgres
from tests.services.identity.office_hours import identity
from tests.world import World, bearer, eventually

ANI = {"name": "Demo Ani", "email": "ani@kota.example"}
JUROR = {"role": "juror", "edition": "batam-2023", "decree": "SK-9/2023", "decree_date": "2023-03-01"}

SIPD = {"client": "sipd", "edition": "batam-2023", "scopes": ["innovations:write"]}


@contextmanager
def down(postgres: Postgres) -> Iterator[None]:
    """It is up again for the tests after this one, whatever happens here."""
    postgres.control("stop")
    try:
        yield
    finally:
        postgres.control("start")


def told_to_come_again(answer: httpx.Response, problem: str) -> bool:
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:makmal:problem:{problem}" and answer.json()["detail_id"]
    return int(answer.headers["retry-after"]) >= 1


async def test_a_database_that_is_stopped_under_a_running_service(world: World, postgres: Postgres) -> None:
    async with identity(world, database_url=postgres.new_database()) as here:
        root = await here.administrator()
        person = (await here.post("/v1/persons", root, ANI))["person"]
        await here.post("/v1/accounts", root, {"person": person})
        path = f"/v1/persons/{person}/roles"

        async def held() -> list[dict[str, Any]]:
            answer = await here.client.get(path, headers=bearer(root))
            return list(answer.json()["roles"]) if answer.status_code == 200 else []

        with down(postgres):
            # What needs the database is told to come again, whether it reads or writes.
            command: dict[str, Any] = {
                "url": "/v1/persons",
                "json": {**ANI, "email": "budi@kota.example"},
                "headers": bearer(root, "about budi"),
            }
            assert told_to_come_again(await here.client.post(**command), "database-unavailable")
            assert told_to_come_again(await here.client.get(path, headers=bearer(root)), "database-unavailable")
            assert told_to_come_again(await here.sign_in("ani@kota.example"), "database-unavailable")
            # This one comes as far as the log, and not to the digest of its secret.
            half: dict[str, Any] = {"url": "/v1/clients", "json": SIPD, "headers": bearer(root, "half recorded")}
            assert told_to_come_again(await here.client.post(**half), "database-unavailable")
            # What needs the log alone goes on: the keys, and the role that is recorded meanwhile.
            assert (await here.client.get("/v1/jwks")).json()["keys"]
            await here.post("/v1/roles", root, {"person": person, **JUROR})

            async def says_why() -> bool:
                ready = await here.client.get("/readyz")
                return ready.status_code == 503 and "the database is away" in ready.json()["why"]

            await eventually(says_why)
            assert (await here.client.get("/livez")).status_code == 200

        # The same request again, and it is done; what was recorded meanwhile is shown; nobody started the service anew.
        again = await here.client.post(**command)
        assert again.status_code == 201, again.text
        secret = (await here.client.post(**half)).json()["client_secret"]
        form = {"grant_type": "client_credentials", "client_id": "sipd", "client_secret": secret}
        assert (await here.client.post("/v1/token", data=form)).status_code == 200
        assert [(role["role"], role["decree"]) for role in await eventually(held)] == [("juror", "SK-9/2023")]

        async def ready() -> bool:
            return (await here.client.get("/readyz")).status_code == 200

        await eventually(ready)
        assert (await here.client.post(**command)).json() == again.json()


async def test_a_broker_that_is_killed_under_a_running_service(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path / "broker") as broker:
        world = World(broker.url(), "away", tmp_path)
        try:
            async with identity(world) as here:
                root = await here.administrator()
                person = await here.account(root, "ani@kota.example")
                recorded = len(await world.all_events())
                broker.kill()

                command: dict[str, Any] = {
                    "url": "/v1/roles",
                    "json": {"person": person, **JUROR},
                    "headers": bearer(root, "the role"),
                }
                assert told_to_come_again(await here.client.post(**command), "log-unavailable")
                shown = await here.client.get(f"/v1/persons/{person}/roles", headers=bearer(root))
                assert (shown.status_code, shown.json()) == (200, {"roles": []})
                found = await here.client.get("/v1/persons", params={"email": "ani@kota.example"}, headers=bearer(root))
                assert found.json() == {"person": person}

                broker.start()

                async def granted() -> bool:
                    return (await here.client.post(**command)).status_code == 201

                await eventually(granted, timeout=15)
                assert await granted(), "the same request again is answered again"

                async def counted() -> bool:
                    ready = await here.client.get("/readyz")
                    return ready.status_code == 200 and ready.json()["position"] == recorded + 1

                await eventually(counted, timeout=15)
                grants = (await here.parts.verifier.principal(await here.token("ani@kota.example"))).grants
                assert grants == (Grant("juror", "batam-2023"),)
                assert len(await world.all_events()) == recorded + 1, "recorded once, and nothing of before is lost"
        finally:
            await world.close()
