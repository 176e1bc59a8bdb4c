"""The tie ladder: how entries with exactly the same score are told apart. The time of submission is never a rung.

A rung that splits the tied entries hands each smaller tie back to the top of the ladder; one that splits nothing hands on to
the next rung. Below the last rung the tie stands, and needs the panel's vote.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

Figures = Mapping[str, Mapping[str, Fraction]]
"""Entry -> criterion or juror -> points, 0-100."""


class Evidence(Struct, frozen=True):
    """What the rungs look at."""

    criteria: Figures
    """Entry -> criterion -> points, combined over jurors as the score is."""
    jurors: Figures
    """Entry -> juror -> the weighted score of that juror's sheet."""
    votes: Sequence[tuple[str, ...]] = ()
    """The panel's recorded votes, oldest first; each the tied entries, best first."""


class Settled(Struct, frozen=True):
    """Entries that remain together, and the rung that set them apart from the others (None: they are still tied)."""

    entries: tuple[str, ...]
    rung: str | None


def settle(tied: Sequence[str], ladder: Sequence[str], evidence: Evidence) -> list[Settled]:
    """The `tied` entries (two or more), best first, as far as the ladder tells them apart.

    Rungs: the id of a criterion (higher wins; a criterion that this category's rubric lacks says nothing), `pairwise`, `vote`.
    """
    for rung in ladder:
        groups = _split(rung, tied, evidence)
        if len(groups) > 1:
            return [
                settled
                for group in groups
                for settled in ([Settled(group, rung)] if len(group) == 1 else settle(group, ladder, evidence))
            ]
    return [Settled(tuple(sorted(tied)), None)]


def _split(rung: str, tied: Sequence[str], evidence: Evidence) -> list[tuple[str, ...]]:
    match rung:
        case "pairwise":
            return grouped({entry: _duels_won(entry, tied, evidence.jurors) for entry in tied})
        case "vote":
            vote = _vote_on(tied, evidence.votes)
            return [(entry,) for entry in vote] if vote else [tuple(tied)]
        case criterion:
            return grouped({entry: evidence.criteria[entry].get(criterion, Fraction(0)) for entry in tied})


def grouped(points: Mapping[str, Fraction]) -> list[tuple[str, ...]]:
    """Entries by falling points, those with exactly equal points together (within a group by id, which means nothing)."""
    groups: dict[Fraction, list[str]] = {}
    for entry in sorted(points):
        groups.setdefault(points[entry], []).append(entry)
    return [tuple(groups[value]) for value in sorted(groups, reverse=True)]


def _duels_won(entry: str, tied: Sequence[str], jurors: Figures) -> Fraction:
    """Duels that the entry wins within the tie: a duel goes to the entry that more of the jurors who scored both put higher.

    A drawn duel counts half for both. Two entries without a juror in common draw, so that nobody loses by a duel that was
    never held. An entry that beats every other one (a Condorcet winner) always comes first.
    """
    won = Fraction(0)
    for other in tied:
        if other == entry:
            continue
        common = jurors[entry].keys() & jurors[other].keys()
        for_it = sum(jurors[entry][juror] > jurors[other][juror] for juror in common)
        against = sum(jurors[entry][juror] < jurors[other][juror] for juror in common)
        won += 1 if for_it > against else Fraction(1, 2) if for_it == against else 0
    return won


def _vote_on(tied: Sequence[str], votes: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The latest vote on exactly these entries. A vote on other entries answered another question and decides nothing here."""
    return next((vote for vote in reversed(votes) if len(vote) == len(tied) and set(vote) == set(tied)), None)
