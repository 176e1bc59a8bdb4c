"""The runner counts every event exactly once, in order: whatever the page size, whoever writes or runs beside it, however it ends."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import delete, insert, inspect, text
from sqlmodel import Field, SQLModel

from shared.database import Database, table
from shared.eventlog import EventLog, Recorded
from shared.runner import Changes, Projection, Reaction, RunnerFailed
from shared.runner.rebuilding import rebuild_equal
from shared.runner.tables import Checkpoint
from tests.postgres import Postgres
from tests.shared.runner.conftest import going, march, the_log
from tests.shared.runner.parade import (
    GREETINGS,
    LISTENS,
    PARADE,
    Marched,
    Passed,
    Saluted,
    Troop,
    expected,
    greet,
    open_rows,
    rows,
    runner_of,
)
from tests.world import World, eventually

Judging = Callable[[], EventLog]


async def assert_counted(world: World, database: Database) -> None:
    events = await the_log(world)
    assert (rows(database, Passed), rows(database, Troop)) == expected(events)


@pytest.mark.parametrize("limit", [1, 2, 3, 500])
async def test_pages_of_any_size_skip_and_double_nothing(
    world: World, judging: Judging, database: Database, limit: int
) -> None:
    await march(world, limit, 40)
    async with going(runner_of(judging(), database, limit)) as runner:
        assert await runner.reached(await judging().position(), 20), runner.failure
        await assert_counted(world, database)


async def test_what_is_written_while_it_runs_is_counted_at_once_and_once(
    world: World, judging: Judging, database: Database
) -> None:
    async with going(runner_of(judging(), database, 3)) as runner:
        await march(world, 1, 60)
        assert await runner.reached(await judging().position(), 20), runner.failure
        await assert_counted(world, database)


async def test_restarts_anywhere_skip_and_double_nothing(world: World, judging: Judging, database: Database) -> None:
    writing = asyncio.create_task(march(world, 2, 60, pause=0.02))
    dice = random.Random(2)
    while not writing.done():
        async with going(runner_of(judging(), database, 2)):
            await asyncio.sleep(dice.random() * 0.08)
    await writing
    async with going(runner_of(judging(), database)) as runner:
        assert await runner.reached(await judging().position(), 20), runner.failure
        await assert_counted(world, database)


async def test_two_processes_on_one_database_count_each_event_once(world: World, judging: Judging, database_url: str) -> None:
    databases = Database(database_url), Database(database_url)
    runners = [runner_of(judging(), database, limit) for database, limit in zip(databases, (2, 5), strict=True)]
    async with going(runners[0]), going(runners[1]):
        await march(world, 3, 50)
        end = await judging().position()
        for runner in runners:
            assert await runner.reached(end, 20), runner.failure
        await assert_counted(world, databases[0])
    for database in databases:
        database.close()


async def test_the_checkpoint_moves_on_though_nothing_concerned_the_service(
    world: World, judging: Judging, database: Database
) -> None:
    async with going(runner_of(judging(), database, listens=["screening"])) as runner:
        await march(world, 4, 3)
        await world.record("march/x", Marched(troop="x", number=1))
        assert await runner.reached(await judging().position(), 10)


async def test_waiting_for_a_position_ends_when_it_is_reached_or_in_time(
    world: World, judging: Judging, database: Database
) -> None:
    async with going(runner_of(judging(), database)) as runner:
        assert await runner.reached(0)
        assert not await runner.reached(1, 0.1)
        waiting = asyncio.create_task(runner.reached(1, 10))
        await asyncio.sleep(0.05)
        await world.record("march/a", Marched(troop="a", number=1))
        assert await waiting
        assert len(rows(database, Passed)) == 1


# -- versions


class PassedAgain(SQLModel, table=True):
    __tablename__ = "parade_passed_v2"

    position: int = Field(primary_key=True)
    number: int


PARADE_2 = Projection("parade", 2, PassedAgain)
_again = insert(table(PassedAgain))


@PARADE_2.on(Marched)
def _(recorded: Recorded, event: Marched) -> Changes:
    yield _again, {"position": recorded.position, "number": event.number}


async def test_a_new_version_builds_beside_the_old_one_which_goes_when_it_has_caught_up(
    world: World, judging: Judging, database: Database
) -> None:
    await march(world, 5, 30)
    async with going(runner_of(judging(), database)) as runner:
        assert await runner.reached(await judging().position(), 10)
    before = rows(database, Passed)
    newer = runner_of(judging(), database, 5, projections=[PARADE_2])
    newer.prepare()
    while await newer.step():
        names = set(inspect(database._writer).get_table_names())
        assert "parade_passed_v2" in names
        if newer.position < await judging().position():
            assert rows(database, Passed) == before, "the old one still answers"
            assert not newer.caught_up
    assert names >= {"parade_passed_v2"}
    assert not names & {"parade_passed_v1", "parade_troops_v1"}
    marches = [(e.position, e.event.number) for e in await the_log(world) if isinstance(e.event, Marched)]
    assert rows(database, PassedAgain) == marches


async def test_a_process_of_the_older_release_ends_when_its_tables_are_gone(
    world: World, judging: Judging, database: Database
) -> None:
    await march(world, 6, 10)
    older = runner_of(judging(), database)
    async with going(runner_of(judging(), database)) as runner:
        assert await runner.reached(await judging().position(), 10)
    older.prepare()
    async with going(runner_of(judging(), database, projections=[PARADE_2])) as newer:
        assert await newer.reached(await judging().position(), 10)
    await world.record("march/z", Marched(troop="z", number=1))
    with pytest.raises(RunnerFailed, match="a newer release has replaced parade_v1: this process must end"):
        await asyncio.wait_for(_run_prepared(older), 10)
    assert "newer release" in older.failure


async def _run_prepared(runner: Any) -> None:
    runner.prepare = lambda: None
    await runner.run()


async def test_a_projection_whose_checkpoint_is_gone_is_built_anew_on_empty_tables(
    world: World, judging: Judging, database: Database
) -> None:
    await march(world, 7, 20)
    for _ in range(2):
        async with going(runner_of(judging(), database)) as runner:
            assert await runner.reached(await judging().position(), 10)
            await assert_counted(world, database)
        database.write_now(lambda c: c.execute(delete(table(Checkpoint)).where(table(Checkpoint).c.consumer == "parade_v1")))


async def test_rebuilt_from_the_first_event_it_equals_the_live_one(world: World, judging: Judging, database: Database) -> None:
    await march(world, 8, 40)
    async with going(runner_of(judging(), database, 7)) as runner:
        assert await runner.reached(await judging().position(), 10)
        checked = await rebuild_equal(database, [PARADE], LISTENS, judging())
        assert (checked.differences, checked.rows > 40) == ((), True)
        database.write_now(lambda c: c.execute(text("UPDATE parade_troops_v1 SET trail = 'x' WHERE troop = 'a8'")))
        [difference] = (await rebuild_equal(database, [PARADE], LISTENS, judging())).differences
        assert (difference.table, difference.key) == ("parade_troops_v1", ("a8",))


# -- what fails


def failing(at: int, how: str) -> Projection:
    """A projection that fails at the event of that number: in its handler, or in its statement."""
    projection = Projection("parade", 1, Passed)
    insert_passed = insert(table(Passed))

    @projection.on(Marched)
    def _(recorded: Recorded, event: Marched) -> Changes:
        if event.number == at and how == "handler":
            raise KeyError("no such troop")
        position = 1 if event.number == at else recorded.position
        value: Any = object() if event.number == at and how == "value" else "marched"
        yield insert_passed, {"position": position, "what": value, "troop": event.troop, "number": event.number}

    return projection


@pytest.mark.parametrize("how", ["handler", "statement", "value"])
async def test_a_projection_that_fails_stops_the_runner_loudly_and_names_the_event(
    world: World, judging: Judging, database: Database, how: str
) -> None:
    await world.record("march/a", *[Marched(troop="a", number=n) for n in range(1, 8)])
    runner = runner_of(judging(), database, projections=[failing(4, how)])
    with pytest.raises(RunnerFailed, match=r"parade_v1 failed at position 4 \(Marched\)"):
        await asyncio.wait_for(runner.run(), 10)
    assert "position 4 (Marched)" in runner.failure
    assert REGISTRY.get_sample_value("makmal_runner_failed_position", {"service": "judging"}) == 4
    assert not await runner.reached(4, 10), "who waits is not kept waiting"
    assert rows(database, Passed) == [], "the page is counted as a whole or not at all"
    mended = runner_of(judging(), database, projections=[failing(99, how)])
    async with going(mended):
        assert await mended.reached(7, 10)
    assert len(rows(database, Passed)) == 7
    assert REGISTRY.get_sample_value("makmal_runner_failed_position", {"service": "judging"}) == 0


async def test_a_reaction_that_cannot_name_its_subject_stops_the_runner_too(
    world: World, judging: Judging, database: Database
) -> None:
    def subject(recorded: Recorded) -> str:
        raise ValueError("whose?")

    await world.record("march/a", Marched(troop="a", number=1))
    reaction = Reaction("greet", [Marched], greet, subject=subject)
    runner = runner_of(judging(), database, reactions=[reaction])
    with pytest.raises(RunnerFailed, match=r"inbox failed at position 1 \(Marched\): ValueError: whose\?"):
        await asyncio.wait_for(runner.run(), 10)
    assert rows(database, Passed) == []


async def test_an_event_written_past_the_append_stops_the_runner(world: World, judging: Judging, database: Database) -> None:
    await world.record("march/a", Marched(troop="a", number=1))
    client = judging().client
    await client.incr(world.keys.position)
    await client.xadd(world.keys.stream("screening"), {"__data__": b'{"source":"/registration"}'}, id="2-0")
    runner = runner_of(judging(), database)
    with pytest.raises(RunnerFailed, match="position 2"):
        await asyncio.wait_for(runner.run(), 10)


async def test_inbox_and_tables_and_checkpoint_move_together_or_not_at_all(
    world: World, judging: Judging, database: Database
) -> None:
    await march(world, 9, 10)
    runner = runner_of(judging(), database, reactions=[GREETINGS])
    runner.prepare()
    fill = runner._fill_inbox

    def full(*arguments: Any) -> bool:
        fill(*arguments)
        raise OSError("the disk is full")

    runner._fill_inbox = full  # type: ignore[method-assign, assignment]
    with pytest.raises(OSError, match="full"):
        await runner.step()
    assert (rows(database, Passed), open_rows(database)) == ([], [])
    runner._fill_inbox = fill  # type: ignore[method-assign]
    await runner.step()
    assert len(rows(database, Passed)) == len(open_rows(database)) == await judging().position()


async def test_a_database_that_restarts_is_waited_for(world: World, judging: Judging, postgres: Postgres) -> None:
    database = Database(postgres.new_database())
    async with going(runner_of(judging(), database, 2)) as runner:
        writing = asyncio.create_task(march(world, 10, 40, pause=0.05))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(postgres.control, "restart")
        await writing
        assert await eventually(lambda: _at_end(runner, judging), 20)
        assert runner.failure == ""
        await assert_counted(world, database)
    database.close()


async def _at_end(runner: Any, judging: Judging) -> bool:
    return bool(runner.position == await judging().position() and not runner.failure)


async def test_salutes_are_known_to_the_test(world: World) -> None:
    """The naive loop that all above is compared with is not empty."""
    await march(world, 1, 60)
    passed, troops = expected(await the_log(world))
    assert {what for _, what, _, _ in passed} == {"marched", "saluted"}
    assert len(troops) == 4
    assert Saluted.owner() != Marched.owner()
