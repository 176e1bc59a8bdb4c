"""Who could be nominated in a category, best desk score first. A view for the committee, which decides; it rules nothing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm

from msgspec import Struct

from services.screening import desk_score
from services.screening.categories import competes
from shared.rulebook import Category


class Institution(Struct, frozen=True):
    code: str
    kind: str
    name: str


class Innovation(Struct, frozen=True, kw_only=True):
    """An innovation that is in the competition: found eligible at its present revision, not disqualified, not withdrawn."""

    id: str
    institution: str
    name: str
    fields: dict[str, str]
    scores: tuple[Decimal, ...] = ()
    """One of each screener."""


class Candidate(Struct, frozen=True, kw_only=True):
    entrant: str
    institution: str
    name: str
    innovations: tuple[str, ...]
    desk_score: Fraction | None
    """Exact; None while an innovation of it is not scored."""
    rank: int | None = None
    """1, 2, 2, 4: equal scores share a rank. None without a score."""
    tied_at_edge: bool = False
    """Its score stands on both sides of the line between nominees and the rest: the committee has to choose."""


def candidates(
    category: Category, institutions: Mapping[str, Institution], innovations: Sequence[Innovation]
) -> tuple[Candidate, ...]:
    """All candidates of the category: ranked ones first, then those without a score; equal ones by name, never by time."""
    unranked = _entrants(category, institutions, innovations)
    whole = _whole({c.entrant: c.desk_score for c in unranked if c.desk_score is not None})
    scored = sorted(whole.values(), reverse=True)
    first = {score: place for place, score in reversed(list(enumerate(scored, 1)))}
    line = scored[category.nominees - 1 : category.nominees + 1]
    at_edge = line[0] if len(line) == 2 and line[0] == line[1] else None
    ranked = [
        Candidate(
            entrant=c.entrant,
            institution=c.institution,
            name=c.name,
            innovations=c.innovations,
            desk_score=c.desk_score,
            rank=first[whole[c.entrant]] if c.entrant in whole else None,
            tied_at_edge=c.entrant in whole and whole[c.entrant] == at_edge,
        )
        for c in unranked
    ]
    return tuple(sorted(ranked, key=lambda c: (c.rank is None, c.rank or 0, c.name, c.entrant)))


def _whole(scores: Mapping[str, Fraction]) -> dict[str, int]:
    """The same scores times their common denominator: in the same order and as exact, and compared in a hundredth of the time."""
    scale = lcm(*(score.denominator for score in scores.values()))
    return {entrant: score.numerator * (scale // score.denominator) for entrant, score in scores.items()}


def _entrants(
    category: Category, institutions: Mapping[str, Institution], innovations: Sequence[Innovation]
) -> list[Candidate]:
    competing = [
        innovation
        for innovation in innovations
        if (owner := institutions.get(innovation.institution)) and competes(category, owner.kind, innovation.fields)
    ]
    if category.entrant == "innovation":
        return [
            Candidate(
                entrant=innovation.id,
                institution=innovation.institution,
                name=innovation.name,
                innovations=(innovation.id,),
                desk_score=desk_score.of_one(innovation.scores),
            )
            for innovation in competing
        ]
    portfolios: dict[str, list[Innovation]] = defaultdict(list)
    for innovation in competing:
        portfolios[innovation.institution].append(innovation)
    return [
        Candidate(
            entrant=code,
            institution=code,
            name=institutions[code].name,
            innovations=tuple(sorted(innovation.id for innovation in portfolio)),
            desk_score=desk_score.mean_of_all([desk_score.of_one(innovation.scores) for innovation in portfolio]),
        )
        for code, portfolio in portfolios.items()
    ]
