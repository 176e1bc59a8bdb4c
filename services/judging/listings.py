"""Questions to the projections, each one a query for `Database.read`."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from services.judging.tables import (
    CategoryRow,
    ConflictRow,
    EntryRow,
    InstitutionRow,
    JurorRow,
    PanelRow,
    RecusalRow,
    ResultRow,
    ScoreRow,
    SheetRow,
)
from shared.database import table

Rows = Callable[[Connection], Sequence[Any]]

_jurors, _conflicts, _recusals = table(JurorRow), table(ConflictRow), table(RecusalRow)
_categories, _entries, _panels = table(CategoryRow), table(EntryRow), table(PanelRow)
_sheets, _scores = table(SheetRow), table(ScoreRow)
_results, _institutions = table(ResultRow), table(InstitutionRow)

_institution_of = and_(_institutions.c.edition == _entries.c.edition, _institutions.c.institution == _entries.c.institution)
_category_of = and_(_categories.c.edition == _entries.c.edition, _categories.c.category == _entries.c.category)
_institution_name = func.coalesce(_institutions.c.name, "").label("institution_name")


def _all(query: Select[Any]) -> Rows:
    return lambda connection: connection.execute(query).all()


def jurors(edition: str, after: str, rows: int) -> Rows:
    """By person."""
    query = select(_jurors).where(_jurors.c.edition == edition, _jurors.c.person > after)
    return _all(query.order_by(_jurors.c.person).limit(rows))


def conflicts(edition: str) -> Rows:
    return _all(
        select(_conflicts)
        .where(_conflicts.c.edition == edition)
        .order_by(_conflicts.c.person, _conflicts.c.institution, _conflicts.c.relation)
    )


def recusals(edition: str) -> Rows:
    return _all(select(_recusals).where(_recusals.c.edition == edition).order_by(_recusals.c.person, _recusals.c.entry))


def appointed(edition: str) -> Callable[[Connection], tuple[str, ...]]:
    """All jurors of an edition."""
    query = select(_jurors.c.person).where(_jurors.c.edition == edition).order_by(_jurors.c.person)
    return lambda connection: tuple(connection.scalars(query))


def category(edition: str, category: str) -> Callable[[Connection], Any]:
    """The category's row, or None."""
    query = select(_categories).where(_categories.c.edition == edition, _categories.c.category == category)
    return lambda connection: connection.execute(query).first()


def categories(edition: str) -> Rows:
    """With the numbers of entries, seats and submitted sheets."""
    of_category = and_(_entries.c.edition == _categories.c.edition, _entries.c.category == _categories.c.category)
    counted = select(func.count()).select_from(_entries).where(of_category)
    seats = select(func.count()).select_from(_entries.join(_panels, _panels.c.entry == _entries.c.entry)).where(of_category)
    sheets = select(func.count()).select_from(_entries.join(_sheets, _sheets.c.entry == _entries.c.entry)).where(of_category)
    return _all(
        select(
            _categories,
            counted.scalar_subquery().label("entries"),
            seats.scalar_subquery().label("seats"),
            sheets.where(_sheets.c.submitted).scalar_subquery().label("submitted"),
        )
        .where(_categories.c.edition == edition)
        .order_by(_categories.c.category)
    )


def entries(edition: str, category: str) -> Rows:
    """With their institutions' names, by entry."""
    query = select(_entries, _institution_name).select_from(_entries.outerjoin(_institutions, _institution_of))
    return _all(query.where(_entries.c.edition == edition, _entries.c.category == category).order_by(_entries.c.entry))


def panels(edition: str, category: str) -> Rows:
    joined = _panels.join(_entries, _entries.c.entry == _panels.c.entry)
    query = select(_panels).select_from(joined).where(_entries.c.edition == edition, _entries.c.category == category)
    return _all(query.order_by(_panels.c.entry, _panels.c.person))


def progress(edition: str, category: str) -> Rows:
    """(entry, sheets opened, sheets submitted)."""
    joined = _sheets.join(_entries, _entries.c.entry == _sheets.c.entry)
    submitted = func.count().filter(_sheets.c.submitted)
    query = select(_sheets.c.entry, func.count().label("opened"), submitted.label("submitted")).select_from(joined)
    return _all(query.where(_entries.c.edition == edition, _entries.c.category == category).group_by(_sheets.c.entry))


def entries_of_juror(person: str, edition: str, after: str, rows: int) -> Rows:
    """What this juror's panels judge, with his sheet's state and what bars him, by entry; an empty edition: of all."""
    mine = and_(_sheets.c.entry == _entries.c.entry, _sheets.c.person == person)
    recused = and_(_recusals.c.entry == _entries.c.entry, _recusals.c.person == person)
    scored = select(func.count(_scores.c.criterion.distinct())).where(
        _scores.c.entry == _entries.c.entry, _scores.c.person == person
    )
    related = select(func.count()).where(
        _conflicts.c.edition == _entries.c.edition,
        _conflicts.c.institution == _entries.c.institution,
        _conflicts.c.person == person,
    )
    query = (
        select(
            _entries,
            _institution_name,
            _categories.c.situation,
            _categories.c.rules,
            _sheets.c.submitted,
            _recusals.c.reason.label("recused"),
            scored.scalar_subquery().label("scored"),
            related.scalar_subquery().label("related"),
        )
        .select_from(
            _panels.join(_entries, _entries.c.entry == _panels.c.entry)
            .join(_categories, _category_of)
            .outerjoin(_institutions, _institution_of)
            .outerjoin(_sheets, mine)
            .outerjoin(_recusals, recused)
        )
        .where(_panels.c.person == person, _entries.c.entry > after)
    )
    if edition:
        query = query.where(_entries.c.edition == edition)
    return _all(query.order_by(_entries.c.entry).limit(rows))


def sheets(entry: str) -> Rows:
    return _all(select(_sheets).where(_sheets.c.entry == entry).order_by(_sheets.c.person))


def scores(entry: str) -> Rows:
    """Every score ever recorded for the entry, oldest first: the last of a juror and criterion stands."""
    return _all(select(_scores).where(_scores.c.entry == entry).order_by(_scores.c.position))


def results(edition: str) -> Rows:
    """The winners of the announced categories, by category, best first."""
    joined = (
        _results.join(_entries, _entries.c.entry == _results.c.entry)
        .join(_categories, _category_of)
        .outerjoin(_institutions, _institution_of)
    )
    query = select(_results, _entries.c.institution, _categories.c.rules, _institution_name).select_from(joined)
    return _all(query.where(_results.c.edition == edition).order_by(_results.c.category, _results.c.rank))
