"""What everybody sees of screening: the nominees of each category, once its shortlist is confirmed."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from fastapi import Response
from sqlalchemy import Connection, select

from services.screening.shortlist_projection import CategoryRow, InstitutionRow, NominationRow
from shared.database import table
from shared.web.pages import PageRouter, Visitor

pages = PageRouter()

_categories, _institutions, _nominations = table(CategoryRow), table(InstitutionRow), table(NominationRow)


@pages.get("/e/{edition}/nominees")
async def nominees_page(visit: Visitor, edition: str) -> Response:
    """By name: their order says nothing, and desk scores are not told."""
    rules = await visit.rules()
    confirmed, nominated = await visit.parts.database.read(lambda c: (_confirmed(c, edition), _nominated(c, edition)))
    by_category: dict[str, list[Any]] = defaultdict(list)
    for row in nominated:
        by_category[row.category].append(row)
    rooms = [(category, category.id in confirmed, by_category[category.id]) for category in rules.categories]
    return await visit.render("nominees.html", rooms=rooms)


def _confirmed(connection: Connection, edition: str) -> set[str]:
    asked = select(_categories.c.category).where(_categories.c.edition == edition, _categories.c.confirmed.is_(True))
    return set(connection.scalars(asked))


def _nominated(connection: Connection, edition: str) -> Sequence[Any]:
    """With the name of the nominee and of its institution."""
    rows = connection.execute(select(_nominations).where(_nominations.c.edition == edition)).all()
    known = select(_institutions.c.institution, _institutions.c.name).where(_institutions.c.edition == edition)
    names = {row.institution: row.name for row in connection.execute(known)}
    shown = [Nominee(row, names.get(row.nominated["institution"], row.nominated["institution"])) for row in rows]
    return sorted(shown, key=lambda one: one.name.casefold())


class Nominee:
    def __init__(self, row: Any, institution: str):
        self.category: str = row.category
        self.name: str = row.nominated["name"]
        self.institution = institution
        self.innovation: str = row.entrant if row.nominated["kind"] == "innovation" else ""
        self.dossier: int = len(row.nominated["dossier"])
        self.revoked: str = row.revoked
        self.position: int = row.position
