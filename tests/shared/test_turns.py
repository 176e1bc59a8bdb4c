"""Those who write the same aggregate take turns once they have got in each other's way."""

import asyncio
from decimal import Decimal
from typing import Any

from shared.decider import Decider
from shared.deciding import Act, Desk
from shared.events.judging import ScoreRecorded
from shared.turns import Turns
from tests.world import World


async def test_a_turn_is_had_by_one_at_a_time_and_forgotten_afterwards() -> None:
    turns = Turns()
    having: list[str] = []

    async def take(name: str, *subjects: str) -> None:
        async with turns.of(set(subjects)):
            having.append(name)
            await asyncio.sleep(0)
            assert having[-1] == name

    await asyncio.gather(*(take(f"{n}", "b", "a") for n in range(5)), *(take(f"x{n}", "a") for n in range(5)))
    assert len(having) == 10
    assert turns.queued({"a", "b"}) == set()


def _decide(state: int, command: ScoreRecorded) -> list[ScoreRecorded]:
    return [command]


COUNTER: Decider[int] = Decider("judging", "counter", 0, lambda n, _: n + 1, _decide, lambda events, by, at: events[0])


async def test_a_crowd_of_callers_at_one_aggregate_is_served_to_the_last(world: World) -> None:
    desk = Desk(world.log("judging"))

    async def call(number: int) -> Any:
        score = ScoreRecorded(criterion=f"c{number}", score=Decimal(1))
        return await desk.carry_out(Act(COUNTER("1"), score), actor="person/test")

    outcomes = await asyncio.gather(*(call(n) for n in range(60)))
    assert sorted(o.events[0].envelope.version for o in outcomes) == list(range(1, 61))
