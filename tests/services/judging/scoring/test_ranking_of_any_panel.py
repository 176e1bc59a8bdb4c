"""What holds for the ranking of any panel."""

from fractions import Fraction
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.judging.scoring.ranking import Portfolio, Sheet, rank
from tests.services.judging.scoring.panels import panels, rules

WITH_PORTFOLIO = rules(40, 25, 15, portfolio=10, maturity=10)


@given(panels(), st.randoms(use_true_random=False))
def test_the_order_in_which_entries_and_sheets_come_changes_nothing(
    panel: tuple[dict[str, Portfolio], list[Sheet]], chance: Random
) -> None:
    entries, sheets = panel
    mixed, names = list(sheets), list(entries)
    chance.shuffle(mixed)
    chance.shuffle(names)
    assert rank(WITH_PORTFOLIO, {name: entries[name] for name in names}, mixed) == rank(WITH_PORTFOLIO, entries, sheets)


@given(panels(), st.randoms(use_true_random=False))
def test_names_of_entries_and_jurors_give_no_advantage(panel: tuple[dict[str, Portfolio], list[Sheet]], chance: Random) -> None:
    entries, sheets = panel
    jurors = sorted({s.juror for s in sheets})
    new_entry = dict(zip(entries, chance.sample([f"n{i}" for i in range(9)], len(entries)), strict=True))
    new_juror = dict(zip(jurors, chance.sample([f"k{i}" for i in range(9)], len(jurors)), strict=True))
    renamed = [Sheet(new_entry[s.entry], new_juror[s.juror], s.scores) for s in sheets]
    after = rank(WITH_PORTFOLIO, {new_entry[e]: n for e, n in entries.items()}, renamed)
    before = rank(WITH_PORTFOLIO, entries, sheets)
    assert {s.entry: (s.place, s.exact, s.resolved_by) for s in after.standings} == {
        new_entry[s.entry]: (s.place, s.exact, s.resolved_by) for s in before.standings
    }


@given(panels(complete=True), st.integers(-50, 20), st.integers(0, 3))
def test_on_a_complete_panel_a_juror_who_gives_everybody_more_changes_no_place(
    panel: tuple[dict[str, Portfolio], list[Sheet]], more: int, which: int
) -> None:
    entries, sheets = panel
    jurors = sorted({s.juror for s in sheets})
    juror = jurors[which % len(jurors)]
    shifted = [Sheet(s.entry, s.juror, {c: p + more for c, p in s.scores.items()}) if s.juror == juror else s for s in sheets]
    before, after = rank(WITH_PORTFOLIO, entries, sheets), rank(WITH_PORTFOLIO, entries, shifted)
    assert [(s.place, s.entry, s.resolved_by) for s in before.standings] == [
        (s.place, s.entry, s.resolved_by) for s in after.standings
    ]


@given(panels(), st.sampled_from(["share", "ladder"]))
def test_places_are_a_competition_ranking_by_exact_score(panel: tuple[dict[str, Portfolio], list[Sheet]], ties: str) -> None:
    ranking = rank(rules(40, 25, 15, portfolio=20, ties=ties), *panel)
    standings = ranking.standings
    assert all(a.exact >= b.exact for a, b in pairwise(standings))
    assert all((a.exact == b.exact) == (a.shown == b.shown) for a in standings for b in standings)
    assert {s.entry for s in standings} | set(ranking.unscored) == set(panel[0])
    if ranking.connected:
        for s in standings:
            assert s.place is not None
            assert s.place == 1 + sum(o.place is not None and o.place < s.place for o in standings)
            assert set(s.tied_with) == {o.entry for o in standings if o.place == s.place} - {s.entry}
            assert set(s.tied_with) <= set(s.equal_score)
            assert ties == "ladder" or set(s.tied_with) == set(s.equal_score)
    else:
        assert all(s.place is None for s in standings)


@given(panels())
def test_a_score_is_the_jurors_combined_weighted_score_and_the_computed_criteria_by_their_weights(
    panel: tuple[dict[str, Portfolio], list[Sheet]],
) -> None:
    for s in (ranking := rank(WITH_PORTFOLIO, *panel)).standings:
        # Σ over the entry's jurors of (weighted score − severity) / their number: the model fitted to weighted scores.
        by_jurors = sum((p - ranking.severities.get(j, Fraction(0)) for j, p in s.jurors.items()), Fraction(0)) / len(s.jurors)
        computed = s.criteria["portofolio"] * 10 + s.criteria["kematangan"] * 10
        assert s.exact == (by_jurors * 80 + computed) / 100


@settings(max_examples=25)
@given(panels())
def test_a_vote_on_every_open_tie_decides_a_connected_ranking(panel: tuple[dict[str, Portfolio], list[Sheet]]) -> None:
    ranking = rank(WITH_PORTFOLIO, *panel)
    voted = rank(WITH_PORTFOLIO, *panel, [tie.entries[::-1] for tie in ranking.open_ties])
    assert voted.open_ties == ()
    for tie in ranking.open_ties:
        assert [s.entry for s in voted.standings if s.entry in tie.entries] == list(tie.entries[::-1])
