"""The simulated truth behind a demo edition: how good entries are, how severe jurors, and the noise between (DOMAIN's simulation).

Everything follows from the seed and from names, never from identifiers or time, so that a seed repeats the same winners.
"""

from collections.abc import Sequence
from decimal import Decimal
from random import Random

from shared.rulebook import Criterion

TRUE_SD, SEVERITY_SD, NOISE_SD, CRITERION_SD = 5.0, 6.0, 4.0, 3.0


class Truth:
    def __init__(self, seed: int):
        self._seed = seed

    def _random(self, *names: str) -> Random:
        return Random("/".join((str(self._seed), *names)))

    def quality(self, entrant: str) -> float:
        return 76 + self._random("quality", entrant).gauss(0, TRUE_SD)

    def desk_score(self, entrant: str, screener: str) -> Decimal:
        score = self.quality(entrant) + self._random("desk", entrant, screener).gauss(0, 3)
        return Decimal(round(min(100.0, max(0.0, score)), 1)).quantize(Decimal("0.1"))

    def scores(self, entrant: str, juror: str, criteria: Sequence[Criterion]) -> dict[str, Decimal]:
        """What this juror gives this entrant, by criterion: whole points."""
        severity = self._random("severity", juror).gauss(0, SEVERITY_SD)
        random = self._random("sheet", entrant, juror)
        level = self.quality(entrant) + severity + random.gauss(0, NOISE_SD)
        return {c.id: Decimal(round(min(94.0, max(20.0, level + random.gauss(0, CRITERION_SD))))) for c in criteria}


def tied_with(scores: dict[str, Decimal], criteria: Sequence[Criterion]) -> dict[str, Decimal] | None:
    """Other scores of exactly the same weighted sum, with less in the first criterion: a tie that the ladder's first rung breaks.

    None where the weights or the bounds leave no such whole scores.
    """
    first, second = criteria[0], criteria[1]
    for less in range(1, 13):
        more = less * first.weight / second.weight
        if more == int(more) and scores[first.id] - less >= 0 and scores[second.id] + more <= 100:
            return {**scores, first.id: scores[first.id] - less, second.id: scores[second.id] + more}
    return None
