"""Desk scores in exact arithmetic: of one innovation over its screeners, of an entry over its innovations."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import floor


def mean(scores: Sequence[Decimal] | Sequence[Fraction]) -> Fraction | None:
    """The arithmetic mean, exact; None where nothing is scored."""
    if not scores:
        return None
    return sum((Fraction(score) for score in scores), Fraction(0)) / len(scores)


@lru_cache(16_384)
def of_one(scores: tuple[Decimal, ...]) -> Fraction | None:
    """The mean of one innovation's scores, kept: a look at a shortlist asks for that of each candidate."""
    return mean(scores)


def mean_of_all(scores: Sequence[Fraction | None]) -> Fraction | None:
    """The mean of an entry; None while any of its innovations has no score."""
    known = [score for score in scores if score is not None]
    return mean(known) if len(known) == len(scores) else None


@lru_cache(16_384)
def half_up(score: Fraction) -> Decimal:
    """Two decimals, half up: as it is written and read. Ranks are taken from the exact score."""
    return Decimal(floor(score * 100 + Fraction(1, 2))).scaleb(-2)


@lru_cache(16_384)
def shown(scores: tuple[Decimal, ...]) -> Decimal | None:
    """The mean as it is written; None where nothing is scored. A look at the whole desk asks for each innovation's."""
    exact = of_one(scores)
    return None if exact is None else half_up(exact)
