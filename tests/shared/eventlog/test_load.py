"""Loading: an aggregate costs its own history, however long the log is, and comes whole, however long it is itself."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from shared.eventlog import EventLog, Keys, LogUnavailable, LogWentBack, Unreadable, Wanted
from tests.shared.eventlog.writing import Clerk, event_bytes, note_of


async def test_an_aggregate_that_was_never_written_has_version_0(judging: Clerk) -> None:
    loaded = await judging.log.load([Wanted("judging", "a")])
    assert loaded.histories[0].version == 0
    assert loaded.histories[0].events == ()


async def test_a_history_holds_the_aggregates_own_events_in_order(judging: Clerk) -> None:
    for number in range(5):
        await judging.append(("a", f"a{number}"), ("b", f"b{number}"))
    assert await judging.notes("a") == ["a0", "a1", "a2", "a3", "a4"]


async def test_several_aggregates_of_several_services_are_loaded_as_of_one_position(
    registration: Clerk, judging: Clerk
) -> None:
    await registration.append(("edition/1", "opened"))
    await judging.append(("a", "1"))
    loaded = await judging.log.load([Wanted("registration", "edition/1"), Wanted("judging", "a"), Wanted("judging", "b")])
    assert loaded.position == 2
    assert [h.version for h in loaded.histories] == [1, 1, 0]
    assert [note_of(e) for h in loaded.histories for e in h.events] == ["opened", "1"]


async def test_only_what_is_not_known_yet_is_fetched(judging: Clerk) -> None:
    await judging.append(("a", "1"), ("a", "2"), ("a", "3"))
    history = (await judging.log.load([Wanted("judging", "a", 2)])).histories[0]
    assert history.version == 3
    assert [note_of(e) for e in history.events] == ["3"]
    assert (await judging.log.load([Wanted("judging", "a", 3)])).histories[0].events == ()


async def test_a_history_of_more_than_a_thousand_events_comes_whole(judging: Clerk) -> None:
    for page in range(3):
        await judging.append(*[("a", str(page * 900 + n)) for n in range(900)])
    await judging.append(("b", "b"))
    loaded = await judging.log.load([Wanted("judging", "a"), Wanted("judging", "b"), Wanted("judging", "a", 2_600)])
    whole, other, tail = loaded.histories
    assert [note_of(e) for e in whole.events] == [str(n) for n in range(2_700)]
    assert [note_of(e) for e in other.events] == ["b"]
    assert [note_of(e) for e in tail.events] == [str(n) for n in range(2_600, 2_700)]


async def test_long_events_come_in_several_answers_of_a_few_mebibytes(judging: Clerk, operator: Any) -> None:
    for _ in range(10):
        await judging.append(*[("a", "x" * 60_000)] * 17)
    operator.config_resetstat()
    history = (await judging.log.load([Wanted("judging", "a")])).histories[0]
    assert len(history.events) == 170
    assert operator.info("commandstats")["cmdstat_evalsha_ro"]["calls"] == 3


async def test_what_is_appended_while_a_long_history_is_fetched_is_left_to_the_next_load(
    open_log: Callable[..., EventLog],
) -> None:
    reader, writer = Clerk(open_log("judging")), Clerk(open_log("judging"))
    await writer.append(*[("a", "x")] * 1_000)
    await writer.append(*[("a", "x")] * 1_000)

    async def keep_appending() -> None:
        for _ in range(20):
            await writer.append(("a", "y"))

    appending = asyncio.create_task(keep_appending())
    while not appending.done():
        history = (await reader.log.load([Wanted("judging", "a")])).histories[0]
        assert len(history.events) == history.version
        assert [e.envelope.version for e in history.events] == list(range(1, history.version + 1))
    await appending


async def test_loads_given_at_once_share_calls(judging: Clerk, operator: Any) -> None:
    await judging.append(*[(f"s/{n}", str(n)) for n in range(100)])
    operator.config_resetstat()
    loaded = await asyncio.gather(*(judging.log.load([Wanted("judging", f"s/{n}")]) for n in range(100)))
    assert [note_of(one.histories[0].events[0]) for one in loaded] == [str(n) for n in range(100)]
    assert operator.info("commandstats")["cmdstat_evalsha_ro"]["calls"] <= 4


async def test_a_load_is_no_older_than_what_the_same_process_has_appended(judging: Clerk) -> None:
    """A load that is under way when an append is answered may be as of before it; that is no log that went back."""
    await judging.append(("a", "0"))

    async def append(subject: str) -> None:
        for number in range(60):
            await judging.append((subject, str(number)))

    async def load() -> None:
        for _ in range(300):
            await judging.log.load([Wanted("judging", "a")])
            await judging.log.read(0, ["judging"], 1)

    await asyncio.gather(append("b"), append("c"), load(), load())


async def test_an_event_lost_from_its_stream_is_told(judging: Clerk, operator: Any, keys: Keys) -> None:
    await judging.append(("a", "1"), ("a", "2"))
    operator.xdel(keys.stream("judging"), "1-0")
    with pytest.raises(LogUnavailable, match="position 1 is not in its stream"):
        await judging.log.load([Wanted("judging", "a")])


async def test_an_event_whose_source_is_not_its_streams_service_is_refused(judging: Clerk, operator: Any, keys: Keys) -> None:
    operator.incr(keys.position)
    operator.xadd(keys.stream("judging"), {"__data__": event_bytes("registration", "a", 1)}, id="1-0")
    operator.rpush(keys.index("judging", "a"), 1)
    with pytest.raises(Unreadable, match=r"position 1: its source is /registration, but it stands in the stream of judging"):
        await judging.log.load([Wanted("judging", "a")])


async def test_an_index_that_shrinks_while_it_is_read_is_told(judging: Clerk, operator: Any, keys: Keys) -> None:
    await judging.append(*[("a", "x")] * 1_000)
    await judging.append(("a", "y"))
    send = judging.log._send_loads

    async def cut_after(loads):  # type: ignore[no-untyped-def]
        answer = await send(loads)
        operator.ltrim(keys.index("judging", "a"), 0, 999)
        return answer

    judging.log._loads._send = cut_after
    with pytest.raises(LogWentBack, match="a went back from version 1001 to 1000"):
        await judging.log.load([Wanted("judging", "a")])


async def test_a_silent_broker_is_given_up(judging: Clerk) -> None:
    await judging.log.client.aclose()
    judging.log.client.connection_pool.connection_kwargs["path"] = "/nowhere/at/all.sock"
    log = judging.log
    asked = log.load([Wanted("judging", "a")]), log.position(), log.read(0, ["judging"]), log.at("judging", 1, 1)
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers] == [LogUnavailable] * 4
