"""What judging answers about its outcome, as JSON: rankings, results, objections, awards, dossiers."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, Field

from services.judging.answers import CategoryDone, DossierShown, Name, PlacedShown
from shared.maturity import Shown


class StandingShown(BaseModel):
    place: int | None
    entry: str
    name: str
    institution: str
    score: Decimal | None = Field(description="null: it would give away a single juror's sealed scores")
    exact: str | None
    criteria: dict[str, Decimal] | None
    sheets: int
    resolved_by: str | None
    tied_with: list[str]


class TieShown(BaseModel):
    place: int
    entries: list[str]


class FlagShown(BaseModel):
    entry: str
    juror: str
    residual: float | None = Field(description="null while scores are sealed: with the other figures it gives a score away")
    deviations: float | None


class Advisory(BaseModel):
    """Figures for the panel's eyes. They decide nothing."""

    chance_of_first: dict[str, float]
    without: dict[str, dict[str, int | None]]
    severities: dict[str, float]
    icc_2k: float | None
    kendall_w: float | None
    krippendorff_alpha: float | None
    flags: list[FlagShown]


class RankingShown(CategoryDone):
    situation: Literal["closed", "decided", "confirmed", "announced"]
    method: Literal["mean", "severity"]
    standings: list[StandingShown]
    unscored: list[str]
    open_ties: list[TieShown]
    winners: list[PlacedShown] | None = Field(description="As decided; null: nothing is decided")
    deviation: str | None = Field(description="Why the winners are not the first of the ranking; null: they are")
    hindrance: Name | None = Field(description="What stands against a decision; null: nothing does")
    advisory: Advisory


class WinnerShown(BaseModel):
    place: int
    entry: str
    name: str
    institution: str
    institution_name: str
    score: Decimal | None = Field(description="null: this edition publishes no scores")
    exact: str | None
    resolved_by: str | None
    award: str | None = Field(description="The decree by which it was conferred")


class ResultShown(BaseModel):
    announced: str
    objections_until: str | None
    deviation: str | None = Field(description="Why the winners are not the first of the ranking; null: they are")
    correction: str | None = Field(description="Why it takes an earlier result's place; null: it is the first")
    winners: list[WinnerShown]
    others: list[WinnerShown] = Field(description="The other nominees, where the edition publishes their scores")


class CategoryResults(ResultShown):
    """The result that counts, and those that it took the place of, the latest first."""

    category: str
    name: Name
    reopened: bool = Field(description="It is being decided anew; what is shown is the last that was announced")
    earlier: list[ResultShown]


class ResultsShown(BaseModel):
    edition: str
    categories: list[CategoryResults]


class OwnScore(BaseModel):
    criterion: str
    score: Decimal | None = Field(description="null: this edition does not tell it")
    comment: str | None = Field(description="null: this edition does not tell it")


class OwnSheet(BaseModel):
    """What one juror gave; his name is not told."""

    scores: list[OwnScore]


class OwnResult(BaseModel):
    entry: str
    name: str
    institution: str
    category: str
    excluded: str | None = Field(description="Why the entry competes no more; null: it does")
    place: int | None
    score: Decimal | None = Field(description="null: this edition tells no scores, or the entry was excluded")
    sheets: list[OwnSheet] | None = Field(description="null: this edition shows neither scores nor comments of single jurors")


class OwnResults(BaseModel):
    edition: str
    entries: list[OwnResult]


class ObjectionShown(BaseModel):
    objection: str
    entry: str
    institution: str
    grounds: str
    filed: str
    ruling: Literal["upheld", "rejected"] | None
    reason: str | None


class ObjectionDone(CategoryDone):
    objection: str


class AwardDone(BaseModel):
    entry: str
    decree: str


class ProposalDone(BaseModel):
    edition: str
    entry: str
    innovation: str


class DisclosureDone(CategoryDone):
    entry: str | None = Field(description="null: of the whole category")
    to: str


class ClaimShown(BaseModel):
    """A parameter that was claimed with a document, as it was admitted. The file: registration, by innovation and `sha256`."""

    indicator: int
    parameter: int
    letter_number: str
    letter_date: date
    subject: str
    sha256: str
    media_type: str
    size: int
    verified: int | None = Field(description="The parameter that the Makmal team found in it; null: nobody had verified it")
    note: str = Field(description="Of who verified it")

    @classmethod
    def of(cls, shown: Shown) -> "ClaimShown":
        said, verified = shown.claim, shown.verified
        return cls(
            indicator=said.indicator,
            parameter=said.parameter,
            letter_number=said.letter_number,
            letter_date=said.letter_date,
            subject=said.subject,
            sha256=said.sha256,
            media_type=said.media_type,
            size=said.size,
            verified=verified.parameter if verified else None,
            note=verified.note if verified else "",
        )


class RecordShown(DossierShown):
    """One innovation as it was admitted, out of the log."""

    record: dict[str, Any]
    revised_since: int = Field(description="Later revisions that jurors do not read")
    maturity: Decimal = Field(description="Points of what was verified, by the edition's catalogue")
    evidence: list[ClaimShown]


class DossierDone(BaseModel):
    entry: str
    name: str
    institution: str
    innovations: list[RecordShown]
