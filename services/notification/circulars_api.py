"""JSON endpoints: circulars and announcements, and their acknowledgement by institutions."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from services.notification import circulars, people
from services.notification.circular import (
    CIRCULAR,
    AcknowledgeCircular,
    ConfirmAcknowledgement,
    IssueCircular,
    Issued,
    circular_id,
)
from services.notification.circular_bodies import (
    Acknowledged,
    AcknowledgementBody,
    Addressee,
    CircularBody,
    CircularInFull,
    CircularIssuedNow,
    CircularListed,
    CircularShown,
    ConfirmationBody,
)
from services.notification.circular_files import files_of
from shared.deciding import Act
from shared.events.notification import CircularIssued
from shared.facts import EDITION, ENROLMENT
from shared.parts import Parts
from shared.refusals import Invalid, Unknown
from shared.security import Principal
from shared.web.asking import Asked, PartsHere, SignedIn, reached
from shared.web.paging import Cursor, Limit, page
from shared.web.rehearsal import concerns

router = APIRouter(tags=["circulars"])

SEES_ALL = ("committee", "auditor", "screener")
SEES_OWN = ("head", "operator")


@router.post("/editions/{edition}/circulars", status_code=201)
async def issue_circular(edition: str, body: CircularBody, asked: Asked) -> CircularIssuedNow:
    """Issue a circular, or an announcement (`days` 0), with the signed document if it is uploaded. It goes to heads, operators and
    PICs of the institutions. Committee."""
    asked.principal.must_hold(edition, "committee")
    if body.file and await files_of(asked.parts).find(body.file.digest) is None:
        at = f"/v1/editions/{edition}/circular-files/{body.file.digest}"
        raise Invalid(
            f"no document of SHA-256 {body.file.digest} is uploaded; PUT it to {at} first",
            f"belum ada dokumen ber-SHA-256 {body.file.digest}; unggah dahulu dengan PUT ke {at}",
        )
    rulebook = (await asked.parts.desk.state(EDITION(edition)))[0].rulebook
    if rulebook is not None and (strange := sorted(set(body.kinds) - {kind.id for kind in rulebook.kinds})):
        known = ", ".join(kind.id for kind in rulebook.kinds)
        raise Invalid(
            f"this edition knows no kind of institution {', '.join(strange)}; it has {known}",
            f"gelaran ini tidak mengenal jenis instansi {', '.join(strange)}; yang ada {known}",
        )
    of_kinds = await asked.parts.database.read(lambda connection: people.enrolled(connection, edition, body.kinds))
    addressed = tuple(dict.fromkeys((*body.institutions, *of_kinds)))
    id = circular_id(edition, body.number)
    await asked.carry_out(
        Act(
            CIRCULAR(id),
            lambda at: IssueCircular(
                edition,
                body.number,
                body.dated,
                body.title,
                body.text,
                addressed,
                at,
                body.file.digest if body.file else "",
                body.file.name if body.file else "",
                body.days,
            ),
            EDITION(edition),
            *(ENROLMENT(f"{edition}.{institution}") for institution in addressed),
        ),
        edition=edition,
    )
    issued = await _issued(asked.parts, id)
    return CircularIssuedNow(
        id=id, number=issued.number, institutions=list(issued.institutions), acknowledge_by=issued.acknowledge_by
    )


@router.post("/circulars/{id}/acknowledgement", status_code=201)
async def acknowledge_circular(id: str, body: AcknowledgementBody, asked: Asked) -> Acknowledged:
    """Acknowledge a circular for an institution. Its head or operator; the committee on behalf of one of them, from paper."""
    of = (await _issued(asked.parts, id)).edition
    paper = body.on_behalf_of
    if paper is None:
        asked.principal.must_hold(of, *SEES_OWN, institution=body.institution)
        command = AcknowledgeCircular(body.institution, asked.principal.person)
    else:
        asked.principal.must_hold(of, "committee")
        command = AcknowledgeCircular(body.institution, paper.person, asked.principal.person, paper.scan_digest)
    await asked.carry_out(Act(CIRCULAR(id), command, EDITION(of)), edition=of)
    return Acknowledged(id=id, institution=body.institution)


@router.post("/circulars/{id}/acknowledgement/confirmation", status_code=201)
async def confirm_acknowledgement(id: str, body: ConfirmationBody, asked: Asked) -> Acknowledged:
    """Confirm an acknowledgement that the committee entered from your paper."""
    of = (await _issued(asked.parts, id)).edition
    command = ConfirmAcknowledgement(body.institution, asked.principal.person)
    await asked.carry_out(Act(CIRCULAR(id), command, EDITION(of)), edition=of)
    return Acknowledged(id=id, institution=body.institution)


@router.get("/editions/{edition}/circulars", dependencies=[Depends(reached)])
async def list_circulars(
    edition: str,
    request: Request,
    response: Response,
    parts: PartsHere,
    principal: SignedIn,
    after: Cursor = 0,
    limit: Limit = 100,
) -> list[CircularListed]:
    """In the order of their issue. Heads and operators see what is addressed to their institutions."""
    seen = circulars_seen_by(principal, edition)
    rows = page(
        request,
        response,
        await parts.database.read(circulars.circulars(edition, seen, after, limit + 1)),
        limit,
        lambda row: row["position"],
    )
    return [CircularListed(**_shown(row), addressed=row["addressed"], acknowledged=row["acknowledged"] or 0) for row in rows]


@router.get("/circulars/{id}", dependencies=[Depends(reached)])
async def one_circular(id: str, request: Request, parts: PartsHere, principal: SignedIn) -> CircularInFull:
    """With who has acknowledged it and who has not."""
    row, addressees = await circular_for(request, principal, id)
    shown = [
        Addressee(
            institution=one["institution"],
            acknowledged=one["at"] or None,
            position=one["position"] or None,
            on_paper=bool(one["recorded_by"]),
            confirmed=one["confirmed"] or None,
        )
        for one in addressees
    ]
    return CircularInFull(**_shown(row), addressees=shown)


async def circular_for(request: Request, principal: Principal, id: str) -> tuple[Any, Sequence[Any]]:
    """The circular's row, and the addressees that he may see. Raises Unknown, also where it is not addressed to him."""
    parts: Parts = request.app.state.parts
    row, _ = await parts.database.read(circulars.circular(id, ()))
    if row is None:
        raise _no_such_circular()
    concerns(request, row["edition"])
    seen = circulars_seen_by(principal, row["edition"])
    row, addressees = await parts.database.read(circulars.circular(id, seen))
    if seen is not None and not addressees:
        raise _no_such_circular()
    return row, addressees


async def _issued(parts: Parts, id: str) -> CircularIssued:
    """As it was issued; nothing changes that."""
    state, _ = await parts.desk.state(CIRCULAR(id))
    if not isinstance(state, Issued):
        raise _no_such_circular()
    return state.circular


def circulars_seen_by(principal: Principal, edition: str) -> tuple[str, ...] | None:
    """Whose circulars he may see: None for all."""
    if any(principal.holds(role, edition) for role in SEES_ALL):
        return None
    principal.must_hold(edition, *SEES_ALL, *SEES_OWN)
    return tuple(
        institution
        for grant in principal.grants
        if grant.edition == edition and grant.role in SEES_OWN
        for institution in grant.institutions
    )


def _shown(row: Any) -> dict[str, Any]:
    return {name: row[name] for name in CircularShown.model_fields} | {"acknowledge_by": row["acknowledge_by"] or None}


def _no_such_circular() -> Unknown:
    return Unknown(
        "there is no such circular; see the list of circulars", "surat edaran ini tidak ada; lihat daftar surat edaran"
    )
