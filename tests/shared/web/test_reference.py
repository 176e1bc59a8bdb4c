"""The reference is served by every service, to anybody, and needs no other network."""

import re

import httpx
import pytest
from fastapi import FastAPI

from shared import service
from shared.events import catalogue
from shared.web.openapi import operations
from tests.shared.bells import RINGING, BellRung
from tests.shared.bells import router as bells
from tests.world import World


@pytest.fixture
def app(world: World, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setitem(catalogue(), "BellRung", BellRung)
    return service.create(
        world.settings("judging"), "judging", title="Bells", listens=["judging"], projections=[RINGING], routers=[bells]
    )


async def fetched(world: World, app: FastAPI, *paths: str) -> list[httpx.Response]:
    async with world.running(app) as client:
        return [await client.get(path) for path in paths]


async def test_the_openapi_document_says_who_may_ask_how_and_what_he_may_be_told(world: World, app: FastAPI) -> None:
    (answer,) = await fetched(world, app, "/v1/openapi.json")
    document = answer.json()
    assert document["openapi"].startswith("3.1")
    ring = document["paths"]["/v1/bell"]["post"]
    assert ring["operationId"] == "ring"
    assert ring["security"] == [{"oauth2": []}, {"bearer": []}]
    assert ring["requestBody"]["content"]["application/json"]["example"] == {"times": 1}
    assert {"401", "403", "409", "412", "413", "415", "422", "429", "500", "503"} <= set(ring["responses"])
    assert "Makmal-Position" in ring["responses"]["201"]["headers"]
    hear = document["paths"]["/v1/bell"]["get"]
    assert hear["security"] == [] and "401" not in hear["responses"]
    assert set(document["components"]["securitySchemes"]) == {"oauth2", "bearer", "vault"}
    assert all(not path.startswith(("/v1/docs", "/livez")) for path, _, _ in operations(document))


async def test_the_viewer_loads_nothing_from_elsewhere(world: World, app: FastAPI) -> None:
    page, program, style = await fetched(world, app, "/v1/docs", "/v1/docs/rapidoc-min.js", "/v1/docs/reference.css")
    assert re.findall(r'(?:src|href|spec-url)="([^"]+)"', page.text) == ["docs/rapidoc-min.js", "openapi.json"]
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "http" not in policy
    assert program.headers["content-type"].startswith("text/javascript") and len(program.content) > 500_000
    assert style.headers["content-type"].startswith("text/css")


async def test_nothing_else_is_given_out_as_part_of_the_viewer(world: World, app: FastAPI) -> None:
    answers = await fetched(world, app, "/v1/docs/x.js", "/v1/docs/..%2Freference.py", "/v1/docs/rapidoc-LICENSE.txt")
    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_the_streams_are_served_as_a_document_and_as_a_page(world: World, app: FastAPI) -> None:
    document, page = await fetched(world, app, "/v1/asyncapi.json", "/v1/events")
    assert document.json()["asyncapi"] == "3.0.0"
    for owner, channel in document.json()["channels"].items():
        assert f"id='{owner}'" in page.text
        for kind in channel["messages"]:
            assert f"<h3 id='{kind}'>" in page.text
    assert "script" not in page.text.lower().replace("description", "")


async def test_the_problems_are_served_as_a_page(world: World, app: FastAPI) -> None:
    (page,) = await fetched(world, app, "/v1/problems")
    assert "urn:makmal:problem:idempotency-key-reused" in page.text


async def test_behind_the_gateway_the_document_names_the_services_own_path(world: World, app: FastAPI) -> None:
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, root_path="/judging")
        async with httpx.AsyncClient(transport=transport, base_url="http://makmal.test") as client:
            document = (await client.get("/judging/v1/openapi.json")).json()
    assert document["servers"] == [{"url": "/judging"}]
