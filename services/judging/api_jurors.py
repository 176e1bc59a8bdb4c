"""JSON endpoints about jurors: appointment, conflicts of interest, recusal."""

from collections import defaultdict
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from services.judging import listings
from services.judging.answers import ConflictShown, EntryDone, JurorDone, JurorShown, RecusalShown
from services.judging.bodies import AppointmentBody, ConflictBody, EditionId, EntryId, PersonId, RecusalBody
from services.judging.category import CATEGORY
from services.judging.juror import JUROR, AppointJuror, DeclareConflict, RecuseJuror
from services.judging.naming import category_id, home_of, juror_id
from shared.deciding import Act
from shared.facts import EDITION, ENROLMENT
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


@router.post("/editions/{edition}/jurors/{person}/conflicts", status_code=201)
async def declare_conflict(edition: EditionId, person: PersonId, body: ConflictBody, asked: Asked) -> JurorDone:
    """The juror himself, the chair or the committee puts a tie to an institution on record: its entries are barred to him."""
    if asked.principal.person != person:
        asked.principal.must_hold(edition, "chair", "committee")
    else:
        asked.principal.must_hold(edition, "juror", "chair", "committee")
    command = DeclareConflict(body.institution, body.relation, body.note)
    enrolment = ENROLMENT(f"{edition}.{body.institution}")
    await asked.carry_out(Act(JUROR(juror_id(edition, person)), command, enrolment), edition=edition)
    return JurorDone(edition=edition, person=person)


@router.post("/entries/{entry}/recusal", status_code=201)
async def recuse(entry: EntryId, body: RecusalBody, asked: Asked) -> EntryDone:
    """A juror steps back from one entry, before judging closes. His sheet for it no longer counts."""
    edition, category = home_of(entry)
    asked.principal.must_hold(edition, "juror", "chair")
    person = asked.principal.person
    judging = CATEGORY(category_id(edition, category))
    await asked.carry_out(Act(JUROR(juror_id(edition, person)), RecuseJuror(entry, body.reason), judging), edition=edition)
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
    recusals: dict[str, list[RecusalShown]] = defaultdict(list)
    for row in await parts.database.read(listings.recusals(edition)):
        recusals[row.person].append(RecusalShown(entry=row.entry, reason=row.reason))
    return [
        JurorShown(
            person=row.person,
            university=row.university,
            conflicts=conflicts[row.person] if sees_all or row.person == principal.person else None,
            recusals=recusals[row.person] if sees_all or row.person == principal.person else None,
        )
        for row in rows
    ]


def _person(row: Any) -> str:
    person: str = row.person
    return person
