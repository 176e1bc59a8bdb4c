"""The desk of an institution: what it owes and by when, its innovations, and what to do next."""

from uuid import UUID

from fastapi import Response
from fastapi.responses import RedirectResponse

from services.registration.api_vouching import endorse_innovation
from services.registration.bodies_innovations import EndorsementBody
from services.registration.our_desk import desk, next_step
from services.registration.our_place import held, place
from shared.refusals import ChangedMeanwhile, Invalid, Refused, Unknown
from shared.web.pages import Member, PageRouter, Visit
from shared.web.pages.visit import HEADERS

pages = PageRouter()


@pages.get("/e/{edition}/our")
async def which(visit: Member, edition: str, institution: str = "") -> Response:
    """To the desk that was chosen, or to the first of those that he has."""
    await visit.rules()
    visit.me.must_hold(edition, "head", "operator")
    codes = [code for code, _ in await held(visit, edition)]
    if not codes:
        raise Unknown(
            "none of your institutions is enrolled in this edition; the committee enrols them",
            "belum ada instansi Anda yang terdaftar pada gelaran ini; panitia yang mendaftarkannya",
        )
    chosen = institution if institution in codes else codes[0]
    return RedirectResponse(f"/registration/e/{edition}/our/{chosen}", 303, headers=HEADERS)


@pages.get("/e/{edition}/our/{institution}")
async def our_desk(visit: Member, edition: str, institution: str) -> Response:
    return await _shown(visit, edition, institution)


@pages.post("/e/{edition}/our/{institution}/endorsements")
async def endorse_several(visit: Member, edition: str, institution: str) -> Response:
    """Each that was chosen, as it was read: by its digest."""
    here = await place(visit, edition, institution)
    chosen = [one.partition(":") for one in visit.form.all("innovation")]
    try:
        if not chosen:
            raise Invalid("choose what you endorse", "pilih inovasi yang Anda sahkan")
        for id, _, digest in chosen:
            await endorse_innovation(_uuid(id), EndorsementBody(digest=digest), visit.asked(id))
    except (Refused, ChangedMeanwhile, ValueError) as refused:
        return await _shown(visit, edition, institution, refused)
    many = visit.words.ngettext("%(num)s innovation is endorsed.", "%(num)s innovations are endorsed.", len(chosen))
    return await visit.go(here.address, many % {"num": len(chosen)})


def _uuid(id: str) -> UUID:
    """Raises Invalid."""
    try:
        return UUID(id)
    except ValueError as error:
        raise Invalid("choose from the list", "pilih dari daftar") from error


async def _shown(visit: Visit, edition: str, institution: str, refused: Exception | None = None) -> Response:
    here = await place(visit, edition, institution)
    on_it = await desk(visit.parts, here, visit.me.id)
    mine = [one for one in on_it.innovations if _asks_me(visit, one.row)]
    if refused is not None and not isinstance(refused, Refused):
        refused = Invalid("something has changed meanwhile; look again", "ada yang berubah; periksa kembali")
    return await visit.render(
        "our/desk.html",
        status=409 if refused else 200,
        refused=refused,
        here=here,
        desk=on_it,
        next=next_step(visit, here, on_it),
        mine=mine,
    )


def _asks_me(visit: Visit, row: object) -> bool:
    """Whether he is named as its PIC, or it was entered on his behalf, and he has not said yes yet."""
    person = visit.me.person
    named = getattr(row, "pic", "") == person and not getattr(row, "pic_accepted", True)
    behalf = getattr(row, "accountable", "") == person and not getattr(row, "confirmed", True)
    return not getattr(row, "withdrawn", False) and (named or behalf)
