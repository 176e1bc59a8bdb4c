"""JSON endpoint of the ranking, for chair and committee after the close."""

import asyncio
from typing import Any, Literal

import msgspec
from fastapi import APIRouter

from services.judging import tally
from services.judging.answers import Name, places_shown
from services.judging.bodies import CategoryId, EditionId
from services.judging.category import CATEGORY
from services.judging.disclosure import may_see
from services.judging.docket import Announced, Closed, Confirmed, Decided, Docket, listed
from services.judging.naming import category_id
from services.judging.outcomes import Advisory, FlagShown, RankingShown, StandingShown, TieShown
from services.judging.reckoned import Reckoned
from services.judging.scoring.figures import rounded
from services.judging.scoring.ranking import Ranking, Standing
from services.judging.scoring.reliability import Reliability
from services.judging.seats import judged_by
from shared.refusals import Refused
from shared.web.asking import PartsHere, SignedIn

router = APIRouter(tags=["results"])

FEWEST_SHEETS = 2
"""Other jurors' sheets behind a figure that may be shown while scores are sealed: of one alone it would tell the scores."""

Stage = Closed | Decided | Confirmed | Announced
_SITUATIONS: dict[type[Stage], Literal["closed", "decided", "confirmed", "announced"]] = {
    Closed: "closed",
    Decided: "decided",
    Confirmed: "confirmed",
    Announced: "announced",
}


@router.get("/editions/{edition}/categories/{category}/ranking")
async def show_ranking(edition: EditionId, category: CategoryId, parts: PartsHere, principal: SignedIn) -> RankingShown:
    """The ranking as the sheets give it, once judging is closed, with advisory figures. Chair and committee.

    Until the announcement nothing in it gives a single juror's scores away, unless they were disclosed to the caller.
    """
    principal.must_hold(edition, "chair", "committee")
    home = CATEGORY(category_id(edition, category))
    state, version = await parts.desk.state(home)
    docket = listed(state)
    if not isinstance(state, Stage):
        raise Refused(
            "scores are sealed while judging is open; the ranking is computed once it is closed",
            "nilai disegel selama penjurian dibuka; peringkat dihitung setelah penjurian ditutup",
        )
    judged = judged_by(edition, state)
    loaded = await asyncio.gather(*(parts.desk.state(aggregate) for aggregate in judged))
    states = tuple(state for state, _ in loaded)
    versions = ((home.subject, version), *((a.subject, v) for a, (_, v) in zip(judged, loaded, strict=True)))
    reckoned: Reckoned = parts.own["reckoned"]
    ranking, reliability = await reckoned.of(versions, docket, state.votes, states)
    sealed = docket.published is None and not may_see(docket, "", principal.person)
    decided = None if isinstance(state, Closed) else state.decision
    return RankingShown(
        edition=edition,
        category=category,
        situation=_SITUATIONS[type(state)],
        method=ranking.method,
        standings=[_standing(docket, standing, sealed, principal.person) for standing in ranking.standings],
        unscored=list(ranking.unscored),
        open_ties=[TieShown(place=tie.place, entries=list(tie.entries)) for tie in ranking.open_ties],
        winners=places_shown(decided.winners) if decided else None,
        deviation=(decided.deviation or None) if decided else None,
        hindrance=_hindrance(docket, ranking, states),
        advisory=_advisory(reliability, sealed),
    )


def _standing(docket: Docket, standing: Standing, sealed: bool, to: str) -> StandingShown:
    hidden = sealed and len(standing.jurors.keys() - {to}) < FEWEST_SHEETS
    return StandingShown(
        place=standing.place,
        entry=standing.entry,
        name=docket.entries[standing.entry].name,
        institution=docket.entries[standing.entry].institution,
        score=None if hidden else standing.shown,
        exact=None if hidden else tally.exactly(standing.exact),
        criteria=None if hidden else {criterion: rounded(points) for criterion, points in standing.criteria.items()},
        sheets=len(standing.jurors),
        resolved_by=standing.resolved_by,
        tied_with=list(standing.tied_with),
    )


def _hindrance(docket: Docket, ranking: Ranking, states: tuple[Any, ...]) -> Name | None:
    try:
        tally.must_be_decidable(docket, ranking, states)
    except Refused as refusal:
        return Name(en=refusal.en, id=refusal.id)
    return None


def _advisory(found: Reliability, sealed: bool) -> Advisory:
    figures: dict[str, Any] = msgspec.structs.asdict(found)
    flags = [FlagShown(**msgspec.structs.asdict(flag)) for flag in found.flags]
    if sealed:  # score = an entry's mean + the juror's severity + his residual
        flags = [FlagShown(entry=flag.entry, juror=flag.juror, residual=None, deviations=None) for flag in flags]
    return Advisory(**{**figures, "flags": flags})
