"""The public portal: the editions, and one edition with its calendar and its rules."""

import msgspec
from fastapi import Response
from sqlalchemy import select

from services.registration.edition_projection import EditionRow
from shared.database import table
from shared.rulebook import Rulebook
from shared.web.pages import PageRouter, Visitor

pages = PageRouter()


@pages.get("/")
async def portal(visit: Visitor) -> Response:
    """Every edition, the newest first."""
    rows = table(EditionRow)
    found = await visit.parts.database.read(lambda c: c.execute(select(rows).order_by(rows.c.opens.desc())).mappings().all())
    now = visit.parts.event_log.now()
    editions = [
        (row, msgspec.json.decode(row["rulebook"], type=Rulebook), _stage(row["ended"], row["closed"])) for row in found
    ]
    return await visit.render("portal.html", editions=editions, now=now)


@pages.get("/e/{edition}")
async def edition_page(visit: Visitor, edition: str) -> Response:
    rules = await visit.rules(edition)
    facts = await visit.facts(edition)
    return await visit.render("edition.html", rules=rules, facts=facts, now=visit.parts.event_log.now())


def _stage(ended: str, closed: str) -> str:
    return ended or ("closed" if closed else "open")
