"""From submitted scoresheets to the places of a category, in exact arithmetic. Pure: a verifier replays it to the last digit.

A criterion's points are combined over jurors (`mean` on a complete panel, the severity model on an incomplete one) or computed;
an entry's score is the sum of weight × points over all criteria, divided by 100. As both ways of combining are linear, that is
the jurors' combined weighted score × their share of the weights, plus the computed criteria.

Entries are tied when their exact scores are equal, not when their rounded ones are: with ties at two digits, 78.2451 and
78.2549 would be tied while 78.2449 and 78.2451 would not, so rounding would decide who wins. So that nobody is asked to believe
that 78.25 beat 78.25, `shown` carries more digits wherever two different scores need them (here 78.245 and 78.255).
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Literal, Self

from msgspec import Struct

from services.judging.scoring.figures import rounded, told_apart
from services.judging.scoring.severity import fit_exactly, linked
from services.judging.scoring.ties import Evidence, Settled, grouped, settle
from shared.rulebook import Aggregation, Criterion, Rubric, Rulebook

Portfolio = tuple[Decimal, ...]
"""An entry's admitted innovations: the verified points of each (its maturity)."""

Scores = dict[tuple[str, str], tuple[Fraction, ...]]
"""(entry, juror) -> points for each criterion that jurors score, in the rubric's order."""


class Rules(Struct, frozen=True, kw_only=True):
    """What an edition's rulebook says about ranking one category."""

    rubric: Rubric
    aggregation: Aggregation = Aggregation()
    ladder: tuple[str, ...] = ()
    places: int
    ties: Literal["share", "ladder"] = "ladder"
    method: Literal["mean", "severity"] | None = None
    """None: as the panel is complete or not, which is the rule; the others are for asking what would have been."""

    @classmethod
    def of(cls, rulebook: Rulebook, category: str) -> Self:
        """Raises ValueError for a category that the rulebook does not have."""
        if (found := rulebook.category(category)) is None:
            raise ValueError(f"the rulebook of {rulebook.edition} has no category {category}")
        return cls(
            rubric=rulebook.rubric(found.rubric),
            aggregation=rulebook.aggregation,
            ladder=rulebook.ladder,
            places=found.places,
            ties=found.ties,
        )


class Sheet(Struct, frozen=True):
    """A submitted scoresheet: criterion -> points, 0-100, for exactly the criteria that jurors score."""

    entry: str
    juror: str
    scores: dict[str, Decimal]


class Standing(Struct, frozen=True, kw_only=True):
    """One entry in the ranking."""

    place: int | None
    """Competition ranking: 1, 1, 3. None while the entries cannot all be compared (see `Ranking.components`)."""
    entry: str
    exact: Fraction
    """The score that decides. A severity score may lie a little outside 0-100."""
    score: Decimal
    """`exact` rounded half up to two digits."""
    shown: Decimal
    """`exact` with as many more digits as tell it from the other scores of the category."""
    criteria: dict[str, Fraction]
    """Criterion -> points combined over jurors, or computed."""
    jurors: dict[str, Fraction]
    """Juror -> weighted score of his sheet."""
    equal_score: tuple[str, ...] = ()
    """The other entries with exactly this score."""
    resolved_by: str | None = None
    """The rung of the ladder that set it apart from every entry of equal score; None if none is equal or the tie stands."""
    tied_with: tuple[str, ...] = ()
    """The entries that it shares its place with."""


class Tie(Struct, frozen=True):
    """Entries that the ladder could not tell apart, at a place that is awarded: the panel must vote on exactly these."""

    place: int
    entries: tuple[str, ...]


class Ranking(Struct, frozen=True, kw_only=True):
    method: Literal["mean", "severity"]
    standings: tuple[Standing, ...]
    """By place, within a shared place by id."""
    severities: dict[str, Fraction] = {}
    """Juror -> points that he tends to give above the panel, as the severity model took them off; empty for `mean`."""
    components: tuple[tuple[str, ...], ...] = ()
    """Groups of entries linked by jurors in common. With several, scores of different groups do not compare: no places."""
    unscored: tuple[str, ...] = ()
    """Entries without any submitted sheet: they have no standing, and places are provisional."""
    open_ties: tuple[Tie, ...] = ()

    @property
    def connected(self) -> bool:
        return len(self.components) <= 1

    @property
    def decided(self) -> bool:
        """Whether every awarded place follows from the scores, the ladder and the recorded votes."""
        return bool(self.standings) and self.connected and not self.unscored and not self.open_ties

    def winners(self, places: int) -> tuple[Standing, ...]:
        """The standings at the first so many places; more than `places` where the last one is shared."""
        return tuple(s for s in self.standings if s.place is not None and s.place <= places)


def rank(
    rules: Rules,
    entries: Mapping[str, Portfolio],
    sheets: Iterable[Sheet],
    votes: Sequence[tuple[str, ...]] = (),
) -> Ranking:
    """Rank a category.

    `votes`: the panel's recorded votes on ties, oldest first.
    Sheets of entries that do not compete (excluded, withdrawn) count for nothing, also not towards a juror's severity.
    Raises ValueError for what no decider lets through: weights that do not add up to 100, two sheets of one juror for an entry,
    a sheet that does not score exactly the rubric's criteria.
    """
    rubric = rules.rubric
    if (total := sum(Fraction(c.weight) for c in rubric.criteria)) != 100:
        raise ValueError(f"the weights of rubric {rubric.id} add up to {total}, not 100")
    scores = _scores(rubric, entries, sheets) if rubric.scored else {}
    if rubric.scored:
        components = linked(scores)
        ranked = sorted({entry for entry, _ in scores})
    else:  # everything is computed: nothing to compare through jurors
        ranked = sorted(entries)
        components = (tuple(ranked),)
    method, combined, severities = _combined(rules, ranked, scores, components)

    criteria: dict[str, dict[str, Fraction]] = {}
    for entry in ranked:
        by_jurors = dict(zip((c.id for c in rubric.scored), combined[entry], strict=True))
        criteria[entry] = {
            c.id: by_jurors[c.id] if c.computed is None else computed(c, entries[entry]) for c in rubric.criteria
        }
    weights = _whole(rubric.criteria)
    exact = {entry: _mean_by(weights, [points[c.id] for c in rubric.criteria]) for entry, points in criteria.items()}
    weights = _whole(rubric.scored)
    jurors: dict[str, dict[str, Fraction]] = {entry: {} for entry in ranked}
    for entry, juror in sorted(scores):
        jurors[entry][juror] = _mean_by(weights, scores[entry, juror])

    connected = len(components) <= 1
    evidence = Evidence(criteria, jurors, votes)
    standings: list[Standing] = []
    ties: list[Tie] = []
    shown = told_apart(exact.values())
    for level in grouped(exact):
        together = [Settled(level, None)]
        if len(level) > 1 and connected and rules.ties == "ladder":
            together = settle(level, rules.ladder, evidence)
        for settled in together:
            place = len(standings) + 1
            if connected and rules.ties == "ladder" and len(settled.entries) > 1 and place <= rules.places:
                ties.append(Tie(place, settled.entries))
            standings += [
                Standing(
                    place=place if connected else None,
                    entry=entry,
                    exact=exact[entry],
                    score=rounded(exact[entry]),
                    shown=shown[exact[entry]],
                    criteria=criteria[entry],
                    jurors=jurors[entry],
                    equal_score=_others(level, entry),
                    resolved_by=settled.rung,
                    tied_with=_others(settled.entries, entry) if connected else (),
                )
                for entry in settled.entries
            ]
    return Ranking(
        method=method,
        standings=tuple(standings),
        severities=severities,
        components=components,
        unscored=tuple(sorted(entries.keys() - set(ranked))),
        open_ties=tuple(ties),
    )


def computed(criterion: Criterion, portfolio: Portfolio) -> Fraction:
    """Points of a computed criterion: 100 × min(n, full_at) / full_at, n being the number of innovations or their mean maturity."""
    n = Fraction(len(portfolio)) if criterion.computed == "count" else mean_maturity(portfolio)
    return 100 * min(n, Fraction(criterion.full_at)) / criterion.full_at


def mean_maturity(portfolio: Portfolio) -> Fraction:
    """0 of none."""
    return sum((Fraction(points) for points in portfolio), Fraction(0)) / max(1, len(portfolio))


def weighted(rubric: Rubric, points: Sequence[Fraction]) -> Fraction:
    """Σ weight × points / Σ weight over the criteria that jurors score; `points` in the rubric's order."""
    return _mean_by(_whole(rubric.scored), points)


def _whole(criteria: Sequence[Criterion]) -> list[int]:
    """The criteria's weights in whole numbers of the same proportion."""
    weights = [Fraction(criterion.weight) for criterion in criteria]
    unit = lcm(*(weight.denominator for weight in weights))
    return [weight.numerator * (unit // weight.denominator) for weight in weights]


def _mean_by(weights: Sequence[int], points: Sequence[Fraction]) -> Fraction:
    """Exact; summed over the common denominator, as each sum of two fractions would look for their common divisors."""
    unit = lcm(*(p.denominator for p in points))
    total = sum(w * p.numerator * (unit // p.denominator) for w, p in zip(weights, points, strict=True))
    return Fraction(total, unit * sum(weights))


def _scores(rubric: Rubric, entries: Mapping[str, Portfolio], sheets: Iterable[Sheet]) -> Scores:
    ids = [c.id for c in rubric.scored]
    scores: Scores = {}
    for sheet in sheets:
        if sheet.entry not in entries:
            continue
        if (sheet.entry, sheet.juror) in scores:
            raise ValueError(f"juror {sheet.juror} has two submitted sheets for entry {sheet.entry}")
        if sheet.scores.keys() != set(ids):
            raise ValueError(
                f"the sheet of juror {sheet.juror} for entry {sheet.entry} scores {', '.join(sorted(sheet.scores))}; "
                f"rubric {rubric.id} asks for {', '.join(sorted(ids))}"
            )
        scores[sheet.entry, sheet.juror] = tuple(Fraction(sheet.scores[id]) for id in ids)
    return scores


def _combined(
    rules: Rules, ranked: list[str], scores: Scores, components: tuple[tuple[str, ...], ...]
) -> tuple[Literal["mean", "severity"], dict[str, tuple[Fraction, ...]], dict[str, Fraction]]:
    """The method, entry -> points per scored criterion, juror -> severity on the weighted scale."""
    panel = {juror for _, juror in scores}
    complete = len(scores) == len(panel) * len(ranked)
    if rules.method == "mean" or (rules.method is None and complete) or not rules.rubric.scored:
        return "mean", {entry: _mean([row for (e, _), row in scores.items() if e == entry]) for entry in ranked}, {}
    shrinkage = Fraction(rules.aggregation.shrinkage)
    combined: dict[str, tuple[Fraction, ...]] = {}
    severities: dict[str, Fraction] = {}
    for component in components:
        part = fit_exactly({key: row for key, row in scores.items() if key[0] in component}, shrinkage)
        combined |= part.entries
        severities |= {juror: weighted(rules.rubric, row) for juror, row in part.jurors.items()}
    return "severity", combined, dict(sorted(severities.items()))


def _mean(rows: list[tuple[Fraction, ...]]) -> tuple[Fraction, ...]:
    return tuple(sum(column, Fraction(0)) / len(rows) for column in zip(*rows, strict=True))


def _others(entries: Sequence[str], entry: str) -> tuple[str, ...]:
    return tuple(other for other in entries if other != entry)
