"""JSON endpoints of a category on its way to closed sheets: panels, opening, closing, and how far it has come."""

import asyncio
from collections import defaultdict
from typing import Any

import msgspec
from fastapi import APIRouter, Depends
from sqlalchemy import Connection

from services.judging import apart, juror, listings
from services.judging.answers import (
    CategoryDone,
    CategoryShown,
    CategorySummary,
    EntryProgress,
    PanelsDone,
    PanelShown,
    criteria_shown,
    name_shown,
)
from services.judging.bodies import CategoryId, EditionId, Empty, PanelsBody
from services.judging.category import (
    CATEGORY,
    AssignPanel,
    CloseJudging,
    OpenJudging,
)
from services.judging.juror import JUROR
from services.judging.naming import category_id, juror_id
from shared.deciding import Act
from shared.events.judging import PanelAssigned, RubricLocked
from shared.facts import SHORTLIST
from shared.parts import Parts
from shared.refusals import Refused, Unknown
from shared.web.asking import Asked, PartsHere, SignedIn, reached

router = APIRouter(tags=["categories"])


@router.post("/editions/{edition}/categories/{category}/panels")
async def assign_panels(edition: EditionId, category: CategoryId, asked: Asked, body: PanelsBody | None = None) -> PanelsDone:
    """Seat the jurors at every admitted entry, but for those whom a conflict or a recusal bars from it, in one append."""
    asked.principal.must_hold(edition, "committee", "chair")
    id, desk = category_id(edition, category), asked.parts.desk
    entries = (await apart.from_category(asked.parts, asked.principal, edition, category)).entries
    named = body.jurors if body and body.jurors is not None else None
    people = tuple(dict.fromkeys(named)) if named is not None else await _appointed(asked.parts, edition)
    states = await asyncio.gather(*(desk.state(JUROR(juror_id(edition, person))) for person in people))
    known = dict(zip(people, (state for state, _ in states), strict=True))
    acts = []
    for entry, admitted in entries.items():
        # A named person who is no juror stays in, so that the decision refuses him by name.
        free = [p for p in people if isinstance(known[p], juror.Unappointed) or juror.bar(known[p], admitted) is None]
        acts.append(Act(CATEGORY(id), AssignPanel(entry, tuple(free)), *(JUROR(juror_id(edition, p)) for p in free)))
    if not acts:
        raise Refused(
            "no entry of this category is admitted; panels are assigned to entries",
            "belum ada entri yang diterima pada kategori ini; panel ditetapkan untuk entri",
        )
    outcome = await asked.carry_out(*acts, edition=edition)
    assigned = [recorded.event for recorded in outcome.events]
    return PanelsDone(
        edition=edition,
        category=category,
        assigned=[PanelShown(entry=e.entry, jurors=list(e.jurors)) for e in assigned if isinstance(e, PanelAssigned)],
    )


async def _appointed(parts: Parts, edition: str) -> tuple[str, ...]:
    """Every juror appointed up to now: the list is read once the projection has counted all that is in the log."""
    position = await parts.event_log.position()
    parts.runner.wake()
    if not await parts.runner.reached(position):
        raise Refused(
            "the list of jurors is not up to date yet; ask again in a moment, or name the jurors",
            "daftar juri belum mutakhir; ulangi sebentar lagi, atau sebutkan jurinya",
        )
    return await parts.database.read(listings.appointed(edition))


@router.post("/editions/{edition}/categories/{category}/opening")
async def open_judging(edition: EditionId, category: CategoryId, asked: Asked, body: Empty | None = None) -> CategoryDone:
    """Open judging once exactly the confirmed entries are admitted. Committee or chair."""
    asked.principal.must_hold(edition, "committee", "chair")
    id = category_id(edition, category)
    await asked.carry_out(Act(CATEGORY(id), OpenJudging(), SHORTLIST(id)), edition=edition)
    return CategoryDone(edition=edition, category=category)


@router.post("/editions/{edition}/categories/{category}/closing")
async def close_judging(edition: EditionId, category: CategoryId, asked: Asked, body: Empty | None = None) -> CategoryDone:
    """Close judging: no score is recorded after it. Chair or committee."""
    asked.principal.must_hold(edition, "chair", "committee")
    await asked.carry_out(Act(CATEGORY(category_id(edition, category)), CloseJudging()), edition=edition)
    return CategoryDone(edition=edition, category=category)


@router.get("/editions/{edition}/categories", dependencies=[Depends(reached)])
async def list_categories(edition: EditionId, parts: PartsHere, principal: SignedIn) -> list[CategorySummary]:
    """The categories that are prepared, and how far each has come."""
    principal.must_hold(edition, "committee", "chair", "juror", "screener", "auditor")
    return [
        CategorySummary(
            category=row.category,
            name=name_shown(msgspec.json.decode(row.rules, type=RubricLocked).category.name),
            situation=row.situation,
            entries=row.entries,
            seats=row.seats,
            submitted=row.submitted,
        )
        for row in await parts.database.read(listings.categories(edition))
    ]


@router.get("/editions/{edition}/categories/{category}", dependencies=[Depends(reached)])
async def show_category(edition: EditionId, category: CategoryId, parts: PartsHere, principal: SignedIn) -> CategoryShown:
    """The category with its rubric, its entries and how far their sheets are; no scores."""
    principal.must_hold(edition, "committee", "chair", "juror", "screener", "auditor")

    def read(connection: Connection) -> Any:
        these = listings.panels, listings.struck, listings.progress, listings.entries
        return listings.category(edition, category)(connection), *(each(edition, category)(connection) for each in these)

    row, seats, struck, progress, entries = await parts.database.read(read)
    if row is None:
        raise Unknown(
            f"no category {category} is prepared for judging; it is once its shortlist is confirmed",
            f"kategori {category} belum disiapkan untuk penjurian; disiapkan setelah daftar nominasinya ditetapkan",
        )
    rules = msgspec.json.decode(row.rules, type=RubricLocked)
    panels: dict[str, list[str]] = defaultdict(list)
    for seat in seats:
        panels[seat.entry].append(seat.person)
    progress = {p.entry: p for p in progress}
    return CategoryShown(
        edition=edition,
        category=category,
        name=name_shown(rules.category.name),
        situation=row.situation,
        entrant=rules.category.entrant,
        places=rules.category.places,
        quorum=rules.quorum,
        criteria=criteria_shown(rules.rubric.criteria),
        entries=[
            EntryProgress(
                entry=entry.entry,
                institution=entry.institution,
                institution_name=entry.institution_name,
                name=entry.name,
                innovations=len(msgspec.json.decode(entry.dossier)) - len(struck.get(entry.entry, ())),
                excluded=entry.excluded or None,
                panel=panels[entry.entry],
                opened=progress[entry.entry].opened if entry.entry in progress else 0,
                submitted=progress[entry.entry].submitted if entry.entry in progress else 0,
            )
            for entry in entries
        ],
    )
