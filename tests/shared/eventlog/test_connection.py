"""A client of the broker: what it does when more is asked of it than it has connections."""

import asyncio

from shared.eventlog.connection import CONNECTIONS
from shared.events.audit import InconsistencyFound
from tests.world import World


async def test_a_burst_of_reads_waits_for_connections_instead_of_failing(world: World) -> None:
    await world.record("notary", InconsistencyFound(position=1, what="made up"))
    log = world.log("audit")
    found = await asyncio.gather(*(log.at("audit", 1, 1) for _ in range(CONNECTIONS * 20)))
    assert all(events[0].position == 1 for events in found)
