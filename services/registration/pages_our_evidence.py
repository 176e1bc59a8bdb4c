"""Evidence of an innovation, indicator by indicator: of one that is submitted, and of a draft, which has it ready."""

from typing import Any
from uuid import UUID

from fastapi import Request, Response
from msgspec import Struct

from services.registration.api_drafts import save
from services.registration.evidence_api import (
    ClaimBody,
    EvidenceBody,
    attach_evidence,
    fetch_evidence,
    files_of,
    replace_evidence,
)
from services.registration.our_files import MOST_SENT, TakenFile, taken_file
from services.registration.our_place import Place, our_innovation, place
from services.registration.pages_drafts import changed_elsewhere, draft_of
from shared.events.registration import EvidenceAttached, EvidenceReplaced
from shared.events.screening import EvidenceVerified
from shared.facts import EVIDENCE, VERIFICATION, claim_digest
from shared.refusals import ChangedMeanwhile, Invalid, Refused, Unknown
from shared.rulebook import Indicator, Rulebook
from shared.stored_files import LARGEST
from shared.web.pages import Member, PageRouter, Visit
from shared.web.stored_files import hand_out

pages = PageRouter()


class Line(Struct, frozen=True):
    """An indicator of the catalogue, what is claimed for it, and what screening found of that."""

    indicator: Indicator
    claim: EvidenceAttached | EvidenceReplaced | None
    verified: EvidenceVerified | None


async def lines(visit: Visit, rules: Rulebook, innovation: str) -> tuple[list[Line], int]:
    """Every indicator, and the version of the evidence. Empty in an edition without catalogue."""
    claims, version = await visit.parts.desk.state(EVIDENCE(innovation))
    found, _ = await visit.parts.desk.state(VERIFICATION(innovation))
    shown = []
    for indicator in rules.catalogue.indicators if rules.catalogue else ():
        claim, verified = claims.claims.get(indicator.number), found.found.get(indicator.number)
        counts = claim is not None and verified is not None and verified.claim == claim_digest(claim)
        shown.append(Line(indicator, claim, verified if counts else None))
    return shown, version


def indicator_of(rules: Rulebook, number: int) -> Indicator:
    """Raises Unknown."""
    if rules.catalogue is None:
        raise Unknown(
            "this edition takes no evidence; the innovation stands without", "gelaran ini tidak memerlukan data dukung"
        )
    indicator = rules.catalogue.indicator(number)
    if indicator is None:
        raise Unknown(f"there is no indicator {number}", f"tidak ada indikator {number}")
    return indicator


@pages.get("/e/{edition}/our/{institution}/innovations/{innovation}/evidence")
async def list_of_evidence(visit: Member, edition: str, institution: str, innovation: UUID) -> Response:
    here = await place(visit, edition, institution)
    row = await our_innovation(visit, here, innovation)
    shown, _ = await lines(visit, here.rules, str(innovation))
    at = f"{here.address}/innovations/{innovation}"
    return await visit.render("our/evidence.html", here=here, row=row, lines=shown, at=at)


@pages.get("/e/{edition}/our/{institution}/innovations/{innovation}/evidence/{number}")
async def show_evidence(visit: Member, edition: str, institution: str, innovation: UUID, number: int) -> Response:
    here = await place(visit, edition, institution)
    row = await our_innovation(visit, here, innovation)
    return await _form(visit, here, f"{here.address}/innovations/{innovation}", row.name, number, str(innovation))


@pages.post("/e/{edition}/our/{institution}/innovations/{innovation}/evidence/{number}", at_most=MOST_SENT)
async def put_evidence(visit: Member, edition: str, institution: str, innovation: UUID, number: int) -> Response:
    """Attach it, or put it in the place of what stands."""
    here = await place(visit, edition, institution)
    row = await our_innovation(visit, here, innovation)
    at = f"{here.address}/innovations/{innovation}"
    claims, _ = await visit.parts.desk.state(EVIDENCE(str(innovation)))
    standing = claims.claims.get(number)
    file: TakenFile | None = None
    try:
        file = await taken_file(visit)
        sha256 = file.sha256 if file else standing.sha256 if standing else ""
        body = _claim(visit, number, sha256)
        if standing:
            claim = ClaimBody(**{name: getattr(body, name) for name in ClaimBody.model_fields})
            await replace_evidence(innovation, number, claim, visit.asked())
        else:
            await attach_evidence(innovation, body, visit.asked())
    except (Refused, ChangedMeanwhile) as error:
        refused = error if isinstance(error, Refused) else changed_elsewhere()
        return await _form(visit, here, at, row.name, number, str(innovation), refused, file)
    return await visit.go(f"{at}/evidence", visit._("The evidence for indicator %(number)s is attached.", number=number))


@pages.get("/e/{edition}/our/{institution}/innovations/{innovation}/files/{sha256}")
async def fetch(request: Request, visit: Member, edition: str, institution: str, innovation: UUID, sha256: str) -> Response:
    here = await place(visit, edition, institution)
    await our_innovation(visit, here, innovation)
    return await fetch_evidence(innovation, sha256, request, visit.parts, visit.me)


# -- of a draft


@pages.get("/e/{edition}/our/{institution}/drafts/{draft}/evidence/{number}")
async def show_prepared(visit: Member, edition: str, institution: str, draft: UUID, number: int) -> Response:
    here = await place(visit, edition, institution)
    return await _prepared(visit, here, draft, number)


@pages.post("/e/{edition}/our/{institution}/drafts/{draft}/evidence/{number}", at_most=MOST_SENT)
async def prepare(visit: Member, edition: str, institution: str, draft: UUID, number: int) -> Response:
    """Put it into the draft, with which it is submitted."""
    here = await place(visit, edition, institution)
    shown = await draft_of(visit, here, draft)
    others = tuple(claim for claim in shown.content.evidence if claim.indicator != number)
    standing = next((claim for claim in shown.content.evidence if claim.indicator == number), None)
    file: TakenFile | None = None
    try:
        file = await taken_file(visit)
        body = _claim(visit, number, file.sha256 if file else standing.sha256 if standing else "")
        evidence = tuple(sorted((*others, body), key=lambda claim: claim.indicator))
        content = shown.content.model_copy(update={"evidence": evidence})
        await save(visit.parts, visit.me, edition, draft, content, visit.asked().if_match)
    except (Refused, ChangedMeanwhile) as error:
        refused = error if isinstance(error, Refused) else changed_elsewhere()
        return await _prepared(visit, here, draft, number, refused, file)
    at = f"{here.address}/drafts/{draft}/evidence"
    return await visit.go(at, visit._("The evidence for indicator %(number)s is ready.", number=number))


@pages.post("/e/{edition}/our/{institution}/drafts/{draft}/evidence/{number}/removal")
async def remove(visit: Member, edition: str, institution: str, draft: UUID, number: int) -> Response:
    here = await place(visit, edition, institution)
    shown = await draft_of(visit, here, draft)
    kept = tuple(claim for claim in shown.content.evidence if claim.indicator != number)
    content = shown.content.model_copy(update={"evidence": kept})
    try:
        await save(visit.parts, visit.me, edition, draft, content, visit.asked().if_match)
    except (Refused, ChangedMeanwhile) as error:
        refused = error if isinstance(error, Refused) else changed_elsewhere()
        return await _prepared(visit, here, draft, number, refused)
    return await visit.go(f"{here.address}/drafts/{draft}/evidence", visit._("Taken out of the draft."))


@pages.get("/e/{edition}/our/{institution}/drafts/{draft}/files/{sha256}")
async def fetch_prepared(request: Request, visit: Member, edition: str, institution: str, draft: UUID, sha256: str) -> Response:
    here = await place(visit, edition, institution)
    shown = await draft_of(visit, here, draft)
    stored = await files_of(visit.parts).find(sha256)
    if stored is None or sha256 not in {claim.sha256 for claim in shown.content.evidence}:
        raise Unknown("the draft has no such file", "draf ini tidak memiliki berkas itu")
    return hand_out(request, files_of(visit.parts), sha256, stored.media_type)


def _claim(visit: Visit, number: int, sha256: str) -> EvidenceBody:
    """Raises Invalid."""
    if not sha256:
        visit.form.faults["file"] = visit._("Choose the document.")
    try:
        body = visit.form.read(EvidenceBody, indicator=number, sha256=sha256 or "0" * 64)
    finally:
        if not sha256:
            visit.form.faults["file"] = visit._("Choose the document.")
    if not sha256:
        raise Invalid("the document is missing; choose its file", "dokumennya belum ada; pilih berkasnya")
    return body


async def _prepared(
    visit: Visit, here: Place, draft: UUID, number: int, refused: Refused | None = None, file: TakenFile | None = None
) -> Response:
    shown = await draft_of(visit, here, draft)
    claim = next((claim for claim in shown.content.evidence if claim.indicator == number), None)
    at = f"{here.address}/drafts/{draft}"
    stored = await files_of(visit.parts).find(claim.sha256) if claim else None
    name = shown.content.record.name or ""
    return await _drawn(visit, here, at, name, number, claim, stored, shown.version, True, None, refused, file)


async def _form(
    visit: Visit,
    here: Place,
    at: str,
    name: str,
    number: int,
    innovation: str,
    refused: Refused | None = None,
    file: TakenFile | None = None,
) -> Response:
    shown, version = await lines(visit, here.rules, innovation)
    line = next((one for one in shown if one.indicator.number == number), None)
    claim, verified = (line.claim, line.verified) if line else (None, None)
    return await _drawn(visit, here, at, name, number, claim, claim, version if claim else "", False, verified, refused, file)


async def _drawn(
    visit: Visit,
    here: Place,
    at: str,
    name: str,
    number: int,
    claim: Any,
    stored: Any,
    version: int | str,
    of_draft: bool,
    verified: EvidenceVerified | None,
    refused: Refused | None,
    file: TakenFile | None,
) -> Response:
    return await visit.render(
        "our/evidence_one.html",
        status=409 if refused else 200,
        refused=refused,
        here=here,
        at=at,
        name=name,
        indicator=indicator_of(here.rules, number),
        claim=claim,
        stored=stored,
        version=version,
        of_draft=of_draft,
        verified=verified,
        file=file,
        largest=LARGEST,
    )
