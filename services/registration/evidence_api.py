"""The JSON API of evidence: files by their digest, claims by indicator, and the files again for those who may see them."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field, StringConstraints

from services.registration.api_innovations import ENTERS, READS, must_enter_for, no_innovation, seen_by
from services.registration.bodies import Body, Line
from services.registration.coming_late import entering
from services.registration.edition import EDITION
from services.registration.edition_state import Closed, Registering
from services.registration.enrolment import ENROLMENT
from services.registration.evidence import EVIDENCE, AttachEvidence, Claim, ReplaceEvidence
from services.registration.evidence_projection import evidence_of, file_of, version_of
from services.registration.evidence_uploads import has_uploaded, uploaded
from shared.deciding import Act
from shared.facts import INNOVATION, RETURNED, InnovationFacts
from shared.parts import Parts
from shared.refusals import Forbidden, Invalid, Unknown
from shared.security import Principal
from shared.stored_files import SUFFIXES, StoredFiles
from shared.web.asking import Asked, Asking, PartsHere, SignedIn, reached, version_named
from shared.web.stored_files import DIGEST, UPLOAD, hand_in, hand_out

SCOPE = "evidence:write"

Sha256 = Annotated[str, InPath(pattern=DIGEST, description="SHA-256 of the file, in hex")]
InnovationId = Annotated[UUID, InPath()]
Indicator = Annotated[int, InPath(ge=1, le=100)]
Words = Annotated[Line, StringConstraints(min_length=1)]

router = APIRouter(tags=["evidence"])


class FileTaken(BaseModel):
    sha256: str
    media_type: str
    size: int


class ClaimBody(Body):
    """The parameter that is claimed, and the letter that shows it; `sha256` is the digest of a file uploaded before."""

    parameter: int = Field(ge=1, le=3)
    letter_number: Words
    letter_date: date
    subject: Words
    sha256: str = Field(pattern=DIGEST)


class EvidenceBody(ClaimBody):
    indicator: int = Field(ge=1, le=100)


class EvidenceDone(BaseModel):
    innovation: str
    indicator: int
    parameter: int
    sha256: str
    position: int


class EvidenceShown(FileTaken):
    indicator: int
    parameter: int
    letter_number: str
    letter_date: date
    subject: str
    made: datetime


def files_of(parts: Parts) -> StoredFiles:
    found = parts.own.get("evidence")
    if found is None:
        found = parts.own["evidence"] = StoredFiles(parts.settings.data / "evidence")
    assert isinstance(found, StoredFiles)
    return found


@router.put(
    "/evidence-files/{sha256}",
    response_model=FileTaken,
    openapi_extra=UPLOAD,
    responses={413: {"description": "Too large"}, 415: {"description": "Neither PDF, PNG, JPEG nor MP4"}},
)
async def upload_evidence(sha256: Sha256, request: Request, parts: PartsHere, principal: SignedIn) -> Response:
    """Upload a file (PDF, PNG, JPEG or MP4, at most 10 MiB) under its SHA-256, to attach it then. The same again changes nothing.

    Whoever may enter innovations in an edition that goes on; an API client with the scope evidence:write.
    """
    await _must_enter_somewhere(parts, principal)
    stored = await hand_in(request, files_of(parts), sha256)
    if isinstance(stored, Response):
        return stored
    at = parts.event_log.now().isoformat(timespec="seconds")
    await parts.database.write(uploaded(sha256, principal.id, at))
    return Response(
        FileTaken(sha256=stored.sha256, media_type=stored.media_type, size=stored.size).model_dump_json(),
        media_type="application/json",
    )


async def _must_enter_somewhere(parts: Parts, principal: Principal) -> None:
    """A file is of no edition before it is attached; what it may be attached to is asked then. Raises Forbidden."""
    for edition in dict.fromkeys(grant.edition for grant in principal.grants if grant.role in ENTERS):
        state, _ = await parts.desk.state(EDITION(edition))
        if isinstance(state, Registering | Closed):
            principal.must_hold(edition, *ENTERS, scope=SCOPE)
            return
    raise Forbidden(
        "only those who enter innovations in an edition that goes on upload evidence: an operator, the head of an institution, the "
        "committee",
        "hanya yang mengajukan inovasi pada gelaran yang sedang berjalan dapat mengunggah data dukung: operator, kepala perangkat, "
        "atau panitia",
    )


@router.post("/innovations/{innovation}/evidence", status_code=201)
async def attach_evidence(innovation: InnovationId, body: EvidenceBody, asked: Asked) -> EvidenceDone:
    """Claim a parameter of an indicator, with an uploaded file that shows it. Whoever may revise the innovation, as long as he
    may; an API client with the scope evidence:write."""
    claim, facts = await _claim(asked, innovation, body.indicator, body)
    return await _done(asked, facts, str(innovation), claim, AttachEvidence)


@router.put("/innovations/{innovation}/evidence/{indicator}", dependencies=[Depends(version_named)])
async def replace_evidence(innovation: InnovationId, indicator: Indicator, body: ClaimBody, asked: Asked) -> EvidenceDone:
    """Put another claim or file in the place of what stands. It counts as unverified then."""
    claim, facts = await _claim(asked, innovation, indicator, body)
    return await _done(asked, facts, str(innovation), claim, ReplaceEvidence)


async def _claim(asked: Asking, innovation: UUID, indicator: int, body: ClaimBody) -> tuple[Claim, InnovationFacts]:
    facts, _ = await asked.parts.desk.state(INNOVATION(str(innovation)))
    if facts.record is None:
        raise no_innovation(innovation)
    await must_enter_for(asked.parts, asked.principal, facts.edition, facts.institution, SCOPE)
    claim = await claim_in(asked.parts, body, indicator)
    database = asked.parts.database
    if claim is None or not (
        await database.read(has_uploaded(body.sha256, asked.principal.id))
        or await database.read(file_of(str(innovation), body.sha256))
    ):
        raise no_such_upload(body.sha256)
    return claim, facts


async def claim_in(parts: Parts, body: ClaimBody, indicator: int) -> Claim | None:
    """With what its file is; None where no such file lies here."""
    stored = await files_of(parts).find(body.sha256)
    if stored is None:
        return None
    told: dict[str, Any] = {field: getattr(body, field) for field in ClaimBody.model_fields}
    return Claim(indicator=indicator, **told, media_type=stored.media_type, size=stored.size)


def no_such_upload(sha256: str) -> Invalid:
    return Invalid(
        f"you have uploaded no file of SHA-256 {sha256}; PUT it to /v1/evidence-files/{sha256} first",
        f"Anda belum mengunggah berkas ber-SHA-256 {sha256}; unggah dahulu dengan PUT ke /v1/evidence-files/{sha256}",
    )


async def _done(
    asked: Asking,
    facts: InnovationFacts,
    innovation: str,
    claim: Claim,
    command: type[AttachEvidence] | type[ReplaceEvidence],
) -> EvidenceDone:
    around = EDITION(facts.edition), ENROLMENT(f"{facts.edition}.{facts.institution}"), RETURNED(innovation)
    outcome = await entering(
        asked,
        facts.edition,
        lambda shortlists: [
            Act(
                EVIDENCE(innovation),
                lambda at: command(innovation, claim, at),
                INNOVATION(innovation),
                *around,
                *shortlists,
            )
        ],
    )
    return EvidenceDone(
        innovation=innovation,
        indicator=claim.indicator,
        parameter=claim.parameter,
        sha256=claim.sha256,
        position=outcome.position,
    )


@router.get("/innovations/{innovation}/evidence", dependencies=[Depends(reached)])
async def list_evidence(
    innovation: InnovationId, response: Response, parts: PartsHere, principal: SignedIn
) -> list[EvidenceShown]:
    """What an innovation claims, by indicator. The ETag is what a replacement sends as `If-Match`."""
    await _must_see(parts, principal, innovation)
    rows = await parts.database.read(evidence_of(str(innovation)))
    response.headers["ETag"] = f'"{await parts.database.read(version_of(str(innovation)))}"'
    return [EvidenceShown(**{field: row._mapping[field] for field in EvidenceShown.model_fields}) for row in rows]


@router.get(
    "/innovations/{innovation}/evidence-files/{sha256}",
    dependencies=[Depends(reached)],
    response_class=FileResponse,
    responses={200: {"content": {kind: {} for kind in SUFFIXES}}, 304: {"description": "Not changed"}},
)
async def fetch_evidence(
    innovation: InnovationId, sha256: Sha256, request: Request, parts: PartsHere, principal: SignedIn
) -> Response:
    """A file that is or was attached to the innovation, for those who may see the innovation, and for jurors, whose dossier names
    it by its digest. Always a download, never a page."""
    await _must_see(parts, principal, innovation, "juror", "chair")
    media_type = await parts.database.read(file_of(str(innovation), sha256))
    files = files_of(parts)
    if media_type is None or await files.find(sha256) is None:
        raise Unknown(
            f"no file of SHA-256 {sha256} is attached to this innovation; GET /v1/innovations/{innovation}/evidence lists them",
            f"tidak ada berkas ber-SHA-256 {sha256} pada inovasi ini; lihat GET /v1/innovations/{innovation}/evidence",
        )
    return hand_out(request, files, sha256, media_type)


async def _must_see(parts: Parts, principal: Principal, innovation: UUID, *too: str) -> None:
    """Raises Unknown, Forbidden. Whoever holds a role of `too` in the edition may see it as well."""
    facts, _ = await parts.desk.state(INNOVATION(str(innovation)))
    if facts.record is None:
        raise no_innovation(innovation)
    if any(principal.holds(role, facts.edition) for role in too):
        return
    if seen_by(principal, facts.edition) is not None:
        await must_enter_for(parts, principal, facts.edition, facts.institution, READS)
