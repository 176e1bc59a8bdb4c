"""The append script by itself: what a caller other than our client could send it."""

import time
from typing import Any

import pytest
from redis.exceptions import ResponseError

from shared.eventlog import Keys
from shared.eventlog.keys import WEEK
from shared.eventlog.log import APPEND_SCRIPT, _pack
from tests.shared.eventlog.test_append import written
from tests.shared.eventlog.writing import event_bytes

RAW = event_bytes("judging", "a", 1)


@pytest.fixture
def call(operator: Any, keys: Keys) -> Any:
    """`call(appends, *raws, …)`: run the script with every right there is."""
    week = int(time.time()) // WEEK

    def run(appends: list[Any], *raws: bytes, seen: int = 0, week: int = week, names: list[str] | None = None) -> Any:
        own = [keys.position, keys.stream("judging"), keys.requests("judging", week), keys.requests("judging", week - 1)]
        names = names or [*own, keys.index("judging", "a"), keys.index("judging", "b")]
        return operator.eval(APPEND_SCRIPT.decode(), len(names), *names, _pack((seen, week, appends)), *raws)

    return run


def now() -> int:
    return int(time.time() * 1000)


def test_it_answers_each_append(call: Any) -> None:
    appends = [
        (now(), "r1", "x", [5, 0], [5]),
        (now(), "r1", "x", [5, 0], [5]),
        (now(), "r1", "y", [5, 0], [5]),
        (now(), "r2", "", [5, 1, 6, 0], [5, 6]),
        (now(), "r3", "", [6, 0], [6]),
        (now() - 60_000, "r4", "", [], [6]),
        (now(), "r5", "", [5, 2, 6, 1], []),
    ]
    status, position, answers = call(appends, RAW, RAW, RAW, RAW, RAW, RAW, RAW)
    assert (status, position) == ("ok", 3)
    assert answers[:5] == [["appended", 1, 1], ["done", 1, 1], ["reused"], ["appended", 2, 3], ["conflict", 6, 1]]
    assert answers[5][0] == "late"
    assert answers[6] == ["appended", 4, 3]


def test_it_tells_that_the_log_went_back(call: Any) -> None:
    assert call([(now(), "r", "", [], [])], seen=1) == ["back", 0]


def test_it_tells_the_time_to_a_caller_in_another_week(call: Any) -> None:
    status, time = call([(now(), "r", "", [5, 0], [5])], RAW, week=1)
    assert status == "week"
    assert abs(time - now()) < 5_000


def test_a_whole_call_of_256_appends_and_1000_events_in_one_of_them_fits(call: Any) -> None:
    assert call([(now(), f"r{n}", "", [], []) for n in range(256)])[0] == "ok"
    assert call([(now(), "many", "", [5, 0], [5] * 6_000)], *[b"{}"] * 6_000)[:2] == ["ok", 6_000]


@pytest.mark.parametrize(
    ("appends", "raws", "why"),
    [
        ([(0, f"r{n}", "", [], []) for n in range(257)], [], "LIMIT"),
        ([(0, "r", "", [], [5] * 25)], [b"x" * 65_000] * 25, "LIMIT"),
        ([(0, "r", "", [], [5])], [b"x" * 65_536], "LIMIT an event"),
        ([(0, "r", "", [], [5])], [], "COUNT"),
        ([(0, "r", "", [], [5])], [RAW, RAW], "COUNT"),
        ([(0, "ok", "", [], [5]), (0, "r", "", [], [9])], [RAW, RAW], "."),
        ([(0, "ok", "", [], [5]), (0, "r", "", [9, 0], [5])], [RAW, RAW], "."),
        ([(0, "ok", "", [], [5]), ("x", "r", "", [], [5])], [RAW, RAW], "."),
        ([(0, "ok", "", [], [5]), (0, None, "", [], [5])], [RAW, RAW], "."),
        ([(0, "ok", "", [], [5]), (0, "r", None, [], [5])], [RAW, RAW], "."),
        ([(0, "ok", "", [], [5]), (0, "r", "", [], [1])], [RAW, RAW], "FOREIGN"),
        ([(0, "ok", "", [], [5]), (0, "r", "", None, None)], [RAW, RAW], "."),
    ],
)
def test_what_does_not_hold_is_refused_before_anything_is_written(
    call: Any, operator: Any, appends: list[Any], raws: list[bytes], why: str
) -> None:
    fresh = [(now() if at == 0 else at, *rest) for at, *rest in appends]
    with pytest.raises(ResponseError, match=why):
        call(fresh, *raws)
    assert written(operator) == {}


def test_a_key_of_the_wrong_kind_is_refused_before_anything_is_written(call: Any, operator: Any, keys: Keys) -> None:
    operator.set(keys.index("judging", "b"), "text")
    before = written(operator)
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        call([(now(), "r1", "", [5, 0], [5]), (now(), "r2", "", [], [6])], RAW, RAW)
    assert written(operator) == before
