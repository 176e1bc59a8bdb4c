"""Runners on SQLite and on PostgreSQL, over a log of their own."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from shared.database import Database
from shared.eventlog import EventLog, Recorded
from shared.eventlog.connection import connect
from shared.events import catalogue
from shared.runner import Runner
from tests.postgres import Postgres
from tests.shared.runner.parade import LISTENS, TYPES, Marched, Saluted
from tests.world import World


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/judging.db"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in TYPES.items():
        monkeypatch.setitem(catalogue(), name, kind)


@pytest.fixture
async def judging(world: World) -> AsyncIterator[Callable[[], EventLog]]:
    """A log client of judging's, as a process of its own has it."""
    opened: list[EventLog] = []

    def open() -> EventLog:
        opened.append(EventLog(connect(world.broker_url), world.keys, "judging"))
        return opened[-1]

    yield open
    for log in opened:
        await log.client.aclose()


@asynccontextmanager
async def going(runner: Runner) -> AsyncIterator[Runner]:
    """The runner at work, as in its service."""
    runner.prepare()
    await runner.compare()
    task = asyncio.create_task(runner.run())
    try:
        yield runner
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def march(world: World, seed: int, appends: int, pause: float = 0) -> None:
    """Four troops of this seed march and salute: events in two streams whose numbers count up within a troop."""
    dice = random.Random(seed)
    marched, saluted = Counter[str](), Counter[str]()
    for _ in range(appends):
        troop = f"{dice.choice('aaabcd')}{seed}"
        if marched[troop] and dice.random() < 0.4:
            first, saluted[troop] = saluted[troop] + 1, saluted[troop] + dice.choice((1, 3))
            salutes = [Saluted(troop=troop, number=n) for n in range(first, saluted[troop] + 1)]
            await world.record(f"salute/{troop}", *salutes)
        else:
            first, marched[troop] = marched[troop] + 1, marched[troop] + dice.choice((1, 1, 5))
            await world.record(f"march/{troop}", *[Marched(troop=troop, number=n) for n in range(first, marched[troop] + 1)])
        if pause:
            await asyncio.sleep(dice.random() * pause)


async def the_log(world: World) -> list[Recorded]:
    return [e for e in await world.all_events() if e.service in LISTENS]
