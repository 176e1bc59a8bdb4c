"""Appending: one atomic act that checks everything before it writes."""

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.eventlog import Append, Appended, Conflicted, EventLog, Keys, LogUnavailable, LogWentBack, OutOfTime, Wanted
from tests.shared.eventlog.writing import Clerk, event_bytes, everything


def written(operator: Any) -> dict[str, object]:
    """All there is of the log, to show that nothing was written."""
    found: dict[str, object] = {}
    for key in operator.keys("*"):
        match operator.type(key):
            case "stream":
                found[key] = operator.xrange(key)
            case "list":
                found[key] = operator.lrange(key, 0, -1)
            case "hash":
                found[key] = operator.hgetall(key)
            case _:
                found[key] = operator.get(key)
    return found


async def test_the_bytes_stand_in_the_log_as_they_were_given(judging: Clerk, operator: Any, keys: Keys) -> None:
    raw = event_bytes("judging", "sheet/1", 1, "ditulis: “é” 1.50")
    append = Append(datetime.now(UTC), "r", "", (("judging", "sheet/1", 0),), (("sheet/1", raw),))
    await judging.log.append(append)
    [(id, fields)] = operator.xrange(keys.stream("judging"))
    assert id == "1-0"
    assert fields == {"__data__": raw.decode()}
    [recorded] = await judging.log.at("judging", 1, 1)
    assert recorded.raw == raw


async def test_positions_run_without_gap_over_all_streams(registration: Clerk, judging: Clerk) -> None:
    for clerk in (registration, judging, judging, registration):
        await clerk.append(("a", "x"), ("b", "y"))
    events = await everything(judging.log, ["registration", "judging"])
    assert [e.position for e in events] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [e.service for e in events[::2]] == ["registration", "judging", "judging", "registration"]
    assert await judging.log.position() == 8


async def test_an_append_is_refused_when_an_aggregate_has_moved_on(judging: Clerk, operator: Any) -> None:
    await judging.append(("sheet/1", "first"))
    before = written(operator)
    with pytest.raises(Conflicted) as conflict:
        await judging.append(("sheet/1", "second"), expected=[("judging", "sheet/1", 0)])
    assert (conflict.value.subject, conflict.value.version) == ("sheet/1", 1)
    assert written(operator) == before


async def test_an_aggregate_that_gets_no_event_is_guarded_too(judging: Clerk, operator: Any) -> None:
    await judging.append(("category/1", "opened"), ("category/1", "closed"))
    before = written(operator)
    with pytest.raises(Conflicted) as conflict:
        await judging.append(("sheet/1", "score"), expected=[("judging", "sheet/1", 0), ("judging", "category/1", 1)])
    assert (conflict.value.subject, conflict.value.version) == ("category/1", 2)
    assert written(operator) == before


async def test_another_services_aggregate_is_guarded_too(registration: Clerk, judging: Clerk) -> None:
    await registration.append(("edition/1", "opened"))
    guarded = [("judging", "category/1", 0), ("registration", "edition/1", 1)]
    assert (await judging.append(("category/1", "opened"), expected=guarded)).first == 2
    await registration.append(("edition/1", "closed"))
    with pytest.raises(Conflicted) as conflict:
        await judging.append(("category/1", "more"), expected=[("judging", "category/1", 1), ("registration", "edition/1", 1)])
    assert (conflict.value.subject, conflict.value.version) == ("edition/1", 2)


async def test_aggregates_of_one_name_in_two_services_are_two(registration: Clerk, judging: Clerk) -> None:
    await registration.append(("edition/1", "theirs"))
    guarded = [("judging", "edition/1", 0), ("registration", "edition/1", 1)]
    await judging.append(("edition/1", "ours"), expected=guarded)
    assert await judging.notes("edition/1") == ["ours"]
    assert await judging.notes("edition/1", "registration") == ["theirs"]


async def test_several_aggregates_change_together_or_not_at_all(judging: Clerk) -> None:
    await judging.append(("a", "1"), ("b", "1"), ("a", "2"))
    assert (await judging.version("a"), await judging.version("b")) == (2, 1)
    with pytest.raises(Conflicted):
        await judging.append(("a", "3"), ("b", "2"), expected=[("judging", "a", 2), ("judging", "b", 0)])
    assert (await judging.version("a"), await judging.version("b")) == (2, 1)


async def test_nothing_may_be_written_to_an_aggregate_whose_version_is_not_expected(judging: Clerk) -> None:
    with pytest.raises(ValueError, match="no version is expected of b"):
        await judging.append(("a", "1"), ("b", "1"), expected=[("judging", "a", 0), ("registration", "b", 0)])


async def test_an_append_without_events_only_puts_its_request_on_record(judging: Clerk) -> None:
    await judging.append(("a", "1"))
    nothing = await judging.append(expected=[("judging", "a", 1)], request="r", body="b")
    assert nothing == Appended(2, 1, False)
    assert await judging.append(expected=[("judging", "a", 1)], request="r", body="b") == Appended(2, 1, True)
    assert await judging.log.position() == 1


@pytest.mark.parametrize("seconds", [-6, 6])
async def test_a_time_off_the_brokers_clock_is_refused(judging: Clerk, seconds: int) -> None:
    with pytest.raises(OutOfTime):
        await judging.append(("a", "1"), at=datetime.now(UTC) + timedelta(seconds=seconds))
    assert await judging.version("a") == 0


@pytest.mark.parametrize("seconds", [-4, 4])
async def test_a_time_that_a_slow_caller_took_a_little_earlier_holds(judging: Clerk, seconds: int) -> None:
    await judging.append(("a", "1"), at=datetime.now(UTC) + timedelta(seconds=seconds))


async def test_a_counter_behind_its_stream_is_refused_before_anything_is_written(
    open_log: Callable[..., EventLog], operator: Any, keys: Keys
) -> None:
    await Clerk(open_log("judging")).append(("a", "1"), ("a", "2"), ("a", "3"))
    operator.set(keys.position, 1)
    before = written(operator)
    forgetful = Clerk(open_log("judging"))
    with pytest.raises(LogWentBack, match="the counter is behind the stream of judging"):
        await forgetful.append(("a", "4"), ("b", "1"), request="r", body="b")
    assert written(operator) == before


async def test_a_log_that_ends_before_what_the_caller_has_seen_is_refused(
    open_log: Callable[..., EventLog], operator: Any
) -> None:
    await Clerk(open_log("judging")).append(("a", "1"))
    before = written(operator)
    log = open_log("judging", seen=2)
    append = Append(datetime.now(UTC), "r", "", (("judging", "a", 1),), (("a", event_bytes("judging", "a", 2)),))
    with pytest.raises(LogWentBack, match="the log ends at 1, but judging has seen 2"):
        await log.append(append)
    with pytest.raises(LogWentBack):
        await log.load([Wanted("judging", "a")])
    with pytest.raises(LogWentBack):
        await log.read(0, ["judging"])
    assert written(operator) == before


async def test_while_the_log_is_in_doubt_nothing_is_appended_or_decided(judging: Clerk) -> None:
    judging.log.doubt = LogWentBack("an older copy")
    with pytest.raises(LogWentBack, match="an older copy"):
        await judging.append(("a", "1"))
    judging.log.doubt = None
    await judging.append(("a", "1"))


async def test_an_event_of_65535_bytes_is_the_largest(judging: Clerk, operator: Any) -> None:
    frame = len(event_bytes("judging", "a", 1))

    async def append(size: int) -> Appended:
        raw = event_bytes("judging", "a", 1, "x" * (size - frame))
        assert len(raw) == size
        at = datetime.now(UTC)
        return await judging.log.append(Append(at, os.urandom(8).hex(), "", (("judging", "a", 0),), (("a", raw),)))

    with pytest.raises(LogUnavailable, match="an event has at most 65535 bytes"):
        await append(65_536)
    assert written(operator) == {}
    await append(65_535)


async def test_one_append_takes_a_thousand_events_and_one_mebibyte(judging: Clerk) -> None:
    await judging.append(*[("a", "")] * 1_000)
    with pytest.raises(ValueError, match="at most 1,000 events and 1 MiB"):
        await judging.append(*[("a", "")] * 1_001)
    with pytest.raises(ValueError, match="at most 1,000 events and 1 MiB"):
        await judging.append(*[("a", "x" * 60_000)] * 18)
    assert await judging.version("a") == 1_000


async def test_an_append_needs_a_request_key(judging: Clerk) -> None:
    with pytest.raises(ValueError, match="request key"):
        await judging.log.append(Append(datetime.now(UTC), "", "", (), ()))


async def test_concurrent_appends_are_each_checked_against_those_before(judging: Clerk) -> None:
    now = (await judging.log.load([])).now

    def append(number: int) -> Append:
        raw = event_bytes("judging", "a", 1, str(number))
        return Append(now, f"r{number}", "", (("judging", "a", 0),), (("a", raw),))

    answers = await asyncio.gather(*(judging.log.append(append(n)) for n in range(50)), return_exceptions=True)
    assert [a for a in answers if isinstance(a, Appended)] == [Appended(1, 1, False)]
    assert sum(isinstance(a, Conflicted) and a.version == 1 for a in answers) == 49
    assert await judging.version("a") == 1


async def test_a_thousand_concurrent_appends_all_arrive_in_few_calls(judging: Clerk, operator: Any) -> None:
    await judging.append(("warm", "up"))
    now = (await judging.log.load([])).now
    operator.config_resetstat()

    def append(number: int) -> Append:
        raw = event_bytes("judging", f"s/{number}", 1, "x" * 600)
        return Append(now, f"r{number}", "", (("judging", f"s/{number}", 0),), ((f"s/{number}", raw),))

    answers = await asyncio.gather(*(judging.log.append(append(n)) for n in range(1_000)))
    assert sorted(answer.first for answer in answers) == list(range(2, 1_002))
    assert operator.info("commandstats")["cmdstat_evalsha"]["calls"] <= 6


async def test_a_broker_that_was_restarted_is_given_the_scripts_again(judging: Clerk, operator: Any) -> None:
    await judging.append(("a", "1"))
    operator.script_flush()
    await judging.append(("a", "2"))
    assert await judging.version("a") == 2


async def test_a_broker_that_cannot_write_gives_an_honest_error(judging: Clerk, operator: Any) -> None:
    await judging.append(("a", "1"))
    operator.config_set("maxmemory", 1)
    try:
        with pytest.raises(LogUnavailable):
            await judging.append(("a", "2"))
    finally:
        operator.config_set("maxmemory", 0)
    assert await judging.notes("a") == ["1"]
    await judging.append(("a", "2"))
