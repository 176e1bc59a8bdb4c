"""What a client is told: every error is a problem document in both languages, and nobody is let in by default."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from shared import service
from shared.events import catalogue
from shared.refusals import Refused
from shared.security import Grant
from tests.shared.bells import ERRORS, RINGING, BellRung, router
from tests.world import World, bearer, eventually


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalogue(), "BellRung", BellRung)


@pytest.fixture
def app(world: World) -> FastAPI:
    return service.create(
        world.settings("judging"), "judging", title="Bells", listens=["judging"], projections=[RINGING], routers=[router]
    )


@pytest.fixture
async def client(world: World, app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with world.running(app) as client:
        yield client


@pytest.fixture
async def committee(world: World) -> Callable[..., dict[str, str]]:
    """`committee(key=None, **more)`: the headers of a command of the committee's."""
    token = await world.token("person/1", Grant("committee", "test"))
    return lambda key=None, **more: {**bearer(token, key), **more}


def is_problem(response: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["type"] == f"urn:makmal:problem:{kind}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"].strip() and body["detail_id"].strip()
    return body


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("refused", 409, "refused"),
        ("forbidden", 403, "forbidden"),
        ("invalid", 422, "invalid"),
        ("unknown", 404, "unknown"),
        ("away", 503, "log-unavailable"),
        ("late", 503, "log-unavailable"),
        ("back", 503, "log-went-back"),
        ("broken", 500, "internal"),
    ],
)
async def test_every_error_is_a_problem_in_both_languages(client: httpx.AsyncClient, name: str, status: int, kind: str) -> None:
    response = await client.get(f"/v1/errors/{name}")
    body = is_problem(response, status, kind)
    assert body["detail"] != body["detail_id"]
    if isinstance(ERRORS[name], Refused):
        assert (body["detail"], body["detail_id"]) == (ERRORS[name].en, ERRORS[name].id)  # type: ignore[attr-defined]
    else:
        assert str(ERRORS[name]) not in response.text, "what is inside stays inside"
    assert ("retry-after" in response.headers) == (status == 503)


async def test_a_rule_that_stands_against_it_is_told_with_its_sentence(
    client: httpx.AsyncClient, committee: Callable[..., dict[str, str]]
) -> None:
    body = is_problem(await client.post("/v1/bell", json={"times": 10}, headers=committee()), 409, "refused")
    assert body["detail"] == "a bell rings nine times at the most"
    assert body["detail_id"] == "lonceng berbunyi paling banyak sembilan kali"


@pytest.mark.parametrize(
    ("content", "at"),
    [
        ('{"times": 0}', "body.times"),
        ('{"times": "many"}', "body.times"),
        ("{}", "body.times"),
        ('{"times": 1, "loud": true}', "body.loud"),
        ("[", "body.1"),
    ],
)
async def test_a_malformed_body_is_told_part_by_part(
    client: httpx.AsyncClient, committee: Callable[..., dict[str, str]], content: str, at: str
) -> None:
    headers = committee(**{"Content-Type": "application/json"})
    body = is_problem(await client.post("/v1/bell", content=content, headers=headers), 422, "malformed")
    assert [fault["at"] for fault in body["errors"]] == [at]


async def test_a_command_needs_an_idempotency_key(client: httpx.AsyncClient, committee: Callable[..., dict[str, str]]) -> None:
    headers = committee()
    del headers["Idempotency-Key"]
    body = is_problem(await client.post("/v1/bell", json={"times": 1}, headers=headers), 422, "malformed")
    assert [fault["at"] for fault in body["errors"]] == ["header.idempotency-key"]
    is_problem(await client.post("/v1/bell", json={"times": 1}, headers=committee("short")), 422, "malformed")


async def test_what_is_not_there_and_cannot_be_done_are_problems_too(client: httpx.AsyncClient) -> None:
    is_problem(await client.get("/v1/nowhere"), 404, "unknown")
    response = await client.delete("/v1/bell")
    is_problem(response, 405, "method-not-allowed")
    assert "allow" in response.headers


# -- who is asking


async def test_nobody_is_let_in_without_a_token_that_holds(world: World, client: httpx.AsyncClient) -> None:
    token = await world.token("person/1")
    ended = await world.token("person/1", seconds=-1)
    for headers in (
        {},
        {"Authorization": token},
        {"Authorization": f"Basic {token}"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": f"Bearer {token[:-4]}AAAA"},
        {"Authorization": f"Bearer {ended}"},
    ):
        response = await client.get("/v1/mine", headers=headers)
        is_problem(response, 401, "not-signed-in")
        assert response.headers["www-authenticate"] == "Bearer"
    answer = await client.get("/v1/mine", headers={"Authorization": f"Bearer {token}"})
    assert answer.json() == "person/1"


@pytest.mark.parametrize("grants", [(), (Grant("committee", "other"),), (Grant("juror", "test"),), (Grant("administrator"),)])
async def test_a_role_is_held_in_an_edition(world: World, client: httpx.AsyncClient, grants: tuple[Grant, ...]) -> None:
    headers = bearer(await world.token("person/2", *grants))
    body = is_problem(await client.post("/v1/bell", json={"times": 1}, headers=headers), 403, "forbidden")
    assert body["detail"] == "this needs the role committee in test"
    assert [e for e in await world.all_events() if e.service == "judging"] == []


# -- repeating and editing


async def test_a_repeated_request_gets_the_same_answer_to_the_byte(
    client: httpx.AsyncClient, committee: Callable[..., dict[str, str]]
) -> None:
    first = await client.post("/v1/bell", json={"times": 1}, headers=committee("key-00001"))
    await client.post("/v1/bell", json={"times": 2}, headers=committee())
    again = await client.post("/v1/bell", json={"times": 1}, headers=committee("key-00001"))
    assert first.status_code == 201
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for header in ("makmal-position", "etag"):
        assert again.headers[header] == first.headers[header]


async def test_a_key_with_another_body_is_a_problem_but_anothers_key_is_not(
    world: World, client: httpx.AsyncClient, committee: Callable[..., dict[str, str]]
) -> None:
    await client.post("/v1/bell", json={"times": 1}, headers=committee("key-00001"))
    reused = await client.post("/v1/bell", json={"times": 2}, headers=committee("key-00001"))
    is_problem(reused, 422, "idempotency-key-reused")
    other = bearer(await world.token("person/2", Grant("committee", "test")), "key-00001")
    assert (await client.post("/v1/bell", json={"times": 2}, headers=other)).status_code == 201


async def test_an_edit_of_an_outdated_version_is_precondition_failed(
    client: httpx.AsyncClient, committee: Callable[..., dict[str, str]]
) -> None:
    tag = (await client.post("/v1/bell", json={"times": 1}, headers=committee())).headers["etag"]
    assert tag == '"1"'
    taken = await client.post("/v1/bell", json={"times": 2}, headers=committee(**{"If-Match": tag}))
    assert (taken.status_code, taken.headers["etag"]) == (201, '"2"')
    body = is_problem(
        await client.post("/v1/bell", json={"times": 3}, headers=committee(**{"If-Match": tag})), 412, "changed-meanwhile"
    )
    assert body["version"] == 2
    is_problem(await client.post("/v1/bell", json={"times": 3}, headers=committee(**{"If-Match": "x"})), 422, "invalid")
    assert (await client.post("/v1/bell", json={"times": 3}, headers=committee(**{"If-Match": "*"}))).status_code == 201


async def test_a_query_waits_for_the_position_of_a_command(
    client: httpx.AsyncClient, committee: Callable[..., dict[str, str]]
) -> None:
    position = (await client.post("/v1/bell", json={"times": 1}, headers=committee())).headers["makmal-position"]
    assert (await client.get(f"/v1/bell?at_least={position}")).status_code == 200
    is_problem(await client.get("/v1/bell?at_least=-1"), 422, "malformed")
    asked = asyncio.create_task(client.get("/v1/bell?at_least=99"))
    body = is_problem(await asked, 409, "refused")
    assert body["detail"].startswith("position 99 is not counted yet")


# -- readiness


async def test_it_is_ready_when_all_is_counted_and_says_why_when_it_is_not(
    world: World, client: httpx.AsyncClient, committee: Callable[..., dict[str, str]]
) -> None:
    async def ready() -> bool:
        return (await client.get("/readyz")).status_code == 200

    await eventually(ready)
    assert (await client.get("/livez")).json() == {"status": "alive"}
    position = (await client.post("/v1/bell", json={"times": 7}, headers=committee())).headers["makmal-position"]

    async def not_ready() -> bool:
        return not await ready()

    await eventually(not_ready)
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert f"ringing_v1 failed at position {position} (BellRung)" in answer.json()["why"]
    metrics = (await client.get("/metrics")).text
    assert f'makmal_runner_failed_position{{service="judging"}} {float(position)}' in metrics
    assert (await client.get("/livez")).status_code == 200, "it is alive all the same"
