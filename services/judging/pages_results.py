"""What everybody sees of judging: the announced results, with what they were before a correction, and why each place is what it is."""

from collections.abc import Sequence
from decimal import Decimal

from fastapi import Response
from msgspec import Struct

from services.judging.api_results import show_results
from services.judging.bodies import EditionId, EntryId
from services.judging.explained import explanation
from services.judging.naming import home_of
from services.judging.outcomes import CategoryResults
from shared.refusals import Unknown
from shared.web.pages import PageRouter, Visitor

pages = PageRouter()

FEWEST = 3
"""Published scores of which a distribution is drawn."""


class Spread(Struct, frozen=True):
    """The published scores of a category, best first."""

    names: list[str]
    scores: list[Decimal]


@pages.get("/e/{edition}/results")
async def results_page(visit: Visitor, edition: EditionId) -> Response:
    """Category by category in the rulebook's order; one that is not announced yet says so."""
    rules = await visit.rules()
    shown = {result.category: result for result in (await show_results(edition, visit.parts)).categories}
    rooms = [(category, shown.get(category.id)) for category in rules.categories]
    return await visit.render(
        "results.html",
        rooms=rooms,
        rules=rules,
        announced=bool(shown),
        explained=[result.category for result in shown.values() if rules.publish.scores != "none" and not result.reopened],
        spreads={id: spread for id, result in shown.items() if (spread := _spread(result))},
    )


@pages.get("/e/{edition}/results/{entry}")
async def explanation_page(visit: Visitor, edition: EditionId, entry: EntryId) -> Response:
    """From the place to the score, the sheets, the weights and points, each with the number under which it is on record."""
    rules = await visit.rules()
    home, category = home_of(entry)
    found = rules.category(category)
    if home != edition or found is None:
        raise Unknown(f"{edition} has no entry {entry}", f"{edition} tidak memiliki peserta {entry}")
    line = await explanation(visit.parts, edition, entry, rules.publish, visit.principal)
    return await visit.render("explanation.html", line=line, category=found, open=rules.publish.events)


def _spread(result: CategoryResults) -> Spread | None:
    placed: Sequence[tuple[str, Decimal]] = [
        (w.name, w.score) for w in (*result.winners, *result.others) if w.score is not None
    ]
    if len(placed) < FEWEST:
        return None
    return Spread([name for name, _ in placed], [score for _, score in placed])
