"""JSON endpoints of announced results: for everybody, and for each institution its own in more detail."""

import asyncio
from collections import defaultdict
from decimal import Decimal
from typing import Any

import msgspec
from fastapi import APIRouter, Depends

from services.judging import docket, listings
from services.judging.answers import name_shown
from services.judging.bodies import EditionId
from services.judging.category import CATEGORY
from services.judging.naming import category_id
from services.judging.outcomes import (
    CategoryResults,
    OwnResult,
    OwnResults,
    OwnScore,
    OwnSheet,
    ResultShown,
    ResultsShown,
    WinnerShown,
)
from shared.events.judging import RubricLocked
from shared.facts import EDITION
from shared.parts import Parts
from shared.refusals import Unknown
from shared.rulebook import Publish, Rulebook
from shared.web.asking import PartsHere, SignedIn, public, reached

router = APIRouter(tags=["results"])


@router.get("/editions/{edition}/results", dependencies=[Depends(public), Depends(reached)])
async def show_results(edition: EditionId, parts: PartsHere) -> ResultsShown:
    """The announced results, with what they were before a correction. Scores as far as the edition publishes them. Public."""
    rulebook = (await parts.desk.state(EDITION(edition)))[0].rulebook
    publish = rulebook.publish if rulebook else Publish()
    placed: dict[int, list[Any]] = defaultdict(list)
    results, publications = await parts.database.read(
        lambda c: (listings.results(edition)(c), listings.publications(edition)(c))
    )
    for row in results:
        placed[row.position].append(row)
    categories: dict[str, CategoryResults] = {}
    for row in publications:
        shown = result_shown(row, placed[row.position], publish)
        if row.category in categories:
            categories[row.category].earlier.append(shown)
            continue
        categories[row.category] = CategoryResults(
            **shown.model_dump(),
            category=row.category,
            name=name_shown(msgspec.json.decode(row.rules, type=RubricLocked).category.name),
            reopened=row.situation != "announced",
            earlier=[],
        )
    return ResultsShown(edition=edition, categories=list(categories.values()))


def result_shown(row: Any, placed: list[Any], publish: Publish) -> ResultShown:
    """A publication's row with the rows of its entries, as the public reads it."""
    return ResultShown(
        announced=row.announced,
        objections_until=row.objections_until or None,
        deviation=row.deviation or None,
        correction=row.correction or None,
        winners=[_winner(one, publish) for one in placed if one.winner],
        others=[_winner(one, publish) for one in placed if not one.winner],
    )


def _winner(row: Any, publish: Publish) -> WinnerShown:
    told = publish.scores != "none"
    return WinnerShown(
        place=row.place,
        entry=row.entry,
        name=row.name,
        institution=row.institution,
        institution_name=row.institution_name,
        score=row.score if told else None,
        exact=row.exact if told else None,
        resolved_by=row.resolved_by or None,
        award=row.decree,
    )


@router.get("/editions/{edition}/my-results", dependencies=[Depends(reached)])
async def my_results(edition: EditionId, parts: PartsHere, principal: SignedIn) -> OwnResults:
    """The institution's own entries in announced categories: place, score, and what jurors gave and wrote, without their names,
    as far as the edition's rules tell it. Head and operator."""
    principal.must_hold(edition, "head", "operator")
    own = {i for g in principal.grants if g.edition == edition and g.role in ("head", "operator") for i in g.institutions}
    rulebook = (await parts.desk.state(EDITION(edition)))[0].rulebook
    if rulebook is None:
        raise Unknown("no such edition is open", "edisi itu belum dibuka")
    found = await asyncio.gather(*(_own(parts, rulebook, category.id, own) for category in rulebook.categories))
    return OwnResults(edition=edition, entries=[entry for of_category in found for entry in of_category])


async def _own(parts: Parts, rulebook: Rulebook, category: str, own: set[str]) -> list[OwnResult]:
    state, _ = await parts.desk.state(CATEGORY(category_id(rulebook.edition, category)))
    if isinstance(state, docket.Unlocked) or (published := state.docket.published) is None:
        return []
    listed = state.docket
    excluded = {id: why.reason for id, (_, why) in listed.excluded.items()}
    entries = [*listed.entries.values(), *(was for was, _ in listed.excluded.values())]
    ranked = {placed.entry: placed for placed in (*published.ranking, *published.winners)}
    found = []
    for entry in entries:
        if entry.institution not in own:
            continue
        placed = ranked.get(entry.entry)
        found.append(
            OwnResult(
                entry=entry.entry,
                name=entry.name,
                institution=entry.institution,
                category=category,
                excluded=excluded.get(entry.entry),
                place=placed.place if placed else None,
                score=placed.shown if placed and rulebook.publish.own_scores else None,
                sheets=await _sheets(parts, entry.entry, rulebook.publish),
            )
        )
    return found


async def _sheets(parts: Parts, entry: str, publish: Publish) -> list[OwnSheet] | None:
    """The sheets that count, in an order that tells no juror."""
    if not (publish.own_scores or publish.own_comments):
        return None
    all_sheets, scored = await parts.database.read(lambda c: (listings.sheets(entry)(c), listings.scores(entry)(c)))
    counted = {sheet.person for sheet in all_sheets if sheet.state == "submitted"}
    standing = {(score.person, score.criterion): score for score in scored if score.person in counted}
    sheets: dict[str, list[OwnScore]] = defaultdict(list)
    for (person, criterion), score in standing.items():
        sheets[person].append(
            OwnScore(
                criterion=criterion,
                score=Decimal(score.score) if publish.own_scores else None,
                comment=score.comment if publish.own_comments else None,
            )
        )
    by_scores = sorted(sheets.values(), key=lambda scores: [(s.criterion, str(s.score), s.comment) for s in scores])
    return [OwnSheet(scores=scores) for scores in by_scores]
