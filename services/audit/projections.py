"""The trail: one line for every event of the log, whichever service recorded it. It holds no event's data."""

from datetime import UTC

from sqlalchemy import Index, String, bindparam, func, insert, select
from sqlmodel import Field, SQLModel

from shared.database import table
from shared.eventlog import Recorded
from shared.events import Event, catalogue
from shared.runner import Projection
from shared.runner.projection import Changes


class TrailLine(SQLModel, table=True):
    """Who did what, when, and because of which event."""

    __tablename__ = "audit_trail_v1"
    __table_args__ = (
        Index("audit_trail_v1_edition", "edition", "position"),
        Index("audit_trail_v1_subject", "subject", "position"),
        Index("audit_trail_v1_actor", "actor", "position"),
        Index("audit_trail_v1_cause", "cause", "position"),
    )

    position: int = Field(primary_key=True)
    id: str = Field(index=True)
    time: str
    """ISO 8601, UTC."""
    type: str
    service: str
    subject: str
    edition: str | None = None
    actor: str
    version: int
    request: str
    cause: int | None = None
    """Position of the event that this one answers."""


TRAIL = Projection("audit_trail", 1, TrailLine)

_trail = table(TrailLine)
_cause = _trail.alias("cause")
_LINE = insert(_trail).values(
    cause=select(func.min(_cause.c.position)).where(_cause.c.id == bindparam("causation", type_=String())).scalar_subquery()
)


def line(recorded: Recorded, event: Event) -> Changes:
    envelope = recorded.envelope
    yield (
        _LINE,
        {
            "position": recorded.position,
            "id": envelope.id,
            "time": envelope.time.astimezone(UTC).isoformat(timespec="milliseconds"),
            "type": envelope.type,
            "service": recorded.service,
            "subject": envelope.subject,
            "edition": envelope.edition,
            "actor": envelope.actor,
            "version": envelope.version,
            "request": envelope.request,
            "causation": envelope.causationid,
        },
    )


for kind in catalogue().values():
    TRAIL.on(kind)(line)
