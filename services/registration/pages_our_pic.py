"""Who is in charge of an innovation, its PIC: named by the institution, accepted by himself; and what somebody answers for himself.

No page here names a person: registration knows people by their IDs. Whoever is in charge of another innovation already is offered as
"the same as for …"; somebody new is entered in identity by name and address, and only his ID comes back.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import Response
from msgspec import Struct
from pydantic import StringConstraints

from services.registration import listings
from services.registration.api_innovations import name_pic, no_innovation
from services.registration.api_vouching import accept_pic, confirm_submission
from services.registration.bodies import Body, Line, PicBody, Reason
from services.registration.bodies_innovations import NothingMore
from services.registration.our_history import happenings
from services.registration.our_place import Place, our_innovation, place
from services.registration.our_words import FIELD_NAMES, in_words
from services.registration.pages_our_innovation import CHANGED
from shared.events.registration import InnovationRecord
from shared.refusals import ChangedMeanwhile, Invalid, Refused
from shared.web.pages import Member, PageRouter, Visit
from shared.web.pages.asking_identity import person_of

pages = PageRouter()

MOST = 500


class SomebodyNew(Body):
    person_name: Annotated[Line, StringConstraints(min_length=1)]
    person_email: Annotated[Line, StringConstraints(min_length=3, pattern=r"^[^\s<>@]+@[^\s<>@]+$")]


class Handover(Body):
    reason: Reason = ""


class Known(Struct, frozen=True):
    """Somebody who is in charge of other innovations of the institution."""

    innovation: str
    """One of them, by which he is chosen."""
    names: tuple[str, ...]
    """Of these innovations."""


@pages.get("/e/{edition}/our/{institution}/innovations/{innovation}/pic")
async def who(visit: Member, edition: str, institution: str, innovation: UUID) -> Response:
    here = await place(visit, edition, institution)
    return await _shown(visit, here, innovation)


@pages.post("/e/{edition}/our/{institution}/innovations/{innovation}/pic")
async def name(visit: Member, edition: str, institution: str, innovation: UUID) -> Response:
    """Appoint him, or hand over with a reason."""
    here = await place(visit, edition, institution)
    row = await our_innovation(visit, here, innovation)
    try:
        reason = visit.form.read(Handover).reason
        if row.pic and not reason:
            visit.form.faults["reason"] = visit._("Say why; it stands on record.")
            raise Invalid("give a reason for the handover", "tuliskan alasan penyerahannya")
        person = await _chosen(visit, here, row)
        await name_pic(innovation, PicBody(person=person, reason=reason), visit.asked())
    except (Refused, ChangedMeanwhile) as error:
        return await _shown(visit, here, innovation, error if isinstance(error, Refused) else CHANGED)
    mine = person == visit.me.person
    said = visit._("You are in charge now. Accept it below.") if mine else visit._("Named. A letter asks whether they accept.")
    address = f"/registration/e/{edition}/mine/{innovation}" if mine else f"{here.address}/innovations/{innovation}"
    return await visit.go(address, said)


async def _chosen(visit: Visit, here: Place, row: Any) -> str:
    """The person's ID. Raises Invalid, Refused."""
    match visit.form["who"].partition(":"):
        case ("me", _, _):
            return visit.me.person
        case ("same", _, innovation):
            known = next((k for k in await _known(visit, here, row) if k[0].innovation == innovation), None)
            if known:
                return known[1]
        case ("new", _, _):
            new = visit.form.read(SomebodyNew)
            return await person_of(visit, new.person_name, new.person_email)
    raise Invalid("choose who is in charge", "pilih siapa penanggung jawabnya")


async def _known(visit: Visit, here: Place, row: Any) -> list[tuple[Known, str]]:
    """With the person's ID. Those in charge of the institution's innovations, but the visitor and who is in charge of this one."""
    rows = await visit.parts.database.read(listings.innovations(here.edition, (here.institution,), "", "", 0, MOST))
    by_person: dict[str, list[Any]] = {}
    for one in rows:
        if one.pic and one.pic not in (visit.me.person, row.pic) and not one.withdrawn:
            by_person.setdefault(one.pic, []).append(one)
    return [(Known(found[0].innovation, tuple(o.name for o in found)), person) for person, found in by_person.items()]


async def _shown(visit: Visit, here: Place, innovation: UUID, refused: Refused | None = None) -> Response:
    row = await our_innovation(visit, here, innovation)
    history = [one for one in await happenings(visit.parts, str(innovation)) if one.what.startswith("Pic")]
    return await visit.render(
        "our/pic.html",
        status=409 if refused else 200,
        refused=refused,
        here=here,
        at=f"{here.address}/innovations/{innovation}",
        row=row,
        known=[one for one, _ in await _known(visit, here, row)],
        history=history,
    )


# -- what somebody answers for himself, whatever his roles


@pages.get("/e/{edition}/mine")
async def mine(visit: Member, edition: str) -> Response:
    await visit.rules()
    rows = await visit.parts.database.read(listings.innovations_of_person(visit.me.person, 0, MOST))
    return await visit.render("our/mine.html", rows=[row for row in rows if row.edition == edition])


@pages.get("/e/{edition}/mine/{innovation}")
async def mine_one(visit: Member, edition: str, innovation: UUID) -> Response:
    return await _mine(visit, edition, innovation)


@pages.post("/e/{edition}/mine/{innovation}/acceptance")
async def accept(visit: Member, edition: str, innovation: UUID) -> Response:
    async def act() -> str:
        await accept_pic(innovation, NothingMore(), visit.asked())
        return visit._("You have accepted to be in charge.")

    return await _answered(visit, edition, innovation, act)


@pages.post("/e/{edition}/mine/{innovation}/confirmation")
async def confirm(visit: Member, edition: str, innovation: UUID) -> Response:
    async def act() -> str:
        await confirm_submission(innovation, NothingMore(), visit.asked())
        return visit._("You have confirmed the submission.")

    return await _answered(visit, edition, innovation, act)


async def _answered(visit: Visit, edition: str, innovation: UUID, act: Callable[[], Awaitable[str]]) -> Response:
    try:
        said = await act()
    except (Refused, ChangedMeanwhile) as error:
        return await _mine(visit, edition, innovation, error if isinstance(error, Refused) else CHANGED)
    return await visit.go(f"/registration/e/{edition}/mine/{innovation}", said)


async def _mine(visit: Visit, edition: str, innovation: UUID, refused: Refused | None = None) -> Response:
    """Raises Unknown to who does not answer for it: he need not know that there is one."""
    row = await visit.parts.database.read(listings.innovation(str(innovation)))
    if row is None or row.edition != edition or visit.me.person not in (row.pic, row.accountable):
        raise no_innovation(innovation)
    return await visit.render(
        "our/mine_one.html",
        status=409 if refused else 200,
        refused=refused,
        row=row,
        record=msgspec.json.decode(row.record, type=InnovationRecord),
        in_words=in_words,
        field_names=FIELD_NAMES,
    )
