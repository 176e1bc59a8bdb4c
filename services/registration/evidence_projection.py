"""What registration shows of evidence: every claim that was ever made, and which stand."""

from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlmodel import Field, SQLModel

from services.registration.evidence import claim_of
from shared.database import table
from shared.eventlog import Recorded
from shared.events.registration import EvidenceAttached, EvidenceReplaced
from shared.runner import Changes, Projection


class EvidenceRow(SQLModel, table=True):
    """A claim for one indicator of an innovation, with its document. One that was replaced stays, for its file."""

    __tablename__ = "registration_evidence_v1"

    innovation: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    """Of the aggregate, when it was made."""
    indicator: int
    parameter: int
    letter_number: str
    letter_date: str
    subject: str
    sha256: str = Field(index=True)
    media_type: str
    size: int
    made: str
    stands: bool


EVIDENCE_ROWS = Projection("registration_evidence", 1, EvidenceRow)

_rows = table(EvidenceRow)
_CLAIM = insert(_rows)
_NO_LONGER = (
    update(_rows)
    .where(_rows.c.innovation == bindparam("of"), _rows.c.indicator == bindparam("number"), _rows.c.stands.is_(True))
    .values(stands=False)
)


def _row(recorded: Recorded, event: EvidenceAttached | EvidenceReplaced) -> dict[str, Any]:
    claim = claim_of(event)
    row = {field: getattr(claim, field) for field in claim.__struct_fields__}
    return {
        **row,
        "innovation": event.innovation,
        "version": recorded.envelope.version,
        "letter_date": event.letter_date.isoformat(),
        "made": recorded.envelope.time.isoformat(timespec="microseconds"),
        "stands": True,
    }


@EVIDENCE_ROWS.on(EvidenceAttached)
def _attached(recorded: Recorded, event: EvidenceAttached) -> Changes:
    yield _CLAIM, _row(recorded, event)


@EVIDENCE_ROWS.on(EvidenceReplaced)
def _replaced(recorded: Recorded, event: EvidenceReplaced) -> Changes:
    yield _NO_LONGER, {"of": event.innovation, "number": event.indicator}
    yield _CLAIM, _row(recorded, event)


def evidence_of(innovation: str) -> Any:
    """A query: the claims that stand, by indicator."""
    query = select(_rows).where(_rows.c.innovation == innovation, _rows.c.stands.is_(True)).order_by(_rows.c.indicator)
    return lambda connection: connection.execute(query).all()


def file_of(innovation: str, sha256: str) -> Any:
    """A query: the media type under which this file was ever attached to the innovation, or None."""
    query = select(_rows.c.media_type).where(_rows.c.innovation == innovation, _rows.c.sha256 == sha256).limit(1)

    def ask(connection: Connection) -> str | None:
        found: str | None = connection.execute(query).scalar()
        return found

    return ask


def version_of(innovation: str) -> Any:
    """A query: the version of the innovation's evidence; 0 where it has none."""
    query = select(_rows.c.version).where(_rows.c.innovation == innovation).order_by(_rows.c.version.desc()).limit(1)
    return lambda connection: connection.execute(query).scalar() or 0
