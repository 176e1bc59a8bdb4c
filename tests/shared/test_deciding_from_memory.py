"""A desk decides on the states it has kept, if it has them all; what the log says counts all the same."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from shared.decider import Decider
from shared.deciding import Act, Desk, Outcome
from shared.eventlog import Loaded, RequestReused, Wanted
from shared.events.judging import JudgingClosed, JudgingOpened, ScoreRecorded
from shared.refusals import Refused
from tests.world import World

Sheet = frozenset[str]


def _score(state: Sheet, command: ScoreRecorded, closed: bool = False) -> list[ScoreRecorded]:
    if closed:
        raise Refused("judging is closed", "penjurian ditutup")
    return [] if command.criterion in state else [command]


SHEET: Decider[Sheet] = Decider(
    "judging", "sheet", frozenset(), lambda state, event: state | {event.criterion}, _score, lambda events, by, at: events[0]
)
DOOR: Decider[bool] = Decider(
    "judging",
    "door",
    False,
    lambda state, event: isinstance(event, JudgingClosed),
    lambda state, command: [] if state else [command],
    lambda e, by, at: e[0],
)


@pytest.fixture
def loads(world: World, monkeypatch: pytest.MonkeyPatch) -> list[Sequence[Wanted]]:
    """What the desk's log was asked to load."""
    log, asked = world.log("judging"), []
    load = log.load

    async def counting(wanted: Sequence[Wanted], request: str = "") -> Loaded:
        asked.append(wanted)
        return await load(wanted, request)

    monkeypatch.setattr(log, "load", counting)
    return asked


def score(criterion: str) -> ScoreRecorded:
    return ScoreRecorded(criterion=criterion, score=Decimal(80))


async def give(desk: Desk, criterion: str, *, key: str = "", body: str = "", id: str = "1", new: bool = False) -> Outcome:
    sheet = SHEET.new(id) if new else SHEET(id)
    return await desk.carry_out(Act(sheet, score(criterion), DOOR("1")), actor="person/test", request=key, body=body)


async def test_what_is_kept_is_not_loaded_again(world: World, loads: list[Any]) -> None:
    desk = Desk(world.log("judging"))
    await give(desk, "novelty")
    before = len(loads)
    outcome = await give(desk, "benefit")
    assert [e.envelope.version for e in outcome.events] == [2]
    assert len(loads) == before


async def test_a_new_aggregate_needs_no_look_at_the_log(world: World, loads: list[Any]) -> None:
    desk = Desk(world.log("judging"))
    await give(desk, "novelty")
    before = len(loads)
    assert (await give(desk, "novelty", id="2", new=True)).events[0].envelope.version == 1
    assert len(loads) == before


async def test_a_new_aggregate_that_stands_already_is_decided_on_what_the_log_says(world: World) -> None:
    await world.record("sheet/2", score("novelty"))
    desk = Desk(world.log("judging"))
    await give(desk, "novelty")
    assert (await give(desk, "novelty", id="2", new=True)).events == ()


async def test_what_another_process_did_meanwhile_counts(world: World) -> None:
    desk = Desk(world.log("judging"))
    await give(desk, "novelty")
    await world.record("door/1", JudgingClosed())
    with pytest.raises(Refused, match="judging is closed"):
        await give(desk, "benefit")


async def test_a_refusal_never_rests_on_what_is_no_longer_so(world: World) -> None:
    desk = Desk(world.log("judging"))
    await world.record("door/1", JudgingClosed())
    with pytest.raises(Refused):
        await give(desk, "novelty")
    await world.record("door/1", JudgingOpened(entries=()))
    assert len((await give(desk, "novelty")).events) == 1


async def test_that_nothing_changes_never_rests_on_memory_alone(world: World, loads: list[Any]) -> None:
    desk = Desk(world.log("judging"))
    await give(desk, "novelty")
    before = len(loads)
    assert (await give(desk, "novelty")).events == ()
    assert len(loads) == before + 1


async def test_a_repeated_request_gets_its_first_answer_from_memory_too(world: World) -> None:
    desk = Desk(world.log("judging"))
    await give(desk, "novelty")
    first = await give(desk, "benefit", key="k" * 32, body="b")
    again = await give(desk, "presentation", key="k" * 32, body="b")
    assert again.repeated and again.events == first.events
    with pytest.raises(RequestReused):
        await give(desk, "authority", key="k" * 32, body="another")
