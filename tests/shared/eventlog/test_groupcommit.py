"""Group commit: what waits while a call is under way goes together in the next one, in order and within limits."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.eventlog.groupcommit import SPELL, GroupCommit, Pace


class Sent:
    """Notes each call, and answers only when told to."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.may_answer = asyncio.Event()

    async def __call__(self, items: Sequence[int]) -> Sequence[int | Exception]:
        self.calls.append(list(items))
        await self.may_answer.wait()
        if 13 in items:
            raise ConnectionError("away")
        return [ValueError(str(item)) if item < 0 else item * 2 for item in items]


async def given(commit: GroupCommit[int, int], items: Sequence[int]) -> list["asyncio.Task[int]"]:
    tasks = [asyncio.create_task(commit(item)) for item in items]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


def committing(sent: Sent, items: int = 3, size: int = 1_000) -> GroupCommit[int, int]:
    return GroupCommit(sent, items=items, size=size, size_of=abs)


async def test_what_waits_goes_together_in_order() -> None:
    sent = Sent()
    commit = committing(sent)
    tasks = await given(commit, [1]) + await given(commit, [2, 3, 4, 5, 6])
    sent.may_answer.set()
    assert await asyncio.gather(*tasks) == [2, 4, 6, 8, 10, 12]
    assert sent.calls == [[1], [2, 3, 4], [5, 6]]


async def test_a_call_holds_only_so_many_bytes_but_at_least_one_item() -> None:
    sent = Sent()
    tasks = await given(commit := committing(sent, size=10), [1])
    tasks += await given(commit, [5, 5, 1, 99, 1])
    sent.may_answer.set()
    await asyncio.gather(*tasks)
    assert sent.calls == [[1], [5, 5], [1], [99], [1]]


async def test_each_caller_gets_his_own_answer_or_error() -> None:
    sent = Sent()
    tasks = await given(committing(sent), [1]) + []
    sent.may_answer.set()
    commit = committing(sent)
    answers = await asyncio.gather(*tasks, commit(-5), commit(4), return_exceptions=True)
    assert answers[0] == 2
    assert isinstance(answers[1], ValueError)
    assert answers[2] == 8


async def test_all_callers_of_a_call_that_failed_are_told_and_later_ones_go_on() -> None:
    sent = Sent()
    commit = committing(sent)
    tasks = await given(commit, [1]) + await given(commit, [13, 2]) + await given(commit, [3, 4])
    sent.may_answer.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert sent.calls == [[1], [13, 2, 3], [4]]
    assert answers[0] == 2
    assert all(isinstance(answer, ConnectionError) for answer in answers[1:4])
    assert answers[4] == 8


async def test_a_caller_who_goes_away_takes_nothing_from_the_others() -> None:
    sent = Sent()
    commit = committing(sent)
    first, second, third = await given(commit, [1, 2, 3])
    second.cancel()
    sent.may_answer.set()
    assert (await first, await third) == (2, 6)
    with pytest.raises(asyncio.CancelledError):
        await second
    assert await commit(7) == 14


def lanes(sent: Sent, size: int = 10_000) -> GroupCommit[int, int]:
    return GroupCommit(sent, items=256, size=size, size_of=abs, lanes=2)


async def test_two_lanes_share_a_crowd() -> None:
    sent = Sent()
    tasks = await given(commit := lanes(sent), range(20, 60))
    assert [len(call) for call in sent.calls] == [20, 20]
    tasks += await given(commit, range(60, 70))
    assert len(sent.calls) == 2
    sent.may_answer.set()
    assert await asyncio.gather(*tasks) == [item * 2 for item in range(20, 70)]
    assert [len(call) for call in sent.calls] == [20, 20, 10]


async def test_a_few_wait_for_the_one_call_under_way() -> None:
    sent = Sent()
    tasks = await given(commit := lanes(sent), [1]) + await given(commit, range(20, 35))
    assert len(sent.calls) == 1
    tasks += await given(commit, [35])
    assert [len(call) for call in sent.calls] == [1, 16]
    sent.may_answer.set()
    assert await asyncio.gather(*tasks) == [item * 2 for item in (1, *range(20, 36))]


async def test_both_lanes_end_when_nothing_waits_and_begin_again() -> None:
    sent = Sent()
    sent.may_answer.set()
    commit = lanes(sent)
    for _ in range(3):
        answers = await asyncio.gather(
            *(commit(item) for item in range(20, 70)), commit(-1), commit(13), return_exceptions=True
        )
        assert answers[:25] == [item * 2 for item in range(20, 45)]
        assert len(answers) == 52
    assert await commit(1) == 2


def test_a_second_lane_is_kept_while_our_own_work_takes_a_good_part_of_the_time() -> None:
    clock, own = iter([0.0, 1.0, 2.0, 3.0]), iter([0.0, 0.4, 0.7, 1.1])
    pace = Pace(2, lambda: next(clock), lambda: next(own))
    chosen = []
    for _ in range(3):
        pace.sent(SPELL - 1)
        before = pace.lanes
        pace.sent(1)
        chosen.append((before, pace.lanes))
    assert chosen == [(2, 2), (2, 1), (1, 2)]


async def test_one_lane_takes_everybody_once_most_of_the_time_is_waiting() -> None:
    sent = Sent()
    sent.may_answer.set()
    commit = lanes(sent, size=1_000_000)
    await asyncio.sleep(0.1)  # nothing is done meanwhile, so waiting takes more than two thirds
    await asyncio.gather(*(commit(item) for item in range(20, 20 + SPELL)))
    sent.calls.clear()
    await asyncio.gather(*(commit(item) for item in range(20, 70)))
    assert [len(call) for call in sent.calls] == [50]
