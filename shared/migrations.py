"""Working state (drafts, credentials, outboxes, the vault) keeps its rows when its form changes: it is migrated, in order and once.

Its migrations are Alembic's: each a module `m0001_what.py` with `revision = "0001"`. Projections are not migrated, they are rebuilt.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import structlog
from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, select
from sqlmodel import SQLModel

from shared.database import Database, one_process_at_a_time, table
from shared.settings import Misconfigured

log = structlog.get_logger()


@dataclass(frozen=True)
class WorkingState:
    owner: str
    """The service, or `runner`: part of its version table's name."""
    tables: tuple[type[SQLModel], ...]
    folder: Path
    """Where its migrations are."""

    @cached_property
    def versions(self) -> tuple[str, ...]:
        """The revisions by the names of their files, oldest first, so that a start need not load Alembic to know them."""
        return tuple(sorted(file.name[1:5] for file in self.folder.glob("m[0-9][0-9][0-9][0-9]_*.py")))

    @cached_property
    def version_table(self) -> Table:
        """As Alembic makes it."""
        name = f"{self.owner}_migrations"
        return Table(
            name, MetaData(), Column("version_num", String(32)), PrimaryKeyConstraint("version_num", name=f"{name}_pkc")
        )


def migrate(database: Database, state: WorkingState) -> None:
    """Bring the tables to their newest form, in one transaction; whoever starts meanwhile waits. Raises Misconfigured.

    An empty database gets the newest form at once. One from before there were migrations goes through all of them: the first makes
    what is missing and leaves the rest.
    """
    newest = state.versions[-1]
    if database.read_now(lambda c: version(c, state)) != newest:
        database.write_now(lambda c: _migrate(c, state, newest))


def version(connection: Connection, state: WorkingState) -> str | None:
    """Which migration its tables have come to; None if none was ever counted here."""
    if not _is_there(connection, state.version_table):
        return None
    return connection.scalar(select(state.version_table.c.version_num))


def _migrate(connection: Connection, state: WorkingState, newest: str) -> None:
    one_process_at_a_time(connection)
    known = version(connection, state)
    if known == newest:  # another process did it meanwhile
        return
    if known is not None and known not in state.versions:
        raise Misconfigured(
            f"the database of {state.owner} is at version {known}, and this release knows {newest} at most: "
            "start the newer release, or bring back the database from before it"
        )
    tables = [table(model) for model in state.tables]
    if known is None and not any(_is_there(connection, one) for one in tables):
        SQLModel.metadata.create_all(connection, tables=tables, checkfirst=False)
        state.version_table.create(connection)
        connection.execute(insert(state.version_table), {"version_num": newest})
        return
    upgrade(connection, state)
    log.info("the working state was migrated", owner=state.owner, before=known or "none", now=newest)


_TURN = threading.Lock()
"""Alembic's `op` is one for the whole process."""


def upgrade(connection: Connection, state: WorkingState, to: str = "head") -> None:
    """Run the migrations that are missing, up to `to`. Nothing of it stays if one fails."""
    from alembic.operations import Operations  # loaded on the rare day on which it is needed
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(state.folder), version_locations=[str(state.folder)])
    options = {"version_table": state.version_table.name, "fn": lambda known, _: scripts._upgrade_revs(to, known)}
    context = MigrationContext.configure(connection, opts=options)
    with _TURN, Operations.context(context):
        context.run_migrations()


def _is_there(connection: Connection, one: Table) -> bool:
    return connection.dialect.has_table(connection, one.name)


def all_of(states: Iterable[WorkingState]) -> MetaData:
    """Their tables alone, to be compared with what the migrations make."""
    metadata = MetaData()
    for state in states:
        for model in state.tables:
            table(model).to_metadata(metadata)
    return metadata
