"""The committee issues a circular, with its signed document, and enters what institutions acknowledge on paper."""

import hashlib
from collections.abc import AsyncIterator

from fastapi import Response
from starlette.datastructures import UploadFile

from services.notification import pages_read, people
from services.notification.circular_bodies import AcknowledgementBody, CircularBody, CircularFile, OnBehalf
from services.notification.circular_files import files_of
from services.notification.circulars_api import acknowledge_circular, issue_circular
from services.notification.pages_circulars import Edition, Id, found
from services.notification.vault import Vault
from shared.refusals import Invalid, Refused, Unknown
from shared.stored_files import LARGEST, TooLong, WrongKind
from shared.web.pages import Member, PageRouter, Visit

pages = PageRouter()

AT_MOST = 3 * LARGEST
"""Bytes of a form. More than a document may have: so one that is too large is refused beside what else was typed."""
PIECE = 1 << 16


@pages.get("/e/{edition}/circulars/new")
async def new_page(visit: Member, edition: Edition) -> Response:
    visit.me.must_hold(edition, "committee")
    return await _new(visit, edition)


@pages.post("/e/{edition}/circulars/new", at_most=AT_MOST)
async def issue(visit: Member, edition: Edition) -> Response:
    visit.me.must_hold(edition, "committee")
    kept: CircularFile | None = None
    try:
        kept = await _document(visit)
        body = visit.form.read(CircularBody, file=kept)
        issued = await issue_circular(edition, body, visit.asked())
    except Refused as refused:
        return await _new(visit, edition, refused, kept)
    said = visit._("The circular is issued; everybody who answers for its institutions is told.")
    return await visit.go(f"/notification/e/{edition}/circulars/{issued.id}", said)


@pages.get("/e/{edition}/circulars/{id}/paper/{institution}")
async def paper_page(visit: Member, edition: Edition, id: Id, institution: str) -> Response:
    visit.me.must_hold(edition, "committee")
    return await _paper(visit, edition, id, institution)


@pages.post("/e/{edition}/circulars/{id}/paper/{institution}", at_most=AT_MOST)
async def enter_paper(visit: Member, edition: Edition, id: Id, institution: str) -> Response:
    visit.me.must_hold(edition, "committee")
    try:
        document = await _document(visit)
        if document is None:
            visit.form.faults["file"] = visit._("The scan of the signed paper.")
            raise Invalid("add the scan of the paper that was signed", "sertakan pindaian lembar yang ditandatangani")
        paper = visit.form.read(OnBehalf, scan_digest=document.digest)
        await acknowledge_circular(id, AcknowledgementBody(institution=institution, on_behalf_of=paper), visit.asked())
    except Refused as refused:
        return await _paper(visit, edition, id, institution, refused)
    said = visit._("It is on record. Who signed it is asked to confirm it.")
    return await visit.go(f"/notification/e/{edition}/circulars/{id}", said)


async def _document(visit: Visit) -> CircularFile | None:
    """What is uploaded now, else what lies here from the sending before. Raises Invalid."""
    sent = visit.form.files.get("file")
    if sent is None:
        digest, name = visit.form["file_digest"], visit.form["file_name"]
        there = await files_of(visit.parts).find(digest) if len(digest) == 64 and digest.isalnum() else None
        return CircularFile(digest=there.sha256, name=name[:200] or there.sha256) if there else None
    hashed = hashlib.sha256()
    async for piece in _pieces(sent):
        hashed.update(piece)
    await sent.seek(0)
    try:
        stored = await files_of(visit.parts).take_in(_pieces(sent), hashed.hexdigest())
    except TooLong:
        visit.form.faults["file"] = visit._("At most 10 MB.")
        raise Invalid(
            "the document is larger than 10 MB; scan it with less detail", "dokumen lebih dari 10 MB; perkecil dahulu"
        ) from None
    except WrongKind:
        visit.form.faults["file"] = visit._("A PDF, PNG or JPEG file.")
        raise Invalid(
            "this is neither a PDF nor a PNG or JPEG file; save the document as one of these and send it again",
            "ini bukan berkas PDF, PNG, atau JPEG; simpan dokumen dalam salah satu bentuk itu lalu kirim kembali",
        ) from None
    return CircularFile(digest=stored.sha256, name=(sent.filename or stored.sha256)[-200:])


async def _pieces(sent: UploadFile) -> AsyncIterator[bytes]:
    while piece := await sent.read(PIECE):
        yield piece


async def _new(visit: Visit, edition: str, refused: Refused | None = None, kept: CircularFile | None = None) -> Response:
    return await visit.render(
        "pages/circular_new.html",
        status=409 if refused else 200,
        refused=refused,
        rules=await visit.rules(),
        institutions=await visit.parts.database.read(pages_read.institutions(edition)),
        kept=kept,
        today=visit.parts.event_log.now().date().isoformat(),
    )


async def _paper(visit: Visit, edition: str, id: str, institution: str, refused: Refused | None = None) -> Response:
    circular, addressees = await found(visit, edition, id)
    one = next((each for each in addressees if each["institution"] == institution), None)
    if one is None:
        raise Unknown("it is not addressed to this institution", "surat ini tidak ditujukan kepada instansi tersebut")
    return await visit.render(
        "pages/circular_paper.html",
        status=409 if refused else 200,
        refused=refused,
        circular=circular,
        one=one,
        signers=await _signers(visit, edition, institution),
    )


async def _signers(visit: Visit, edition: str, institution: str) -> list[tuple[str, str]]:
    """Who may have signed for the institution: its head and operators, with the names that the vault has of them just now."""
    rows = await visit.parts.database.read(lambda c: people.offices(c, edition, [institution]))
    vault = visit.parts.own.get("vault")
    persons = [str(row.person) for row in rows]
    if not isinstance(vault, Vault):
        return [(person, person) for person in persons]
    known = await vault.all_known(persons)
    return [(person, one.name if one else person) for person, one in zip(persons, known, strict=True)]
