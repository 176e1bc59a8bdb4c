"""A repeated request gets its first answer, and has one effect."""

import asyncio

import pytest

from shared.broker.embedded import EmbeddedBroker
from shared.deciding import Act, Desk, request_key
from shared.eventlog import EventLog, RequestReused
from shared.eventlog.connection import connect
from tests.shared.deciding.guests import DOOR, HOUSE, Close, GuestCame, Open, open_door, welcome
from tests.shared.eventlog.swallowing import Proxy
from tests.world import World


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
