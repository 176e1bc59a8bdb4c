"""A registration office for each test: empty, or with an edition and three institutions in it."""

from collections.abc import AsyncIterator

import pytest

from services.registration.app import create_app
from tests.services.registration.office import Office, running_rulebook
from tests.world import World


@pytest.fixture
async def empty(world: World) -> AsyncIterator[Office]:
    async with world.running(create_app(world.settings("registration"))) as client:
        office = Office(world, client)
        await office.sign_in()
        yield office


@pytest.fixture
async def office(empty: Office) -> Office:
    assert (await empty.open(running_rulebook())).status_code == 201
    for code in ("opd-01", "opd-02"):
        assert (await empty.enrol(code)).status_code == 201
    assert (await empty.enrol("kel-01", "kelurahan")).status_code == 201
    return empty
