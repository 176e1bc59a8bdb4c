"""The merged read: every event of the streams asked for, in the order of the log, whatever COUNT and whoever writes meanwhile."""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from shared.eventlog import EventLog, Keys, Unreadable
from tests.shared.eventlog.writing import Clerk, event_bytes, everything, note_of

WRITERS = ("registration", "screening", "judging", "notification")


async def fill(open_log: Callable[..., EventLog], seed: int, appends: int = 150) -> list[tuple[str, str]]:
    """Write a log of which the naive model is known: (service, note) at each position."""
    dice = random.Random(seed)
    clerks = {service: Clerk(open_log(service)) for service in WRITERS}
    model: list[tuple[str, str]] = []
    for number in range(appends):
        service = dice.choices(WRITERS, (60, 5, 30, 5))[0]
        notes = [f"{number}.{n}" for n in range(dice.choice((1, 1, 1, 2, 7)))]
        await clerks[service].append(*[(f"s/{dice.randrange(5)}", note) for note in notes])
        model += [(service, note) for note in notes]
    return model


@pytest.mark.parametrize("limit", [1, 2, 7, 50, 1_000])
async def test_pages_of_any_size_together_hold_every_event_once_and_in_order(
    open_log: Callable[..., EventLog], limit: int
) -> None:
    model = await fill(open_log, seed=limit)
    log = open_log("audit")
    for streams in (WRITERS, WRITERS[1:], WRITERS[3:], ("identity", "screening")):
        expected = [(n, *entry) for n, entry in enumerate(model, 1) if entry[0] in streams]
        found = await everything(log, streams, limit)
        assert [(e.position, e.service, note_of(e)) for e in found] == expected


async def test_a_page_tells_how_far_it_is_complete(registration: Clerk, judging: Clerk) -> None:
    await registration.append(("a", "1"))
    await judging.append(("a", "2"), ("a", "3"), ("a", "4"))
    await registration.append(("a", "5"))
    page = await judging.log.read(0, ["registration", "judging"], 2)
    assert [e.position for e in page.events] == [1, 2, 3]
    assert page.horizon == 3
    page = await judging.log.read(3, ["registration", "judging"], 2)
    assert [e.position for e in page.events] == [4, 5]
    assert page.horizon == 5


async def test_the_horizon_moves_on_even_when_no_event_came(registration: Clerk, judging: Clerk) -> None:
    await registration.append(("a", "1"), ("a", "2"))
    page = await judging.log.read(0, ["judging"])
    assert (page.events, page.horizon) == ((), 2)


async def test_reading_while_all_write_misses_and_doubles_nothing(open_log: Callable[..., EventLog]) -> None:
    log = open_log("audit")
    clerks = [Clerk(open_log(service)) for service in WRITERS]

    async def write(clerk: Clerk) -> None:
        for number in range(40):
            await clerk.append(*[("a", str(number))] * random.choice((1, 3)))

    writing = asyncio.gather(*(write(clerk) for clerk in clerks))
    found: list[int] = []
    after = 0
    while True:
        ended = writing.done()
        page = await log.read(after, WRITERS, 3)
        assert all(after < e.position <= page.horizon for e in page.events)
        found += [e.position for e in page.events]
        if ended and page.horizon == after:
            break
        after = page.horizon
    await writing
    assert found == list(range(1, await log.position() + 1))


async def test_a_read_wakes_at_once_and_only_wakes(open_log: Callable[..., EventLog], judging: Clerk) -> None:
    log = open_log("audit")
    started = time.monotonic()
    woken = asyncio.create_task(log.wake(0, ["registration", "judging"], 5))
    await asyncio.sleep(0.1)
    assert not woken.done()
    await judging.append(("a", "1"))
    await woken
    assert time.monotonic() - started < 2


async def test_waiting_ends_by_itself(judging: Clerk) -> None:
    started = time.monotonic()
    await judging.log.wake(0, ["judging"], 0.1)
    assert 0.08 < time.monotonic() - started < 2


async def test_waiting_for_a_broker_that_is_away_does_not_spin(judging: Clerk) -> None:
    await judging.log.client.aclose()
    judging.log.client.connection_pool.connection_kwargs["path"] = "/nowhere/at/all.sock"
    started = time.monotonic()
    await judging.log.wake(0, ["judging"], 0.2)
    assert time.monotonic() - started > 0.19


async def test_events_of_a_service_are_found_by_position(registration: Clerk, judging: Clerk) -> None:
    await judging.append(("a", "1"), ("a", "2"))
    await registration.append(("a", "3"))
    await judging.append(("a", "4"))
    assert [e.position for e in await registration.log.at("judging", 2, 4)] == [2, 4]
    assert await registration.log.at("judging", 3, 3) == ()


@pytest.mark.parametrize(
    ("id", "fields", "why"),
    [
        ("1-0", {"__data__": event_bytes("registration", "a", 1)}, "its source is /registration"),
        ("1-0", {"__data__": b"\xff"}, "not an event"),
        ("1-0", {"__data__": b'{"specversion":"1.0"}'}, "not an event"),
        ("1-0", {"data": event_bytes("judging", "a", 1)}, "the field __data__ alone"),
        ("1-0", {"__data__": event_bytes("judging", "a", 1), "more": "x"}, "the field __data__ alone"),
        ("1-1", {"__data__": event_bytes("judging", "a", 1)}, "its ID in the stream of judging is 1-1"),
    ],
)
async def test_what_no_append_wrote_is_refused_by_every_reader(
    judging: Clerk, operator: Any, keys: Keys, id: str, fields: dict[str, bytes], why: str
) -> None:
    operator.incr(keys.position)
    operator.xadd(keys.stream("judging"), fields, id=id)
    with pytest.raises(Unreadable, match=why) as refused:
        await judging.log.read(0, ["registration", "judging"])
    assert refused.value.position == 1
    if id == "1-0":
        with pytest.raises(Unreadable, match=why):
            await judging.log.at("judging", 1, 1)


async def test_a_reader_that_is_cancelled_ends_wherever_it_is(open_log: Callable[..., EventLog], judging: Clerk) -> None:
    await judging.append(("a", "1"))
    log = open_log("audit")

    async def read_for_ever() -> None:
        while True:
            await log.read(0, ["judging"])
            await asyncio.sleep(0.2)

    dice = random.Random(1)
    for _ in range(150):
        reading = asyncio.create_task(read_for_ever())
        await asyncio.sleep(dice.random() * 0.002)
        reading.cancel()
        done, _ = await asyncio.wait([reading], timeout=0.15)
        assert done, "the cancellation was swallowed"
