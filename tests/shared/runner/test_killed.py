"""A service killed between any two steps: nothing is skipped or doubled, and what is rebuilt equals what is live."""

import asyncio
import functools
import itertools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from shared.database import Database
from shared.eventlog import EventLog
from shared.runner.rebuilding import rebuild_equal
from tests.shared.runner.answers import all_answered, answering, asked_for, greetings
from tests.shared.runner.conftest import march, the_log
from tests.shared.runner.doomed_runner import STEPS
from tests.shared.runner.parade import LISTENS, PARADE, Passed, Troop, expected, rows
from tests.world import World


async def test_killed_after_every_step_it_counts_and_answers_each_event_once(
    world: World, judging: Callable[[], EventLog], database_url: str
) -> None:
    command = [sys.executable, "-m", "tests.shared.runner.doomed_runner", world.broker_url, world.keys.log, database_url, "1"]
    run = functools.partial(subprocess.run, command, cwd=Path(__file__).parents[3], capture_output=True, text=True, timeout=100)
    dying = asyncio.create_task(asyncio.to_thread(run))
    for seed in itertools.count():
        await march(world, seed, 10, pause=0.02)
        if dying.done():
            break
    done = await dying
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > len(STEPS), "it did die"
    database = Database(database_url)
    async with answering(judging(), database) as (runner, _):
        await all_answered(database, runner, await judging().position())
    events = await the_log(world)
    assert (rows(database, Passed), rows(database, Troop)) == expected(events)
    assert await greetings(world) == await asked_for(world)
    checked = await rebuild_equal(database, [PARADE], LISTENS, judging())
    assert checked.differences == ()
    assert checked.rows == len(rows(database, Passed)) + len(rows(database, Troop))
    database.close()
