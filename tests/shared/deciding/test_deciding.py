"""The one function that loads, decides, appends and retries for every command."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.decider import Decider
from shared.deciding import Act, Desk
from shared.eventlog import LogWentBack
from shared.events import Event
from shared.refusals import ChangedMeanwhile, Refused
from tests.shared.deciding.guests import (
    DOOR,
    DOOR_AS_SEEN,
    HOUSE,
    Close,
    DoorClosed,
    DoorOpened,
    GuestCame,
    Open,
    Welcome,
    before_every_append,
    no_command,
    open_door,
    welcome,
)
from tests.world import World


async def test_a_command_becomes_events_with_all_that_is_to_be_known_of_them(desk: Desk) -> None:
    outcome = await desk.carry_out(Act(HOUSE("1"), Welcome("Ani")), actor="person/1", edition="test", request="r", body="b")
    [event] = outcome.events
    assert event.event == GuestCame(name="Ani")
    assert (event.position, event.subject, event.envelope.version) == (1, "house/1", 1)
    assert (event.envelope.actor, event.envelope.edition, event.envelope.request) == ("person/1", "test", "r")
    assert (outcome.position, outcome.repeated) == (1, False)
    assert outcome.first(GuestCame) == event
    assert outcome.first(DoorOpened) is None


async def test_what_changes_nothing_appends_nothing(desk: Desk) -> None:
    await welcome(desk, "Ani")
    outcome = await welcome(desk, "Ani")
    assert (outcome.events, outcome.position, outcome.repeated) == ((), 1, False)
    assert await desk.log.position() == 1


async def test_the_time_of_a_command_is_the_brokers(desk: Desk) -> None:
    [event] = (await open_door(desk)).events
    assert isinstance(event.event, DoorOpened)
    assert abs((event.event.at - datetime.now(UTC)).total_seconds()) < 5
    assert event.envelope.time == event.event.at


async def test_an_effect_carries_its_cause(desk: Desk) -> None:
    [cause] = (await open_door(desk)).events
    [effect] = (await welcome(desk, "Ani", cause=cause)).events
    assert effect.envelope.causationid == cause.envelope.id
    assert effect.envelope.correlationid == cause.envelope.correlationid == cause.envelope.id


async def test_a_refusal_appends_nothing(desk: Desk) -> None:
    with pytest.raises(Refused, match="the door is closed"):
        await welcome(desk, "Ani", "1")
    assert await desk.log.position() == 0


async def test_another_services_aggregate_cannot_be_commanded(desk: Desk) -> None:
    with pytest.raises(TypeError, match="door/1 belongs to another service"):
        await desk.carry_out(Act(DOOR_AS_SEEN("1"), Close()), actor="person/1")


# -- conflicts


async def test_a_conflict_is_decided_anew_up_to_the_fifth_time(desk: Desk, rival: Desk) -> None:
    async def interfere(attempt: int) -> None:
        if attempt < 5:
            await welcome(rival, f"rival {attempt}")

    tries = before_every_append(desk, interfere)
    [event] = (await welcome(desk, "Ani")).events
    assert event.envelope.version == 5
    assert tries == [1, 2, 3, 4, 5]


async def test_after_five_conflicts_the_caller_is_told(desk: Desk, rival: Desk) -> None:
    tries = before_every_append(desk, lambda attempt: welcome(rival, f"rival {attempt}"))
    with pytest.raises(ChangedMeanwhile) as changed:
        await welcome(desk, "Ani")
    assert (changed.value.subject, changed.value.version) == ("house/1", 5)
    assert tries == [1, 2, 3, 4, 5]
    assert "Ani" not in (await desk.state(HOUSE("1")))[0]


async def test_what_the_conflict_brought_is_decided_upon(desk: Desk, rival: Desk) -> None:
    await open_door(desk)

    async def close(attempt: int) -> None:
        await rival.carry_out(Act(DOOR("1"), Close()), actor="person/2")

    before_every_append(desk, close)
    with pytest.raises(Refused, match="the door is closed"):
        await welcome(desk, "Ani", "1")
    assert await desk.state(HOUSE("1")) == (frozenset(), 0)


async def test_nobody_comes_in_after_the_close_whatever_the_race(world: World, desk: Desk, rival: Desk) -> None:
    for round in range(10):
        door = DOOR(f"{round}")
        await desk.carry_out(Act(door, lambda at: Open(at)), actor="person/1")

        let_in: list[str] = []
        enough = asyncio.Event()

        async def keep_coming(guest: int, door: Any = door, let_in: list[str] = let_in, enough: asyncio.Event = enough) -> None:
            while True:
                name = f"{guest}.{len(let_in)}.{door.subject}"
                try:
                    await desk.carry_out(Act(HOUSE(name), Welcome("x"), door), actor="person/1")
                except Refused:
                    return
                let_in.append(name)
                if len(let_in) > 15:
                    enough.set()

        async def close(door: Any = door, enough: asyncio.Event = enough, after: float = round * 0.0003) -> None:
            await enough.wait()
            await asyncio.sleep(after)
            await rival.carry_out(Act(door, Close()), actor="person/2")

        await asyncio.gather(*(keep_coming(guest) for guest in range(8)), close())
        events = [e for e in await world.all_events() if e.subject.endswith(f"door/{round}")]
        closed = next(e.position for e in events if isinstance(e.event, DoorClosed))
        came = [e.position for e in events if isinstance(e.event, GuestCame)]
        assert all(position < closed for position in came)
        assert len(came) == len(let_in) > 15


# -- If-Match


async def test_an_edit_of_the_version_that_was_read_is_taken(desk: Desk) -> None:
    await welcome(desk, "Ani")
    assert (await welcome(desk, "Budi", if_match=1)).events[0].envelope.version == 2


@pytest.mark.parametrize("version", [0, 1, 3])
async def test_an_edit_of_another_version_is_refused_at_once(desk: Desk, version: int) -> None:
    await welcome(desk, "Ani")
    await welcome(desk, "Budi")
    tries = before_every_append(desk, lambda attempt: asyncio.sleep(0))
    with pytest.raises(ChangedMeanwhile) as changed:
        await welcome(desk, "Citra", if_match=version)
    assert changed.value.version == 2
    assert tries == []


async def test_an_edit_that_is_overtaken_is_not_decided_anew(desk: Desk, rival: Desk) -> None:
    await welcome(desk, "Ani")
    tries = before_every_append(desk, lambda attempt: welcome(rival, "Budi"))
    with pytest.raises(ChangedMeanwhile):
        await welcome(desk, "Citra", if_match=1)
    assert tries == [1]


# -- several acts


async def test_several_acts_are_one_append_and_later_ones_see_earlier_ones(desk: Desk) -> None:
    outcome = await desk.carry_out(
        Act(DOOR("1"), lambda at: Open(at)),
        Act(HOUSE("1"), Welcome("Ani"), DOOR("1")),
        Act(HOUSE("1"), Welcome("Budi"), DOOR("1")),
        Act(HOUSE("1"), Welcome("Ani"), DOOR("1")),
        actor="person/1",
    )
    assert [(e.position, e.subject, e.envelope.version) for e in outcome.events] == [
        (1, "door/1", 1),
        (2, "house/1", 1),
        (3, "house/1", 2),
    ]
    assert len({e.envelope.request for e in outcome.events}) == 1
    assert await desk.state(HOUSE("1")) == (frozenset({"Ani", "Budi"}), 2)


async def test_a_refused_act_takes_the_others_with_it(desk: Desk) -> None:
    with pytest.raises(Refused):
        await desk.carry_out(Act(HOUSE("1"), Welcome("Ani")), Act(HOUSE("2"), Welcome("Budi"), DOOR("1")), actor="person/1")
    assert await desk.log.position() == 0
    assert await desk.state(HOUSE("1")) == (frozenset(), 0)


async def test_every_view_of_an_aggregate_sees_what_an_earlier_act_did(desk: Desk) -> None:
    seen: list[Any] = []

    def decide(state: Any, command: Any, door: tuple[str, ...]) -> list[Event]:
        seen.append(door)
        return []

    watching = Decider("judging", "watch", None, lambda s, e: s, decide, no_command)
    await desk.carry_out(Act(DOOR("1"), lambda at: Open(at)), Act(watching("1"), Close(), DOOR_AS_SEEN("1")), actor="person/1")
    assert seen == [("DoorOpened",)]


# -- kept states


async def test_kept_states_follow_what_other_processes_do(desk: Desk, rival: Desk) -> None:
    for number in range(6):
        await welcome((desk, rival)[number % 2], str(number))
    assert await desk.state(HOUSE("1")) == await rival.state(HOUSE("1")) == (frozenset("012345"), 6)


async def test_only_so_many_states_are_kept(world: World) -> None:
    desk = Desk(world.log("judging"), kept=3)
    for number in range(10):
        await desk.carry_out(Act(HOUSE(str(number)), Welcome("Ani")), actor="person/1")
    assert len(desk._states) <= 3
    assert await desk.state(HOUSE("0")) == (frozenset({"Ani"}), 1)


async def test_an_aggregate_that_went_back_is_refused(world: World, desk: Desk) -> None:
    await welcome(desk, "Ani")
    await welcome(desk, "Budi")
    await desk.log.client.rpop(world.keys.index("judging", "house/1"))
    with pytest.raises(LogWentBack, match="house/1 has gone back from version 2 to 1"):
        await welcome(desk, "Citra")


async def test_what_guards_all_acts_refuses_them_though_no_act_is_about_it(desk: Desk, rival: Desk) -> None:
    def must_be_closed(open: bool) -> None:
        if open:
            raise Refused("the side door is open; close it first", "pintu samping terbuka; tutup dahulu")

    guards = ((DOOR("1"), must_be_closed),)
    first = await welcome(desk, "Ani", guards=guards)
    assert [event.type for event in first.events] == ["GuestCame"]
    await open_door(rival)
    with pytest.raises(Refused, match="the side door is open"):
        await welcome(desk, "Budi", guards=guards)
