"""How far judging is: a small piece for the committee's dashboard. Only what is counted stands in it, never a score."""

from fastapi import Response

from services.judging import listings
from services.judging.bodies import EditionId
from services.judging.jurors_seen import behind, quorate
from shared.web.pages import Member, PageRouter
from shared.web.pages.live import counted

pages = PageRouter()

DECIDED = "decided", "confirmed", "announced"


@pages.get("/e/{edition}/progress")
async def progress_piece(visit: Member, edition: EditionId) -> Response:
    visit.me.must_hold(edition, "committee", "auditor")
    await counted(visit.request, visit.parts)
    read, rules = visit.parts.database.read, await visit.rules()
    situations = [row.situation for row in await read(listings.categories(edition))]
    full = (await read(quorate(edition))).values()
    return await visit.render(
        "progress.html",
        judged=sum(number for number, _ in full),
        entries=sum(entries for _, entries in full),
        categories=len(rules.categories),
        being_judged=situations.count("judging"),
        decided=sum(situation in DECIDED for situation in situations),
        announced=situations.count("announced"),
        behind=await read(behind(edition)),
        closes=rules.calendar.judging_closes,
        now=visit.parts.event_log.now(),
        decides=visit.me.holds("committee", edition) is not None,
    )
