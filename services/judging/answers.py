"""What judging answers, as JSON. Scores are exact decimals, written as strings."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field

from services.judging.bodies import Relation
from shared.events.judging import Placed
from shared.rulebook import Criterion, Text

Situation = Literal["preparing", "judging", "closed", "decided", "announced"]


class Name(BaseModel):
    """In Bahasa Indonesia and English."""

    id: str
    en: str


# -- jurors


class JurorDone(BaseModel):
    edition: str
    person: str


class EntryDone(BaseModel):
    entry: str
    juror: str


class ConflictShown(BaseModel):
    institution: str
    relation: Relation
    note: str


class RecusalShown(BaseModel):
    entry: str
    reason: str


class JurorShown(BaseModel):
    person: str
    university: str
    conflicts: list[ConflictShown] | None = Field(description="null: not yours to see")
    recusals: list[RecusalShown] | None = Field(description="null: not yours to see")


# -- categories


class PanelShown(BaseModel):
    entry: str
    jurors: list[str]


class PanelsDone(BaseModel):
    edition: str
    category: str
    assigned: list[PanelShown] = Field(description="The panels that this request changed")


class CategoryDone(BaseModel):
    edition: str
    category: str


class PlacedShown(BaseModel):
    place: int
    entry: str
    name: str
    score: Decimal = Field(description="As shown: two decimals, more where they tell entries apart")
    exact: str = Field(description="numerator/denominator")
    resolved_by: str | None = Field(description="The rung of the ladder that parted it from an equal score")


def places_shown(placed: tuple[Placed, ...]) -> list[PlacedShown]:
    return [
        PlacedShown(place=p.place, entry=p.entry, name=p.name, score=p.shown, exact=p.exact, resolved_by=p.resolved_by)
        for p in placed
    ]


class DecisionDone(CategoryDone):
    ranking: list[PlacedShown] | None = Field(description="null: it was decided before; see the ranking")
    method: Literal["mean", "severity"] | None


class AnnouncementDone(CategoryDone):
    winners: list[PlacedShown] | None = Field(description="null: it was announced before; see the results")


class CriterionShown(BaseModel):
    id: str
    name: Name
    weight: Decimal
    computed: str | None = Field(description="null: jurors score it 0-100")


def criteria_shown(criteria: tuple[Criterion, ...]) -> list[CriterionShown]:
    return [CriterionShown(id=c.id, name=name_shown(c.name), weight=c.weight, computed=c.computed) for c in criteria]


def name_shown(text: Text) -> Name:
    return Name(id=text.id, en=text.en)


class EntryProgress(BaseModel):
    entry: str
    institution: str
    institution_name: str
    name: str
    innovations: int
    panel: list[str]
    opened: int = Field(description="Scoresheets opened so far")
    submitted: int = Field(description="Scoresheets submitted so far")


class CategorySummary(BaseModel):
    category: str
    name: Name
    situation: Situation
    entries: int
    seats: int = Field(description="Scoresheets that the panels are to fill")
    submitted: int


class CategoryShown(BaseModel):
    edition: str
    category: str
    name: Name
    situation: Situation
    entrant: Literal["institution", "innovation"]
    places: int
    quorum: int
    criteria: list[CriterionShown]
    entries: list[EntryProgress]


# -- scoresheets


class ScoreShown(BaseModel):
    criterion: str
    score: Decimal
    comment: str


class ScoresDone(EntryDone):
    recorded: list[ScoreShown] = Field(description="What changed; a score that stood already is not repeated")


class DossierShown(BaseModel):
    innovation: str
    revision: int
    digest: str


class SheetShown(BaseModel):
    """A juror's own sheet."""

    entry: str
    juror: str
    name: str
    institution: str
    dossier: list[DossierShown]
    state: Literal["unopened", "open", "submitted"]
    criteria: list[CriterionShown] = Field(description="Those that jurors score")
    scores: list[ScoreShown]
    barred: Name | None = Field(description="Why you may not score this entry; null: you may")


class OpenedSheet(BaseModel):
    """Anybody's sheet, after the announcement."""

    juror: str
    submitted: bool
    scores: list[ScoreShown]


class MyEntry(BaseModel):
    entry: str
    edition: str
    category: str
    situation: Situation
    name: str
    institution: str
    institution_name: str
    dossier: list[DossierShown]
    state: Literal["unopened", "open", "submitted"]
    scored: int = Field(description="Criteria that you have scored")
    criteria: int = Field(description="Criteria to score")
    barred: Literal["conflict", "recusal"] | None


# -- rankings and results


class StandingShown(BaseModel):
    place: int | None
    entry: str
    name: str
    institution: str
    score: Decimal
    exact: str
    criteria: dict[str, Decimal]
    sheets: int
    resolved_by: str | None
    tied_with: list[str]


class TieShown(BaseModel):
    place: int
    entries: list[str]


class FlagShown(BaseModel):
    entry: str
    juror: str
    residual: float
    deviations: float


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
    situation: Literal["closed", "decided", "announced"]
    method: Literal["mean", "severity"]
    standings: list[StandingShown]
    unscored: list[str]
    open_ties: list[TieShown]
    hindrance: Name | None = Field(description="What stands against a decision; null: nothing does")
    advisory: Advisory


class WinnerShown(BaseModel):
    place: int
    entry: str
    name: str
    institution: str
    institution_name: str
    score: Decimal
    exact: str
    resolved_by: str | None


class CategoryResults(BaseModel):
    category: str
    name: Name
    announced: str
    winners: list[WinnerShown]


class ResultsShown(BaseModel):
    edition: str
    categories: list[CategoryResults]
