"""What a benchmark says: a value beside its reference, both measured in this run, and the ratio that was aimed at."""

import statistics
from collections.abc import Awaitable, Callable, Sequence
from random import Random
from typing import Literal

from msgspec import Struct


class Measured(Struct, frozen=True):
    name: str
    what: str
    """One line for the reader of the table."""
    value: float
    reference: float
    """What `value` is compared with, in the same unit."""
    against: str
    """What the reference is."""
    unit: str
    target: float
    """Of the ratio `value / reference`."""
    aim: Literal["at least", "at most"] = "at least"

    @property
    def ratio(self) -> float:
        return self.value / self.reference

    @property
    def met(self) -> bool:
        return self.ratio >= self.target if self.aim == "at least" else self.ratio <= self.target


async def side_by_side(*sides: Callable[[], Awaitable[float]], rounds: int) -> list[float]:
    """The median of each side. They take turns, in every round in another order, so that a slow spell of the machine and what the
    one leaves to the next (a full page cache, a tired scheduler) meet all alike.

    Before them every side runs once unmeasured: connections, caches and scripts are warm then.
    """
    for side in sides:
        await side()
    found: list[list[float]] = [[] for _ in sides]
    turns, chance = list(zip(sides, found, strict=True)), Random(1)
    for _ in range(rounds):
        chance.shuffle(turns)
        for side, results in turns:
            results.append(await side())
    return [statistics.median(results) for results in found]


def repeated(full: int, scale: float) -> int:
    """So many rounds, but one for a quick look."""
    return full if scale >= 1 else 1


def scaled(full: int, scale: float, least: int = 1) -> int:
    """So many at this scale; the targets are meant for scale 1."""
    return max(least, round(full * scale))


def listing(found: Sequence[Measured]) -> dict[str, list[dict[str, object]]]:
    """What `--json` writes."""
    return {
        "benchmarks": [
            {
                "name": one.name,
                "ratio": round(one.ratio, 4),
                "target": one.target,
                "unit": one.unit,
                "value": round(one.value, 4),
                "reference": round(one.reference, 4),
                "aim": one.aim,
                "met": one.met,
            }
            for one in found
        ]
    }
