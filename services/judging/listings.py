"""Questions to the projections, each one a query for `Database.read`."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, func, select

from services.judging.tables import (
    AwardRow,
    CategoryRow,
    ConflictRow,
    EntryRow,
    InstitutionRow,
    JurorRow,
    ObjectionRow,
    PanelRow,
    ProposedConflictRow,
    PublicationRow,
    RecusalRow,
    ResultRow,
    ScoreRow,
    SheetRow,
    StruckRow,
)
from shared.database import table
from shared.events.judging import RubricLocked

Rows = Callable[[Connection], Sequence[Any]]

_jurors, _conflicts, _recusals = table(JurorRow), table(ConflictRow), table(RecusalRow)
_categories, _entries, _panels = table(CategoryRow), table(EntryRow), table(PanelRow)
_sheets, _scores = table(SheetRow), table(ScoreRow)
_results, _institutions, _publications = table(ResultRow), table(InstitutionRow), table(PublicationRow)
_struck, _proposed, _awards, _objections = table(StruckRow), table(ProposedConflictRow), table(AwardRow), table(ObjectionRow)

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


def proposed_conflicts(edition: str) -> Rows:
    query = select(_proposed).where(_proposed.c.edition == edition)
    return _all(query.order_by(_proposed.c.person, _proposed.c.institution, _proposed.c.relation))


def recusals(edition: str) -> Rows:
    return _all(select(_recusals).where(_recusals.c.edition == edition).order_by(_recusals.c.person, _recusals.c.entry))


def appointed(edition: str) -> Callable[[Connection], tuple[str, ...]]:
    """All jurors of an edition but those who were replaced."""
    query = select(_jurors.c.person).where(_jurors.c.edition == edition, _jurors.c.replaced_by == "").order_by(_jurors.c.person)
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
            sheets.where(_sheets.c.state == "submitted").scalar_subquery().label("submitted"),
        )
        .where(_categories.c.edition == edition)
        .order_by(_categories.c.category)
    )


def quorum_of(rules: str) -> int:
    """Submitted sheets that an entry needs, by a category's locked rules."""
    return msgspec.json.decode(rules, type=RubricLocked).quorum


def institution_names(edition: str) -> Callable[[Connection], dict[str, str]]:
    """Code -> name."""
    query = select(_institutions.c.institution, _institutions.c.name).where(_institutions.c.edition == edition)
    return lambda connection: {row.institution: row.name for row in connection.execute(query)}


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
    submitted = func.count().filter(_sheets.c.state == "submitted")
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
            _sheets.c.state,
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


def sheets_of(edition: str, category: str) -> Rows:
    """By entry and person; without their scores."""
    query = select(_sheets).select_from(_sheets.join(_entries, _entries.c.entry == _sheets.c.entry))
    query = query.where(_entries.c.edition == edition, _entries.c.category == category)
    return _all(query.order_by(_sheets.c.entry, _sheets.c.person))


def sheets(entry: str) -> Rows:
    return _all(select(_sheets).where(_sheets.c.entry == entry).order_by(_sheets.c.person))


def scores(entry: str) -> Rows:
    """Every score ever recorded for the entry, oldest first: the last of a juror and criterion stands."""
    return _all(select(_scores).where(_scores.c.entry == entry).order_by(_scores.c.position))


def struck(edition: str, category: str = "") -> Callable[[Connection], dict[str, set[str]]]:
    """Entry -> the innovations that have left its dossier."""
    query = select(_struck.c.entry, _struck.c.innovation).join(_entries, _entries.c.entry == _struck.c.entry)
    if edition:
        query = query.where(_entries.c.edition == edition)
    if category:
        query = query.where(_entries.c.category == category)

    def by_entry(connection: Connection) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for entry, innovation in connection.execute(query):
            found.setdefault(entry, set()).add(innovation)
        return found

    return by_entry


def publications(edition: str) -> Rows:
    """Every published result with its category's rules: by category, the latest first."""
    joined = _publications.join(
        _categories,
        and_(_categories.c.edition == _publications.c.edition, _categories.c.category == _publications.c.category),
    )
    query = select(_publications, _categories.c.rules, _categories.c.situation).select_from(joined)
    query = query.where(_publications.c.edition == edition)
    return _all(query.order_by(_publications.c.category, _publications.c.position.desc()))


def results(edition: str) -> Rows:
    """The entries in the published results, best first, with their awards."""
    joined = (
        _results.join(_entries, _entries.c.entry == _results.c.entry)
        .outerjoin(_institutions, _institution_of)
        .outerjoin(_awards, _awards.c.entry == _results.c.entry)
    )
    query = select(_results, _entries.c.institution, _institution_name, _awards.c.decree, _awards.c.decree_date)
    query = query.select_from(joined).where(_results.c.edition == edition)
    return _all(query.order_by(_results.c.position, _results.c.rank))


def objections(edition: str, category: str = "") -> Rows:
    """Oldest first; of all categories unless one is named."""
    query = select(_objections).where(_objections.c.edition == edition)
    if category:
        query = query.where(_objections.c.category == category)
    return _all(query.order_by(_objections.c.filed, _objections.c.objection))
