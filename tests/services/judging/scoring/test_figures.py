"""Scores as shown."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.judging.scoring.figures import rounded, told_apart


@pytest.mark.parametrize(
    ("exact", "shown"),
    [("78.245", "78.25"), ("78.2449", "78.24"), ("2/3", "0.67"), ("100", "100.00"), ("-0.005", "-0.01"), ("-0.001", "0.00")],
)
def test_scores_are_rounded_half_up_to_two_digits(exact: str, shown: str) -> None:
    assert str(rounded(Fraction(exact))) == shown


@given(st.decimals(min_value=-1000, max_value=1000, places=6), st.integers(0, 5))
def test_rounding_is_that_of_decimal_half_up_whatever_the_context(value: Decimal, digits: int) -> None:
    expected = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    with localcontext(prec=1):
        assert rounded(Fraction(value), digits) == expected


def test_only_scores_that_would_look_the_same_show_more_digits() -> None:
    scores = [Fraction(s) for s in ("90", "78.2549", "78.2451", "1/3")]
    assert [str(told_apart(scores)[s]) for s in scores] == ["90.00", "78.255", "78.245", "0.33"]


@given(st.lists(st.integers(0, 3000), min_size=1), st.sampled_from([7, 300, 100_000, 10**12 + 39]))
def test_shown_scores_fall_exactly_as_the_scores_do(numerators: list[int], denominator: int) -> None:
    shown = told_apart(Fraction(n, denominator) for n in numerators)
    falling = [shown[score] for score in sorted(shown, reverse=True)]
    assert all(a > b for a, b in pairwise(falling))
    assert all(abs(Fraction(s) - score) <= Fraction(1, 200) for score, s in shown.items())
