"""A projection folds events into tables. It can be thrown away and rebuilt."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Delete, Insert, Update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import SQLModel

from shared.database import away
from shared.eventlog import Recorded
from shared.events import Event

Statement = Insert | Update | Delete
Change = tuple[Statement, dict[str, Any]]
"""A Core statement that touches one table and reads no other, made once per module, and its parameters."""
Changes = Iterable[Change]

E = TypeVar("E", bound=Event)
Handler = Callable[[Recorded, Any], Changes]


class Projection:
    """Named, versioned, with tables of its own. A handler is a pure function of the event: it reads nothing.

    Table names carry the version (`innovations_v1`); a changed projection gets the next version and builds beside the old one.
    """

    def __init__(self, name: str, version: int, *tables: type[SQLModel]):
        self.name = name
        self.version = version
        self.tables = tables
        self.handlers: dict[str, Handler] = {}
        for model in tables:
            if not str(model.__tablename__).endswith(f"_v{version}"):
                raise ValueError(f"table {model.__tablename__} of projection {name} must end in _v{version}")

    @property
    def consumer(self) -> str:
        return f"{self.name}_v{self.version}"

    def on(self, kind: type[E]) -> Callable[[Callable[[Recorded, E], Changes]], Callable[[Recorded, E], Changes]]:
        """Declare what an event of this type changes."""

        def declare(handler: Callable[[Recorded, E], Changes]) -> Callable[[Recorded, E], Changes]:
            if kind.__name__ in self.handlers:
                raise ValueError(f"{self.name} handles {kind.__name__} already")
            self.handlers[kind.__name__] = handler
            return handler

        return declare


class HandlerFailed(Exception):
    """A projection's handler or its statement failed at an event. The runner stops: an event is never skipped."""

    def __init__(self, consumer: str, recorded: Recorded, error: Exception):
        super().__init__(
            f"{consumer} failed at position {recorded.position} ({recorded.type}): {type(error).__name__}: {error}"
        )
        self.consumer = consumer
        self.position = recorded.position


class Batch:
    """Changes of many events, run as few statements: changes of different tables do not touch each other,
    so only changes of one table keep their order among themselves."""

    def __init__(self, connection: Connection):
        self._connection = connection
        self._pending: dict[str, tuple[Statement, list[dict[str, Any]]]] = {}

    def add(self, changes: Changes) -> None:
        for statement, parameters in changes:
            name = str(statement.table)
            pending = self._pending.get(name)
            if pending is not None and pending[0] is statement and pending[1][0].keys() == parameters.keys():
                pending[1].append(parameters)
                continue
            if pending is not None:
                self._connection.execute(*pending)
            self._pending[name] = (statement, [parameters])

    def flush(self) -> None:
        for pending in self._pending.values():
            self._connection.execute(*pending)
        self._pending.clear()


def apply(connection: Connection, projection: Projection, events: Sequence[Recorded]) -> None:
    """Fold events into the projection's tables, in order. Raises HandlerFailed naming the event."""
    concerned = [recorded for recorded in events if recorded.type in projection.handlers]
    if not concerned:
        return
    try:
        with connection.begin_nested():
            _fold(connection, projection, concerned)
    except HandlerFailed:
        raise
    except SQLAlchemyError as error:
        if away(error):
            raise
        for recorded in concerned:  # one after another, to find the event at which it fails
            try:
                _fold(connection, projection, [recorded])
            except SQLAlchemyError as exact:
                if away(exact):
                    raise
                raise HandlerFailed(projection.consumer, recorded, exact) from exact


def _fold(connection: Connection, projection: Projection, events: Sequence[Recorded]) -> None:
    batch = Batch(connection)
    for recorded in events:
        try:
            changes = list(projection.handlers[recorded.type](recorded, recorded.event))
        except Exception as error:
            raise HandlerFailed(projection.consumer, recorded, error) from error
        batch.add(changes)
    batch.flush()
