"""What every service has in common: nobody is let in by oversight."""

import pytest
from fastapi import APIRouter, Depends

from shared import service
from shared.web.asking import SignedIn, public
from tests.world import World


def served(world: World, router: APIRouter) -> None:
    settings = world.settings("judging")
    service.create(settings, "judging", title="A test", listens=["judging"], projections=[], routers=[router])


async def test_a_route_that_does_not_say_who_may_ask_is_not_served(world: World) -> None:
    router = APIRouter()

    @router.get("/winners")
    async def winners() -> list[str]:
        return []

    with pytest.raises(TypeError, match="/v1/winners does not say who may ask"):
        served(world, router)


async def test_nor_is_one_of_a_router_within_a_router(world: World) -> None:
    inner, outer = APIRouter(), APIRouter()

    @inner.get("/winners")
    async def winners() -> list[str]:
        return []

    outer.include_router(inner, prefix="/categories")
    with pytest.raises(TypeError, match="/v1/categories/winners does not say who may ask"):
        served(world, outer)


async def test_a_route_for_those_signed_in_or_for_anybody_is_served(world: World) -> None:
    router = APIRouter()

    @router.get("/scoresheets")
    async def scoresheets(principal: SignedIn) -> list[str]:
        return []

    @router.get("/winners", dependencies=[Depends(public)])
    async def winners() -> list[str]:
        return []

    served(world, router)
