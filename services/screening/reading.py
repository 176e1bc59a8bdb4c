"""Queries on the projections: a page of the worklist, and the shortlist of a category with its candidates."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from services.screening.candidates import Candidate, Innovation, Institution, candidates
from services.screening.categories import competes
from services.screening.projections import CategoryRow, DeskScoreRow, InnovationRow, InstitutionRow, NominationRow
from shared.database import table
from shared.events.screening import Nominated
from shared.rulebook import Category

_innovations, _scores = table(InnovationRow), table(DeskScoreRow)
_categories, _institutions, _nominations = table(CategoryRow), table(InstitutionRow), table(NominationRow)


class Shortlist(Struct, frozen=True):
    category: Category
    confirmed: bool
    candidates: tuple[Candidate, ...]
    nominated: tuple[Nominated, ...]
    """In the order of nomination."""
    to_assess: int
    """Innovations competing here that are not assessed at their present revision."""


def worklist(
    connection: Connection, edition: str, after: int, limit: int, state: str | None = None
) -> list[tuple[Any, dict[str, Decimal]]]:
    """Rows of `InnovationRow` from the submission after this position on, each with its scores by screener."""
    rows = select(_innovations).where(_innovations.c.edition == edition, _innovations.c.position > after)
    if state is not None:
        rows = rows.where(_innovations.c.state == state)
    found = connection.execute(rows.order_by(_innovations.c.position).limit(limit)).all()
    scores = _scores_of(connection, [row.innovation for row in found])
    return [(row, scores[row.innovation]) for row in found]


def _scores_of(connection: Connection, innovations: list[str]) -> dict[str, dict[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in connection.execute(select(_scores).where(_scores.c.innovation.in_(innovations))):
        found[row.innovation][row.screener] = Decimal(row.score)
    return found


def shortlist(connection: Connection, edition: str, id: str) -> Shortlist | None:
    """None where the edition has no such category."""
    this = select(_categories).where(_categories.c.edition == edition, _categories.c.category == id)
    found = connection.execute(this).one_or_none()
    if found is None:
        return None
    category = msgspec.convert(found.rules, Category)
    enrolled = connection.execute(select(_institutions).where(_institutions.c.edition == edition))
    institutions = {row.institution: Institution(row.institution, row.kind, row.name) for row in enrolled}
    joined = select(_scores.c.innovation, _scores.c.score).join(_innovations, _innovations.c.innovation == _scores.c.innovation)
    scores: dict[str, list[Decimal]] = defaultdict(list)
    for innovation, score in connection.execute(joined.where(_innovations.c.edition == edition)):
        scores[innovation].append(Decimal(score))
    to_assess = 0
    eligible = []
    present = select(_innovations).where(_innovations.c.edition == edition, _innovations.c.withdrawn.is_(False))
    for row in connection.execute(present):
        owner = institutions.get(row.institution)
        if row.state != "disqualified" and row.assessed_revision != row.revision:
            to_assess += owner is not None and competes(category, owner.kind, row.fields)
        elif row.state == "eligible":
            own = tuple(scores[row.innovation])
            eligible.append(
                Innovation(id=row.innovation, institution=row.institution, name=row.name, fields=row.fields, scores=own)
            )
    nominations = select(_nominations.c.nominated).where(_nominations.c.edition == edition, _nominations.c.category == id)
    nominated = connection.scalars(nominations.order_by(_nominations.c.position))
    return Shortlist(
        category,
        bool(found.confirmed),
        candidates(category, institutions, eligible),
        tuple(msgspec.convert(event, Nominated, strict=False) for event in nominated),
        to_assess,
    )
