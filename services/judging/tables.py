"""The tables that judging shows from. `projections` fills them.

Scores are sealed: a reader of `ScoreRow` shows them to the juror who gave them, and to others once results are announced.
"""

from sqlmodel import Field, SQLModel


class JurorRow(SQLModel, table=True):
    __tablename__ = "judging_jurors_v2"

    edition: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    university: str
    replaced_by: str = ""


class ConflictRow(SQLModel, table=True):
    __tablename__ = "judging_conflicts_v2"

    edition: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    relation: str = Field(primary_key=True)
    note: str


class ProposedConflictRow(SQLModel, table=True):
    """A tie that somebody says a juror has, until it is confirmed or dismissed."""

    __tablename__ = "judging_proposed_conflicts_v2"

    edition: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    relation: str = Field(primary_key=True)
    note: str
    proposed_by: str


class RecusalRow(SQLModel, table=True):
    __tablename__ = "judging_recusals_v2"

    entry: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    edition: str = Field(index=True)
    reason: str


class CategoryRow(SQLModel, table=True):
    __tablename__ = "judging_categories_v2"

    edition: str = Field(primary_key=True)
    category: str = Field(primary_key=True)
    situation: str
    """`preparing`, `judging`, `closed`, `decided`, `confirmed`, `announced`."""
    rules: str
    """JSON of `RubricLocked`."""


class EntryRow(SQLModel, table=True):
    __tablename__ = "judging_entries_v2"

    entry: str = Field(primary_key=True)
    edition: str = Field(index=True)
    category: str = Field(index=True)
    institution: str
    name: str
    dossier: str
    """JSON: the innovations with revision and digest, as admitted."""
    excluded: str = ""
    """Why it competes no more; empty: it does."""


class StruckRow(SQLModel, table=True):
    """An innovation that left an entry's dossier."""

    __tablename__ = "judging_struck_v2"

    entry: str = Field(primary_key=True)
    innovation: str = Field(primary_key=True)
    reason: str


class PanelRow(SQLModel, table=True):
    """A juror of the entry's panel as it is now."""

    __tablename__ = "judging_panels_v2"

    entry: str = Field(primary_key=True)
    person: str = Field(primary_key=True, index=True)


class SheetRow(SQLModel, table=True):
    __tablename__ = "judging_sheets_v2"

    entry: str = Field(primary_key=True)
    person: str = Field(primary_key=True, index=True)
    state: str
    """`open`, `submitted`, `unconfirmed` (typed from paper), `void`."""
    note: str = ""
    """Why it is void, or was reopened."""
    recorded_by: str = ""
    """Who typed it from paper."""


class ScoreRow(SQLModel, table=True):
    """Every score ever recorded; of a criterion the one with the highest position stands. Sealed."""

    __tablename__ = "judging_scores_v2"

    position: int = Field(primary_key=True)
    entry: str = Field(index=True)
    person: str
    criterion: str
    score: str
    comment: str


class PublicationRow(SQLModel, table=True):
    """A result that was made public: the announcement, and every correction."""

    __tablename__ = "judging_publications_v2"

    position: int = Field(primary_key=True)
    edition: str = Field(index=True)
    category: str
    announced: str
    objections_until: str
    deviation: str
    """Why the winners are not the first of the ranking; empty: they are."""
    correction: str
    """Why it takes an earlier one's place; empty: it is the first."""


class ResultRow(SQLModel, table=True):
    """An entry in a published result."""

    __tablename__ = "judging_results_v2"

    position: int = Field(primary_key=True)
    """Of the publication."""
    entry: str = Field(primary_key=True)
    edition: str = Field(index=True)
    category: str
    winner: bool
    place: int
    rank: int
    """The order in which they were announced: of two at one place, too."""
    name: str
    score: str
    exact: str
    resolved_by: str


class AwardRow(SQLModel, table=True):
    __tablename__ = "judging_awards_v2"

    entry: str = Field(primary_key=True)
    edition: str = Field(index=True)
    decree: str
    decree_date: str


class ObjectionRow(SQLModel, table=True):
    __tablename__ = "judging_objections_v2"

    objection: str = Field(primary_key=True)
    edition: str = Field(index=True)
    category: str
    entry: str
    institution: str
    grounds: str
    filed: str
    filed_by: str
    ruling: str = ""
    """`upheld`, `rejected`; empty: not ruled on."""
    reason: str = ""


class InstitutionRow(SQLModel, table=True):
    __tablename__ = "judging_institutions_v2"

    edition: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    name: str
