"""Events of the judging service.

`…_by`: the actor (`person/<id>`) whose act it was, where a rule asks who. `scan_digest`: SHA-256 (hex) of scanned paper.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from shared.events.event import Event
from shared.events.placed import Placed as Placed
from shared.events.screening import DossierItem
from shared.rulebook import Aggregation, Category, Rubric

Relation = Literal["employer", "kin", "mentor", "other"]

# -- jurors: subject `juror/<edition>.<person>`


class JurorAppointed(Event, frozen=True, kw_only=True):
    juror: str
    university: str
    succeeds: str = ""
    """The juror whose place he takes: he states his ties anew before he scores."""


class JurorReplaced(Event, frozen=True, kw_only=True):
    """The juror scores no more. What he submitted stays, what he left open is void."""

    juror: str
    successor: str
    reason: str


class ConflictDeclared(Event, frozen=True, kw_only=True):
    """The juror has a tie to this institution: none of its entries is his to score."""

    juror: str
    institution: str
    relation: Relation
    note: str = ""


class ConflictProposed(Event, frozen=True, kw_only=True):
    """Somebody says that the juror has a tie to this institution. Nothing is decided on its entries until that is settled."""

    juror: str
    institution: str
    relation: Relation
    note: str
    proposed_by: str


class ConflictDismissed(Event, frozen=True, kw_only=True):
    """There is no such tie."""

    juror: str
    institution: str
    relation: Relation
    reason: str
    dismissed_by: str


class TiesStated(Event, frozen=True, kw_only=True):
    """The juror states that all ties he has are on record."""

    juror: str


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


class EntryExcluded(Event, frozen=True, kw_only=True):
    """The entry competes no more: its sheets count for nothing, and the others are ranked without it."""

    entry: str
    reason: str
    cause: Literal["NominationRevoked", "InnovationDisqualified"]


class InnovationStruck(Event, frozen=True, kw_only=True):
    """A disqualified innovation leaves the dossier of its institution's entry; the entry competes with the others."""

    entry: str
    innovation: str
    reason: str


class InnovationReinstated(Event, frozen=True, kw_only=True):
    """The disqualification fell: the innovation is back in the dossier, and the entry competes again if it was out for it."""

    entry: str
    innovation: str


class JudgingOpened(Event, frozen=True, kw_only=True):
    entries: tuple[str, ...]


class JudgingClosed(Event, frozen=True, kw_only=True):
    pass


class TieResolved(Event, frozen=True, kw_only=True):
    """The panel's recorded vote on a tie that no other rung broke, best first."""

    order: tuple[str, ...]
    note: str


class WinnersDecided(Event, frozen=True, kw_only=True):
    method: Literal["mean", "severity"]
    ranking: tuple[Placed, ...]
    """All entries as the sheets rank them, best first."""
    winners: tuple[Placed, ...]
    """Those who are awarded: the ranking's first places, unless the chair deviates from it."""
    deviation: str = ""
    """Why the winners are not the ranking's first; empty: they are."""
    decided_by: str


class DecisionConfirmed(Event, frozen=True, kw_only=True):
    confirmed_by: str


class DecisionReopened(Event, frozen=True, kw_only=True):
    """What was decided is to be decided anew. What was announced stays on record."""

    reason: str
    reopened_by: str


class ResultsAnnounced(Event, frozen=True, kw_only=True):
    winners: tuple[Placed, ...]
    others: tuple[Placed, ...] = ()
    """The other nominees by the ranking, where the edition publishes them."""
    deviation: str = ""
    objections_until: datetime | None = None
    announced_by: str = ""


class ResultCorrected(Event, frozen=True, kw_only=True):
    """Takes the place of an announced result, which stays visible beside it."""

    winners: tuple[Placed, ...]
    others: tuple[Placed, ...] = ()
    deviation: str = ""
    reason: str
    objections_until: datetime
    announced_by: str


class ResultObjectionFiled(Event, frozen=True, kw_only=True):
    objection: str
    entry: str
    institution: str
    grounds: str
    filed_by: str
    recorded_by: str = ""
    """Who typed it from paper; empty: the person himself."""
    scan_digest: str = ""


class ResultObjectionConfirmed(Event, frozen=True, kw_only=True):
    """The person for whom an objection was typed from paper says that it is his."""

    objection: str


class ResultObjectionRejected(Event, frozen=True, kw_only=True):
    objection: str
    reason: str
    ruled_by: str


class ResultObjectionUpheld(Event, frozen=True, kw_only=True):
    objection: str
    reason: str
    ruled_by: str


class AwardConferred(Event, frozen=True, kw_only=True):
    """By decree, once nothing can be objected any more."""

    entry: str
    place: int
    decree: str
    decree_date: date


class DisclosureProposed(Event, frozen=True, kw_only=True):
    """The committee asks that somebody see sealed scores; the chair decides."""

    entry: str
    """Empty: of the whole category."""
    to: str
    reason: str
    proposed_by: str


class SealedScoresDisclosed(Event, frozen=True, kw_only=True):
    """This person may see single scores before the announcement."""

    entry: str
    to: str
    reason: str
    proposed_by: str
    approved_by: str


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
    recorded_by: str = ""
    """Who typed a sheet that the juror filled in on paper; it counts once the juror confirms it."""
    scan_digest: str = ""


class ScoresheetConfirmed(Event, frozen=True, kw_only=True):
    """The juror has compared what was typed for him with his paper."""

    entry: str
    juror: str
    scan_digest: str


class ScoresheetReopened(Event, frozen=True, kw_only=True):
    entry: str
    juror: str
    reason: str
    reopened_by: str


class ScoresheetVoided(Event, frozen=True, kw_only=True):
    """The sheet counts for nothing from here on, and stays on record."""

    entry: str
    juror: str
    reason: str


# -- what an institution has been proposed with for the national award: subject `national-award/<institution>`


class NationalAwardProposed(Event, frozen=True, kw_only=True):
    edition: str
    entry: str
    innovation: str
    name: str
