"""JSON endpoints of the outcome: the ranking for chair and committee after the close, the results for everybody."""

import asyncio
from typing import Any, Literal

import msgspec
from fastapi import APIRouter, Depends

from services.judging import listings, tally
from services.judging.answers import (
    Advisory,
    CategoryResults,
    FlagShown,
    Name,
    RankingShown,
    ResultsShown,
    StandingShown,
    TieShown,
    WinnerShown,
    name_shown,
)
from services.judging.aside import Aside
from services.judging.bodies import CategoryId, EditionId
from services.judging.category import CATEGORY
from services.judging.docket import Announced, Closed, Decided, Docket, listed
from services.judging.figures import rounded
from services.judging.naming import category_id
from services.judging.ranking import Ranking, Standing
from services.judging.reliability import Reliability, assess
from services.judging.seats import judged_by
from shared.events.judging import RubricLocked
from shared.refusals import Refused
from shared.web.asking import PartsHere, SignedIn, public, reached

router = APIRouter(tags=["results"])

_SITUATIONS: dict[type[Closed | Decided | Announced], Literal["closed", "decided", "announced"]] = {
    Closed: "closed",
    Decided: "decided",
    Announced: "announced",
}


@router.get("/editions/{edition}/categories/{category}/ranking")
async def show_ranking(edition: EditionId, category: CategoryId, parts: PartsHere, principal: SignedIn) -> RankingShown:
    """The ranking as the sheets give it, once judging is closed, with advisory figures. Chair and committee; no single scores."""
    principal.must_hold(edition, "chair", "committee")
    state, _ = await parts.desk.state(CATEGORY(category_id(edition, category)))
    docket = listed(state)
    if not isinstance(state, Closed | Decided | Announced):
        raise Refused(
            "scores are sealed while judging is open; the ranking is computed once it is closed",
            "nilai disegel selama penjurian dibuka; peringkat dihitung setelah penjurian ditutup",
        )
    loaded = await asyncio.gather(*(parts.desk.state(aggregate) for aggregate in judged_by(edition, state)))
    states = tuple(state for state, _ in loaded)
    ranking = tally.tally(docket, state.votes, states)
    aside: Aside = parts.own["aside"]
    sheets = tally.counting(docket, states)
    reliability = await aside.run(assess, tally.rules_of(docket), tally.portfolios(docket), sheets, state.votes)
    return RankingShown(
        edition=edition,
        category=category,
        situation=_SITUATIONS[type(state)],
        method=ranking.method,
        standings=[_standing(docket, standing) for standing in ranking.standings],
        unscored=list(ranking.unscored),
        open_ties=[TieShown(place=tie.place, entries=list(tie.entries)) for tie in ranking.open_ties],
        hindrance=_hindrance(docket, ranking),
        advisory=_advisory(reliability),
    )


def _standing(docket: Docket, standing: Standing) -> StandingShown:
    return StandingShown(
        place=standing.place,
        entry=standing.entry,
        name=docket.entries[standing.entry].name,
        institution=docket.entries[standing.entry].institution,
        score=standing.shown,
        exact=tally.exactly(standing.exact),
        criteria={criterion: rounded(points) for criterion, points in standing.criteria.items()},
        sheets=len(standing.jurors),
        resolved_by=standing.resolved_by,
        tied_with=list(standing.tied_with),
    )


def _hindrance(docket: Docket, ranking: Ranking) -> Name | None:
    try:
        tally.must_be_decidable(docket, ranking)
    except Refused as refusal:
        return Name(en=refusal.en, id=refusal.id)
    return None


def _advisory(found: Reliability) -> Advisory:
    figures: dict[str, Any] = msgspec.structs.asdict(found)
    return Advisory(**{**figures, "flags": [FlagShown(**msgspec.structs.asdict(flag)) for flag in found.flags]})


@router.get("/editions/{edition}/results", dependencies=[Depends(public), Depends(reached)])
async def show_results(edition: EditionId, parts: PartsHere) -> ResultsShown:
    """The winners of the announced categories. Public."""
    categories: dict[str, CategoryResults] = {}
    for row in await parts.database.read(listings.results(edition)):
        if row.category not in categories:
            rules = msgspec.json.decode(row.rules, type=RubricLocked)
            categories[row.category] = CategoryResults(
                category=row.category, name=name_shown(rules.category.name), announced=row.announced, winners=[]
            )
        categories[row.category].winners.append(
            WinnerShown(
                place=row.place,
                entry=row.entry,
                name=row.name,
                institution=row.institution,
                institution_name=row.institution_name,
                score=row.score,
                exact=row.exact,
                resolved_by=row.resolved_by or None,
            )
        )
    return ResultsShown(edition=edition, categories=list(categories.values()))
