"""What requests to judging say, as JSON."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.events.judging import Relation

EditionId = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40, examples=["batam-2023"])]
CategoryId = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40, examples=["digital"])]
EntryId = Annotated[str, Path(pattern=r"^[A-Za-z0-9.-]+$", max_length=200, examples=["batam-2023.opd.opd-01"])]
PersonId = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,64}$", description="A person's opaque ID")]

_PROSE = r"^[^\x00]*$"
Person = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,64}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$", max_length=200)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, pattern=_PROSE, max_length=2_000)]
ObjectionId = Annotated[str, Path(max_length=64)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Empty(Body):
    pass


class AppointmentBody(Body):
    person: Person
    university: Line


class ConflictBody(Body):
    institution: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$", max_length=60)]
    relation: Relation
    note: Prose = ""


class ReplacementBody(Body):
    person: Person = Field(description="Who takes the juror's place")
    university: Line
    reason: Prose


class ProposedConflictBody(ConflictBody):
    note: Prose


class DismissalBody(Body):
    institution: Annotated[str, StringConstraints(max_length=60)]
    relation: Relation
    reason: Prose


class ReasonBody(Body):
    reason: Prose


class DecisionBody(Body):
    order: list[Annotated[str, StringConstraints(max_length=200)]] = Field(
        [],
        max_length=500,
        description="The winners, best first, where they are not the first of the ranking; left out: they are",
    )
    reason: Prose = ""


class OnBehalf(Body):
    person: Person
    scan_digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="SHA-256 of the scanned paper"
    )


class ObjectionBody(Body):
    grounds: Prose
    on_behalf_of: OnBehalf | None = Field(None, description="The committee types it from paper; the person confirms it later")


class RulingBody(Body):
    upheld: bool
    reason: Prose


class AwardBody(Body):
    decree: Line
    decree_date: date


class NationalBody(Body):
    innovation: Annotated[str, StringConstraints(max_length=64)]


class DisclosureBody(Body):
    entry: Annotated[str, StringConstraints(max_length=200)] = Field("", description="Left out: of the whole category")
    to: Person
    reason: Prose


class ApprovalBody(Body):
    entry: Annotated[str, StringConstraints(max_length=200)] = ""
    to: Person


class RecusalBody(Body):
    reason: Prose


class PanelsBody(Body):
    jurors: list[Person] | None = Field(None, max_length=100, description="Left out: every appointed juror")


class VoteBody(Body):
    order: Annotated[list[Annotated[str, StringConstraints(max_length=200)]], Field(min_length=2, max_length=500)]
    note: Prose


class ScoreBody(Body):
    criterion: Annotated[str, StringConstraints(max_length=40)]
    score: Decimal = Field(description="0-100, at most two decimals")
    comment: Prose = ""


class ScoresBody(Body):
    scores: list[ScoreBody] = Field(min_length=1, max_length=50)


class PaperSheetBody(ScoresBody):
    on_behalf_of: OnBehalf


class ReopeningBody(ReasonBody):
    juror: Person
