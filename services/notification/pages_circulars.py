"""Circulars on pages: institutions read and acknowledge, the committee sees who has not."""

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from services.notification import pages_read, people
from services.notification.circular import MOST_ROUNDS
from services.notification.circular_bodies import AcknowledgementBody, ConfirmationBody
from services.notification.circular_files_api import fetch_circular
from services.notification.circulars_api import acknowledge_circular, circular_for, circulars_seen_by, confirm_acknowledgement
from shared.refusals import Refused, Unknown
from shared.web.pages import Member, PageRouter, Visit
from shared.web.paging import LARGEST

pages = PageRouter()

Edition = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$")]
Before = Annotated[int, Query(ge=0, le=LARGEST)]
ROWS = 25


@pages.get("/e/{edition}/circulars")
async def circulars_page(visit: Member, edition: Edition, after: Before = 0) -> Response:
    seen = circulars_seen_by(visit.me, edition)
    rows = await visit.parts.database.read(pages_read.circulars(edition, seen, after, ROWS + 1))
    return await visit.render(
        "pages/circulars.html",
        circulars=rows[:ROWS],
        first=not after,
        next=str(rows[ROWS - 1]["position"]) if len(rows) > ROWS else "",
        own=seen is not None,
        issues=visit.me.holds("committee", edition) is not None,
    )


@pages.get("/e/{edition}/circulars/{id}")
async def circular_page(visit: Member, edition: Edition, id: Id) -> Response:
    return await _circular(visit, edition, id)


@pages.get("/e/{edition}/circulars/{id}/file")
async def circular_file(request: Request, visit: Member, edition: Edition, id: Id) -> Response:
    """The signed document, as the API hands it out."""
    await found(visit, edition, id)
    return await fetch_circular(id, request, visit.parts, visit.me)


@pages.post("/e/{edition}/circulars/{id}/acknowledgement")
async def acknowledge(visit: Member, edition: Edition, id: Id) -> Response:
    try:
        await acknowledge_circular(id, visit.form.read(AcknowledgementBody), visit.asked())
    except Refused as refused:
        return await _circular(visit, edition, id, refused)
    said = visit._("Thank you. It is on record that the circular was received.")
    return await visit.go(f"/notification/e/{edition}/circulars/{id}", said)


@pages.post("/e/{edition}/circulars/{id}/confirmation")
async def confirm(visit: Member, edition: Edition, id: Id) -> Response:
    """An acknowledgement that the committee entered from one's own paper."""
    try:
        await confirm_acknowledgement(id, visit.form.read(ConfirmationBody), visit.asked())
    except Refused as refused:
        return await _circular(visit, edition, id, refused)
    return await visit.go(f"/notification/e/{edition}/circulars/{id}", visit._("Thank you. Your confirmation is on record."))


async def found(visit: Visit, edition: str, id: str) -> tuple[Any, list[dict[str, Any]]]:
    """The circular and its addressees by name, as the visitor may see them. Raises Unknown."""
    row, addressees = await circular_for(visit.request, visit.me, id)
    if row["edition"] != edition:
        raise Unknown(f"{edition} has no such circular", f"{edition} tidak memiliki surat edaran ini")
    names = await visit.parts.database.read(lambda c: people.names(c, edition))
    shown = [{**one, "name": names.get(one["institution"], one["institution"])} for one in addressees]
    return row, sorted(shown, key=lambda one: (bool(one["at"]), one["name"]))


async def _circular(visit: Visit, edition: str, id: str, refused: Refused | None = None) -> Response:
    row, addressees = await found(visit, edition, id)
    me = visit.me
    acts_for = {code for role in ("head", "operator") if (grant := me.holds(role, edition)) for code in grant.institutions}
    return await visit.render(
        "pages/circular.html",
        status=409 if refused else 200,
        refused=refused,
        circular=row,
        addressees=addressees,
        acts_for=acts_for,
        committee=me.holds("committee", edition) is not None,
        sees_all=circulars_seen_by(me, edition) is None,
        most_rounds=MOST_ROUNDS,
        now=visit.parts.event_log.now().isoformat(),
    )
