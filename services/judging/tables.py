"""The tables that judging shows from. `projections` fills them.

Scores are sealed: a reader of `ScoreRow` shows them to the juror who gave them, and to others once results are announced.
"""

from sqlmodel import Field, SQLModel


class JurorRow(SQLModel, table=True):
    __tablename__ = "judging_jurors_v1"

    edition: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    university: str


class ConflictRow(SQLModel, table=True):
    __tablename__ = "judging_conflicts_v1"

    edition: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    relation: str = Field(primary_key=True)
    note: str


class RecusalRow(SQLModel, table=True):
    __tablename__ = "judging_recusals_v1"

    entry: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    edition: str = Field(index=True)
    reason: str


class CategoryRow(SQLModel, table=True):
    __tablename__ = "judging_categories_v1"

    edition: str = Field(primary_key=True)
    category: str = Field(primary_key=True)
    situation: str
    """`preparing`, `judging`, `closed`, `decided`, `announced`."""
    rules: str
    """JSON of `RubricLocked`."""


class EntryRow(SQLModel, table=True):
    __tablename__ = "judging_entries_v1"

    entry: str = Field(primary_key=True)
    edition: str = Field(index=True)
    category: str = Field(index=True)
    institution: str
    name: str
    dossier: str
    """JSON: the innovations with revision and digest."""


class PanelRow(SQLModel, table=True):
    """A juror of the entry's panel as it is now."""

    __tablename__ = "judging_panels_v1"

    entry: str = Field(primary_key=True)
    person: str = Field(primary_key=True, index=True)


class SheetRow(SQLModel, table=True):
    __tablename__ = "judging_sheets_v1"

    entry: str = Field(primary_key=True)
    person: str = Field(primary_key=True, index=True)
    submitted: bool = False


class ScoreRow(SQLModel, table=True):
    """Every score ever recorded; of a criterion the one with the highest position stands. Sealed."""

    __tablename__ = "judging_scores_v1"

    position: int = Field(primary_key=True)
    entry: str = Field(index=True)
    person: str
    criterion: str
    score: str
    comment: str


class ResultRow(SQLModel, table=True):
    """A winner of an announced category."""

    __tablename__ = "judging_results_v1"

    entry: str = Field(primary_key=True)
    edition: str = Field(index=True)
    category: str
    place: int
    rank: int
    """The order in which they were announced: of two at one place, too."""
    name: str
    score: str
    exact: str
    resolved_by: str
    announced: str


class InstitutionRow(SQLModel, table=True):
    __tablename__ = "judging_institutions_v1"

    edition: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    name: str
