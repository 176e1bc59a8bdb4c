"""The runner's own tables, in every service's database. They are working state: they hold no fact."""

from pathlib import Path

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from shared.migrations import WorkingState


class Checkpoint(SQLModel, table=True):
    """How far one consumer (a projection's version, or the inbox) has come."""

    __tablename__ = "runner_checkpoints"

    consumer: str = Field(primary_key=True)
    position: int
    tables: str = ""
    """Names of its tables, by commas: what to drop once a newer version has caught up."""


class LastSeen(SQLModel, table=True):
    """The last event that was counted. If it is no longer in the log, the log is another one."""

    __tablename__ = "runner_last_seen"

    id: int = Field(primary_key=True)
    position: int
    service: str
    digest: str
    streams: str = ""
    """What the service listened to then, by commas."""


class InboxRow(SQLModel, table=True):
    """An event that a reaction has yet to answer. Rows of one subject are answered in order, one after another."""

    __tablename__ = "runner_inbox"
    __table_args__ = {"sqlite_autoincrement": True}  # an id is the order of a subject's rows, and never used again

    id: int | None = Field(default=None, primary_key=True)
    reaction: str
    subject: str = Field(index=True)
    position: int
    service: str
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    tries: int = 0
    due: float = 0
    parked: bool = False
    error: str = ""


class Lease(SQLModel, table=True):
    """Who may work off the inbox: one process at a time."""

    __tablename__ = "runner_leases"

    name: str = Field(primary_key=True)
    holder: str
    until: float


RUNNER = WorkingState("runner", (Checkpoint, LastSeen, InboxRow, Lease), Path(__file__).with_name("migrations"))
