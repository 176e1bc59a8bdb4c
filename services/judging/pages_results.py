"""What everybody sees of judging: the announced results, with what they were before a correction."""

from fastapi import Response

from services.judging.api_results import show_results
from services.judging.bodies import EditionId
from shared.web.pages import PageRouter, Visitor

pages = PageRouter()


@pages.get("/e/{edition}/results")
async def results_page(visit: Visitor, edition: EditionId) -> Response:
    """Category by category in the rulebook's order; one that is not announced yet says so."""
    rules = await visit.rules()
    shown = {result.category: result for result in (await show_results(edition, visit.parts)).categories}
    rooms = [(category, shown.get(category.id)) for category in rules.categories]
    return await visit.render("results.html", rooms=rooms, rules=rules, announced=bool(shown))
