"""Reactions answer in the order of their subject, whatever stream it came by, and once; a failure holds back its subject alone."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from shared.broker.embedded import EmbeddedBroker
from shared.database import Database, table
from shared.deciding import Desk
from shared.eventlog import EventLog, Recorded
from shared.runner import Hand, Reaction, ReactionWorker
from shared.runner.tables import Lease
from tests.shared.runner.answers import all_answered, answering, asked_for, greetings
from tests.shared.runner.conftest import march
from tests.shared.runner.parade import GREETINGS, Marched, greet, open_rows, runner_of, troop_of
from tests.world import World, eventually

Judging = Callable[[], EventLog]


async def test_a_subject_is_answered_in_the_order_of_the_log_over_all_streams(
    world: World, judging: Judging, database: Database
) -> None:
    await march(world, 1, 40)
    async with answering(judging(), database) as (runner, _):
        await march(world, 2, 1)
        await all_answered(database, runner, await judging().position())
    assert await greetings(world) == await asked_for(world)


async def test_an_answer_tells_its_cause(world: World, judging: Judging, database: Database) -> None:
    [cause] = await world.record("march/a", Marched(troop="a", number=1))
    async with answering(judging(), database) as (runner, _):
        await all_answered(database, runner, 1)
    answer = (await world.all_events())[-1]
    assert answer.envelope.causationid == cause.envelope.id
    assert answer.envelope.correlationid == cause.envelope.correlationid
    assert answer.envelope.actor == "reaction/judging.greet"
    assert answer.envelope.edition == "test"


async def test_two_processes_take_turns_by_a_lease_and_answer_once(world: World, judging: Judging, database_url: str) -> None:
    databases = Database(database_url), Database(database_url)
    async with answering(judging(), databases[0]) as (first, _), answering(judging(), databases[1]):
        await march(world, 3, 30)
        await all_answered(databases[0], first, await judging().position())
        [lease] = databases[0].read_now(lambda c: c.execute(select(table(Lease))).all())
        assert lease.name == "reactions"
    assert await greetings(world) == await asked_for(world)
    assert databases[0].read_now(lambda c: c.execute(select(table(Lease))).all()) == [], "it is given back at the end"
    for database in databases:
        database.close()


async def test_a_lease_that_was_not_given_back_ends_by_itself(world: World, judging: Judging, database: Database) -> None:
    runner = runner_of(judging(), database, reactions=[GREETINGS])
    runner.prepare()
    worker = ReactionWorker(runner, Desk(runner.event_log), database, [GREETINGS])
    held = {"name": "reactions", "holder": "a process that was killed", "until": 9e9}
    database.write_now(lambda c: c.execute(insert(table(Lease)), held))
    assert not await worker._hold_lease()
    database.write_now(lambda c: c.execute(table(Lease).update().values(until=1.0)))
    assert await worker._hold_lease()


async def test_two_workers_at_once_do_nothing_twice(world: World, judging: Judging, database: Database) -> None:
    """Should a lease end while its holder is still at work, requests on record keep the effect single and in order."""
    await march(world, 4, 30)
    runner = runner_of(judging(), database, reactions=[GREETINGS])
    runner.prepare()
    while await runner.step():
        pass
    logs = judging(), judging()
    workers = [ReactionWorker(runner, Desk(log), database, [GREETINGS], 0.01) for log in logs]
    while open_rows(database):
        await asyncio.gather(*(worker.step() for worker in workers))
        await asyncio.sleep(0.01)
    assert await greetings(world) == await asked_for(world)


async def test_a_failure_holds_back_its_subject_alone_until_it_succeeds(
    world: World, judging: Judging, database: Database
) -> None:
    failures = 3
    order: list[tuple[str, int]] = []

    async def often_fails(cause: Recorded, hand: Hand) -> None:
        nonlocal failures
        event = cause.event
        assert isinstance(event, Marched)
        if event.troop == "a" and failures:
            failures -= 1
            raise ConnectionError("not now")
        await greet(cause, hand)
        order.append((event.troop, event.number))

    await world.record("march/a", *[Marched(troop="a", number=n) for n in (1, 2, 3)])
    await world.record("march/b", *[Marched(troop="b", number=n) for n in (1, 2, 3)])
    async with answering(judging(), database, Reaction("greet", [Marched], often_fails, subject=troop_of)) as (runner, _):
        await all_answered(database, runner, 6)
    assert [number for troop, number in order if troop == "a"] == [1, 2, 3]
    assert order.index(("b", 3)) < order.index(("a", 1)), "the other subject went on meanwhile"


async def test_an_inbox_id_is_never_used_again(world: World, judging: Judging, database: Database) -> None:
    """A worker that was slow must not settle a later row in the place of the one it answered."""
    ids = []
    runner = runner_of(judging(), database, reactions=[GREETINGS])
    runner.prepare()
    worker = ReactionWorker(runner, Desk(runner.event_log), database, [GREETINGS])
    for number in (1, 2):
        await world.record("march/a", Marched(troop="a", number=number))
        while await runner.step():
            pass
        [row] = open_rows(database)
        ids.append(row.id)
        await worker.step()
        assert open_rows(database) == []
    assert ids[1] > ids[0]


async def test_while_the_log_is_away_reactions_wait_without_being_parked(tmp_path: Path, database: Database) -> None:
    broker = EmbeddedBroker(tmp_path / "own", lifelong=True)
    broker.start()
    world = World(broker.url(), "own", tmp_path)
    try:
        await world.record("march/a", Marched(troop="a", number=1))
        log = world.log("judging")
        runner = runner_of(log, database, reactions=[GREETINGS])
        runner.prepare()
        await runner.step()
        worker = ReactionWorker(runner, Desk(log), database, [GREETINGS], 0.01)
        broker.kill()
        await worker.step()
        [row] = open_rows(database)
        assert (row.tries, row.parked, row.error) == (0, False, "the log is away")
        broker.start()
        async with answering(log, database) as (again, _):
            await all_answered(database, again, 1)
        assert await greetings(world) == {"a": [1]}
    finally:
        await world.close()
        broker.stop()


async def test_a_runner_whose_log_goes_away_says_so_and_goes_on_when_it_is_back(tmp_path: Path, database: Database) -> None:
    broker = EmbeddedBroker(tmp_path / "own", lifelong=True)
    broker.start()
    world = World(broker.url(), "own", tmp_path)
    try:
        await world.record("march/a", Marched(troop="a", number=1))
        async with answering(world.log("judging"), database) as (runner, _):
            await all_answered(database, runner, 1)
            broker.kill()

            async def says_so() -> bool:
                runner.wake()
                return "the log is away" in runner.failure

            await eventually(says_so, 20)
            broker.start()
            await world.record("march/a", Marched(troop="a", number=2))
            position = await world.log("audit").position()
            await all_answered(database, runner, position)

            async def ready() -> bool:
                return runner.failure == ""

            await eventually(ready, 10)
        assert await greetings(world) == {"a": [1, 2]}
    finally:
        await world.close()
        broker.stop()


async def test_a_worker_outlives_a_database_in_trouble(
    world: World, judging: Judging, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    import shared.runner.reactions as module

    due, troubles = module._due, 2

    def in_trouble(connection: Any) -> Any:
        nonlocal troubles
        if troubles:
            troubles -= 1
            raise OperationalError("SELECT", {}, OSError("disk I/O error"))
        return due(connection)

    monkeypatch.setattr(module, "_due", in_trouble)
    await world.record("march/a", Marched(troop="a", number=1))
    async with answering(judging(), database) as (runner, _):
        await all_answered(database, runner, 1)
    assert await greetings(world) == {"a": [1]}
