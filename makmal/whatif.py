"""What if: the same scoresheets under other weights, another aggregation, or without a juror. Nothing of it is ever recorded."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from services.judging.docket import Docket
from services.judging.scoring.ranking import Ranking, Rules, rank
from services.judging.tally import counting, portfolios, rules_of, tally
from shared.refusals import Invalid


class WhatIf(Struct, frozen=True, forbid_unknown_fields=True):
    """A TOML file, for instance::

    aggregation = "mean"           # or "severity"; left out: as the panel is complete or not
    shrinkage = "1/2"
    without_jurors = ["4f1c9a7e2b6d4c3f8a5e0d9b7c6a1f23"]

    [weights.digital]              # a category; weights add up to 100
    novelty = 40
    benefit = 60
    """

    weights: dict[str, dict[str, Decimal]] = {}
    aggregation: Literal["mean", "severity"] | None = None
    shrinkage: str | None = None
    """λ, an exact fraction."""
    without_jurors: tuple[str, ...] = ()


class Changed(Struct, frozen=True):
    """One entry, as it stood and as it would."""

    entry: str
    name: str
    place: int | None
    would_be: int | None
    score: str
    would_score: str


def read(file: Path) -> WhatIf:
    """Raises Invalid for a file that says nothing that can be asked."""
    try:
        asked = msgspec.toml.decode(file.read_bytes(), type=WhatIf)
    except (OSError, msgspec.ValidationError, msgspec.DecodeError, ValueError) as error:
        raise Invalid(
            f"{file} cannot be read: {error}; it may name weights, aggregation, shrinkage and without_jurors",
            f"{file} tidak dapat dibaca: {error}; isinya weights, aggregation, shrinkage, dan without_jurors",
        ) from error
    if asked.shrinkage is not None:
        _fraction(asked.shrinkage)
    return asked


def _fraction(text: str) -> Fraction:
    try:
        found = Fraction(text)
    except (ValueError, ZeroDivisionError):
        found = Fraction(-1)
    if found < 0:
        raise Invalid(f"shrinkage {text!r}: write a fraction like 4/9", f"shrinkage {text!r}: tulis pecahan seperti 4/9")
    return found


def changes(
    asked: WhatIf, category: str, docket: Docket, votes: tuple[tuple[str, ...], ...], states: tuple[Any, ...]
) -> list[Changed]:
    """Every entry of the category, in the order of the ranking as it stood. Raises Invalid for weights that do not fit it."""
    stood, names = tally(docket, votes, states), {entry: admitted.name for entry, admitted in docket.entries.items()}
    would = _would(asked, category, docket, votes, states)
    there = {standing.entry: standing for standing in would.standings}
    found = []
    for standing in stood.standings:
        other = there.get(standing.entry)
        found.append(
            Changed(
                entry=standing.entry,
                name=names[standing.entry],
                place=standing.place,
                would_be=other.place if other else None,
                score=str(standing.shown),
                would_score=str(other.shown) if other else "-",
            )
        )
    return found


def _would(
    asked: WhatIf, category: str, docket: Docket, votes: tuple[tuple[str, ...], ...], states: tuple[Any, ...]
) -> Ranking:
    rules = replace(rules_of(docket), method=asked.aggregation)
    if asked.shrinkage is not None:
        rules = replace(rules, aggregation=replace(rules.aggregation, shrinkage=asked.shrinkage))
    if weights := asked.weights.get(category):
        rules = _weighed(rules, category, weights)
    sheets = [sheet for sheet in counting(docket, states) if sheet.juror not in asked.without_jurors]
    return rank(rules, portfolios(docket), sheets, votes)


def _weighed(rules: Rules, category: str, weights: dict[str, Decimal]) -> Rules:
    known = [criterion.id for criterion in rules.rubric.criteria]
    if strange := sorted(weights.keys() - set(known)):
        raise Invalid(
            f"weights.{category}: there is no criterion {', '.join(strange)}; there are {', '.join(known)}",
            f"weights.{category}: tidak ada kriteria {', '.join(strange)}; yang ada {', '.join(known)}",
        )
    criteria = tuple(replace(c, weight=weights.get(c.id, Decimal(0))) for c in rules.rubric.criteria)
    total, scored = sum(c.weight for c in criteria), sum(c.weight for c in criteria if c.computed is None)
    if total != 100 or any(c.weight < 0 for c in criteria) or not scored:
        raise Invalid(
            f"weights.{category}: they add up to {total}; write weights that add up to 100, some of them for what jurors score",
            f"weights.{category}: jumlahnya {total}; tulis bobot berjumlah 100, sebagian untuk yang dinilai juri",
        )
    return replace(rules, rubric=replace(rules.rubric, criteria=criteria))
