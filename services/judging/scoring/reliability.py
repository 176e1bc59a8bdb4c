"""Advisory figures beside the official ranking: how firmly the winner stands, and which scores deserve a second look.

Nothing here decides anything and nothing is ever removed because of it: it is for the panel's eyes.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import sqrt

from msgspec import Struct

from services.judging.scoring.agreement import icc_2k, kendall_w, krippendorff_alpha
from services.judging.scoring.ranking import Portfolio, Ranking, Rules, Sheet, rank
from services.judging.scoring.severity import fit


class Flag(Struct, frozen=True):
    """A sheet that lies unusually far from what entry and juror would lead one to expect."""

    entry: str
    juror: str
    residual: float
    """Points of the weighted score above (positive) or below expectation."""
    deviations: float
    """The same in standard deviations of all residuals."""


class Reliability(Struct, frozen=True, kw_only=True):
    chance_of_first: dict[str, float]
    """Entry -> share of resampled panels in which it comes first (equal firsts share); empty unless all entries compare."""
    without: dict[str, dict[str, int | None]]
    """Juror -> entry -> its place had this juror not sat on the panel; None, or no entry, where it could then not be ranked."""
    severities: dict[str, float]
    """Juror -> points that he tends to give above the panel, also on a complete panel (where they change no place)."""
    icc_2k: float | None
    kendall_w: float | None
    krippendorff_alpha: float | None
    flags: tuple[Flag, ...]


def assess(
    rules: Rules,
    entries: Mapping[str, Portfolio],
    sheets: Iterable[Sheet],
    votes: Sequence[tuple[str, ...]] = (),
    *,
    draws: int = 1000,
    seed: int = 0,
) -> Reliability:
    """All advisory figures of a category; takes what `rank` takes. The same seed gives the same figures.

    Takes up to some seconds for a large field: run it off the event loop.
    """
    sheets = list(sheets)
    ranking = rank(rules, entries, sheets, votes)
    scores = {(s.entry, juror): score for s in ranking.standings for juror, score in s.jurors.items()}
    shrinkage = Fraction(rules.aggregation.shrinkage)
    compared = bool(scores) and ranking.connected
    floats = {key: float(score) for key, score in scores.items()}
    return Reliability(
        chance_of_first=chance_of_first(rules, ranking, draws=draws, seed=seed) if compared else {},
        without=leave_one_out(rules, entries, sheets, votes),
        severities=severities(scores, shrinkage) if compared else {},
        icc_2k=icc_2k(floats),
        kendall_w=kendall_w(floats),
        krippendorff_alpha=krippendorff_alpha(floats),
        flags=outliers(scores, shrinkage) if compared else (),
    )


def leave_one_out(
    rules: Rules, entries: Mapping[str, Portfolio], sheets: Sequence[Sheet], votes: Sequence[tuple[str, ...]] = ()
) -> dict[str, dict[str, int | None]]:
    """Juror -> entry -> place in the official ranking of the other jurors' sheets."""
    return {
        juror: {
            s.entry: s.place for s in rank(rules, entries, [sheet for sheet in sheets if sheet.juror != juror], votes).standings
        }
        for juror in sorted({sheet.juror for sheet in sheets if sheet.entry in entries})
    }


def chance_of_first(rules: Rules, ranking: Ranking, *, draws: int = 1000, seed: int = 0) -> dict[str, float]:
    """Entry -> estimated P(rank = 1) under resampling of jurors; `ranking` must be connected.

    The Bayesian bootstrap (Rubin 1981): each draw gives every juror a random weight of mean 1. Drawing jurors with replacement
    would leave entries without any juror, or apart from the others, in many draws of an incomplete panel.
    """
    scores = {(s.entry, juror): (float(score),) for s in ranking.standings for juror, score in s.jurors.items()}
    share = float(sum(c.weight for c in rules.rubric.scored)) / 100
    computed = {
        s.entry: sum(float(c.weight) * float(s.criteria[c.id]) for c in rules.rubric.criteria if c.computed) / 100
        for s in ranking.standings
    }
    jurors = sorted({juror for _, juror in scores})
    # On a complete panel any shrinkage gives the (weighted) mean.
    shrinkage = float(Fraction(rules.aggregation.shrinkage)) if ranking.method == "severity" else 1.0
    chance = random.Random(seed)
    firsts = dict.fromkeys((s.entry for s in ranking.standings), 0.0)
    for _ in range(draws):
        # The floor keeps the system well-conditioned; a juror of weight 1e-9 has no say either.
        panel = {juror: max(chance.expovariate(1.0), 1e-9) for juror in jurors}
        fitted = fit(scores, shrinkage, panel)
        totals = {entry: share * row[0] + computed[entry] for entry, row in fitted.entries.items()}
        best = max(totals.values())
        first = [entry for entry, total in totals.items() if best - total < 1e-9]
        for entry in first:
            firsts[entry] += 1 / len(first)
    return {entry: times / draws for entry, times in sorted(firsts.items())}


def severities(scores: Mapping[tuple[str, str], Fraction], shrinkage: Fraction) -> dict[str, float]:
    """Juror -> δ on the scale of the weighted scores; positive is lenient."""
    return {juror: float(row[0]) for juror, row in fit(_column(scores), shrinkage).jurors.items()}


def outliers(scores: Mapping[tuple[str, str], Fraction], shrinkage: Fraction, beyond: int = 2) -> tuple[Flag, ...]:
    """Sheets whose residual in the severity model exceeds `beyond` residual standard deviations, the farthest first.

    The deviation has as many degrees of freedom as scores less entries less jurors plus one; with none there are no flags.
    """
    fitted = fit(_column(scores), shrinkage)
    residuals = {(e, j): score - fitted.entries[e][0] - fitted.jurors[j][0] for (e, j), score in scores.items()}
    freedom = len(scores) - len(fitted.entries) - len(fitted.jurors) + 1
    if freedom < 1:
        return ()
    variance = sum((residual**2 for residual in residuals.values()), Fraction(0)) / freedom
    flags = [
        Flag(entry, juror, float(residual), float(residual) / sqrt(variance))
        for (entry, juror), residual in residuals.items()
        if residual**2 > beyond**2 * variance
    ]
    return tuple(sorted(flags, key=lambda flag: (-abs(flag.deviations), flag.entry, flag.juror)))


def _column(scores: Mapping[tuple[str, str], Fraction]) -> dict[tuple[str, str], tuple[Fraction]]:
    return {key: (score,) for key, score in scores.items()}
