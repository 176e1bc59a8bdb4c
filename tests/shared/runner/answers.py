"""A service at work on its reactions, and what it must have answered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from shared.database import Database
from shared.deciding import Desk
from shared.eventlog import EventLog
from shared.runner import Reaction, ReactionWorker, Runner
from tests.shared.runner.conftest import going, the_log
from tests.shared.runner.parade import GREETINGS, Greeted, Marched, Saluted, open_rows, runner_of
from tests.world import World, eventually


@asynccontextmanager
async def answering(
    log: EventLog, database: Database, *reactions: Reaction, backoff: float = 0.02
) -> AsyncIterator[tuple[Runner, ReactionWorker]]:
    """A runner and its worker at work, as in their service."""
    reactions = reactions or (GREETINGS,)
    async with going(runner_of(log, database, reactions=reactions)) as runner:
        worker = ReactionWorker(runner, Desk(log), database, reactions, backoff)
        task = asyncio.create_task(worker.run())
        try:
            yield runner, worker
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def all_answered(database: Database, runner: Runner, position: int) -> None:
    assert await runner.reached(position, 20), runner.failure

    async def empty() -> bool:
        return not open_rows(database)

    await eventually(empty, 20)


async def greetings(world: World) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for recorded in await world.all_events():
        if isinstance(recorded.event, Greeted):
            found.setdefault(recorded.subject.partition("/")[2], []).append(recorded.event.number)
    return found


async def asked_for(world: World) -> dict[str, list[int]]:
    """What must have been greeted, in order, by the log alone."""
    found: dict[str, list[int]] = {}
    for recorded in await the_log(world):
        match recorded.event:
            case Marched(troop=troop, number=number):
                found.setdefault(troop, []).append(number)
            case Saluted(troop=troop, number=number):
                found.setdefault(troop, []).append(1_000 + number)
    return found
