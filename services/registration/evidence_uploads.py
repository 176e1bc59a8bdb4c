"""Who uploaded which evidence file: whoever attaches one has shown that he has it.

Digests stand in events, and those are public once results are announced: to know one must give nobody the file.
"""

from collections.abc import Callable

from sqlalchemy import Connection, exists, insert, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, SQLModel

from shared.database import table


class EvidenceUpload(SQLModel, table=True):
    """Working state: no fact, and of no use once the file is attached."""

    __tablename__ = "registration_evidence_uploads"

    sha256: str = Field(primary_key=True)
    uploader: str = Field(primary_key=True)
    """`person/<id>` or `client/<id>`."""
    uploaded: str


_uploads = table(EvidenceUpload)


def uploaded(sha256: str, uploader: str, at: str) -> Callable[[Connection], None]:
    """Work for `Database.write`."""

    def note(connection: Connection) -> None:
        try:
            with connection.begin_nested():
                connection.execute(insert(_uploads), {"sha256": sha256, "uploader": uploader, "uploaded": at})
        except IntegrityError:
            pass  # he uploaded it before

    return note


def has_uploaded(sha256: str, uploader: str) -> Callable[[Connection], bool]:
    """A query for `Database.read`."""
    query = select(exists().where(_uploads.c.sha256 == sha256, _uploads.c.uploader == uploader))
    return lambda connection: bool(connection.execute(query).scalar())
