"""Requests on record: the same request gets the same answer, and has one effect."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.eventlog import Append, Appended, Keys, RequestReused, Wanted
from shared.eventlog.keys import WEEK
from tests.shared.eventlog.writing import Clerk, event_bytes


async def test_a_repeated_request_is_answered_with_its_first_answer(judging: Clerk) -> None:
    first = await judging.append(("a", "1"), ("b", "1"), request="r", body="x")
    await judging.append(("a", "2"))
    again = await judging.append(("a", "1"), ("b", "1"), request="r", body="x")
    assert first == Appended(1, 2, False)
    assert again == Appended(1, 2, True)
    assert await judging.notes("a") == ["1", "2"]


async def test_a_repeated_request_is_answered_even_if_its_versions_are_long_past(judging: Clerk) -> None:
    expected = [("judging", "a", 0)]
    await judging.append(("a", "1"), request="r", expected=expected)
    await judging.append(("a", "2"))
    assert (await judging.append(("a", "1"), request="r", expected=expected)).repeated


async def test_a_request_key_with_another_body_is_refused(judging: Clerk) -> None:
    await judging.append(("a", "1"), request="r", body="x")
    with pytest.raises(RequestReused):
        await judging.append(("a", "2"), request="r", body="y")
    assert await judging.version("a") == 1


async def test_a_body_may_hold_blanks_and_numbers(judging: Clerk) -> None:
    await judging.append(("a", "1"), request="r", body="1 2 3")
    assert (await judging.log.load([], "r")).answered == (1, 1, "1 2 3")
    assert (await judging.append(("a", "1"), request="r", body="1 2 3")).repeated


async def test_the_request_is_looked_up_together_with_the_aggregates(judging: Clerk) -> None:
    assert (await judging.log.load([Wanted("judging", "a")], "r")).answered is None
    await judging.append(("a", "1"), request="r", body="x")
    loaded = await judging.log.load([Wanted("judging", "a")], "r")
    assert loaded.answered == (1, 1, "x")
    assert loaded.histories[0].version == 1


async def test_one_request_given_many_times_at_once_has_one_effect(judging: Clerk) -> None:
    now = (await judging.log.load([])).now
    append = Append(now, "r", "x", (("judging", "a", 0),), (("a", event_bytes("judging", "a", 1)),))
    answers = await asyncio.gather(*(judging.log.append(append) for _ in range(40)))
    assert answers.count(Appended(1, 1, False)) == 1
    assert answers.count(Appended(1, 1, True)) == 39
    assert await judging.version("a") == 1


async def test_request_keys_of_two_services_are_two(registration: Clerk, judging: Clerk) -> None:
    await registration.append(("a", "1"), request="r")
    assert not (await judging.append(("a", "1"), request="r")).repeated


async def test_records_stand_in_one_hash_a_week_that_ends_by_itself(judging: Clerk, operator: Any, keys: Keys) -> None:
    await judging.append(("a", "1"), request="r", body="x")
    [name] = operator.keys("{batam}:requests:*")
    week = int(time.time()) // WEEK
    assert name in {keys.requests("judging", week), keys.requests("judging", week - 1)}
    assert operator.hgetall(name) == {"r": "1 1 x"}
    assert 2 * WEEK - 60 < operator.ttl(name) <= 2 * WEEK


async def test_a_request_of_last_week_still_stands(judging: Clerk, operator: Any, keys: Keys) -> None:
    await judging.append(("a", "1"), request="r", body="x")
    week = int(time.time()) // WEEK
    operator.rename(keys.requests("judging", week), keys.requests("judging", week - 1))
    assert (await judging.append(("a", "1"), request="r", body="x")).repeated
    with pytest.raises(RequestReused):
        await judging.append(("a", "1"), request="r", body="y")
    assert (await judging.log.load([], "r")).answered == (1, 1, "x")


async def test_a_caller_whose_clock_is_weeks_off_follows_the_brokers(judging: Clerk, operator: Any, keys: Keys) -> None:
    judging.log._offset = -3.0 * WEEK
    append = Append(datetime.now(UTC), "r", "x", (("judging", "a", 0),), (("a", event_bytes("judging", "a", 1)),))
    await judging.log.append(append)
    assert operator.hgetall(keys.requests("judging", int(time.time()) // WEEK)) == {"r": "1 1 x"}
    assert abs(judging.log.now().timestamp() - time.time()) < 5
