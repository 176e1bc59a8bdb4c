"""Two desks of one service, on one log."""

from typing import Any

import pytest

from shared.deciding import Desk
from shared.eventlog import EventLog
from shared.eventlog.connection import connect
from shared.events import catalogue
from tests.shared.deciding.guests import DoorClosed, DoorOpened, GuestCame
from tests.world import World


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (DoorOpened, DoorClosed, GuestCame):
        monkeypatch.setitem(catalogue(), kind.__name__, kind)


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world.log("judging"))


@pytest.fixture
async def rival(world: World) -> Any:
    """The desk of another process of the same service."""
    log = EventLog(connect(world.broker_url), world.keys, "judging")
    yield Desk(log)
    await log.client.aclose()
