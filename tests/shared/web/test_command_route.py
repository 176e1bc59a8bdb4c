"""Commands take a shorter way through the framework, and nobody can tell by the answers."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from shared import service
from shared.refusals import Forbidden
from shared.web.asking import Asked, SignedIn
from shared.web.command_route import CommandRoute
from tests.world import World, bearer


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1)]
    number: int = 0


class Taken(BaseModel):
    edition: str
    text: str
    number: int
    by: str


async def take(edition: Annotated[str, Path(pattern="^[a-z]+$")], note: Note, asked: Asked) -> Taken:
    if note.text == "secret":
        raise Forbidden("this is secret", "ini rahasia")
    return Taken(edition=edition, text=note.text, number=note.number, by=asked.principal.id)


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """The same endpoint both ways: under /usual and under /shorter."""
    usual, shorter = APIRouter(prefix="/usual"), APIRouter(prefix="/shorter", route_class=CommandRoute)
    for router in (usual, shorter):
        router.post("/{edition}/notes", status_code=201)(take)
    app = service.create(
        world.settings("judging"), "judging", title="t", listens=["judging"], projections=[], routers=[usual, shorter]
    )
    async with world.running(app) as client:
        yield client


REQUESTS: dict[str, dict[str, Any]] = {
    "sound": {"json": {"text": "ya", "number": 3}},
    "sound, with what can be left out": {"json": {"text": "ya"}},
    "a number as text": {"json": {"text": "ya", "number": "3"}},
    "too short a text": {"json": {"text": ""}},
    "no text": {"json": {}},
    "an unknown field": {"json": {"text": "ya", "colour": "red"}},
    "no object": {"json": ["ya"]},
    "no JSON": {"content": b"{text", "headers": {"Content-Type": "application/json"}},
    "no UTF-8": {"content": b'{"text": "\xff"}', "headers": {"Content-Type": "application/json"}},
    "half a character": {"content": b'{"text": "\\ud800"}', "headers": {"Content-Type": "application/json"}},
    "another media type": {"content": b'{"text": "ya"}', "headers": {"Content-Type": "text/plain"}},
    "JSON by another name": {"content": b'{"text": "ya"}', "headers": {"Content-Type": "application/problem+json"}},
    "no body": {},
    "too short a key": {"json": {"text": "ya"}, "headers": {"Idempotency-Key": "short"}},
    "unsigned": {"json": {"text": "ya"}, "headers": {"Authorization": ""}},
    "a false token": {"json": {"text": ""}, "headers": {"Authorization": "Bearer x"}},
    "no such edition": {"json": {"text": "ya"}, "edition": "Batam"},
    "refused": {"json": {"text": "secret"}},
}


@pytest.mark.parametrize("what", REQUESTS)
async def test_both_ways_lead_to_the_same_answer(world: World, client: httpx.AsyncClient, what: str) -> None:
    request = dict(REQUESTS[what])
    headers = {**bearer(await world.token("person/ani")), **request.pop("headers", {})}
    edition = request.pop("edition", "batam")
    answers = [await client.post(f"/v1/{way}/{edition}/notes", headers=headers, **request) for way in ("usual", "shorter")]
    usual, shorter = answers
    assert (shorter.status_code, shorter.json(), dict(shorter.headers)) == (
        usual.status_code,
        usual.json(),
        dict(usual.headers),
    )
    assert (usual.status_code == 201) == (what in ("sound", "sound, with what can be left out", *MENDED))


MENDED = ("a number as text", "JSON by another name")
"""What pydantic and FastAPI take as well."""


async def test_both_are_documented_alike(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/v1/openapi.json")).json()["paths"]
    usual, shorter = (paths[f"/v1/{way}/{{edition}}/notes"]["post"] for way in ("usual", "shorter"))
    assert usual.pop("operationId") != shorter.pop("operationId")
    assert usual == shorter


async def test_what_is_of_another_shape_takes_the_usual_way_only() -> None:
    router = APIRouter(route_class=CommandRoute)

    async def read(principal: SignedIn) -> Taken:
        return Taken(edition="", text="", number=0, by=principal.id)

    with pytest.raises(TypeError, match="/notes is no command"):
        router.get("/notes")(read)
