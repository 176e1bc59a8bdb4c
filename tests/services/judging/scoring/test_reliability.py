"""Advisory figures: they describe the ranking and change nothing."""

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from services.judging.scoring.ranking import Rules, Sheet, rank
from services.judging.scoring.reliability import assess, outliers
from shared.rulebook import Criterion, Rubric, Text
from tests.services.judging.scoring.panels import ONE_EACH, counts

ONE = Rules(rubric=Rubric("r", (Criterion(id="c", name=Text("c", "c"), weight=Decimal(100)),)), places=3)


def sheets(**rows: str) -> list[Sheet]:
    """entry="80 70 -": the points of jurors j0, j1, ...; a dash where there is no sheet."""
    return [
        Sheet(entry, f"j{j}", {"c": Decimal(p)}) for entry, row in rows.items() for j, p in enumerate(row.split()) if p != "-"
    ]


def test_an_entry_that_every_juror_puts_first_is_first_in_every_resampled_panel() -> None:
    found = assess(ONE, counts(x=1, y=1), sheets(x="90 80 70", y="80 75 69"), draws=100)
    assert found.chance_of_first == {"x": 1.0, "y": 0.0}


def test_a_lead_that_rests_on_one_juror_shows_in_chance_and_in_the_places_without_him() -> None:
    panel = sheets(x="95 70 70", y="80 75 75")
    found = assess(ONE, counts(x=1, y=1), panel, draws=400)
    assert rank(ONE, counts(x=1, y=1), panel).standings[0].entry == "x"
    assert found.without == {"j0": {"x": 2, "y": 1}, "j1": {"x": 1, "y": 2}, "j2": {"x": 1, "y": 2}}
    assert 0.4 < found.chance_of_first["x"] < 0.8
    assert sum(found.chance_of_first.values()) == pytest.approx(1)


def test_entries_that_are_level_share_the_first_place_of_a_draw() -> None:
    found = assess(ONE, counts(x=1, y=1), sheets(x="70 80", y="70 80"), draws=10)
    assert found.chance_of_first == {"x": 0.5, "y": 0.5}


def test_computed_criteria_count_in_the_chance_of_first() -> None:
    portfolio = Criterion(id="n", name=Text("n", "n"), weight=Decimal(20), computed="count", full_at=4)
    scored = Criterion(id="c", name=Text("c", "c"), weight=Decimal(80))
    rules = Rules(rubric=Rubric("r", (scored, portfolio)), places=1)
    assert assess(rules, counts(x=0, y=4), sheets(x="90 90", y="70 70"), draws=10).chance_of_first == {"x": 0.0, "y": 1.0}


def test_the_same_seed_gives_the_same_figures_in_any_order_of_sheets() -> None:
    panel = sheets(x="95 70 -", y="80 - 75", z="- 75 80")
    entries = counts(x=1, y=1, z=1)
    assert assess(ONE, entries, panel, draws=50, seed=7) == assess(ONE, entries, panel[::-1], draws=50, seed=7)
    assert assess(ONE, entries, panel, draws=50, seed=7) != assess(ONE, entries, panel, draws=50, seed=8)


def test_a_juror_whose_absence_would_part_the_entries_shows_as_no_places() -> None:
    found = assess(ONE, counts(x=1, y=1), sheets(x="80 70 -", y="- 75 60"), draws=10)
    assert found.without["j1"] == {"x": None, "y": None}


def test_entries_that_do_not_compare_have_no_chances_and_no_flags() -> None:
    found = assess(ONE, counts(x=1, y=1), sheets(x="80 -", y="- 75"), draws=10)
    assert (found.chance_of_first, found.severities, found.flags) == ({}, {}, ())


def test_a_lenient_juror_is_named_also_on_a_complete_panel() -> None:
    found = assess(ONE, counts(x=1, y=1, z=1), sheets(x="70 80", y="60 70", z="50 60"), draws=10)
    assert found.severities["j1"] == -found.severities["j0"] > 4


def test_the_one_score_that_fits_neither_entry_nor_juror_is_flagged() -> None:
    chance = Random(5)
    quality = {f"e{i}": 60 + 3 * i for i in range(8)}
    panel = [
        Sheet(entry, f"j{j}", {"c": Decimal(q + j + chance.choice([-1, 0, 1]) - (30 if (entry, j) == ("e5", 2) else 0))})
        for entry, q in quality.items()
        for j in range(5)
    ]
    [flag] = assess(ONE, dict.fromkeys(quality, ONE_EACH), panel, draws=10).flags
    assert (flag.entry, flag.juror) == ("e5", "j2")
    assert flag.residual < -15
    assert flag.deviations < -2


def test_a_panel_too_small_to_judge_residuals_flags_nothing() -> None:
    assert outliers({("x", "a"): Fraction(10), ("x", "b"): Fraction(90)}, Fraction("4/9"), beyond=0) == ()
