"""What is said of an innovation by others than its author, and its history, as JSON."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from services.registration.bodies import Body, Reason
from shared.events.registration import Kind

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class EndorsementBody(Body):
    digest: Digest = Field(description="Of the record that you have read")


class ReclassificationBody(Body):
    type: Kind
    reason: Reason


class NothingMore(Body):
    pass


class InnovationDone(BaseModel):
    innovation: str
    position: int


class ReclassificationDone(InnovationDone):
    type: Kind


class RevisionShown(BaseModel):
    """One state of the record."""

    revision: int
    """1: as submitted. A reclassification is no revision of what the institution wrote."""
    what: Literal["submitted", "revised", "reclassified"]
    digest: str
    at: datetime
    actor: str
    reason: str
    """Of a reclassification."""
    changed: list[str]
    """Names of the fields that differ from the state before."""
    record: dict[str, Any]
