"""The JSON API of registration: innovations, submitted by people and by other systems, and their PICs."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi import Path as InPath

from services.registration import listings
from services.registration.bodies import (
    EditionId,
    InnovationInFull,
    InnovationShown,
    PicBody,
    PicDone,
    Receipt,
    RevisionBody,
    RevisionDone,
    SubmissionBody,
    WithdrawalBody,
    WithdrawalDone,
)
from services.registration.coming_late import entering
from services.registration.edition import EDITION
from services.registration.enrolment import ENROLMENT, Enrolled
from services.registration.innovation import (
    INNOVATION,
    Absent,
    NamePic,
    ReviseInnovation,
    State,
    SubmitInnovation,
    WithdrawInnovation,
)
from services.registration.names import NAMES, FreeName, TakeName
from shared.decider import Aggregate
from shared.deciding import Act, Outcome
from shared.facts import RETURNED, record_digest
from shared.parts import Parts
from shared.refusals import Forbidden, Invalid, Unknown
from shared.security import Grant, Principal
from shared.web.asking import Asked, Asking, PartsHere, SignedIn, reached, version_named
from shared.web.command_route import CommandRoute
from shared.web.paging import Cursor, Limit, page

ENTERS = ("service", "operator", "head", "committee")
"""Roles that may enter innovations: for the institutions they are held for; the committee for any."""
SEES_ALL = ("committee", "screener", "auditor")
READS, WRITES = "innovations:read", "innovations:write"
"""Scopes that an API client needs."""

InnovationId = Annotated[UUID, InPath()]

router = APIRouter(tags=["innovations"])
submissions = APIRouter(tags=["innovations"], route_class=CommandRoute)
"""They come by the thousand on the last day."""


@submissions.post("/editions/{edition}/innovations", status_code=201)
async def submit_innovation(edition: EditionId, body: SubmissionBody, asked: Asked) -> Receipt:
    """Submit an innovation, while registration is open. Service client, operator or head of the institution, committee."""
    innovation = asked.new_id()
    return await submit(edition, body, asked, INNOVATION.new(innovation), innovation)


async def submit(edition: str, body: SubmissionBody, asked: Asking, place: Aggregate[State], innovation: str) -> Receipt:
    """Submit it as the innovation of this id, if the caller may enter for its institution."""
    institution = body.institution
    grant = asked.principal.must_hold(edition, *ENTERS, institution=institution, scope=WRITES)
    behalf = on_behalf(asked, grant, body)
    record = body.record.record()
    outcome = await entering(
        asked,
        edition,
        lambda shortlists: (
            Act(
                place,
                lambda at: SubmitInnovation(edition, institution, record, at, body.external_reference, body.pic, *behalf),
                EDITION(edition),
                ENROLMENT(f"{edition}.{institution}"),
                *((RETURNED(innovation), *shortlists) if shortlists else ()),
            ),
            Act(NAMES(f"{edition}.{institution}"), TakeName(record.name, innovation, first=True)),
        ),
    )
    return Receipt(
        innovation=innovation,
        institution=institution,
        name=record.name,
        position=outcome.position,
        revision=1,
        digest=record_digest(record),
    )


@router.put("/innovations/{innovation}", dependencies=[Depends(version_named)])
async def revise_innovation(innovation: InnovationId, body: RevisionBody, asked: Asked) -> RevisionDone:
    """Put another record in the place of the one that `If-Match` names, while registration is open, or until the deadline by
    which screening has returned it for revision."""
    id, edition, institution = await _entered(asked, innovation)
    record = body.record.record()
    outcome = await _while_it_may_enter(
        asked,
        (id, edition, institution),
        lambda at: ReviseInnovation(record, at),
        Act(NAMES(f"{edition}.{institution}"), TakeName(record.name, id)),
    )
    return RevisionDone(
        innovation=id,
        institution=institution,
        name=record.name,
        position=outcome.position,
        digest=record_digest(record),
        changed=bool(outcome.events),
    )


@router.post("/innovations/{innovation}/withdrawal")
async def withdraw_innovation(innovation: InnovationId, body: WithdrawalBody, asked: Asked) -> WithdrawalDone:
    """Withdraw it, while registration is open. Its name is free again."""
    id, edition, institution = await _entered(asked, innovation)
    outcome = await _while_it_may_enter(
        asked,
        (id, edition, institution),
        lambda at: WithdrawInnovation(body.reason, at),
        Act(NAMES(f"{edition}.{institution}"), FreeName(id)),
    )
    return WithdrawalDone(innovation=id, position=outcome.position)


@router.post("/innovations/{innovation}/pic")
async def name_pic(innovation: InnovationId, body: PicBody, asked: Asked) -> PicDone:
    """Appoint the PIC while registration is open, or replace him at any time, with a reason."""
    place = await _entered(asked, innovation)
    outcome = await _while_it_may_enter(asked, place, lambda at: NamePic(body.person, at, body.reason))
    return PicDone(innovation=place[0], person=body.person, position=outcome.position)


async def _while_it_may_enter(
    asked: Asking, place: tuple[str, str, str], command: Callable[[datetime], Any], *besides: Act
) -> Outcome:
    """`place`: the innovation's id, edition and institution."""
    id, edition, institution = place
    around = EDITION(edition), ENROLMENT(f"{edition}.{institution}"), RETURNED(id)
    return await entering(asked, edition, lambda lists: (Act(INNOVATION(id), command, *around, *lists), *besides))


async def entered(asked: Asking, innovation: UUID) -> tuple[str, str, str]:
    """The innovation's id, edition and institution, which never change. Raises Unknown."""
    state, _ = await asked.parts.desk.state(INNOVATION(str(innovation)))
    if isinstance(state, Absent):
        raise no_innovation(innovation)
    return str(innovation), state.edition, state.institution


async def _entered(asked: Asking, innovation: UUID) -> tuple[str, str, str]:
    """The same, for those who may enter for that institution, or for the one that it is merged into."""
    id, edition, institution = await entered(asked, innovation)
    await must_enter_for(asked.parts, asked.principal, edition, institution, WRITES)
    return id, edition, institution


async def must_enter_for(parts: Parts, principal: Principal, edition: str, institution: str, scope: str) -> None:
    """Raises Forbidden."""
    try:
        principal.must_hold(edition, *ENTERS, institution=institution, scope=scope)
    except Forbidden:
        enrolled, _ = await parts.desk.state(ENROLMENT(f"{edition}.{institution}"))
        if not isinstance(enrolled, Enrolled) or not enrolled.into:
            raise
        await must_enter_for(parts, principal, edition, enrolled.into, scope)


def on_behalf(asked: Asking, grant: Grant, body: SubmissionBody) -> tuple[str, str, str]:
    """Who is accountable for what is entered on his behalf, who records it, and the digest of his paper; empty where it is one's
    own. Raises Forbidden and Invalid."""
    behalf = body.on_behalf_of
    if behalf is None:
        if grant.role == "service" and not body.pic:
            raise Invalid(
                "name the person who is accountable for this submission: as on_behalf_of.person, or as its pic",
                "sebutkan orang yang bertanggung jawab atas pengajuan ini: sebagai on_behalf_of.person, atau sebagai pic",
            )
        return "", "", ""
    if grant.role not in ("committee", "service"):
        raise Forbidden(
            "what you enter you answer for yourself; only the committee and other systems enter on somebody's behalf",
            "Anda sendiri yang bertanggung jawab; hanya panitia dan sistem lain yang mengajukan atas nama orang lain",
        )
    if grant.role == "committee" and not behalf.scan_digest:
        raise Invalid(
            "give the SHA-256 of the scanned paper as on_behalf_of.scan_digest",
            "cantumkan SHA-256 dari pindaian berkasnya sebagai on_behalf_of.scan_digest",
        )
    return behalf.person, asked.principal.id, behalf.scan_digest


@router.get("/editions/{edition}/innovations", dependencies=[Depends(reached)])
async def list_innovations(
    request: Request,
    response: Response,
    edition: EditionId,
    parts: PartsHere,
    principal: SignedIn,
    institution: str = "",
    type: str = "",
    external_reference: Annotated[str, Query(max_length=200, description="The caller's own number")] = "",
    after: Cursor = 0,
    limit: Limit = 100,
) -> list[InnovationShown]:
    """Innovations in the order of submission, withdrawn ones included; those that the caller may see."""
    seen = seen_by(principal, edition)
    rows = await parts.database.read(
        listings.innovations(edition, seen, institution, type, after, limit + 1, external_reference)
    )
    return [InnovationShown(**row._mapping) for row in page(request, response, rows, limit, lambda row: row.position)]


@router.get("/innovations/{innovation}", dependencies=[Depends(reached)])
async def show_innovation(
    innovation: InnovationId, response: Response, parts: PartsHere, principal: SignedIn
) -> InnovationInFull:
    """One innovation as it stands. Its ETag is what an edit sends as `If-Match`."""
    row = await parts.database.read(listings.innovation(str(innovation)))
    if row is None:
        raise no_innovation(innovation)
    seen = seen_by(principal, row.edition)
    if seen is not None:
        await must_enter_for(parts, principal, row.edition, row.institution, READS)
    response.headers["ETag"] = f'"{row.version}"'
    shown: dict[str, Any] = {**row._mapping, "record": msgspec.json.decode(row.record)}
    return InnovationInFull(**shown)


def seen_by(principal: Principal, edition: str) -> listings.Institutions:
    """The institutions whose innovations he may see; None: all. Jurors read dossiers, in judging. Raises Forbidden."""
    grant = principal.must_hold(edition, *SEES_ALL, *ENTERS, scope=READS)
    held = [g for g in principal.grants if g.edition == edition]
    if any(g.role in SEES_ALL or (g.role == "service" and not g.institutions) for g in held):
        return None
    return tuple(code for g in held if g.role in ENTERS for code in g.institutions) or grant.institutions


def no_innovation(innovation: UUID) -> Unknown:
    return Unknown(
        f"there is no innovation {innovation}; GET /v1/editions/EDITION/innovations lists them",
        f"tidak ada inovasi {innovation}; lihat daftarnya di GET /v1/editions/GELARAN/innovations",
    )
