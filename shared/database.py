"""A service's SQL database: SQLite by default, PostgreSQL by URL. Blocking work runs in threads, writes one after another."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import SQLModel

T = TypeVar("T")

_JSON: dict[str, Any] = {"json_deserializer": msgspec.json.decode}
"""Six times as fast as the standard library's: a page of the whole desk reads a thousand JSON columns."""


def table(model: type[SQLModel]) -> Table:
    """The Core table of a SQLModel table class."""
    found: Table = model.__table__  # type: ignore[attr-defined]
    return found


def away(error: BaseException) -> bool:
    """Whether the database itself is in trouble (locked, full, unreachable, restarting), rather than what was asked of it."""
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    code = getattr(error.orig, "sqlite_errorcode", None)
    return isinstance(error, OperationalError) and code != sqlite3.SQLITE_ERROR


def one_process_at_a_time(connection: Connection) -> None:
    """Hold back other processes that ask for the same until this transaction ends. A writing SQLite transaction does already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7254180)"))


def _sqlite(engine: Engine, *, begin: str, pragmas: Iterable[str]) -> Engine:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's BEGIN below is the only one
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


class Database:
    """`write` runs work in one transaction, one at a time; `read` runs it on a snapshot, several at a time."""

    def __init__(self, url: str):
        self.url = url
        if url.startswith("sqlite"):
            wal = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON")
            self._writer = _sqlite(
                create_engine(url, pool_size=1, max_overflow=0, **_JSON), begin="BEGIN IMMEDIATE", pragmas=wal
            )
            self._reader = _sqlite(create_engine(url, pool_size=4, **_JSON), begin="BEGIN", pragmas=(*wal, "query_only=ON"))
        else:
            self._writer = create_engine(url, pool_size=1, max_overflow=1, pool_pre_ping=True, **_JSON)
            self._reader = create_engine(url, pool_size=4, pool_pre_ping=True, isolation_level="REPEATABLE READ", **_JSON)
        self._write_thread = ThreadPoolExecutor(1, "database-write")
        self._read_threads = ThreadPoolExecutor(4, "database-read")

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run the work in one transaction; an exception rolls it back."""
        return await asyncio.get_running_loop().run_in_executor(self._write_thread, self.write_now, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._read_threads, self.read_now, work)

    def write_now(self, work: Callable[[Connection], T]) -> T:
        """The same, in the caller's thread."""
        with self._writer.begin() as connection:
            return work(connection)

    def read_now(self, work: Callable[[Connection], T]) -> T:
        with self._reader.begin() as connection:
            return work(connection)

    def create(self, models: Iterable[type[SQLModel]]) -> None:
        """Create the tables that are not there yet."""
        tables = [table(model) for model in models]

        def create_all(connection: Connection) -> None:
            one_process_at_a_time(connection)
            SQLModel.metadata.create_all(connection, tables=tables)

        self.write_now(create_all)

    def close(self) -> None:
        self._write_thread.shutdown()
        self._read_threads.shutdown()
        self._writer.dispose()
        self._reader.dispose()
