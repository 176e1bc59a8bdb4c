"""A worker in a process of its own that takes one job, says so, and never finishes it: the test kills it."""

import asyncio
import sys
from typing import Any

from shared.eventlog.keys import Keys
from shared.work import WorkQueue


async def take(job: dict[str, Any]) -> None:
    print("took", flush=True)
    await asyncio.sleep(3600)


async def main(url: str, log: str, seconds: float) -> None:
    async with WorkQueue(url, Keys(log), "mail", take, readers=1, seconds=seconds).running():
        await asyncio.sleep(3600)


asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
