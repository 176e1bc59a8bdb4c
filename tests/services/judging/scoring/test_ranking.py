"""The places of a category: worked examples, the tie rules in place, what cannot be ranked, speed."""

import time
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from services.judging.scoring.ranking import Ranking, Rules, rank
from shared.rulebook import Aggregation, Calendar, Category, Rulebook, Text
from tests.services.judging.scoring.panels import CRITERIA, LADDER, ONE_EACH, counts, rubric, rules, sheet


def places(ranking: Ranking) -> dict[str, int | None]:
    return {s.entry: s.place for s in ranking.standings}


NATIONAL = rules(30, 25, 20, 15, 10)
ONE = Rules(rubric=rubric(100), places=3)


# Worked examples


def test_two_jurors_give_78_50_and_78_00_and_the_entry_gets_78_25() -> None:
    [standing] = rank(
        NATIONAL, counts(e=1), [sheet("e", "a", 80, 70, 90, 60, 100), sheet("e", "b", 70, 80, 80, 80, 90)]
    ).standings
    assert standing.jurors == {"a": Fraction("78.5"), "b": Fraction(78)}
    assert (standing.exact, str(standing.score), str(standing.shown)) == (Fraction("78.25"), "78.25", "78.25")
    assert standing.criteria == {"kebaharuan": 75, "kemanfaatan": 75, "replikasi": 85, "kolaborasi": 70, "penyajian": 95}


def test_four_fifths_jurors_and_one_fifth_portfolio_of_three_innovations_give_74_60() -> None:
    [standing] = rank(
        rules(24, 20, 16, 12, 8, portfolio=20, full_at=5),
        counts(e=3),
        [sheet("e", "a", 80, 70, 90, 60, 100), sheet("e", "b", 70, 80, 80, 80, 90)],
    ).standings
    assert standing.jurors == {"a": Fraction("78.5"), "b": Fraction(78)}
    assert standing.criteria["portofolio"] == 60
    assert (standing.exact, str(standing.score)) == (Fraction("74.6"), "74.60")


@pytest.mark.parametrize(("n", "points"), [(0, 0), (1, 20), (5, 100), (9, 100)])
def test_a_portfolio_counts_up_to_full_at_and_no_further(n: int, points: int) -> None:
    [standing] = rank(rules(80, portfolio=20, full_at=5), counts(e=n), [sheet("e", "a", 50)]).standings
    assert standing.criteria["portofolio"] == points
    assert standing.exact == 40 + Fraction(points, 5)


@pytest.mark.parametrize(
    ("maturity", "points"),
    [((), 0), (("0", "0"), 0), (("37",), Fraction(3700, 111)), (("37", "74"), 50), (("111", "111", "111"), 100)],
)
def test_maturity_is_the_mean_of_the_verified_points_of_all_admitted_innovations(
    maturity: tuple[str, ...], points: Fraction
) -> None:
    [standing] = rank(rules(80, maturity=20), {"e": tuple(map(Decimal, maturity))}, [sheet("e", "a", 50)]).standings
    assert standing.criteria["kematangan"] == points
    assert standing.exact == 40 + Fraction(points) / 5


def test_a_mean_beyond_what_is_full_earns_no_more_than_100() -> None:
    [standing] = rank(rules(80, maturity=20), {"e": (Decimal(150),)}, [sheet("e", "a", 50)]).standings
    assert standing.exact == 40 + 20


def test_a_category_whose_criteria_are_all_computed_needs_no_jurors() -> None:
    ranking = rank(rules(portfolio=100, full_at=5, ties="share"), counts(x=2, y=4, z=7), [])
    assert [(s.place, s.entry, str(s.score)) for s in ranking.standings] == [
        (1, "z", "100.00"),
        (2, "y", "80.00"),
        (3, "x", "40.00"),
    ]
    assert ranking.decided


def test_a_juror_who_saw_only_some_entries_has_his_severity_taken_off() -> None:
    # By hand: only y compares a and b, who lie 40 apart. With δ = δ_b = −δ_a both miss y by (40 − 2δ)/2, so
    # 2 · ((40 − 2δ)/2)² + 4/9 · 2δ² is least where 2 (40 − 2δ) = 16/9 δ, at δ = 180/13.
    ranking = rank(ONE, counts(x=1, y=1), [sheet("x", "a", 60), sheet("y", "a", 50), sheet("y", "b", 90)])
    assert ranking.method == "severity"
    assert ranking.severities == {"a": Fraction(-180, 13), "b": Fraction(180, 13)}
    assert {s.entry: s.exact for s in ranking.standings} == {"x": 60 + Fraction(180, 13), "y": Fraction(70)}
    assert places(ranking) == {"x": 1, "y": 2}  # the plain means, 60 and 70, would have said the opposite


def test_the_mean_is_used_and_no_severity_reported_where_every_juror_scored_every_entry() -> None:
    ranking = rank(ONE, counts(x=1, y=1), [sheet(e, j, 50) for e in "xy" for j in "ab"])
    assert (ranking.method, ranking.severities) == ("mean", {})


def test_the_rules_of_a_category_come_from_its_rulebook() -> None:
    when = datetime(2023, 1, 31, tzinfo=UTC)
    book = Rulebook(
        edition="2023",
        name=Text("x", "x"),
        authority="batam",
        calendar=Calendar(registration_opens=when, registration_closes=when),
        kinds=(),
        categories=(
            Category(id="digital", name=Text("x", "x"), entrant="innovation", kinds=(), nominees=9, places=2, rubric="r"),
        ),
        rubrics=(rubric(100),),
        aggregation=Aggregation(shrinkage="1/2"),
        ladder=LADDER,
        quorum=1,
        eligibility=(),
    )
    assert Rules.of(book, "digital") == Rules(
        rubric=rubric(100), aggregation=Aggregation(shrinkage="1/2"), ladder=LADDER, places=2, ties="ladder"
    )
    with pytest.raises(ValueError, match="no category analog"):
        Rules.of(book, "analog")


# Ties


def test_entries_that_show_the_same_two_digits_but_differ_are_no_tie_and_show_more_digits() -> None:
    ranking = rank(ONE, counts(x=1, y=1), [sheet("x", "a", "78.2451"), sheet("y", "a", "78.2549")])
    assert [(s.place, s.entry, str(s.score), str(s.shown)) for s in ranking.standings] == [
        (1, "y", "78.25", "78.255"),
        (2, "x", "78.25", "78.245"),
    ]


def test_the_ladder_is_climbed_down_until_a_rung_decides_and_the_rung_is_named() -> None:
    # x and y both 70; kebaharuan equal, kemanfaatan 80 against 70.
    even = rules(40, 30, 30)
    ranking = rank(
        even, counts(x=1, y=1, z=1), [sheet("x", "a", 70, 70, 70), sheet("y", "a", 70, 80, 60), sheet("z", "a", 1, 1, 1)]
    )
    assert [(s.place, s.entry, s.resolved_by, s.equal_score, s.tied_with) for s in ranking.standings] == [
        (1, "y", "kemanfaatan", ("x",), ()),
        (2, "x", "kemanfaatan", ("y",), ()),
        (3, "z", None, (), ()),
    ]
    assert ranking.decided


def test_a_tie_that_no_rung_breaks_shares_the_place_and_asks_for_a_vote_until_one_is_recorded() -> None:
    sheets = [sheet("x", "a", 70), sheet("y", "a", 70), sheet("z", "a", 60)]
    entries = counts(x=1, y=1, z=1)
    open_ = rank(rules(100), entries, sheets)
    assert places(open_) == {"x": 1, "y": 1, "z": 3}
    assert [(t.place, t.entries) for t in open_.open_ties] == [(1, ("x", "y"))]
    assert not open_.decided
    voted = rank(rules(100), entries, sheets, [("y", "x")])
    assert [(s.place, s.entry, s.resolved_by) for s in voted.standings] == [(1, "y", "vote"), (2, "x", "vote"), (3, "z", None)]
    assert voted.decided


def test_a_tie_below_the_awarded_places_needs_no_vote_but_one_across_the_last_place_does() -> None:
    sheets = [sheet("x", "a", 90), sheet("y", "a", 70), sheet("z", "a", 70)]
    below = rank(rules(100, places=1), counts(x=1, y=1, z=1), sheets)
    assert places(below) == {"x": 1, "y": 2, "z": 2}
    assert below.decided
    assert [s.entry for s in below.winners(1)] == ["x"]
    across = rank(rules(100, places=2), counts(x=1, y=1, z=1), sheets)
    assert [t.entries for t in across.open_ties] == [("y", "z")]
    assert not across.decided


def test_where_ties_are_shared_the_places_are_1_1_3_and_no_vote_is_needed() -> None:
    sheets = [sheet("x", "a", 70, 90), sheet("y", "a", 90, 70), sheet("z", "a", 60, 60)]
    ranking = rank(rules(50, 50, ties="share"), counts(x=1, y=1, z=1), sheets)
    assert places(ranking) == {"x": 1, "y": 1, "z": 3}
    assert [s.tied_with for s in ranking.standings] == [("y",), ("x",), ()]
    assert ranking.decided
    assert [s.entry for s in ranking.winners(2)] == ["x", "y"]


def test_on_an_incomplete_panel_a_criterion_rung_compares_with_severity_taken_off() -> None:
    # c is lenient by 20 in everything. x (a, b) and y (b, c) come out equal in the total; y's raw kebaharuan is higher.
    exact = rules(50, 50, aggregation=Aggregation(shrinkage="0"), ladder=("kebaharuan",))
    sheets = [
        *(sheet("x", j, 72 + d, 68 + d) for j, d in (("a", 0), ("b", 0))),
        *(sheet("y", j, 70 + d, 70 + d) for j, d in (("b", 0), ("c", 20))),
        *(sheet("z", j, 50 + d, 50 + d) for j, d in (("a", 0), ("b", 0), ("c", 20))),
    ]
    ranking = rank(exact, counts(x=1, y=1, z=1), sheets)
    first, second, _ = ranking.standings
    assert first.exact == second.exact
    assert (first.entry, first.resolved_by) == ("x", "kebaharuan")
    assert first.criteria["kebaharuan"] - second.criteria["kebaharuan"] == 2


# What cannot be ranked


def test_entries_that_no_juror_links_get_scores_but_no_places() -> None:
    sheets = [sheet("x", "a", 70), sheet("y", "a", 60), sheet("z", "b", 65)]
    ranking = rank(ONE, counts(x=1, y=1, z=1), sheets)
    assert ranking.components == (("x", "y"), ("z",))
    assert places(ranking) == {"x": None, "y": None, "z": None}
    assert {s.entry: s.exact for s in ranking.standings} == {"x": 70, "y": 60, "z": 65}
    assert not ranking.connected
    assert not ranking.decided
    assert ranking.winners(3) == ()


def test_equal_scores_of_entries_that_do_not_compare_are_no_tie_to_settle() -> None:
    ranking = rank(rules(50, 50), counts(x=1, y=1), [sheet("x", "a", 60, 80), sheet("y", "b", 80, 60)], [("x", "y")])
    assert [(s.place, s.resolved_by, s.tied_with) for s in ranking.standings] == [(None, None, ()), (None, None, ())]
    assert ranking.open_ties == ()


def test_an_entry_without_any_sheet_is_named_and_keeps_the_ranking_provisional() -> None:
    ranking = rank(ONE, counts(x=1, y=1), [sheet("x", "a", 70)])
    assert (places(ranking), ranking.unscored, ranking.decided) == ({"x": 1}, ("y",), False)


def test_a_category_without_entries_has_no_standings_and_is_not_decided() -> None:
    ranking = rank(ONE, {}, [])
    assert (ranking.standings, ranking.decided) == ((), False)


def test_sheets_of_an_excluded_entry_count_for_nothing_also_not_towards_severity() -> None:
    sheets = [sheet("x", "a", 70), sheet("y", "a", 60)]
    assert rank(ONE, counts(x=1, y=1), [*sheets, sheet("gone", "b", 99)]) == rank(ONE, counts(x=1, y=1), sheets)


def test_two_sheets_of_one_juror_for_an_entry_are_refused() -> None:
    with pytest.raises(ValueError, match="juror a has two submitted sheets for entry x"):
        rank(ONE, counts(x=1), [sheet("x", "a", 70), sheet("x", "a", 71)])


def test_a_sheet_that_misses_a_criterion_is_refused() -> None:
    with pytest.raises(ValueError, match="scores kebaharuan; rubric r asks for kebaharuan, kemanfaatan"):
        rank(rules(50, 50), counts(x=1), [sheet("x", "a", 70)])


def test_weights_that_do_not_add_up_to_100_are_refused() -> None:
    with pytest.raises(ValueError, match="add up to 90, not 100"):
        rank(rules(50, 40), counts(x=1), [])


# Speed


@pytest.mark.parametrize(("size", "limit"), [(20, 0.1), (64, 0.5)])
def test_eight_jurors_of_a_large_field_are_ranked_in_a_moment(size: int, limit: float) -> None:
    chance = Random(size)
    sheets = [
        sheet(f"e{i:02}", f"j{j}", *(Decimal(chance.randrange(4000, 10001)) / 100 for _ in CRITERIA))
        for i in range(size)
        for j in range(8)
        if chance.random() < 0.8
    ]
    best = 9.0
    for _ in range(3):
        before = time.process_time()
        ranking = rank(NATIONAL, {f"e{i:02}": ONE_EACH for i in range(size)}, sheets)
        best = min(best, time.process_time() - before)
    assert ranking.method == "severity"
    assert ranking.connected
    assert best < limit
