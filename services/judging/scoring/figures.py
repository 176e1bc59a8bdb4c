"""Exact scores as people read them: decimals rounded half up, with as many digits as the order needs."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

DIGITS = 2
"""Digits after the point that a score is shown with, unless two different scores would then look the same."""


def rounded(exact: Fraction, digits: int = DIGITS) -> Decimal:
    """`exact` rounded to so many digits after the point, a half away from zero. Depends on no decimal context."""
    units = (2 * abs(exact.numerator) * 10**digits + exact.denominator) // (2 * exact.denominator)
    sign = 1 if exact < 0 and units else 0
    return Decimal((sign, tuple(int(digit) for digit in str(units)), -digits))


def told_apart(scores: Iterable[Fraction]) -> dict[Fraction, Decimal]:
    """Each exact score as shown beside the others: two digits, and more only where two different scores need them to differ.

    So entries ranked apart never show the same figure, and entries that show the same figure are truly tied.
    """
    falling = sorted(set(scores), reverse=True)
    digits = [DIGITS] * len(falling)
    while clash := [i for i in range(len(falling) - 1) if not _falls(falling, digits, i)]:
        for i in clash:
            digits[i] = digits[i + 1] = max(digits[i], digits[i + 1]) + 1
    return {score: rounded(score, shown) for score, shown in zip(falling, digits, strict=True)}


def _falls(falling: list[Fraction], digits: list[int], i: int) -> bool:
    return rounded(falling[i], digits[i]) > rounded(falling[i + 1], digits[i + 1])
