"""Reactions that failed too often and wait for a decision: to be tried again, or given up. Every service has this page."""

from fastapi import Response

from shared.refusals import Forbidden, Unknown
from shared.runner import parked
from shared.web.pages.router import PageRouter
from shared.web.pages.visit import Member, Visit

pages = PageRouter()


@pages.get("/parked")
async def parked_page(visit: Member) -> Response:
    _must_decide(visit)
    rows = await visit.parts.database.read(parked.listed)
    return await visit.render("parked.html", rows=rows, service=visit.parts.event_log.service)


@pages.get("/parked/number")
async def number_piece(visit: Member) -> Response:
    """How many wait, for the committee's dashboard."""
    _must_decide(visit)
    rows = await visit.parts.database.read(parked.listed)
    return await visit.render("parked_number.html", number=len(rows))


@pages.post("/parked/{row}")
async def decide_parked(visit: Member, row: int) -> Response:
    """Try it again or give it up, as the button says."""
    _must_decide(visit)
    again = visit.form["do"] == "retry"
    done = await visit.parts.database.write(lambda c: parked.retry(c, row) if again else parked.discard(c, row))
    if not done:
        raise Unknown(
            "it does not wait any more; somebody has decided on it", "sudah tidak menunggu; sudah ada yang memutuskan"
        )
    visit.parts.runner.wake()
    said = visit._("It is tried again.") if again else visit._("It is given up; what comes after it goes on.")
    return await visit.go(f"/{visit.parts.event_log.service}/parked", said)


def _must_decide(visit: Visit) -> None:
    """The committee of any edition, or who runs the machine: a parked reaction holds up more than one edition's affairs."""
    if not any(grant.role in ("committee", "administrator") for grant in visit.me.grants):
        raise Forbidden(
            "this is for the committee of an edition and for administrators",
            "halaman ini untuk panitia gelaran dan administrator",
        )
