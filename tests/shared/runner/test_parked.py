"""A poison event parks its subject alone, until somebody retries or discards it."""

import asyncio
from collections.abc import Callable
from typing import Any

from shared.database import Database
from shared.eventlog import EventLog, Recorded
from shared.runner import Hand, Reaction, parked
from tests.shared.runner.answers import all_answered, answering, greetings
from tests.shared.runner.parade import GREETINGS, Marched, Saluted, greet, open_rows, runner_of, troop_of
from tests.world import World, eventually

Judging = Callable[[], EventLog]


async def parked_one(world: World, database: Database) -> int:
    """A troop whose second cannot be greeted, beside a healthy one; the id of the parked row."""

    async def there() -> Any:
        return database.read_now(parked.listed)

    [row] = await eventually(there, 20)
    assert (row.reaction, row.subject, row.tries) == ("greet", "a", 6)
    assert "nobody greets a negative number" in row.error
    id: int = row.id
    return id


async def poisoned(world: World) -> None:
    await world.record("march/a", *[Marched(troop="a", number=n) for n in (1, -2, 3)])
    await world.record("march/b", *[Marched(troop="b", number=n) for n in (1, 2)])
    await world.record("salute/a", Saluted(troop="a", number=4))


async def test_a_poison_event_parks_its_subject_alone(world: World, judging: Judging, database: Database) -> None:
    await poisoned(world)
    async with answering(judging(), database, backoff=0.002):
        await parked_one(world, database)
        await asyncio.sleep(0.3)
        assert await greetings(world) == {"a": [1], "b": [1, 2]}
        assert [row.subject for row in open_rows(database)] == ["a", "a", "a"]
        await world.record("march/b", Marched(troop="b", number=3))

        async def greeted() -> bool:
            return (await greetings(world))["b"] == [1, 2, 3]

        await eventually(greeted, 10)


async def test_a_parked_row_that_is_discarded_lets_its_subject_go_on(
    world: World, judging: Judging, database: Database
) -> None:
    await poisoned(world)
    async with answering(judging(), database, backoff=0.002) as (runner, _):
        id = await parked_one(world, database)
        assert database.write_now(lambda c: parked.discard(c, id))
        assert not database.write_now(lambda c: parked.discard(c, id)), "there is no such one any more"
        await all_answered(database, runner, 6)
    assert await greetings(world) == {"a": [1, 3, 1_004], "b": [1, 2]}


async def test_a_parked_row_that_is_retried_goes_on_where_it_stood(world: World, judging: Judging, database: Database) -> None:
    mended = False

    async def mendable(cause: Recorded, hand: Hand) -> None:
        if mended and isinstance(cause.event, Marched) and cause.event.number < 0:
            return
        await greet(cause, hand)

    await poisoned(world)
    reaction = Reaction("greet", [Marched, Saluted], mendable, subject=troop_of)
    async with answering(judging(), database, reaction, backoff=0.002) as (runner, _):
        id = await parked_one(world, database)
        assert database.write_now(lambda c: parked.retry(c, id))
        await asyncio.sleep(0.05)
        assert await parked_one(world, database) == id, "not mended yet: it is parked again, and still holds its subject"
        mended = True
        assert database.write_now(lambda c: parked.retry(c, id))
        assert not database.write_now(lambda c: parked.retry(c, 99))
        await all_answered(database, runner, 6)
    assert (await greetings(world))["a"] == [1, 3, 1_004]


async def test_only_parked_rows_can_be_discarded(world: World, judging: Judging, database: Database) -> None:
    await world.record("march/a", Marched(troop="a", number=1))
    runner = runner_of(judging(), database, reactions=[GREETINGS])
    runner.prepare()
    await runner.step()
    [row] = open_rows(database)
    assert not database.write_now(lambda c: parked.discard(c, row.id))
    assert len(open_rows(database)) == 1


async def test_a_row_whose_reaction_is_no_longer_there_is_parked_and_says_so(
    world: World, judging: Judging, database: Database
) -> None:
    await world.record("march/a", Marched(troop="a", number=1))
    runner = runner_of(judging(), database, reactions=[GREETINGS])
    runner.prepare()
    await runner.step()
    async with answering(judging(), database, Reaction("other", [Saluted], greet), backoff=0.002):

        async def there() -> Any:
            return database.read_now(parked.listed)

        [row] = await eventually(there, 20)
        assert row.error == "no reaction is named greet"
