"""What docs/api.md promises of every operation, held to all of them."""

import importlib
import json
import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from shared.eventlog import SERVICES
from shared.security import Grant
from shared.settings import Settings
from shared.web.openapi import operations
from tests.access.ground import ADMINISTRATOR, EDITION, OWN, PERSON, lay
from tests.access.walk import asked
from tests.world import World, bearer, eventually

WITHOUT_KEY = {"token", "activate"}
"""POSTs of those who have no token yet, to whom a key would belong: signing in and the one use of an invitation."""
WITHOUT_VERSION = {"upload_circular", "upload_evidence"}
"""PUTs that overwrite nothing: a file stands under its own digest."""

ROLES = (
    *(Grant(role, EDITION) for role in ("committee", "screener", "juror", "chair", "auditor")),
    Grant("head", EDITION, (OWN,)),
    Grant("administrator"),
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every operation of every service: its name -> method and description."""

    def of(service: str) -> Iterator[tuple[str, tuple[str, dict[str, Any]]]]:
        data = tmp_path_factory.mktemp(service)
        settings = Settings("test", "redis://nowhere", f"sqlite:///{data}/x.db", data, "http://makmal.test", "", "", "secret")
        document = importlib.import_module(f"services.{service}.app").create_app(settings).openapi()
        for path, method, operation in operations(document):
            yield f"{service} {method.upper()} {path}", (method, operation)

    return {name: found for service in SERVICES for name, found in of(service)}


def has(operation: dict[str, Any], parameter: str) -> bool:
    return any(one["name"] == parameter for one in operation.get("parameters", ()))


def test_every_post_takes_an_idempotency_key(told: dict[str, tuple[str, dict[str, Any]]]) -> None:
    without = {o["operationId"] for method, o in told.values() if method == "post" and not has(o, "idempotency-key")}
    assert without == WITHOUT_KEY


def test_every_edit_names_its_version(told: dict[str, tuple[str, dict[str, Any]]]) -> None:
    for name, (method, operation) in told.items():
        if method in ("put", "patch") and operation["operationId"] not in WITHOUT_VERSION:
            assert has(operation, "if-match") and {"412", "428"} <= set(operation["responses"]), name


def test_every_list_in_pages_has_a_cursor_and_a_link(told: dict[str, tuple[str, dict[str, Any]]]) -> None:
    paged = {name: operation for name, (_, operation) in told.items() if has(operation, "limit")}
    assert len(paged) >= 10
    for name, operation in paged.items():
        assert has(operation, "after") and "Link" in operation["responses"]["200"]["headers"], name


@pytest.mark.parametrize("service", SERVICES)
async def test_a_command_repeated_gets_its_first_answer_though_the_state_has_moved_on(world: World, service: str) -> None:
    await world.token("person/nobody")
    await lay(world)
    app = importlib.import_module(f"services.{service}.app").create_app(world.settings(service))
    actor = ADMINISTRATOR if service == "identity" else PERSON
    done: list[tuple[str, str, str, bytes, dict[str, str], httpx.Response]] = []
    async with world.running(app) as client:
        await eventually(lambda: _ready(client), timeout=20)
        commands = {
            f"{method.upper()} {path}"
            for path, method, operation in operations(app.openapi())
            if method == "post" and has(operation, "idempotency-key") and operation["operationId"] != "rotate_key"
        }
        for name, method, address, request in asked(app.openapi()):
            if name not in commands or "json" not in request:
                continue
            key = secrets.token_hex(8)
            headers = {**bearer(await world.token(f"person/{actor}", *ROLES), key), "Content-Type": "application/json"}
            body = json.dumps(request["json"]).encode()
            answer = await client.request(method, address, content=body, headers=headers)
            assert answer.status_code != 422 or "idempotency-key-reused" not in answer.text, name
            if answer.is_success:
                done.append((name, method, address, body, headers, answer))
        for name, method, address, body, headers, first in done:
            again = await client.request(method, address, content=body, headers=headers)
            assert (again.status_code, again.content) == (first.status_code, first.content), name
            assert again.headers.get("makmal-position") == first.headers.get("makmal-position"), name
            other = await client.request(method, address, content=body + b" ", headers=headers)
            if first.headers.get("makmal-position"):
                assert other.status_code == 422 and "idempotency-key-reused" in other.text, name


async def _ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/readyz")).status_code == 200
