"""What judging answers, as JSON. Scores are exact decimals, written as strings."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field

from shared.events.judging import Placed, Relation
from shared.rulebook import Criterion, Text

Situation = Literal["preparing", "judging", "closed", "decided", "confirmed", "announced"]
SheetState = Literal["unopened", "open", "submitted", "unconfirmed", "void"]


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


class ProposedConflictShown(ConflictShown):
    proposed_by: str


class RecusalShown(BaseModel):
    entry: str
    reason: str


class JurorShown(BaseModel):
    person: str
    university: str
    replaced_by: str | None = Field(description="The juror who has taken his place")
    conflicts: list[ConflictShown] | None = Field(description="null: not yours to see")
    recusals: list[RecusalShown] | None = Field(description="null: not yours to see")
    proposed: list[ProposedConflictShown] | None = Field(description="Neither confirmed nor dismissed. null: not yours to see")


class ReplacementDone(BaseModel):
    edition: str
    person: str
    successor: str
    panels: list["PanelShown"] = Field(description="The panels on which the successor sits now")
    voided: list[str] = Field(description="Entries whose open sheet of the replaced juror is void")


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
    winners: list[PlacedShown] | None
    deviation: str | None = Field(description="Why the winners are not the first of the ranking; null: they are")


class AnnouncementDone(CategoryDone):
    winners: list[PlacedShown] | None = Field(description="null: it was announced before; see the results")
    corrects: bool = Field(description="Whether it takes the place of an earlier result, which stays visible beside it")
    objections_until: datetime | None = Field(description="null: it was announced before; see the results")


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
    excluded: str | None = Field(description="Why it competes no more; null: it does")
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
    state: SheetState
    criteria: list[CriterionShown] = Field(description="Those that jurors score")
    scores: list[ScoreShown]
    barred: Name | None = Field(description="Why you may not score this entry; null: you may")


class OpenedSheet(BaseModel):
    """Anybody's sheet: after the announcement, or by a recorded disclosure."""

    juror: str
    state: SheetState
    submitted: bool
    note: str | None = Field(description="Why it is void, or was reopened")
    recorded_by: str | None = Field(description="Who typed it from the juror's paper")
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
    excluded: str | None = Field(description="Why it competes no more; null: it does")
    state: SheetState
    scored: int = Field(description="Criteria that you have scored")
    criteria: int = Field(description="Criteria to score")
    barred: Literal["conflict", "recusal"] | None
