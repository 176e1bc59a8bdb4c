"""JSON endpoints about jurors: appointment, replacement, recusal, and who they are."""

from collections import defaultdict
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from services.judging import docket, juror, listings, voiding
from services.judging.answers import (
    ConflictShown,
    EntryDone,
    JurorDone,
    JurorShown,
    PanelShown,
    ProposedConflictShown,
    RecusalShown,
    ReplacementDone,
)
from services.judging.bodies import AppointmentBody, EditionId, EntryId, PersonId, RecusalBody, ReplacementBody
from services.judging.category import CATEGORY, AssignPanel
from services.judging.juror import JUROR, AppointJuror, RecuseJuror, ReplaceJuror
from services.judging.naming import category_id, home_of, juror_id, sheet_id
from services.judging.scoresheet import SCORESHEET, VoidScoresheet
from shared.deciding import Act
from shared.events.judging import PanelAssigned, ScoresheetVoided
from shared.facts import EDITION
from shared.web.asking import Asked, PartsHere, SignedIn, reached
from shared.web.paging import Limit, page

router = APIRouter(tags=["jurors"])


@router.post("/editions/{edition}/jurors", status_code=201)
async def appoint(edition: EditionId, body: AppointmentBody, asked: Asked) -> JurorDone:
    """The committee appoints a juror, an academic, with his university."""
    asked.principal.must_hold(edition, "committee")
    command = AppointJuror(body.person, body.university, asked.principal.id)
    await asked.carry_out(Act(JUROR(juror_id(edition, body.person)), command, EDITION(edition)), edition=edition)
    return JurorDone(edition=edition, person=body.person)


@router.post("/editions/{edition}/jurors/{person}/replacement", status_code=201)
async def replace(edition: EditionId, person: PersonId, body: ReplacementBody, asked: Asked) -> ReplacementDone:
    """Another academic takes the juror's seats. Submitted sheets stay, open ones are void; the successor declares his ties anew,
    and takes no seat that a known one bars him from. Committee."""
    asked.principal.must_hold(edition, "committee")
    desk, by, successor = asked.parts.desk, asked.principal.id, body.person
    known, _ = await desk.state(JUROR(juror_id(edition, successor)))
    seated = await voiding.seats_of(desk, edition, person)
    for entry in [entry for seat in seated for entry in seat.entries]:
        asked.principal.must_not_concern(edition, entry.institution)
    panels = []
    for seat in seated:
        listed = docket.listed(seat.state)
        if not isinstance(seat.state, docket.Preparing | docket.Judging):
            continue
        for entry in [entry for entry in seat.entries if person in listed.panels.get(entry.entry, ())]:
            barred = isinstance(known, juror.Appointed) and juror.bar(known, entry) is not None
            kept = [p if p != person else "" if barred else successor for p in listed.panels[entry.entry]]
            panel = tuple(dict.fromkeys(p for p in kept if p))
            members = [JUROR(juror_id(edition, p)) for p in panel]
            panels.append(Act(CATEGORY(category_id(edition, seat.category)), AssignPanel(entry.entry, panel), *members))
    reason = f"juror {person} is replaced"
    outcome = await asked.carry_out(
        Act(JUROR(juror_id(edition, person)), ReplaceJuror(successor, body.reason, by)),
        Act(
            JUROR(juror_id(edition, successor)),
            AppointJuror(successor, body.university, by, person),
            EDITION(edition),
        ),
        *panels,
        *voiding.acts(edition, person, by, reason, seated),
        edition=edition,
    )
    events = [recorded.event for recorded in outcome.events]
    return ReplacementDone(
        edition=edition,
        person=person,
        successor=successor,
        panels=[PanelShown(entry=e.entry, jurors=list(e.jurors)) for e in events if isinstance(e, PanelAssigned)],
        voided=[e.entry for e in events if isinstance(e, ScoresheetVoided)],
    )


@router.post("/entries/{entry}/recusal", status_code=201)
async def recuse(entry: EntryId, body: RecusalBody, asked: Asked) -> EntryDone:
    """A juror steps back from one entry, before judging closes. His sheet for it is void."""
    edition, category = home_of(entry)
    asked.principal.must_hold(edition, "juror", "chair")
    person = asked.principal.person
    judging = CATEGORY(category_id(edition, category))
    of = JUROR(juror_id(edition, person))
    sheet = SCORESHEET(sheet_id(entry, person))
    stepping_back = Act(of, RecuseJuror(entry, body.reason), judging)
    await asked.carry_out(stepping_back, Act(sheet, VoidScoresheet(), judging, of), edition=edition)
    return EntryDone(entry=entry, juror=person)


@router.get("/editions/{edition}/jurors", dependencies=[Depends(reached)])
async def list_jurors(
    edition: EditionId,
    request: Request,
    response: Response,
    parts: PartsHere,
    principal: SignedIn,
    after: str = "",
    limit: Limit = 100,
) -> list[JurorShown]:
    """The jurors of an edition. A juror sees his own conflicts and recusals; committee, chair and auditor see everybody's."""
    principal.must_hold(edition, "committee", "chair", "juror", "auditor")
    sees_all = any(principal.holds(role, edition) for role in ("committee", "chair", "auditor"))
    rows = page(request, response, await parts.database.read(listings.jurors(edition, after, limit + 1)), limit, _person)
    conflicts: dict[str, list[ConflictShown]] = defaultdict(list)
    for row in await parts.database.read(listings.conflicts(edition)):
        conflicts[row.person].append(ConflictShown(institution=row.institution, relation=row.relation, note=row.note))
    proposed: dict[str, list[ProposedConflictShown]] = defaultdict(list)
    for row in await parts.database.read(listings.proposed_conflicts(edition)):
        shown = ProposedConflictShown(
            institution=row.institution, relation=row.relation, note=row.note, proposed_by=row.proposed_by
        )
        proposed[row.person].append(shown)
    recusals: dict[str, list[RecusalShown]] = defaultdict(list)
    for row in await parts.database.read(listings.recusals(edition)):
        recusals[row.person].append(RecusalShown(entry=row.entry, reason=row.reason))
    return [
        JurorShown(
            person=row.person,
            university=row.university,
            replaced_by=row.replaced_by or None,
            conflicts=conflicts[row.person] if sees_all or row.person == principal.person else None,
            recusals=recusals[row.person] if sees_all or row.person == principal.person else None,
            proposed=proposed[row.person] if sees_all or row.person == principal.person else None,
        )
        for row in rows
    ]


def _person(row: Any) -> str:
    person: str = row.person
    return person
