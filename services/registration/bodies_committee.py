"""What the committee says where it decides beyond the ordinary course, as JSON."""

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from services.registration.bodies import ByDecree, Code, Moment, Reason


class CancellationBody(ByDecree):
    reason: Reason
    effective: date


class ConclusionBody(ByDecree):
    effective: date | None = Field(None, description="The edition's last day; left out: today")


class AmendmentBody(ByDecree):
    rulebook: dict[str, Any] = Field(description="The whole rulebook as it is to be")
    reason: Reason


class MergerBody(ByDecree):
    into: Code
    reason: Reason


class LateBody(ByDecree):
    until: Moment
    reason: Reason


class WaiverBody(ByDecree):
    reason: Reason


class InstitutionDone(BaseModel):
    edition: str
    institution: str
    position: int
