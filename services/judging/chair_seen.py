"""The ranking of a category with its advisory figures, as the chair's page shows and draws them."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from services.judging import docket
from services.judging.api_ranking import show_ranking
from services.judging.jurors_seen import JurorSeen
from services.judging.outcomes import RankingShown
from shared.web.pages import Visit

BIN = 5
"""Points of a step of the distribution."""

Series = list[dict[str, Any]]


class Figures(Struct, frozen=True):
    """Names and numbers of each picture; the table beside it has the same."""

    scores: list[tuple[str, float]]
    """Entry and score, best first."""
    spread: list[tuple[str, int]]
    """From-to, and how many entries lie there."""
    chances: list[tuple[str, float]]
    severities: list[tuple[str, float]]
    """Juror and points above the panel, the mildest first."""
    agreement: list[tuple[str, float | None]]


async def ranking_of(visit: Visit, edition: str, category: str, state: docket.State) -> RankingShown | None:
    """None while judging is open: scores are sealed."""
    if isinstance(state, docket.Unlocked | docket.Preparing | docket.Judging):
        return None
    return await show_ranking(edition, category, visit.parts, visit.me)


def figures_of(visit: Visit, ranking: RankingShown, jurors: Mapping[str, JurorSeen]) -> Figures:
    names = {standing.entry: standing.name for standing in ranking.standings}
    scores = [(standing.name, float(standing.score)) for standing in ranking.standings if standing.score is not None]
    advisory = ranking.advisory
    chances = sorted(advisory.chance_of_first.items(), key=lambda one: -one[1])
    severities = sorted(advisory.severities.items(), key=lambda one: -one[1])
    return Figures(
        scores=scores,
        spread=_spread([score for _, score in scores]),
        chances=[(names[entry], chance) for entry, chance in chances if chance > 0],
        severities=[
            (visit._("Juror %(n)s", n=jurors[person].number), round(points, 2))
            for person, points in severities
            if person in jurors
        ],
        agreement=[
            ("icc", advisory.icc_2k),
            ("kendall", advisory.kendall_w),
            ("krippendorff", advisory.krippendorff_alpha),
        ],
    )


def _spread(scores: list[float]) -> list[tuple[str, int]]:
    if not scores:
        return []
    first, last = int(min(scores) // BIN), int(max(scores) // BIN)
    return [
        (f"{step * BIN}–{(step + 1) * BIN}", sum(int(score // BIN) == step for score in scores))
        for step in range(first, last + 1)
    ]
