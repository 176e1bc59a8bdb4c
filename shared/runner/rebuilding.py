"""Projections rebuilt from the first event, beside the live ones: to compare them row for row, or to put them in their place."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select
from sqlmodel import SQLModel

from shared.database import Database, table
from shared.eventlog import EventLog, LogWentBack, ReadPage, Recorded
from shared.refusals import Refused
from shared.runner.projection import Projection, apply
from shared.runner.tables import Checkpoint

EVENTS_AT_ONCE = 2_000
ROWS_AT_ONCE = 500
TRIES = 5

Rows = dict[tuple[Any, ...], dict[str, Any]]
"""Primary key -> row."""


class Difference(Struct, frozen=True):
    """A row that is not what the log says. `live` or `rebuilt` is None where there is no such row."""

    table: str
    key: tuple[Any, ...]
    live: dict[str, Any] | None
    rebuilt: dict[str, Any] | None


class Checked(Struct, frozen=True):
    rows: int
    """Live rows that were compared."""
    position: int
    differences: tuple[Difference, ...]


async def rebuild_equal(
    database: Database, projections: Sequence[Projection], listens: Sequence[str], event_log: EventLog
) -> Checked:
    """Compare the live tables, running or not, with what a replay up to their checkpoints gives. Raises LogWentBack."""

    def live(connection: Connection) -> tuple[dict[str, int], dict[str, Rows]]:
        return _positions(connection, projections), {n: _rows(connection, m) for n, m in _models(projections).items()}

    positions, found = await database.read(live)
    async with _rebuilt(projections, listens, event_log, positions) as scratch:
        again = scratch.read_now(lambda c: {n: _rows(c, m) for n, m in _models(projections).items()})
    differences = [
        Difference(name, key, rows.get(key), again[name].get(key))
        for name, rows in found.items()
        for key in sorted(rows.keys() | again[name].keys(), key=repr)
        if rows.get(key) != again[name].get(key)
    ]
    rows = sum(len(rows) for rows in found.values())
    return Checked(rows, max(positions.values(), default=0), tuple(differences))


async def rebuild(database: Database, projections: Sequence[Projection], listens: Sequence[str], event_log: EventLog) -> int:
    """Put rebuilt tables in the place of the live ones, in one transaction; the number of rows.

    The checkpoints stay where they are, so the service may run meanwhile: it reads the old rows or the new ones, nothing between,
    and counts its next event upon either. Refused if it counts so fast that it cannot be caught up with.
    """
    positions = await database.read(lambda c: _positions(c, projections))
    async with _rebuilt(projections, listens, event_log, positions) as scratch:
        rebuilt = scratch.read_now(lambda c: {n: list(_rows(c, m).values()) for n, m in _models(projections).items()})
    for _ in range(TRIES):
        page = await _ahead(event_log, listens, min(positions.values(), default=0))
        if await database.write(lambda c, page=page: _replace(c, projections, positions, rebuilt, page)):  # type: ignore[misc]
            return sum(len(rows) for rows in rebuilt.values())
    raise Refused(
        "the service counts events faster than they can be caught up with; stop it, then rebuild",
        "layanan menghitung peristiwa lebih cepat daripada yang dapat dikejar; hentikan dahulu, lalu bangun ulang",
    )


async def _ahead(event_log: EventLog, listens: Sequence[str], after: int) -> ReadPage:
    """All events after a position, and where the log ended then."""
    events: list[Recorded] = []
    while True:
        page = await event_log.read(after, listens, EVENTS_AT_ONCE)
        if page.horizon == after:
            return ReadPage(tuple(events), after)
        events += page.events
        after = page.horizon


def _replace(
    connection: Connection,
    projections: Sequence[Projection],
    positions: dict[str, int],
    rebuilt: dict[str, list[dict[str, Any]]],
    ahead: ReadPage,
) -> bool:
    """False, and nothing done, if the service has counted events that are not in `ahead`."""
    now = _positions(connection, projections, hold=True)
    if max(now.values(), default=0) > ahead.horizon:
        return False
    for model in reversed(_models(projections).values()):
        connection.execute(delete(table(model)))
    for name, model in _models(projections).items():
        for start in range(0, len(rebuilt[name]), ROWS_AT_ONCE):
            connection.execute(insert(table(model)), rebuilt[name][start : start + ROWS_AT_ONCE])
    for projection in projections:
        known, reached = positions[projection.consumer], now[projection.consumer]
        apply(connection, projection, [e for e in ahead.events if known < e.position <= reached])
    return True


@asynccontextmanager
async def _rebuilt(
    projections: Sequence[Projection], listens: Sequence[str], event_log: EventLog, positions: dict[str, int]
) -> AsyncIterator[Database]:
    """A database of its own with each projection as it stands at its position."""
    with TemporaryDirectory(prefix="makmal-rebuild-") as directory:
        scratch = Database(f"sqlite:///{Path(directory) / 'scratch.sqlite'}")
        try:
            scratch.create([model for projection in projections for model in projection.tables])
            page: list[Recorded] = []
            async for recorded in _events(event_log, listens, max(positions.values(), default=0)):
                page.append(recorded)
                if len(page) == EVENTS_AT_ONCE:
                    await scratch.write(lambda c, page=page: _fold(c, projections, positions, page))  # type: ignore[misc]
                    page = []
            await scratch.write(lambda c: _fold(c, projections, positions, page))
            yield scratch
        finally:
            scratch.close()


def _fold(
    connection: Connection, projections: Sequence[Projection], positions: dict[str, int], events: Sequence[Recorded]
) -> None:
    for projection in projections:
        apply(connection, projection, [recorded for recorded in events if recorded.position <= positions[projection.consumer]])


async def _events(event_log: EventLog, listens: Sequence[str], until: int) -> AsyncIterator[Recorded]:
    """The events up to a position. Raises LogWentBack if the log does not come that far."""
    after = 0
    while after < until:
        page = await event_log.read(after, listens, EVENTS_AT_ONCE)
        if page.horizon == after:
            raise LogWentBack(f"the log ends at {after}, but the service has counted up to {until}")
        for recorded in page.events:
            if recorded.position <= until:
                yield recorded
        after = page.horizon


def _models(projections: Sequence[Projection]) -> dict[str, type[SQLModel]]:
    return {str(model.__tablename__): model for projection in projections for model in projection.tables}


def _positions(connection: Connection, projections: Sequence[Projection], hold: bool = False) -> dict[str, int]:
    """Consumer -> its checkpoint. With `hold` nobody moves them before this transaction ends."""
    checkpoints = table(Checkpoint)
    asked = select(checkpoints.c.consumer, checkpoints.c.position)
    rows = connection.execute(asked.with_for_update() if hold else asked)
    found: dict[str, int] = {row.consumer: row.position for row in rows}
    return {projection.consumer: found.get(projection.consumer, 0) for projection in projections}


def _rows(connection: Connection, model: type[SQLModel]) -> Rows:
    keys = [column.name for column in table(model).primary_key]
    rows = (dict(row) for row in connection.execute(select(table(model))).mappings())
    return {tuple(row[key] for key in keys): row for row in rows}
