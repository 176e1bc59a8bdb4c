"""The form of an innovation, step by step, as a draft: saved on every step and while it is written, submitted when nothing is missing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import Response
from fastapi.responses import JSONResponse, RedirectResponse

from services.registration.api_drafts import (
    DraftBody,
    DraftShown,
    RecordSoFar,
    begin_draft,
    save,
    show_draft,
    submit_draft,
    throw_away,
)
from services.registration.bodies_innovations import NothingMore
from services.registration.our_place import Place, place
from services.registration.our_words import AFFAIRS, CHOICES, FIELD_NAMES, FIELDS_OF, STEPS, in_words, known_affair, step_of
from shared.refusals import ChangedMeanwhile, Invalid, Refused, Unknown
from shared.web.pages import Member, PageRouter, Visit
from shared.web.pages.visit import HEADERS

pages = PageRouter()

AUTOSAVE = "makmal-autosave"
"""Header of what the page's script saves while somebody writes."""
WORDS: dict[str, Any] = {
    "choices": CHOICES,
    "affairs": AFFAIRS,
    "field_names": FIELD_NAMES,
    "known_affair": known_affair,
    "in_words": in_words,
    "steps": STEPS,
}


@pages.get("/e/{edition}/our/{institution}/new")
async def new(visit: Member, edition: str, institution: str) -> Response:
    return await visit.render("our/new.html", here=await place(visit, edition, institution))


@pages.post("/e/{edition}/our/{institution}/new")
async def begin(visit: Member, edition: str, institution: str) -> Response:
    here = await place(visit, edition, institution)
    try:
        record = visit.form.read(RecordSoFar)
        if not record.name:
            visit.form.faults["name"] = visit._("Give it a name; you can still change it.")
            raise Invalid("give the innovation a name", "beri nama inovasinya")
        draft = await begin_draft(edition, DraftBody(institution=institution, record=record), visit.asked(), Response())
    except Refused as refused:
        return await visit.render("our/new.html", status=409, refused=refused, here=here)
    return await visit.go(f"{here.address}/drafts/{draft.draft}/identity")


@pages.get("/e/{edition}/our/{institution}/drafts/{draft}")
async def to_the_form(visit: Member, edition: str, institution: str, draft: UUID) -> Response:
    return RedirectResponse(f"/registration/e/{edition}/our/{institution}/drafts/{draft}/identity", 303, headers=HEADERS)


@pages.get("/e/{edition}/our/{institution}/drafts/{draft}/{step}")
async def show_step(visit: Member, edition: str, institution: str, draft: UUID, step: str) -> Response:
    here = await place(visit, edition, institution)
    shown = await draft_of(visit, here, draft)
    if shown.submitted:
        return RedirectResponse(f"{here.address}/innovations/{draft}", 303, headers=HEADERS)
    return await _step(visit, here, shown, step)


@pages.post("/e/{edition}/our/{institution}/drafts/{draft}/submission")
async def submit(visit: Member, edition: str, institution: str, draft: UUID) -> Response:
    """Sent twice it is recorded once: under the form's own key."""
    here = await place(visit, edition, institution)
    shown = await draft_of(visit, here, draft)
    at = f"{here.address}/innovations/{draft}"
    try:
        receipt = await submit_draft(edition, draft, NothingMore(), visit.asked())
    except Refused as refused:
        if shown.submitted or (await draft_of(visit, here, draft)).submitted:
            return await visit.go(at, visit.say(refused))
        return await _step(visit, here, shown, "review", refused)
    said = visit._("Submitted. The receipt has the number %(position)s.", position=visit.words.number(receipt.position))
    return await visit.go(at, said)


@pages.post("/e/{edition}/our/{institution}/drafts/{draft}/dropping")
async def drop(visit: Member, edition: str, institution: str, draft: UUID) -> Response:
    here = await place(visit, edition, institution)
    shown = await draft_of(visit, here, draft)
    try:
        await throw_away(visit.parts, visit.me, edition, draft, visit.asked().if_match)
    except ChangedMeanwhile:
        return await _step(visit, here, shown, "review", changed_elsewhere())
    return await visit.go(here.address, visit._("The draft is thrown away."))


@pages.post("/e/{edition}/our/{institution}/drafts/{draft}/{step}")
async def save_step(visit: Member, edition: str, institution: str, draft: UUID, step: str) -> Response:
    """By the button, which goes on to the next step; or by the page's script while somebody writes, which is told the version."""
    here = await place(visit, edition, institution)
    shown = await draft_of(visit, here, draft)
    by_itself = AUTOSAVE in visit.request.headers
    try:
        changed = shown.content.model_copy(update={"record": _record(visit, shown, step)})
        saved = await save(visit.parts, visit.me, edition, draft, changed, visit.asked().if_match)
    except (Refused, ChangedMeanwhile) as error:
        refused = error if isinstance(error, Refused) else changed_elsewhere()
        if by_itself:
            return JSONResponse({"state": visit.say(refused)}, 409, headers=HEADERS)
        if shown.submitted:
            return await visit.go(f"{here.address}/innovations/{draft}", visit.say(refused))
        return await _step(visit, here, shown, step, refused)
    if by_itself:
        clock = visit.words.clock(visit.parts.event_log.now())[:5]
        said = visit._("Saved %(clock)s", clock=clock)
        return JSONResponse({"state": said, "version": saved.version}, headers=HEADERS)
    match visit.form["_go"]:
        case "desk":
            return await visit.go(here.address, visit._("The draft is saved."))
        case "back" if step != STEPS[0]:
            return await visit.go(f"{here.address}/drafts/{draft}/{STEPS[STEPS.index(step) - 1]}")
    return await visit.go(f"{here.address}/drafts/{draft}/{STEPS[STEPS.index(step) + 1]}")


async def draft_of(visit: Visit, here: Place, draft: UUID) -> DraftShown:
    """Raises Unknown."""
    shown = await show_draft(here.edition, draft, visit.parts, visit.me, Response())
    if shown.content.institution != here.institution:
        raise Unknown("this draft is another institution's", "draf ini milik instansi lain")
    return shown


def _record(visit: Visit, shown: DraftShown, step: str) -> RecordSoFar:
    """The draft's record with what this step's fields say now. Raises Invalid, and Unknown for a step that has no fields."""
    if step not in FIELDS_OF:
        raise Unknown(f"the form has no step {step}", f"formulir tidak memiliki langkah {step}")
    kept = {f: v for f, v in shown.content.record.__dict__.items() if f not in FIELDS_OF[step] and v is not None}
    return visit.form.read(RecordSoFar, **kept)


async def _step(
    visit: Visit, here: Place, shown: DraftShown, step: str, refused: Refused | None = None, **more: Any
) -> Response:
    if step not in STEPS:
        raise Unknown(f"the form has no step {step}", f"formulir tidak memiliki langkah {step}")
    missing: Mapping[str, list[Refused]] = {name: [] for name in STEPS}
    for lack in shown.missing:
        missing[step_of(lack.field)].append(Refused(lack.en, lack.id))
    return await visit.render(
        f"our/{'review' if step == 'review' else 'prepared' if step == 'evidence' else 'step'}.html",
        status=409 if refused else 200,
        refused=refused,
        here=here,
        draft=shown,
        record=shown.content.record,
        step=step,
        at=f"{here.address}/drafts/{shown.draft}",
        missing=missing,
        **WORDS,
        **more,
    )


def changed_elsewhere() -> Refused:
    return Refused(
        "this draft was changed elsewhere meanwhile. What you typed stands here; send it again to put it in the place of the other",
        "draf ini sementara itu diubah di tempat lain. Ketikan Anda tetap ada di sini; kirim lagi untuk menggantikan yang lain",
    )
