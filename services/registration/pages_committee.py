"""The committee's dashboard: the whole edition at a glance, its calendar, and what can be granted to one institution."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from fastapi import Response

from services.registration import ledger, listings
from services.registration.api import close_registration, extend_deadline, reopen_registration
from services.registration.api_committee import permit_late_submission, waive_obligation
from services.registration.bodies import EditionId, InstitutionCode
from services.registration.bodies_committee import LateBody, WaiverBody
from services.registration.bodies_editions import ClosingBody, ExtensionBody
from shared.refusals import Invalid, Refused, Unknown
from shared.web.pages import Form, Member, PageRouter, Visit
from shared.web.pages.live import counted, happenings
from shared.web.pages.words import ZONE

pages = PageRouter()

ALL = 100_000
WHO = "committee", "auditor"
"""See the dashboard; an auditor changes nothing there."""


@pages.get("/e/{edition}/committee")
async def dashboard_page(visit: Member, edition: EditionId) -> Response:
    visit.me.must_hold(edition, *WHO)
    return await _dashboard(visit, edition)


@pages.get("/e/{edition}/committee/grid")
async def grid_piece(visit: Member, edition: EditionId) -> Response:
    """The obligation grid alone, drawn anew when something was recorded, and with it what else is counted here."""
    visit.me.must_hold(edition, *WHO)
    await counted(visit.request, visit.parts)
    return await _dashboard(visit, edition, block="grid")


@pages.get("/e/{edition}/live")
async def live(visit: Member, edition: EditionId) -> Response:
    """That something was recorded in registration, and where; for whoever has a role in the edition. To those who see the dashboard
    this one line tells of screening and judging too."""
    grant = visit.me.must_hold(edition, *WHO, "head", "operator", "screener", "chair")
    streams = ("registration", "screening", "judging") if grant.role in WHO else ("registration",)
    return happenings(visit.request, visit.parts, edition, streams)


@pages.post("/e/{edition}/committee/calendar")
async def change_calendar(visit: Member, edition: EditionId) -> Response:
    """Extend, close or open registration again, as the button says."""
    visit.me.must_hold(edition, "committee")
    try:
        decree = _decree(visit)
        match visit.form["do"]:
            case "extend":
                body = ExtensionBody(closes=_moment(visit, "closes"), reason=visit.form["reason"], decree=decree)
                await extend_deadline(edition, body, visit.asked())
                said = visit._("The deadline is extended; the institutions are told.")
            case "reopen":
                body = ExtensionBody(closes=_moment(visit, "closes"), reason=visit.form["reason"], decree=decree)
                await reopen_registration(edition, body, visit.asked())
                said = visit._("Registration is open again; the institutions are told.")
            case _:
                await close_registration(edition, ClosingBody(decree=decree), visit.asked())
                said = visit._("Registration is closed.")
    except Refused as refused:
        return await _dashboard(visit, edition, refused=refused)
    return await visit.go(f"/registration/e/{edition}/committee", said)


@pages.get("/e/{edition}/committee/institutions/{institution}")
async def institution_page(visit: Member, edition: EditionId, institution: InstitutionCode) -> Response:
    visit.me.must_hold(edition, *WHO)
    return await _institution(visit, edition, institution)


@pages.post("/e/{edition}/committee/institutions/{institution}/waiver")
async def waive(visit: Member, edition: EditionId, institution: InstitutionCode) -> Response:
    visit.me.must_hold(edition, "committee")

    async def act() -> object:
        body = WaiverBody(reason=visit.form["reason"], decree=_decree(visit))
        return await waive_obligation(edition, institution, body, visit.asked())

    return await _granted(visit, edition, institution, "waiver", act, visit._("The duty is waived, with the reason on record."))


@pages.post("/e/{edition}/committee/institutions/{institution}/late")
async def permit_late(visit: Member, edition: EditionId, institution: InstitutionCode) -> Response:
    visit.me.must_hold(edition, "committee")

    async def act() -> object:
        body = LateBody(until=_moment(visit, "until"), reason=visit.form["reason"], decree=_decree(visit))
        return await permit_late_submission(edition, institution, body, visit.asked())

    return await _granted(
        visit, edition, institution, "late", act, visit._("The institution may submit late, with the reason on record.")
    )


async def _granted(
    visit: Visit, edition: str, institution: str, what: str, act: Callable[[], Awaitable[object]], said: str
) -> Response:
    try:
        await act()
    except Refused as refused:
        return await _institution(visit, edition, institution, refused, what)
    return await visit.go(f"/registration/e/{edition}/committee/institutions/{institution}", said)


async def _dashboard(visit: Visit, edition: str, *, block: str = "", refused: Refused | None = None) -> Response:
    rules, facts = await visit.rules(), await visit.facts()
    asked = (
        ledger.obligations(edition, None, None, "", ALL),
        listings.institutions(edition, "", "", ALL),
        listings.innovations(edition, None, "", "", 0, ALL),
        listings.edition(edition),
    )
    duties, enrolled, innovations, row = await visit.parts.database.read(lambda c: [ask(c) for ask in asked])
    standing = [one for one in innovations if not one.withdrawn]
    owing = {duty.institution: duty for duty in duties}
    entered = Counter(one.institution for one in standing)
    cells = [_cell(one, owing.get(one.institution), entered[one.institution]) for one in enrolled if not one.carried_into]
    return await visit.render(
        "committee/dashboard.html",
        status=409 if refused else 200,
        block=block,
        refused=refused,
        rules=rules,
        facts=facts,
        row=row,
        now=visit.parts.event_log.now(),
        kinds=[(kind, [cell for cell in cells if cell["kind"] == kind.id]) for kind in rules.kinds],
        states=Counter(cell["state"] for cell in cells),
        decides=visit.me.holds("committee", edition) is not None,
        figures={
            "enrolled": len(cells),
            "owing": sum(cell["state"] != "free" for cell in cells),
            "submitted": len(standing),
            "without_pic": sum(not one.pic for one in standing),
            "not_endorsed": sum(not one.endorsed for one in standing) if rules.endorsement else 0,
            "withdrawn": len(innovations) - len(standing),
        },
    )


def _cell(one: Any, duty: Any, entered: int) -> dict[str, Any]:
    """One institution in the grid: `met`, `waived`, `owing`, or `free` of any duty."""
    state = "free" if duty is None else "waived" if duty.waived else "met" if duty.met else "owing"
    return {"code": one.institution, "name": one.name, "kind": one.kind, "state": state, "innovations": entered}


async def _institution(
    visit: Visit, edition: str, institution: str, refused: Refused | None = None, what: str = ""
) -> Response:
    """`what` was refused: its form shows what was typed, the other stays empty."""
    enrolled = await visit.parts.database.read(listings.institutions(edition, "", "", ALL))
    one = next((row for row in enrolled if row.institution == institution), None)
    if one is None:
        raise Unknown(f"{institution} does not take part here", f"{institution} tidak ikut serta di sini")
    duties = await visit.parts.database.read(ledger.obligations(edition, (institution,), None, "", ALL))
    innovations = await visit.parts.database.read(listings.innovations(edition, (institution,), "", "", 0, ALL))
    return await visit.render(
        "committee/institution.html",
        status=409 if refused else 200,
        refused=refused,
        forms={each: visit.form if each == what else Form() for each in ("late", "waiver")},
        decides=visit.me.holds("committee", edition) is not None,
        one=one,
        parent=next((row for row in enrolled if row.institution == one.parent), None),
        duty=next((duty for duty in duties if duty.institution == institution), None),
        innovations=innovations,
        rules=await visit.rules(),
        facts=await visit.facts(),
    )


def _decree(visit: Visit) -> Any:
    """The decree on the form, if one is named there. Raises Invalid for half of one."""
    number, dated = visit.form["decree_number"], visit.form["decree_dated"]
    if not number and not dated:
        return None
    if not (number and dated):
        raise Invalid("a decree has a number and a date; give both", "keputusan memiliki nomor dan tanggal; isi keduanya")
    return {"number": number, "dated": dated}


def _moment(visit: Visit, name: str) -> datetime:
    """A time as it is typed, in the city's time zone. Raises Invalid."""
    try:
        return datetime.fromisoformat(visit.form[name]).replace(tzinfo=ZONE)
    except ValueError:
        visit.form.faults[name] = visit._("a day and a time")
        raise Invalid("give the day and the time until when", "isi tanggal dan jam batas waktunya") from None
