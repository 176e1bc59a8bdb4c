"""Pages for people: what every service's `pages*.py` stands on. One look, two languages, forms that lose nothing.

pages = PageRouter()

@pages.get("/e/{edition}/our/{institution}")
async def desk(visit: Member, edition: EditionId, institution: str) -> Response:
    visit.me.must_hold(edition, "head", "operator", institution=institution)
    return await visit.render("registration/desk.html", edition=edition, ...)
"""

from shared.web.pages.forms import Form
from shared.web.pages.router import PageRouter
from shared.web.pages.visit import Member, Visit, Visitor

__all__ = ["Form", "Member", "PageRouter", "Visit", "Visitor"]
