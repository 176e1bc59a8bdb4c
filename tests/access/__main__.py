"""Print docs/access.md as the services and their pages answer now: `python -m tests.access > docs/access.md`."""

import asyncio
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

from shared.broker.embedded import EmbeddedBroker
from tests.access.page_walk import PageWalk
from tests.access.walk import Walk, page
from tests.world import World


async def main() -> None:
    with (
        redirect_stdout(sys.stderr),  # what services log is no part of the page
        tempfile.TemporaryDirectory() as directory,
        EmbeddedBroker(Path(directory) / "broker", lifelong=True) as broker,
    ):
        walks = []
        for kind in (Walk, PageWalk):
            data = Path(directory) / kind.__name__
            data.mkdir()
            world = World(broker.url(), kind.__name__.lower(), data)
            walks.append(kind(world))
            await walks[-1].everywhere()
            await world.close()
    print(page({place: row for walk in walks for place, row in walk.table.items()}), end="")
    print(*(fault for walk in walks for fault in walk.faults), sep="\n", file=sys.stderr)


asyncio.run(main())
