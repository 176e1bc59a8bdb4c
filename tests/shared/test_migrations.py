"""Working state through its migrations: the same form from an empty database, an old one, and by all steps; on SQLite and PostgreSQL."""

import importlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlmodel import Field, SQLModel

from shared.database import Database
from shared.eventlog import SERVICES
from shared.migrations import WorkingState, all_of, migrate, upgrade, version
from shared.runner.tables import RUNNER
from shared.settings import Misconfigured, Settings

NEW_DATABASE = Callable[[], Database]


OWNERS = ("runner", "identity", "notification", "registration")


@cache
def states() -> dict[str, WorkingState]:
    """Of the runner and of every service that has any, by owner."""
    settings = Settings("t", "redis://unused.invalid", "sqlite://", Path("unused"), "", "", "", "")
    apps = [importlib.import_module(f"services.{service}.app").create_app(settings) for service in SERVICES]
    found = [RUNNER, *(app.state.working_state for app in apps if app.state.working_state.tables)]
    return {state.owner: state for state in found}


def test_every_working_state_is_looked_at_here() -> None:
    assert set(states()) == set(OWNERS)


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NEW_DATABASE]:
    opened: list[Database] = []

    def open_new() -> Database:
        url = f"sqlite:///{tmp_path}/{len(opened)}.db"
        opened.append(Database(url if request.param == "sqlite" else request.getfixturevalue("postgres").new_database()))
        return opened[-1]

    yield open_new
    for database in opened:
        database.close()


def form_of(connection: Connection, state: WorkingState) -> dict[str, Any]:
    """Columns, keys, indexes of every table of the state, without the order of columns."""
    found = inspect(connection)
    names = [str(model.__tablename__) for model in state.tables] + [state.version_table.name]
    return {
        name: (
            sorted((c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)),
            found.get_pk_constraint(name)["constrained_columns"],
            sorted(tuple(u["column_names"]) for u in found.get_unique_constraints(name)),
            sorted((str(i["name"]), tuple(i["column_names"]), i["unique"]) for i in found.get_indexes(name)),
        )
        for name in names
    }


@pytest.mark.parametrize("owner", OWNERS)
def test_the_migrations_make_exactly_the_tables_of_the_code(owner: str, new_database: NEW_DATABASE) -> None:
    state = states()[owner]
    by_steps, at_once = new_database(), new_database()
    by_steps.write_now(lambda c: upgrade(c, state))
    migrate(at_once, state)

    def missing(connection: Connection) -> str:
        """The code of the migration that is missing; empty if none is."""
        of_this = {
            "compare_type": True,
            "include_name": lambda name, kind, _: kind != "table" or name != state.version_table.name,
        }
        context = MigrationContext.configure(connection, opts=of_this)
        if not compare_metadata(context, all_of([state])):
            return ""
        steps = produce_migrations(context, all_of([state])).upgrade_ops
        assert steps is not None
        return render_python_code(steps)

    assert by_steps.read_now(missing) == "", f"add a migration of {state.owner} with these steps"
    assert by_steps.read_now(lambda c: form_of(c, state)) == at_once.read_now(lambda c: form_of(c, state))
    for database in (by_steps, at_once):
        assert database.read_now(lambda c: version(c, state)) == state.versions[-1]


@pytest.mark.parametrize("owner", OWNERS)
def test_the_files_names_tell_the_revisions_in_their_order(owner: str) -> None:
    state = states()[owner]
    scripts = ScriptDirectory(str(state.folder), version_locations=[str(state.folder)])
    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == state.versions


class Jar(SQLModel, table=True):
    __tablename__ = "test_jars"

    id: int = Field(primary_key=True)
    coins: int
    owner: str = ""


FIRST = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0001", None
def upgrade():
    columns = sa.Column("id", sa.Integer(), primary_key=True), sa.Column("coins", sa.Integer(), nullable=False)
    op.create_table("test_jars", *columns, if_not_exists=True)
"""
SECOND = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    op.add_column("test_jars", sa.Column("owner", sa.String(), nullable=False, server_default=""))
    op.execute("UPDATE test_jars SET owner = 'somebody'")
"""


def jars(folder: Path, *migrations: str) -> WorkingState:
    folder.mkdir(exist_ok=True)
    for number, content in enumerate(migrations, 1):
        (folder / f"m000{number}_step.py").write_text(content)
    return WorkingState("jars", (Jar,), folder)


def from_before_migrations(new_database: NEW_DATABASE) -> Database:
    database = new_database()
    database.write_now(lambda c: c.execute(text("CREATE TABLE test_jars (id INTEGER PRIMARY KEY, coins INTEGER NOT NULL)")))
    database.write_now(lambda c: c.execute(text("INSERT INTO test_jars VALUES (1, 10)")))
    return database


def rows(connection: Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(text("SELECT * FROM test_jars"))]


def test_a_database_from_before_there_were_migrations_goes_on_with_its_rows(tmp_path: Path, new_database: NEW_DATABASE) -> None:
    database = from_before_migrations(new_database)
    state = jars(tmp_path / "jars", FIRST, SECOND)
    for _ in range(2):
        migrate(database, state)
        assert database.read_now(rows) == [(1, 10, "somebody")]
        assert database.read_now(lambda c: version(c, state)) == "0002"


def test_a_new_release_migrates_what_the_one_before_it_made(tmp_path: Path, new_database: NEW_DATABASE) -> None:
    database = from_before_migrations(new_database)
    migrate(database, jars(tmp_path / "old release", FIRST))
    assert database.read_now(rows) == [(1, 10)]
    migrate(database, jars(tmp_path / "new release", FIRST, SECOND))
    assert database.read_now(rows) == [(1, 10, "somebody")]


STARTED = """
import sys, time
from pathlib import Path
from shared.database import Database
from shared.migrations import WorkingState, migrate
from tests.shared.test_migrations import Jar
url, folder, begin = sys.argv[1:]
time.sleep(max(0, float(begin) - time.time()))
migrate(Database(url), WorkingState("jars", (Jar,), Path(folder)))
"""


def test_of_several_that_start_at_once_one_migrates_and_the_others_wait(tmp_path: Path, new_database: NEW_DATABASE) -> None:
    once_only = SECOND + "    op.execute('UPDATE test_jars SET coins = coins + 1')\n    import time; time.sleep(0.3)\n"
    database, state = from_before_migrations(new_database), jars(tmp_path / "jars", FIRST, once_only)
    command = [sys.executable, "-c", STARTED, database.url, str(state.folder), str(time.time() + 1.2)]
    others = [subprocess.Popen(command, env={**os.environ, "PYTHONPATH": "."}) for _ in range(2)]
    assert [other.wait(60) for other in others] == [0, 0]
    assert database.read_now(rows) == [(1, 11, "somebody")]


def test_of_a_migration_that_fails_nothing_stays(tmp_path: Path, new_database: NEW_DATABASE) -> None:
    database = from_before_migrations(new_database)
    broken = SECOND + "    raise RuntimeError('half way')\n"
    with pytest.raises(RuntimeError, match="half way"):
        migrate(database, jars(tmp_path / "jars", FIRST, broken))
    assert database.read_now(rows) == [(1, 10)]
    assert database.read_now(lambda c: inspect(c).get_table_names()) == ["test_jars"]


def test_a_release_does_not_touch_the_database_of_a_newer_one(tmp_path: Path, new_database: NEW_DATABASE) -> None:
    database = new_database()
    migrate(database, jars(tmp_path / "newer", FIRST, SECOND))
    with pytest.raises(
        Misconfigured, match=r"of jars is at version 0002, and this release knows 0001 at most: start the newer"
    ):
        migrate(database, jars(tmp_path / "older", FIRST))


def test_a_secret_that_a_client_had_before_there_could_be_two_still_holds(new_database: NEW_DATABASE) -> None:
    identity, database = states()["identity"], new_database()
    database.write_now(lambda c: upgrade(c, identity, "0001"))
    database.write_now(lambda c: c.execute(text("INSERT INTO identity_client_secrets VALUES ('sipd', 'its digest', 'two')")))
    migrate(database, identity)
    kept = database.read_now(lambda c: c.execute(text("SELECT client, id, digest FROM identity_live_secrets")).all())
    assert [tuple(row) for row in kept] == [("sipd", "two", "its digest")]


def test_an_ordinary_start_does_not_even_load_alembic(tmp_path: Path) -> None:
    started = f"""
import sys
from shared.database import Database
from shared.migrations import migrate
from shared.runner.tables import RUNNER
for _ in range(2):
    database = Database("sqlite:///{tmp_path}/x.db")
    migrate(database, RUNNER)
    database.close()
assert "alembic" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", started], check=True, timeout=60)
