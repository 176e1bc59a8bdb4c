"""The committee's shortlists: who could be nominated, who is, the confirmation by a second person; and the objections to decide."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Response
from sqlalchemy import Connection, or_, select

from services.screening import reading
from services.screening.api_desk import assign
from services.screening.api_shortlists import confirm, nominate, revoke, shortlist
from services.screening.bodies import AssignmentBody
from services.screening.contested import CONTESTED
from services.screening.edge import Name
from services.screening.pages_progress import progress_of
from services.screening.pages_worklist import names, own_institutions
from services.screening.projections import InnovationRow
from services.screening.shortlist import SHORTLIST
from services.screening.shortlist_bodies import ConfirmationBody, NominationBody, RevocationBody
from shared.database import table
from shared.refusals import Refused
from shared.web.pages import Member, PageRouter, Visit

pages = PageRouter()

_innovations = table(InnovationRow)

WHO = "committee", "screener", "auditor"
TIMES = 3
"""So many candidates for each place a board shows at first: who stands far below is not nominated."""


@pages.get("/e/{edition}/shortlists")
async def shortlists_page(visit: Member, edition: Name) -> Response:
    visit.me.must_hold(edition, *WHO)
    return await _all(visit, edition)


@pages.post("/e/{edition}/shortlists/assignments")
async def assign_page(visit: Member, edition: Name) -> Response:
    visit.me.must_hold(edition, "committee")
    try:
        answer = await assign(edition, AssignmentBody(), visit.asked())
    except Refused as refused:
        return await _all(visit, edition, refused)
    number = len(answer.assigned)
    said = visit.words.ngettext("%(num)s innovation is assigned.", "%(num)s innovations are assigned.", number) % {
        "num": number
    }
    return await visit.go(f"/screening/e/{edition}/shortlists", said)


@pages.get("/e/{edition}/shortlists/{category}")
async def board_page(visit: Member, edition: Name, category: Name) -> Response:
    visit.me.must_hold(edition, *WHO)
    return await _board(visit, edition, category)


@pages.post("/e/{edition}/shortlists/{category}/nominations")
async def nominate_one(visit: Member, edition: Name, category: Name) -> Response:
    async def act() -> object:
        return await nominate(edition, category, visit.form.read(NominationBody, reason=_reason(visit)), visit.asked())

    return await _done(
        visit, edition, category, act, visit._("Nominated. Another member of the committee confirms the shortlist.")
    )


@pages.post("/e/{edition}/shortlists/{category}/revocations")
async def revoke_one(visit: Member, edition: Name, category: Name) -> Response:
    async def act() -> object:
        return await revoke(edition, category, visit.form.read(RevocationBody, reason=_reason(visit)), visit.asked())

    return await _done(visit, edition, category, act, visit._("The nomination is revoked, with the reason on record."))


@pages.post("/e/{edition}/shortlists/{category}/confirmation")
async def confirm_all(visit: Member, edition: Name, category: Name) -> Response:
    async def act() -> object:
        return await confirm(edition, category, visit.form.read(ConfirmationBody), visit.asked())

    return await _done(visit, edition, category, act, visit._("The shortlist is confirmed; its entries go to the jurors."))


def _reason(visit: Visit) -> str:
    """Each entrant's form has a field of its own, so that what was typed stands where it was typed."""
    return visit.form[f"reason-{visit.form['entrant']}"]


async def _done(visit: Visit, edition: str, category: str, act: Callable[[], Awaitable[object]], said: str) -> Response:
    try:
        await act()
    except Refused as refused:
        visit.me.must_hold(edition, *WHO)
        return await _board(visit, edition, category, refused)
    return await visit.go(f"/screening/e/{edition}/shortlists/{category}", said)


async def _board(visit: Visit, edition: str, category: str, refused: Refused | None = None) -> Response:
    shown = await shortlist(edition, category, visit.parts, visit.me)
    rules = (await visit.rules()).category(category)
    state, _ = await visit.parts.desk.state(SHORTLIST(f"{edition}.{category}"))
    contested, _ = await visit.parts.desk.state(CONTESTED(edition))
    candidates = [
        one
        for number, one in enumerate(shown.candidates)
        if number < TIMES * shown.nominees
        or one.nominated
        or one.tied_at_edge
        or one.entrant == visit.form["entrant"]
        or "all" in visit.request.query_params
    ]
    return await visit.render(
        "shortlist.html",
        status=409 if refused else 200,
        refused=refused,
        category=rules,
        shown=shown,
        candidates=candidates,
        institutions=await visit.parts.database.read(lambda c: names(c, edition)),
        decides=visit.me.holds("committee", edition) is not None,
        closed=(await visit.facts()).closed,
        own=own_institutions(visit.me, edition),
        mine=[one.name for one in state.nominated.values() if one.nominated_by == visit.me.person],
        pending=[] if shown.confirmed else contested.open(category, visit.parts.event_log.now()),
    )


async def _all(visit: Visit, edition: str, refused: Refused | None = None) -> Response:
    rules = await visit.rules()
    short = await visit.parts.database.read(
        lambda c: len(reading.short_of_screeners(c, edition, rules.screeners_per_innovation, 100_000))
    )
    loads = await visit.parts.database.read(lambda c: reading.loads(c, edition))
    return await visit.render(
        "shortlists.html",
        status=409 if refused else 200,
        refused=refused,
        rules=rules,
        contested=await visit.parts.database.read(lambda c: _contested(c, edition)),
        institutions=await visit.parts.database.read(lambda c: names(c, edition)),
        progress=await progress_of(visit, edition),
        short=short,
        loads=loads,
        decides=visit.me.holds("committee", edition) is not None,
        closed=(await visit.facts()).closed,
        now=visit.parts.event_log.now(),
    )


def _contested(connection: Connection, edition: str) -> list[Any]:
    """The disqualified innovations, and those that an objection brought back; what is to be decided first."""
    asked = select(_innovations).where(
        _innovations.c.edition == edition, or_(_innovations.c.state == "disqualified", _innovations.c.objection == "upheld")
    )
    rows = connection.execute(asked.order_by(_innovations.c.position)).all()
    return sorted(rows, key=lambda row: row.objection != "open")
