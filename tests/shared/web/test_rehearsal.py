"""A rehearsal says that it is one, in every answer about it."""

from typing import Any

import httpx
import pytest
from fastapi import APIRouter, Depends
from msgspec.structs import replace

from shared import service
from shared.deciding import Act
from shared.events import catalogue
from shared.events.registration import RulebookPublished
from shared.refusals import Refused
from shared.security import Grant
from shared.web.asking import Asked, public
from tests.services.judging.competition import RULEBOOK
from tests.shared.bells import BELL, RINGING, BellRung, Ring
from tests.world import World, bearer

router = APIRouter()


@router.get("/editions/{edition}/winners", dependencies=[Depends(public)])
async def winners(edition: str) -> list[str]:
    return []


@router.get("/entries/{entry}", dependencies=[Depends(public)])
async def entry(entry: str) -> None:
    raise Refused("not now", "belum boleh")


@router.post("/ringing/{edition_of}")
async def ringing(edition_of: str, body: dict[str, Any], asked: Asked) -> int:
    return (await asked.carry_out(Act(BELL("1"), Ring(1)), edition=edition_of)).position


async def opened(world: World, edition: str, rehearsal: bool) -> None:
    rulebook = replace(RULEBOOK, edition=edition, rehearsal=rehearsal)
    await world.record(f"edition/{edition}", RulebookPublished(digest="0" * 64, rulebook=rulebook), edition=edition)


async def test_every_answer_about_a_rehearsal_says_so_and_no_other_does(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalogue(), "BellRung", BellRung)
    await opened(world, "practice-2023", True)
    await opened(world, "batam-2023", False)
    app = service.create(
        world.settings("judging"), "judging", title="A test", listens=["judging"], projections=[RINGING], routers=[router]
    )
    headers = bearer(await world.token("person/1", Grant("committee", "practice-2023")))

    def marked(answer: httpx.Response) -> bool:
        return bool(answer.headers.get("makmal-rehearsal") == "true")

    async with world.running(app) as client:
        for edition, is_one in (("practice-2023", True), ("batam-2023", False), ("nowhere-2023", False)):
            assert marked(await client.get(f"/v1/editions/{edition}/winners")) is is_one
            refused = await client.get(f"/v1/entries/{edition}.digital.x")
            assert (refused.status_code, marked(refused)) == (409, is_one)
        assert marked(await client.post("/v1/ringing/practice-2023", json={}, headers=headers))
        assert not marked(await client.get("/v1/openapi.json"))
