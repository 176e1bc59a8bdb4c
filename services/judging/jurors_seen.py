"""The jurors of an edition as chair and committee see them on pages: by a number and a university, never by a name beside scores."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, and_, func, select

from services.judging import listings
from services.judging.tables import CategoryRow, ConflictRow, EntryRow, PanelRow, RecusalRow, SheetRow
from shared.database import table

_entries, _panels, _sheets, _categories = table(EntryRow), table(PanelRow), table(SheetRow), table(CategoryRow)
_conflicts, _recusals = table(ConflictRow), table(RecusalRow)


class JurorSeen(Struct, frozen=True):
    person: str
    number: int
    """Of the edition's jurors, by their opaque IDs: it tells nothing and stays."""
    university: str
    replaced: bool
    seats: int
    """Entries that he is to score where judging is open or over."""
    submitted: int
    begun: int


def jurors_seen(edition: str) -> Callable[[Connection], Mapping[str, JurorSeen]]:
    """Person -> juror, by number."""

    def read(connection: Connection) -> Mapping[str, JurorSeen]:
        everybody = listings.jurors(edition, "", 1_000)(connection)
        each = _seats(edition).subquery()
        counted = select(each.c.person, each.c.state, func.count().label("number")).group_by(each.c.person, each.c.state)
        seats, submitted, begun = Counter[str](), Counter[str](), Counter[str]()
        for row in connection.execute(counted):
            seats[row.person] += row.number
            submitted[row.person] += row.number * (row.state == "submitted")
            begun[row.person] += row.number * (row.state in ("open", "unconfirmed"))
        return {
            row.person: JurorSeen(
                person=row.person,
                number=number,
                university=row.university,
                replaced=bool(row.replaced_by),
                seats=seats[row.person],
                submitted=submitted[row.person],
                begun=begun[row.person],
            )
            for number, row in enumerate(everybody, 1)
        }

    return read


def _seats(edition: str) -> Any:
    """Each seat at a competing entry from which nothing bars its juror, with the state of its sheet."""
    sheet = and_(_sheets.c.entry == _panels.c.entry, _sheets.c.person == _panels.c.person)
    barred = (
        select(_conflicts.c.person)
        .where(
            _conflicts.c.edition == edition,
            _conflicts.c.person == _panels.c.person,
            _conflicts.c.institution == _entries.c.institution,
        )
        .exists()
    )
    recused = select(_recusals.c.person).where(_recusals.c.entry == _panels.c.entry, _recusals.c.person == _panels.c.person)
    return (
        select(_panels.c.person, func.coalesce(_sheets.c.state, "").label("state"))
        .select_from(_panels.join(_entries, _entries.c.entry == _panels.c.entry).outerjoin(_sheets, sheet))
        .where(_entries.c.edition == edition, _entries.c.excluded == "", ~barred, ~recused.exists())
    )


def behind(edition: str) -> Callable[[Connection], tuple[int, int]]:
    """(jurors who have not handed in all their sheets, jurors with seats), of categories where judging is open."""
    here = and_(_categories.c.edition == _entries.c.edition, _categories.c.category == _entries.c.category)
    being_judged = select(_categories.c.category).where(here, _categories.c.situation == "judging").exists()

    def read(connection: Connection) -> tuple[int, int]:
        seats = connection.execute(_seats(edition).where(being_judged)).all()
        return len({seat.person for seat in seats if seat.state != "submitted"}), len({seat.person for seat in seats})

    return read


def quorate(edition: str) -> Callable[[Connection], Mapping[str, tuple[int, int]]]:
    """Category -> (entries with as many submitted sheets as the rules ask for, entries that compete)."""
    submitted = (
        select(func.count()).where(_sheets.c.entry == _entries.c.entry, _sheets.c.state == "submitted").scalar_subquery()
    )
    query = select(_entries.c.category, submitted.label("sheets"), _categories.c.rules).select_from(
        _entries.join(
            _categories, and_(_categories.c.edition == _entries.c.edition, _categories.c.category == _entries.c.category)
        )
    )
    query = query.where(_entries.c.edition == edition, _entries.c.excluded == "")

    def read(connection: Connection) -> Mapping[str, tuple[int, int]]:
        needed: dict[str, int] = {}
        found: dict[str, tuple[int, int]] = {}
        for row in connection.execute(query):
            if row.category not in needed:
                needed[row.category] = listings.quorum_of(row.rules)
            full, all = found.get(row.category, (0, 0))
            found[row.category] = full + (row.sheets >= needed[row.category]), all + 1
        return found

    return read
