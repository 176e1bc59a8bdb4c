"""The JSON API of registration: drafts, saved at any stage, and submitted once nothing is missing."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi import Path as InPath
from pydantic import BaseModel, Field

from services.registration import drafts
from services.registration.api_innovations import ENTERS, WRITES, submit
from services.registration.bodies import (
    Body,
    Code,
    Design,
    EditionId,
    Line,
    OnBehalf,
    PersonOrNone,
    Prose,
    Receipt,
    SubmissionBody,
)
from services.registration.bodies_innovations import NothingMore
from services.registration.draft_evidence import attach_all, must_be_ready
from services.registration.edition import EDITION
from services.registration.edition_state import published
from services.registration.evidence_api import EvidenceBody
from services.registration.innovation import INNOVATION
from services.registration.rows import utc
from shared.eventlog import RequestReused
from shared.events.registration import Form, Initiator, Kind, Stage, Theme
from shared.parts import Parts
from shared.refusals import ChangedMeanwhile, Invalid, Refused, Unknown
from shared.rulebook import Rulebook
from shared.security import Principal
from shared.web.asking import Asked, PartsHere, SignedIn, named_version, version_named
from shared.web.paging import Limit, page

router = APIRouter(tags=["drafts"])
DraftId = Annotated[UUID, InPath()]


class RecordSoFar(Body):
    """The fields of the national reporting form, as far as they are filled in."""

    name: Line | None = None
    stage: Stage | None = None
    initiator: Initiator | None = None
    type: Kind | None = None
    form: Form | None = None
    theme: Theme | None = None
    main_affair: Line | None = None
    other_affairs: tuple[Line, ...] = Field((), max_length=40)
    trial_date: date | None = None
    implementation_date: date | None = None
    design: Design | None = None
    purpose: Prose | None = None
    benefit: Prose | None = None
    result: Prose | None = None


class DraftBody(Body):
    institution: Code
    record: RecordSoFar = RecordSoFar()
    pic: PersonOrNone = ""
    external_reference: Line = ""
    on_behalf_of: OnBehalf | None = None
    evidence: tuple[EvidenceBody, ...] = Field((), max_length=100, description="Attached when the draft is submitted")


class Missing(BaseModel):
    """What a field still lacks, in plain words."""

    field: str
    en: str
    id: str


class DraftShown(BaseModel):
    draft: str
    edition: str
    version: int
    """The ETag's number."""
    submitted: bool
    """It is an innovation now, of the same ID."""
    content: DraftBody
    missing: list[Missing]


class DraftDropped(BaseModel):
    draft: str


@router.post("/editions/{edition}/drafts", status_code=201)
async def begin_draft(edition: EditionId, body: DraftBody, asked: Asked, response: Response) -> DraftShown:
    """Save a draft, complete or not, at any time before the edition ends. Whoever may enter for its institution."""
    asked.principal.must_hold(edition, *ENTERS, institution=body.institution, scope=WRITES)
    rulebook = await _rulebook(asked.parts, edition)
    await must_be_ready(asked.parts, asked.principal, body.evidence, (), rulebook)
    now = utc(asked.parts.event_log.now())
    row = {
        "draft": asked.new_id(),
        "edition": edition,
        "institution": body.institution,
        "owner": asked.principal.id,
        "begun_with": asked.body,
        "version": 1,
        "content": body.model_dump_json(),
        "created": now,
        "changed": now,
        "submitted": False,
    }
    there = await asked.parts.database.write(drafts.begin(row))
    if there["begun_with"] != asked.body:
        raise RequestReused
    response.headers["ETag"] = '"1"'
    return _shown(row, rulebook)


@router.get("/editions/{edition}/drafts")
async def list_drafts(
    request: Request,
    response: Response,
    edition: EditionId,
    parts: PartsHere,
    principal: SignedIn,
    after: str = "",
    limit: Limit = 100,
) -> list[DraftShown]:
    """Drafts of the institutions that one may enter for; the committee sees all."""
    grant = principal.must_hold(edition, *ENTERS, scope=WRITES)
    everything = grant.role == "committee" or (grant.role == "service" and not grant.institutions)
    held = tuple(code for g in principal.grants if g.edition == edition and g.role in ENTERS for code in g.institutions)
    rulebook = await _rulebook(parts, edition)
    seen = drafts.listed(edition, None if everything else held, principal.id, after, limit + 1)
    rows = page(request, response, await parts.database.read(seen), limit, lambda row: row["draft"])
    return [_shown(row, rulebook) for row in rows]


@router.get("/editions/{edition}/drafts/{draft}")
async def show_draft(
    edition: EditionId, draft: DraftId, parts: PartsHere, principal: SignedIn, response: Response
) -> DraftShown:
    """One draft and what it lacks. Its ETag is what an edit sends as `If-Match`."""
    row = await _row(parts, principal, edition, draft)
    response.headers["ETag"] = f'"{row["version"]}"'
    return _shown(row, await _rulebook(parts, edition))


@router.put("/editions/{edition}/drafts/{draft}", dependencies=[Depends(version_named)])
async def change_draft(
    request: Request,
    edition: EditionId,
    draft: DraftId,
    body: DraftBody,
    parts: PartsHere,
    principal: SignedIn,
    response: Response,
) -> DraftShown:
    """Put this in the place of the version that `If-Match` names."""
    now = await save(parts, principal, edition, draft, body, named_version(request))
    response.headers["ETag"] = f'"{now.version}"'
    return now


async def save(
    parts: Parts, principal: Principal, edition: str, draft: UUID, body: DraftBody, version: int | None
) -> DraftShown:
    """Put this in the place of that version (None: whichever stands). Raises ChangedMeanwhile, and Refused once it is submitted."""
    row = await _row(parts, principal, edition, draft)
    principal.must_hold(edition, *ENTERS, institution=body.institution, scope=WRITES)
    rulebook = await _rulebook(parts, edition)
    if row["submitted"]:
        raise _submitted_already()
    standing = DraftBody.model_validate_json(row["content"]).evidence
    await must_be_ready(parts, principal, body.evidence, standing, rulebook)
    content, at = body.model_dump_json(), utc(parts.event_log.now())
    values = {"institution": body.institution, "content": content, "changed": at}
    if not await parts.database.write(drafts.change(str(draft), version, values)):
        raise await _changed_meanwhile(parts, principal, edition, draft)
    return _shown(await _row(parts, principal, edition, draft), rulebook)


@router.delete("/editions/{edition}/drafts/{draft}", dependencies=[Depends(version_named)])
async def drop_draft(
    request: Request, edition: EditionId, draft: DraftId, parts: PartsHere, principal: SignedIn
) -> DraftDropped:
    """Throw away the version that `If-Match` names."""
    return await throw_away(parts, principal, edition, draft, named_version(request))


async def throw_away(parts: Parts, principal: Principal, edition: str, draft: UUID, version: int | None) -> DraftDropped:
    """Raises ChangedMeanwhile."""
    await _row(parts, principal, edition, draft)
    if not await parts.database.write(drafts.drop(str(draft), version)):
        raise await _changed_meanwhile(parts, principal, edition, draft)
    return DraftDropped(draft=str(draft))


@router.post("/editions/{edition}/drafts/{draft}/submission", status_code=201)
async def submit_draft(edition: EditionId, draft: DraftId, body: NothingMore, asked: Asked) -> Receipt:
    """Submit it as an innovation of the same ID, once nothing is missing and while registration is open; then attach its evidence.
    The position is the submission's."""
    parts = asked.parts
    row = await _row(parts, asked.principal, edition, draft)
    content = DraftBody.model_validate_json(row["content"])
    rulebook = await _rulebook(parts, edition)
    if lacking := list(drafts.missing(content.record.__dict__, rulebook)):
        raise Invalid("; ".join(en for _, en, _ in lacking), "; ".join(id for _, _, id in lacking))
    await must_be_ready(parts, asked.principal, content.evidence, content.evidence, rulebook)
    submission = SubmissionBody.model_validate(content.model_dump(exclude={"evidence"}))
    receipt = await submit(edition, submission, asked, INNOVATION(str(draft)), str(draft))
    await parts.database.write(drafts.mark_submitted(str(draft)))
    await attach_all(asked, draft, content.evidence)
    return receipt


def _shown(row: Mapping[str, Any], rulebook: Rulebook) -> DraftShown:
    content = DraftBody.model_validate_json(row["content"])
    return DraftShown(
        draft=row["draft"],
        edition=row["edition"],
        version=row["version"],
        submitted=bool(row["submitted"]),
        content=content,
        missing=[Missing(field=f, en=en, id=id) for f, en, id in drafts.missing(content.record.__dict__, rulebook)],
    )


async def _rulebook(parts: Parts, edition: str) -> Rulebook:
    """Raises Refused where nothing can be done in the edition."""
    return published((await parts.desk.state(EDITION(edition)))[0])


async def _row(parts: Parts, principal: Principal, edition: str, draft: UUID) -> Mapping[str, Any]:
    """Raises Unknown, and Forbidden to those who may not enter for its institution."""
    principal.must_hold(edition, *ENTERS, scope=WRITES)
    row = await parts.database.read(drafts.of(str(draft), edition))
    if row is None:
        raise Unknown(
            f"there is no draft {draft}; GET /v1/editions/{edition}/drafts lists them",
            f"tidak ada draf {draft}; lihat daftarnya di GET /v1/editions/{edition}/drafts",
        )
    if row["owner"] != principal.id:
        principal.must_hold(edition, *ENTERS, institution=row["institution"], scope=WRITES)
    return row


async def _changed_meanwhile(parts: Parts, principal: Principal, edition: str, draft: UUID) -> Exception:
    row = await _row(parts, principal, edition, draft)
    return _submitted_already() if row["submitted"] else ChangedMeanwhile(f"draft/{draft}", row["version"])


def _submitted_already() -> Refused:
    return Refused(
        "this draft is submitted; revise the innovation of the same ID", "draf ini sudah diajukan; perbaiki inovasi ber-ID sama"
    )
