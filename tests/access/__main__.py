"""Print docs/access.md as the services answer now: `python -m tests.access > docs/access.md`."""

import asyncio
import sys
import tempfile
from pathlib import Path

from shared.broker.embedded import EmbeddedBroker
from tests.access.walk import Walk, page
from tests.world import World


async def main() -> None:
    with tempfile.TemporaryDirectory() as directory, EmbeddedBroker(Path(directory) / "broker", lifelong=True) as broker:
        world = World(broker.url(), "access", Path(directory))
        walk = Walk(world)
        await walk.everywhere()
        await world.close()
    print(page(walk.table), end="")
    print(*walk.faults, sep="\n", file=sys.stderr)


asyncio.run(main())
