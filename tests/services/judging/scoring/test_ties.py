"""The tie ladder, rung by rung."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.judging.scoring.ties import Evidence, settle


def evidence(
    criteria: dict[str, dict[str, int]] | None = None, jurors: dict[str, dict[str, int]] | None = None, *votes: tuple[str, ...]
) -> Evidence:
    def exact(figures: dict[str, dict[str, int]] | None) -> dict[str, dict[str, Fraction]]:
        return {entry: {key: Fraction(value) for key, value in row.items()} for entry, row in (figures or {}).items()}

    return Evidence(exact(criteria), exact(jurors), votes)


def settled(tied: str, ladder: list[str], shown: Evidence) -> list[tuple[str, str | None]]:
    return [("".join(s.entries), s.rung) for s in settle(tuple(tied), ladder, shown)]


def orders(*by_juror: str) -> dict[str, dict[str, int]]:
    """Entries from each juror's order, best first."""
    return {entry: {f"j{i}": -order.index(entry) for i, order in enumerate(by_juror)} for entry in by_juror[0]}


def test_the_higher_mean_of_a_criterion_wins() -> None:
    assert settled("xy", ["novelty"], evidence({"x": {"novelty": 70}, "y": {"novelty": 80}})) == [
        ("y", "novelty"),
        ("x", "novelty"),
    ]


def test_a_criterion_that_the_rubric_lacks_says_nothing_and_the_next_rung_decides() -> None:
    shown = evidence({"x": {"benefit": 70}, "y": {"benefit": 80}})
    assert settled("xy", ["novelty", "benefit"], shown) == [("y", "benefit"), ("x", "benefit")]


def test_entries_left_together_by_one_rung_are_told_apart_by_a_later_one() -> None:
    shown = evidence({"x": {"n": 80, "b": 1}, "y": {"n": 80, "b": 2}, "z": {"n": 90, "b": 0}})
    assert settled("xyz", ["n", "b"], shown) == [("z", "n"), ("y", "b"), ("x", "b")]


def test_the_majority_of_jurors_decides_between_two_even_where_one_juror_differs_by_much() -> None:
    shown = evidence(None, {"x": {"a": 81, "b": 81, "c": 10}, "y": {"a": 80, "b": 80, "c": 90}})
    assert settled("xy", ["pairwise"], shown) == [("x", "pairwise"), ("y", "pairwise")]


def test_only_jurors_who_scored_both_entries_have_a_say_between_them() -> None:
    shown = evidence(None, {"x": {"a": 80, "b": 90, "c": 90}, "y": {"a": 81, "d": 10}})
    assert settled("xy", ["pairwise"], shown) == [("y", "pairwise"), ("x", "pairwise")]


def test_entries_without_a_juror_in_common_draw() -> None:
    assert settled("xy", ["pairwise"], evidence(None, {"x": {"a": 80}, "y": {"b": 10}})) == [("xy", None)]


def test_a_duel_that_was_never_held_costs_nobody_as_much_as_a_lost_one() -> None:
    shown = evidence(None, {"x": {"a": 90}, "y": {"b": 10}, "z": {"a": 80}})
    assert settled("xyz", ["pairwise"], shown) == [(e, "pairwise") for e in "xyz"]


def test_a_circle_of_majorities_stays_a_tie() -> None:
    assert settled("xyz", ["pairwise"], evidence(None, orders("xyz", "yzx", "zxy"))) == [("xyz", None)]


def test_among_those_who_won_as_many_duels_only_the_duels_between_them_count_on() -> None:
    # w beats x and y, x beats y and z, y beats z, z beats w: w and x won 2, y and z won 1; then w beats x, y beats z.
    beats = {("w", "x"), ("w", "y"), ("x", "y"), ("x", "z"), ("y", "z"), ("z", "w")}
    jurors: dict[str, dict[str, int]] = {entry: {} for entry in "wxyz"}
    for winner, loser in beats:  # one juror for each duel, who saw nothing else
        jurors[winner][winner + loser], jurors[loser][winner + loser] = 90, 80
    assert settled("zyxw", ["pairwise"], evidence(None, jurors)) == [(e, "pairwise") for e in "wxyz"]


@given(st.permutations("xyz"), st.lists(st.permutations("xyz"), min_size=2, max_size=4))
def test_an_entry_that_a_majority_prefers_to_every_other_comes_first(first: list[str], others: list[list[str]]) -> None:
    best = first[0]
    ballots = ["".join(first)] * (len(others) + 1) + ["".join(order) for order in others]
    assert settled("xyz", ["pairwise"], evidence(None, orders(*ballots)))[0] == (best, "pairwise")


def test_the_recorded_vote_orders_all_of_the_tied_entries() -> None:
    assert settled("xyz", ["vote"], evidence(None, None, ("z", "x", "y"))) == [("z", "vote"), ("x", "vote"), ("y", "vote")]


def test_the_latest_vote_on_the_same_entries_counts() -> None:
    assert settled("xy", ["vote"], evidence(None, None, ("x", "y"), ("y", "x")))[0] == ("y", "vote")


def test_a_vote_on_other_entries_decides_nothing() -> None:
    for vote in [("x", "y", "z"), ("x",), ("x", "z"), ("x", "y", "y")]:
        assert settled("xy", ["vote"], evidence(None, None, vote)) == [("xy", None)]


def test_a_vote_counts_only_where_the_ladder_has_that_rung_and_below_the_rungs_before_it() -> None:
    shown = evidence({"x": {"n": 2}, "y": {"n": 1}}, None, ("y", "x"))
    assert settled("xy", ["n", "vote"], shown)[0] == ("x", "n")
    assert settled("xy", [], shown) == [("xy", None)]
