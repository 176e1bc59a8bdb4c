"""The severity model: exactly the least-squares solution; the mean on a complete panel; and better than the mean elsewhere."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.judging.scoring.ranking import Rules, Sheet, rank
from services.judging.scoring.severity import Fit, fit, fit_exactly, linked
from shared.rulebook import Criterion, Rubric, Text
from tests.services.judging.scoring.panels import ONE_EACH

Scores = dict[tuple[str, str], tuple[Fraction, ...]]
Fitting = Callable[[Scores, Fraction], Fit[Fraction]]
LAMBDA = Fraction("4/9")


@st.composite
def connected(draw: st.DrawFn, *, complete: bool = False) -> Scores:
    entries, jurors = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    points = st.integers(0, 10_000).map(lambda p: Fraction(p, 100))
    # Juror 0 scores every entry and entry 0 is scored by every juror: that links all of them.
    return {
        (f"e{i}", f"j{j}"): (draw(points), draw(points))
        for i in range(entries)
        for j in range(jurors)
        if complete or i == 0 or j == 0 or draw(st.booleans())
    }


@given(connected())
def test_the_fit_meets_the_conditions_of_the_minimum_exactly(scores: Scores) -> None:
    fitted = fit(scores, LAMBDA)
    for c in range(2):
        left = {(e, j): row[c] - fitted.entries[e][c] - fitted.jurors[j][c] for (e, j), row in scores.items()}
        for entry in fitted.entries:
            assert sum(r for (e, _), r in left.items() if e == entry) == 0
        for juror, delta in fitted.jurors.items():
            assert sum(r for (_, j), r in left.items() if j == juror) == LAMBDA * delta[c]
        assert sum(delta[c] for delta in fitted.jurors.values()) == 0


@given(connected(), st.sampled_from(["0", "1/1000", "4/9", "7"]))
def test_in_whole_numbers_the_fit_is_the_same_to_the_last_digit(scores: Scores, shrinkage: str) -> None:
    assert fit_exactly(scores, Fraction(shrinkage)) == fit(scores, Fraction(shrinkage))


@given(connected(complete=True), st.sampled_from(["0", "1/1000", "4/9", "7"]))
def test_on_a_complete_panel_the_severity_score_is_exactly_the_mean_whatever_the_shrinkage(
    scores: Scores, shrinkage: str
) -> None:
    fitted = fit(scores, Fraction(shrinkage))
    for entry, row in fitted.entries.items():
        given_to_it = [s for (e, _), s in scores.items() if e == entry]
        assert row == tuple(sum(column, Fraction(0)) / len(given_to_it) for column in zip(*given_to_it, strict=True))


@given(connected(), st.randoms(use_true_random=False))
def test_without_noise_and_shrinkage_the_true_differences_are_found_exactly(scores: Scores, chance: Random) -> None:
    truth = {key: Fraction(chance.randrange(10_000), 100) for pair in scores for key in pair}
    fitted = fit({(e, j): (truth[e] + truth[j],) for e, j in scores}, Fraction(0))
    first = min(fitted.entries)
    for entry, (score,) in fitted.entries.items():
        assert score - fitted.entries[first][0] == truth[entry] - truth[first]


@given(connected())
def test_floats_give_the_same_fit_to_nine_digits(scores: Scores) -> None:
    exact = fit(scores, LAMBDA)
    floats = fit({key: tuple(float(s) for s in row) for key, row in scores.items()}, 4 / 9)
    for entry, row in exact.entries.items():
        assert floats.entries[entry] == pytest.approx([float(s) for s in row], rel=1e-9, abs=1e-9)


@given(connected())
def test_a_juror_counted_twice_weighs_as_two_jurors_with_the_same_sheets(scores: Scores) -> None:
    twin = scores | {(e, "twin"): row for (e, j), row in scores.items() if j == "j0"}
    jurors = {j for _, j in scores}
    counted = fit(scores, LAMBDA, {j: Fraction(2 if j == "j0" else 1) for j in jurors})
    assert counted.entries == fit(twin, LAMBDA).entries


@pytest.mark.parametrize("fitting", [fit, fit_exactly])
def test_without_shrinkage_entries_that_nothing_links_cannot_be_fitted(fitting: Fitting) -> None:
    with pytest.raises(ZeroDivisionError):
        fitting({("a", "j"): (Fraction(70),), ("b", "k"): (Fraction(80),)}, Fraction(0))


@pytest.mark.parametrize("fitting", [fit, fit_exactly])
def test_a_negative_shrinkage_is_refused(fitting: Fitting) -> None:
    with pytest.raises(ValueError, match="cannot be -1"):
        fitting({("a", "j"): (Fraction(70),)}, Fraction(-1))


def test_entries_are_linked_through_chains_of_jurors_in_common() -> None:
    assert linked([("x", "a"), ("y", "a"), ("y", "b"), ("z", "b"), ("u", "c"), ("v", "c")]) == (("u", "v"), ("x", "y", "z"))
    assert linked([]) == ()


def test_with_three_of_six_jurors_the_best_of_twelve_entries_wins_far_more_often_than_by_raw_mean() -> None:
    # True SD 5, severity SD 6, noise SD 4, as in the table that the choice of the method rests on (raw mean 50.5 %, severity
    # 61.5 % of 4,000 runs).
    rules = Rules(rubric=Rubric("r", (Criterion(id="c", name=Text("c", "c"), weight=Decimal(100)),)), places=1)
    chance = Random(2023)
    runs, by_severity, by_mean = 500, 0, 0
    for _ in range(runs):
        truth = {f"e{i:02}": chance.gauss(70, 5) for i in range(12)}
        severe = {f"j{j}": chance.gauss(0, 6) for j in range(6)}
        given_: dict[str, list[Decimal]] = {entry: [] for entry in truth}
        sheets = []
        for entry, quality in truth.items():
            for juror in chance.sample(sorted(severe), 3):
                score = Decimal(round(quality + severe[juror] + chance.gauss(0, 4), 2)).quantize(Decimal("0.01"))
                given_[entry].append(score)
                sheets.append(Sheet(entry, juror, {"c": score}))
        best = max(truth, key=truth.__getitem__)
        ranking = rank(rules, dict.fromkeys(truth, ONE_EACH), sheets)
        assert ranking.method == "severity"
        by_severity += ranking.standings[0].entry == best
        by_mean += max(given_, key=lambda entry: sum(given_[entry])) == best
    assert by_severity - by_mean >= 0.06 * runs
    assert 0.55 * runs <= by_severity <= 0.68 * runs
