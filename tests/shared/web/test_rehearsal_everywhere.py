"""Whatever is read of a rehearsal by an ID, the answer says that it is one: every GET with something in its address is asked."""

import importlib
from typing import Any

import httpx

from shared.eventlog import SERVICES
from shared.security import Grant
from shared.security.principal import ROLES
from shared.web.rehearsal import HEADER
from tests.access.ground import EDITION, PERSON, lay
from tests.access.walk import asked
from tests.world import World, bearer, eventually

REACHES = {"MAKMAL_WEBHOOK_NETWORKS": "192.0.2.0/24"}
OF_NO_EDITION = {
    "registration": {"/v1/institutions"},
    "identity": {"/v1/persons/{person}", "/v1/persons/{person}/sessions", "/v1/persons/{person}/roles"},
    "audit": {"/v1/checkpoints/{kept}", "/v1/tile/{path}", "/v1/tile/entries/{path}"},
}
"""What people, institutions and the tree of hashes are, they are in every edition."""


async def test_every_answer_about_a_rehearsal_that_is_asked_for_by_an_id_says_so(world: World) -> None:
    everything = await world.token(f"person/{PERSON}", *(Grant(role, EDITION) for role in ROLES))
    await lay(world, rehearsal=True)
    position = next(event.position for event in await world.all_events() if event.envelope.edition == EDITION)
    unmarked, walked = [], 0
    for service in SERVICES:
        app = importlib.import_module(f"services.{service}.app").create_app(world.settings(service, environment=REACHES))
        async with world.running(app) as client:
            await eventually(lambda: _is_ready(client), timeout=20)
            webhook = await _webhook(client, everything) if service == "notification" else ""
            for name, method, address, request in asked(app.openapi()):
                path = name.partition(" ")[2]
                if method != "GET" or "{" not in path or path in OF_NO_EDITION.get(service, ()):
                    continue
                address = path.format(position=position) if "{position}" in path else address
                address = webhook if path == "/v1/webhooks/{id}/deliveries" else address
                answer = await client.get(address, params=request["params"], headers=bearer(everything))
                walked += 1
                if answer.headers.get(HEADER) != "true":
                    unmarked.append((service, path, answer.status_code))
    assert unmarked == []
    assert walked > 30


async def _webhook(client: httpx.AsyncClient, token: str) -> str:
    body: dict[str, Any] = {"edition": EDITION, "url": "https://192.0.2.1/makmal", "events": ["InnovationSubmitted"]}
    made = await client.post("/v1/webhooks", json=body, headers=bearer(token))
    assert made.status_code == 201, made.text
    return f"/v1/webhooks/{made.json()['id']}/deliveries"


async def _is_ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/readyz")).status_code == 200
