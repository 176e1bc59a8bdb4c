"""Events of the judging service."""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from shared.events.event import Event
from shared.events.screening import DossierItem
from shared.rulebook import Aggregation, Category, Rubric

# -- jurors: subject `juror/<edition>.<person>`


class JurorAppointed(Event, frozen=True, kw_only=True):
    juror: str
    university: str


class ConflictDeclared(Event, frozen=True, kw_only=True):
    """The juror has a tie to this institution: none of its entries is his to score."""

    juror: str
    institution: str
    relation: Literal["employer", "kin", "mentor", "other"]
    note: str = ""


class JurorRecused(Event, frozen=True, kw_only=True):
    """The juror steps back from one entry."""

    juror: str
    entry: str
    reason: str


# -- a category being judged: subject `category/<edition>.<category>`


class RubricLocked(Event, frozen=True, kw_only=True):
    """The rules by which this category is judged, fixed before the first score: all that its ranking follows from."""

    rulebook: str
    """Digest of the rulebook that they are taken from."""
    category: Category
    rubric: Rubric
    aggregation: Aggregation
    ladder: tuple[str, ...]
    quorum: int


class EntryAdmitted(Event, frozen=True, kw_only=True):
    """As it was nominated: jurors read exactly these revisions."""

    entry: str
    institution: str
    name: str
    dossier: tuple[DossierItem, ...]


class PanelAssigned(Event, frozen=True, kw_only=True):
    """Who scores the entry from now on. Sheets that a former member has submitted stay."""

    entry: str
    jurors: tuple[str, ...]


class JudgingOpened(Event, frozen=True, kw_only=True):
    entries: tuple[str, ...]


class JudgingClosed(Event, frozen=True, kw_only=True):
    pass


class TieResolved(Event, frozen=True, kw_only=True):
    """The panel's recorded vote on a tie that no other rung broke, best first."""

    order: tuple[str, ...]
    note: str


class Placed(Struct, frozen=True, kw_only=True):
    place: int
    entry: str
    name: str
    score: Decimal
    """Two decimals, half up."""
    shown: Decimal
    """The same with as many digits as tell it from the other scores of the category."""
    exact: str
    """The same score as an exact fraction, `numerator/denominator`."""
    resolved_by: str | None = None
    """The rung of the ladder that parted it from an equal score."""


class WinnersDecided(Event, frozen=True, kw_only=True):
    method: Literal["mean", "severity"]
    ranking: tuple[Placed, ...]
    """All entries, best first; the winners are those with `place` up to the category's places."""


class ResultsAnnounced(Event, frozen=True, kw_only=True):
    winners: tuple[Placed, ...]


# -- a juror's scoresheet for one entry: subject `scoresheet/<entry>.<juror>`


class ScoresheetOpened(Event, frozen=True, kw_only=True):
    entry: str
    juror: str


class ScoreRecorded(Event, frozen=True, kw_only=True):
    criterion: str
    score: Decimal
    comment: str = ""


class ScoresheetSubmitted(Event, frozen=True, kw_only=True):
    entry: str
    juror: str
