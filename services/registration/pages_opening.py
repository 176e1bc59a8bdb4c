"""Opening an edition from its folder: the two files are uploaded, every fault is listed by file and line, or the edition opens."""

import tempfile
from pathlib import Path

import msgspec
from fastapi import Response

from services.registration.api import enrol_institution, open_edition
from services.registration.bodies import EnrolmentBody
from services.registration.bodies_editions import OpeningBody
from services.registration.edition_faults import Fault, FaultyEdition
from services.registration.edition_folder import ROSTER_FILE, RULEBOOK_FILE, Edition, read_edition
from shared.refusals import Forbidden, Refused
from shared.security import Principal
from shared.web.pages import Member, PageRouter, Visit

pages = PageRouter()

AT_MOST = 2 << 20


@pages.get("/opening")
async def opening_page(visit: Member) -> Response:
    _must_open(visit)
    return await _page(visit)


@pages.post("/opening", at_most=AT_MOST)
async def open_from_folder(visit: Member) -> Response:
    """Check the files; where they are sound and that button was pressed, open the edition and enrol its institutions."""
    _must_open(visit)
    try:
        found = await _read(visit)
    except FaultyEdition as faulty:
        return await _page(visit, faults=faulty.faults, status=422)
    except Refused as refused:
        return await _page(visit, refused=refused, status=409)
    if visit.form["do"] != "open":
        return await _page(visit, found=found)
    rulebook = found.rulebook
    try:
        await open_edition(OpeningBody(rulebook=msgspec.to_builtins(rulebook)), visit.asked("edition"))
        for one in found.roster:
            body = EnrolmentBody(code=one.code, kind=one.kind, name=one.name, abbreviation=one.abbreviation, parent=one.parent)
            await enrol_institution(rulebook.edition, body, visit.asked(f"institution {one.code}"))
    except Refused as refused:
        return await _page(visit, found=found, refused=refused, status=409)
    return await visit.go(f"/registration/e/{rulebook.edition}/committee", visit._("The edition is open."))


def may_open(principal: Principal | None) -> bool:
    """The committee of whichever edition, and administrators, who may check the files; the rules name the edition to be opened."""
    return principal is not None and any(grant.role in ("committee", "administrator") for grant in principal.grants)


def _must_open(visit: Visit) -> None:
    if not may_open(visit.me):
        raise Forbidden(
            "opening an edition needs the role committee in it; an administrator grants it",
            "membuka gelaran memerlukan peran panitia pada gelaran itu; administrator yang memberikannya",
        )


async def _read(visit: Visit) -> Edition:
    """The folder as it was uploaded. A file that was left out is as missing from a folder."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        for name in (RULEBOOK_FILE, ROSTER_FILE):
            if file := visit.form.files.get(name):
                (folder / name).write_bytes(await file.read())
        return read_edition(folder)


async def _page(
    visit: Visit,
    *,
    found: Edition | None = None,
    faults: tuple[Fault, ...] = (),
    refused: Refused | None = None,
    status: int = 200,
) -> Response:
    return await visit.render("committee/opening.html", status=status, refused=refused, found=found, faults=faults)
