"""How far each consumer of a service has come, and the last event that was counted. All within the caller's transaction."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, MetaData, Table, bindparam, delete, insert, select, update
from sqlalchemy.schema import DropTable

from shared.database import one_process_at_a_time, table
from shared.eventlog import LogWentBack, Recorded
from shared.runner.tables import Checkpoint, LastSeen

Consumers = Mapping[str, str]
"""The consumers of the running release: name → its tables, by commas."""

_checkpoints = table(Checkpoint)
_seen = table(LastSeen)

# What every page runs, made once: making a statement costs more than running it.
_POSITIONS = select(_checkpoints.c.consumer, _checkpoints.c.position)
_LAST_SEEN = select(_seen.c.position, _seen.c.service, _seen.c.digest, _seen.c.streams)
_ADVANCE = (
    update(_checkpoints)
    .where(_checkpoints.c.consumer == bindparam("who"), _checkpoints.c.position == bindparam("known"))
    .values(position=bindparam("reached"))
)
_REMEMBER = (
    update(_seen)
    .where(_seen.c.position < bindparam("last"))
    .values({name: bindparam(f"last_{name}") for name in ("service", "digest", "streams")} | {"position": bindparam("last")})
)


class Overtaken(Exception):
    """Another process of this service moved the checkpoint; read again from where it stands."""


class Superseded(Exception):
    """A newer release of this service has caught up and dropped a projection that this process serves."""


@dataclass(frozen=True)
class Standing:
    checkpoints: dict[str, int]
    seen: int
    """Position of the last event that was counted; 0: none yet."""
    service: str
    digest: str
    """SHA-256 (hex) of its bytes."""
    streams: tuple[str, ...]
    """What the service listened to when it was counted."""

    @property
    def lowest(self) -> int:
        return min(self.checkpoints.values())

    @property
    def highest(self) -> int:
        return max(self.checkpoints.values())

    @property
    def level(self) -> bool:
        """All consumers stand at one position."""
        return self.lowest == self.highest

    def confirm(self, found: Sequence[Recorded]) -> None:
        """Compare with what the log holds from the last counted event to the highest checkpoint. Raises LogWentBack."""
        if not found or found[0].position != self.seen or hashlib.sha256(found[0].raw).hexdigest() != self.digest:
            raise LogWentBack(f"position {self.seen} does not hold what this service has seen there")
        if len(found) > 1:
            raise LogWentBack(f"position {found[1].position} holds an event where this service has seen none")


def enter(connection: Connection, consumers: Consumers) -> None:
    """Begin with consumers that are new in this release, on empty tables."""
    one_process_at_a_time(connection)
    known = set(connection.scalars(select(_checkpoints.c.consumer)))
    for consumer, tables in consumers.items():
        if consumer not in known:
            _empty(connection, tables)
            connection.execute(insert(_checkpoints), {"consumer": consumer, "position": 0, "tables": tables})
    if connection.execute(select(_seen.c.id)).first() is None:
        connection.execute(insert(_seen), {"id": 1, "position": 0, "service": "", "digest": "", "streams": ""})


def standing(connection: Connection, consumers: Consumers) -> Standing:
    """Raises Superseded."""
    rows = connection.execute(_POSITIONS)
    positions = {consumer: position for consumer, position in rows if consumer in consumers}
    if missing := consumers.keys() - positions.keys():
        raise Superseded(f"a newer release has replaced {', '.join(sorted(missing))}: this process must end")
    seen = connection.execute(_LAST_SEEN).one()
    return Standing(positions, seen.position, seen.service, seen.digest, tuple(filter(None, seen.streams.split(","))))


def advance(connection: Connection, consumer: str, known: int, position: int) -> None:
    """Move a consumer on by compare-and-set. Raises Overtaken."""
    if connection.execute(_ADVANCE, {"who": consumer, "known": known, "reached": position}).rowcount != 1:
        raise Overtaken


def remember(connection: Connection, last: Recorded, streams: Sequence[str]) -> None:
    """Keep what the last counted event was, unless a later one is kept already."""
    digest = hashlib.sha256(last.raw).hexdigest()
    known = {"last": last.position, "last_service": last.service, "last_digest": digest, "last_streams": ",".join(streams)}
    connection.execute(_REMEMBER, known)


def drop_old_versions(connection: Connection, consumers: Consumers) -> None:
    """Once all have caught up with each other, an older version of a projection has nobody left to read it."""
    rows = connection.execute(select(_checkpoints)).all()
    if len({row.position for row in rows if row.consumer in consumers}) > 1:
        return
    in_use = {name for tables in consumers.values() for name in tables.split(",")}
    for row in rows:
        if row.consumer in consumers:
            continue
        for name in filter(None, row.tables.split(",")):
            if name not in in_use:
                connection.execute(DropTable(Table(name, MetaData()), if_exists=True))
        connection.execute(delete(_checkpoints).where(_checkpoints.c.consumer == row.consumer))


def _empty(connection: Connection, tables: str) -> None:
    for name in filter(None, tables.split(",")):
        connection.execute(delete(Table(name, MetaData())))
