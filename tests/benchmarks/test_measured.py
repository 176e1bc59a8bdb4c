"""What a measurement says, and that its rounds are interleaved."""

from collections.abc import Awaitable, Callable

import pytest

from benchmarks.measured import Measured, listing, scaled, side_by_side


def measured(value: float, reference: float, target: float, aim: str = "at least") -> Measured:
    return Measured("m", "what", value, reference, "against", "events/s", target, aim)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "target", "aim", "met"),
    [
        (30.0, 1.5, "at least", True),
        (29.0, 1.5, "at least", False),
        (24.0, 1.2, "at most", True),
        (25.0, 1.2, "at most", False),
    ],
)
def test_a_target_is_met_or_missed(value: float, target: float, aim: str, met: bool) -> None:
    assert measured(value, 20.0, target, aim).met is met


def test_the_listing_has_what_a_reader_needs_to_judge_by_himself() -> None:
    assert listing([measured(30.0, 20.0, 1.6)]) == {
        "benchmarks": [
            {
                "name": "m",
                "ratio": 1.5,
                "target": 1.6,
                "unit": "events/s",
                "value": 30.0,
                "reference": 20.0,
                "aim": "at least",
                "met": False,
            }
        ]
    }


async def test_sides_take_turns_in_changing_order_and_the_median_counts() -> None:
    order: list[str] = []

    def side(name: str, *results: float) -> Callable[[], Awaitable[float]]:
        coming = iter(results)

        async def round() -> float:
            order.append(name)
            return next(coming)

        return round

    # The first result of each is of the unmeasured round.
    found = await side_by_side(side("a", 99, 3, 1, 50, 2, 51), side("b", 99, 7, 8, 6, 5, 9), rounds=5)
    assert found == [3, 7]
    rounds = ["".join(order[at : at + 2]) for at in range(0, len(order), 2)]
    assert len(rounds) == 6
    assert set(rounds) == {"ab", "ba"}


def test_a_small_scale_leaves_a_least() -> None:
    assert (scaled(10_000, 1), scaled(10_000, 0.5), scaled(10_000, 0.0001, 50)) == (10_000, 5_000, 50)
