"""A service's database: one transaction writes at a time, readers see a snapshot, on SQLite and on PostgreSQL."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlmodel import Field, SQLModel

from shared.database import Database, away, table
from tests.postgres import Postgres


class Purse(SQLModel, table=True):
    __tablename__ = "test_purses"

    id: int = Field(primary_key=True)
    coins: int


PURSES = table(Purse)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    on_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/purses.db" if on_sqlite else request.getfixturevalue("postgres").new_database()
    opened = Database(url)
    opened.create([Purse])
    opened.write_now(lambda c: c.execute(insert(PURSES), [{"id": 1, "coins": 10}, {"id": 2, "coins": 10}]))
    yield opened
    opened.close()


def coins(connection: Connection) -> list[int]:
    return list(connection.scalars(select(PURSES.c.coins).order_by(PURSES.c.id)))


async def test_what_fails_leaves_nothing_behind(database: Database) -> None:
    def half(connection: Connection) -> None:
        connection.execute(update(PURSES).where(PURSES.c.id == 1).values(coins=0))
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        await database.write(half)
    assert await database.read(coins) == [10, 10]


async def test_many_writers_at_once_lose_no_update(database: Database) -> None:
    def take_one(connection: Connection) -> None:
        have = coins(connection)[0]
        connection.execute(update(PURSES).where(PURSES.c.id == 1).values(coins=have + 1))

    await asyncio.gather(*(database.write(take_one) for _ in range(50)))
    assert await database.read(coins) == [60, 10]


async def test_a_reader_sees_one_moment_though_somebody_writes_meanwhile(database: Database) -> None:
    read_once, written = threading.Event(), threading.Event()

    def read_twice(connection: Connection) -> tuple[list[int], list[int]]:
        first = coins(connection)
        read_once.set()
        assert written.wait(5)
        return first, coins(connection)

    reading = asyncio.create_task(database.read(read_twice))
    assert await asyncio.to_thread(read_once.wait, 5)
    await database.write(lambda c: c.execute(update(PURSES).values(coins=0)))
    written.set()
    assert await reading == ([10, 10], [10, 10])
    assert await database.read(coins) == [0, 0]


async def test_tables_are_created_once_whoever_comes_first(database: Database) -> None:
    others = [Database(database.url) for _ in range(3)]
    await asyncio.gather(*(asyncio.to_thread(other.create, [Purse]) for other in others))
    for other in others:
        other.close()
    assert await database.read(coins) == [10, 10]


async def test_sqlite_is_durable_and_its_readers_cannot_write(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db")
    database.create([Purse])
    settings = await database.write(
        lambda c: [c.execute(text(f"PRAGMA {p}")).scalar() for p in ("journal_mode", "synchronous")]
    )
    assert settings == ["wal", 2]
    with pytest.raises(OperationalError, match="readonly"):
        await database.read(lambda c: c.execute(insert(PURSES), {"id": 1, "coins": 1}))
    database.close()


async def test_a_faulty_statement_is_told_from_a_database_in_trouble(database: Database) -> None:
    with pytest.raises(DBAPIError) as faulty:
        await database.read(lambda c: c.execute(text("SELECT nothing FROM nowhere")))
    assert not away(faulty.value)
    with pytest.raises(IntegrityError) as double:
        await database.write(lambda c: c.execute(insert(PURSES), {"id": 1, "coins": 1}))
    assert not away(double.value)
    assert not away(KeyError("no"))


async def test_a_locked_sqlite_is_in_trouble(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db")
    database.create([Purse])
    await database.write(lambda c: c.execute(text("PRAGMA busy_timeout = 50")))
    with sqlite3.connect(tmp_path / "x.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError) as locked:
            await database.write(_impatiently)
    assert away(locked.value)
    other.close()
    database.close()


def _impatiently(connection: Connection) -> None:
    raise AssertionError("it holds the lock")


async def test_a_postgresql_that_is_down_is_in_trouble_and_used_again_when_it_is_up(postgres: Postgres) -> None:
    database = Database(postgres.new_database())
    database.create([Purse])
    postgres.control("stop")
    with pytest.raises(OperationalError) as down:
        await database.write(coins)
    assert away(down.value)
    postgres.control("start")
    assert await database.write(coins) == []
    database.close()
