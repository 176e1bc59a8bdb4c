"""The one function that loads, decides, appends and retries for every command."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import Struct

from shared.broker.embedded import EmbeddedBroker
from shared.decider import Decider, Fold
from shared.deciding import Act, Desk, Outcome, request_key
from shared.eventlog import Append, Appended, EventLog, LogWentBack, RequestReused
from shared.eventlog.connection import connect
from shared.events import Event, catalogue
from shared.refusals import ChangedMeanwhile, Refused
from tests.shared.eventlog.swallowing import Proxy
from tests.world import World


class DoorOpened(Event, frozen=True, kw_only=True):
    at: datetime

    @classmethod
    def owner(cls) -> str:
        return "judging"


class DoorClosed(Event, frozen=True, kw_only=True):
    @classmethod
    def owner(cls) -> str:
        return "judging"


class GuestCame(Event, frozen=True, kw_only=True):
    name: str

    @classmethod
    def owner(cls) -> str:
        return "judging"


class Open(Struct, frozen=True):
    at: datetime


class Close(Struct, frozen=True):
    pass


class Welcome(Struct, frozen=True):
    name: str


def _door(state: bool, event: Any) -> bool:
    return isinstance(event, DoorOpened)


def _decide_door(state: bool, command: Open | Close) -> list[Event]:
    match command:
        case Open(at):
            return [] if state else [DoorOpened(at=at)]
        case Close():
            return [DoorClosed()] if state else []


def _decide_house(state: frozenset[str], command: Welcome, *doors: bool) -> list[Event]:
    if not all(doors):
        raise Refused("the door is closed; come again tomorrow", "pintu sudah ditutup; datanglah besok")
    return [] if command.name in state else [GuestCame(name=command.name)]


def _no_command(events: Sequence[Any], by: str, at: datetime) -> Any:
    raise AssertionError("nobody asks here")


DOOR: Decider[bool] = Decider("judging", "door", False, _door, _decide_door, _no_command)
HOUSE: Decider[frozenset[str]] = Decider(
    "judging", "house", frozenset(), lambda names, e: names | {e.name}, _decide_house, _no_command
)
DOOR_AS_SEEN: Fold[tuple[str, ...]] = Fold("judging", "door", (), lambda seen, e: (*seen, type(e).__name__))


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (DoorOpened, DoorClosed, GuestCame):
        monkeypatch.setitem(catalogue(), kind.__name__, kind)


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world.log("judging"))


@pytest.fixture
async def rival(world: World) -> Any:
    """The desk of another process of the same service."""
    log = EventLog(connect(world.broker_url), world.keys, "judging")
    yield Desk(log)
    await log.client.aclose()


async def open_door(desk: Desk) -> Outcome:
    return await desk.carry_out(Act(DOOR("1"), lambda at: Open(at)), actor="person/1")


async def welcome(desk: Desk, name: str, *doors: str, **more: Any) -> Outcome:
    return await desk.carry_out(Act(HOUSE("1"), Welcome(name), *map(DOOR, doors)), actor="person/1", **more)


def before_every_append(desk: Desk, act: Callable[[int], Awaitable[object]]) -> list[int]:
    """Let something happen between deciding and appending, as another process would; the list counts the appends."""
    append, tries = desk.log.append, list[int]()

    async def contested(what: Append) -> Appended:
        tries.append(len(tries) + 1)
        await act(tries[-1])
        return await append(what)

    desk.log.append = contested  # type: ignore[method-assign, assignment]
    return tries


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


# -- repeated requests


async def test_a_repeated_request_gets_its_first_answer_though_the_state_moved_on(desk: Desk, rival: Desk) -> None:
    first = await welcome(desk, "Ani", request="r", body="b")
    await welcome(rival, "Budi")
    for again in (await welcome(desk, "Ani", request="r", body="b"), await welcome(rival, "Ani", request="r", body="b")):
        assert [e.raw for e in again.events] == [e.raw for e in first.events]
        assert (again.position, again.repeated) == (first.position, True)


async def test_a_repeated_request_is_answered_though_it_would_be_refused_now(desk: Desk) -> None:
    await open_door(desk)
    first = await welcome(desk, "Ani", "1", request="r", body="b")
    await desk.carry_out(Act(DOOR("1"), Close()), actor="person/1")
    again = await welcome(desk, "Ani", "1", request="r", body="b", if_match=0)
    assert [e.raw for e in again.events] == [e.raw for e in first.events]
    assert await welcome(desk, "Ani", "1", request="r", body="b", if_match=7) == again


async def test_a_request_key_with_another_body_is_refused(desk: Desk) -> None:
    await welcome(desk, "Ani", request="r", body="b")
    with pytest.raises(RequestReused):
        await welcome(desk, "Budi", request="r", body="c")
    assert await desk.log.position() == 1


async def test_a_request_that_changed_nothing_is_on_record_too(desk: Desk) -> None:
    await open_door(desk)
    first = await desk.carry_out(Act(DOOR("1"), lambda at: Open(at)), actor="person/1", request="r", body="b")
    assert (first.events, first.repeated) == ((), False)
    await desk.carry_out(Act(DOOR("1"), Close()), actor="person/1")
    again = await desk.carry_out(Act(DOOR("1"), lambda at: Open(at)), actor="person/1", request="r", body="b")
    assert (again.events, again.position, again.repeated) == ((), first.position, True)
    assert (await desk.state(DOOR("1")))[0] is False, "the door stays closed"
    with pytest.raises(RequestReused):
        await welcome(desk, "Ani", request="r", body="c")


async def test_a_request_given_many_times_at_once_has_one_effect(desk: Desk, rival: Desk) -> None:
    desks = [desk, rival] * 10
    outcomes = await asyncio.gather(*(welcome(d, "Ani", request="r", body="b") for d in desks))
    assert {tuple(e.raw for e in o.events) for o in outcomes} == {tuple(e.raw for e in outcomes[0].events)}
    assert [o.repeated for o in outcomes].count(False) <= 1
    assert await desk.log.position() == 1


async def test_a_lost_reply_gives_the_right_answer_all_the_same(world: World, broker: EmbeddedBroker) -> None:
    async with Proxy(broker.socket).serving() as proxy:
        log = EventLog(connect(proxy.url()), world.keys, "judging")
        desk = Desk(log)
        await open_door(desk)
        losses = iter([True])
        proxy.lose = lambda: next(losses, False)
        outcome = await welcome(desk, "Ani", "1")
        assert proxy.lost == 1
        assert [e.event for e in outcome.events] == [GuestCame(name="Ani")]
        assert await desk.state(HOUSE("1")) == (frozenset({"Ani"}), 1)
        await log.client.aclose()


def test_request_keys_differ_by_every_part() -> None:
    assert len(request_key("a", "b")) == 32
    assert len({request_key("a", "b"), request_key("b", "a"), request_key("ab"), request_key("a", "b", "")}) == 4


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

    watching = Decider("judging", "watch", None, lambda s, e: s, decide, _no_command)
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
