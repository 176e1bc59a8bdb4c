"""The JSON API of registration: what others than its author say of an innovation, its history, and what one answers for."""

from typing import Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from services.registration import listings
from services.registration.api_innovations import (
    READS,
    InnovationId,
    entered,
    must_enter_for,
    no_innovation,
    seen_by,
)
from services.registration.bodies import InnovationShown
from services.registration.bodies_innovations import (
    EndorsementBody,
    InnovationDone,
    NothingMore,
    ReclassificationBody,
    ReclassificationDone,
    RevisionShown,
)
from services.registration.coming_late import entering, shortlists_of
from services.registration.edition import EDITION
from services.registration.edition_state import published
from services.registration.enrolment import ENROLMENT
from services.registration.innovation import (
    INNOVATION,
    AcceptPic,
    ConfirmSubmission,
    EndorseInnovation,
    ReclassifyInnovation,
)
from shared.deciding import Act
from shared.eventlog import Recorded, Wanted
from shared.events.registration import InnovationReclassified, InnovationRecord, InnovationRevised, InnovationSubmitted
from shared.facts import RETURNED, record_digest
from shared.web.asking import Asked, Asking, PartsHere, SignedIn, reached
from shared.web.paging import Cursor, Limit, page

router = APIRouter(tags=["innovations"])


@router.post("/innovations/{innovation}/endorsement")
async def endorse_innovation(innovation: InnovationId, body: EndorsementBody, asked: Asked) -> InnovationDone:
    """Endorse the record that has this digest, where the edition asks for it. Head of its institution."""
    id, edition, institution = await entered(asked, innovation)
    asked.principal.must_hold(edition, "head", institution=institution)
    by = asked.principal.person
    around = EDITION(edition), ENROLMENT(f"{edition}.{institution}"), RETURNED(id)
    outcome = await entering(
        asked,
        edition,
        lambda lists: [Act(INNOVATION(id), lambda at: EndorseInnovation(body.digest, by, at), *around, *lists)],
    )
    return InnovationDone(innovation=id, position=outcome.position)


@router.post("/innovations/{innovation}/confirmation")
async def confirm_submission(innovation: InnovationId, body: NothingMore, asked: Asked) -> InnovationDone:
    """Confirm what another entered on your behalf."""
    id, edition, institution = await entered(asked, innovation)
    return await _done(asked, id, edition, institution, ConfirmSubmission(asked.principal.person))


@router.post("/innovations/{innovation}/pic/acceptance")
async def accept_pic(innovation: InnovationId, body: NothingMore, asked: Asked) -> InnovationDone:
    """Accept that you answer for it. Only the person who is named as its PIC."""
    id, edition, institution = await entered(asked, innovation)
    return await _done(asked, id, edition, institution, AcceptPic(asked.principal.person))


@router.post("/innovations/{innovation}/reclassification")
async def reclassify_innovation(innovation: InnovationId, body: ReclassificationBody, asked: Asked) -> ReclassificationDone:
    """Say that it is digital, or that it is not, whatever its institution said; until it is nominated. Committee, not of that
    institution."""
    id, edition, institution = await entered(asked, innovation)
    asked.principal.must_hold(edition, "committee")
    asked.principal.must_not_concern(edition, institution)
    rulebook = published((await asked.parts.desk.state(EDITION(edition)))[0])
    command = ReclassifyInnovation(id, body.type, body.reason)
    done = await _done(asked, id, edition, institution, command, RETURNED(id), *shortlists_of(rulebook))
    return ReclassificationDone(innovation=id, position=done.position, type=body.type)


async def _done(asked: Asking, id: str, edition: str, institution: str, command: Any, *others: Any) -> InnovationDone:
    around = EDITION(edition), ENROLMENT(f"{edition}.{institution}"), *others
    outcome = await asked.carry_out(Act(INNOVATION(id), command, *around), edition=edition)
    return InnovationDone(innovation=id, position=outcome.position)


@router.get("/my/innovations", dependencies=[Depends(reached)])
async def list_my_innovations(
    request: Request, response: Response, parts: PartsHere, principal: SignedIn, after: Cursor = 0, limit: Limit = 100
) -> list[InnovationShown]:
    """Those that you answer for, as PIC or because they were entered on your behalf, in all editions."""
    rows = await parts.database.read(listings.innovations_of_person(principal.person, after, limit + 1))
    return [InnovationShown(**row._mapping) for row in page(request, response, rows, limit, lambda row: row.position)]


@router.get("/innovations/{innovation}/revisions", dependencies=[Depends(reached)])
async def list_revisions(innovation: InnovationId, parts: PartsHere, principal: SignedIn) -> list[RevisionShown]:
    """Every state of its record, the first one first, from the log itself."""
    history = (await parts.event_log.load([Wanted(INNOVATION.service, INNOVATION(str(innovation)).subject)])).histories[0]
    if not history.events:
        raise no_innovation(innovation)
    submitted = history.events[0].event
    if not isinstance(submitted, InnovationSubmitted):
        raise TypeError(f"the history of {innovation} begins with {submitted!r}")
    if seen_by(principal, submitted.edition) is not None:
        await must_enter_for(parts, principal, submitted.edition, submitted.institution, READS)
    shown: list[RevisionShown] = []
    for recorded in history.events:
        match recorded.event:
            case InnovationSubmitted(record=record):
                shown.append(_revision(recorded, shown, record, "submitted"))
            case InnovationRevised(record=record):
                shown.append(_revision(recorded, shown, record, "revised"))
            case InnovationReclassified(record=record, reason=reason):
                shown.append(_revision(recorded, shown, record, "reclassified", reason))
    return shown


def _revision(
    recorded: Recorded, before: list[RevisionShown], record: InnovationRecord, what: Any, reason: str = ""
) -> RevisionShown:
    plain: dict[str, Any] = msgspec.to_builtins(record)
    last = before[-1] if before else None
    return RevisionShown(
        revision=(last.revision if last else 0) + (what != "reclassified"),
        what=what,
        digest=record_digest(record),
        at=recorded.envelope.time,
        actor=recorded.envelope.actor,
        reason=reason,
        changed=[field for field, value in plain.items() if last and last.record[field] != value],
        record=plain,
    )
