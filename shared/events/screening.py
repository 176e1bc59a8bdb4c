"""Events of the screening service."""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from shared.events.event import Event

# -- one innovation on the Makmal team's desk: subject `assessment/<innovation uuid>`


class EligibilityAssessed(Event, frozen=True, kw_only=True):
    """PP 38/2017 art. 6. Eligible when every criterion holds and no reason code stands against it."""

    innovation: str
    institution: str
    criteria: dict[str, bool]
    reasons: tuple[str, ...] = ()
    eligible: bool
    note: str = ""
    revision: int = 1
    """The revision of the innovation that was assessed."""


class DeskScoreRecorded(Event, frozen=True, kw_only=True):
    innovation: str
    screener: str
    score: Decimal
    note: str = ""


class InnovationDisqualified(Event, frozen=True, kw_only=True):
    innovation: str
    reason: str
    explanation: str


# -- the innovations of an institution that are in the competition: subject `portfolio/<edition>.<institution>`


class PortfolioAdmitted(Event, frozen=True, kw_only=True):
    """Stands in the same append as the assessment that found the innovation eligible."""

    innovation: str


class PortfolioRemoved(Event, frozen=True, kw_only=True):
    """Stands in the same append as the assessment or disqualification that took the innovation out."""

    innovation: str


# -- the shortlist of a category: subject `shortlist/<edition>.<category>`


class DossierItem(Struct, frozen=True, kw_only=True):
    """One innovation as jurors will read it: its record, by revision and by SHA-256 of the record's canonical JSON."""

    innovation: str
    revision: int
    digest: str


class Nominated(Event, frozen=True, kw_only=True):
    category: str
    entry: str
    """`<edition>.<category>.<entrant>`: an institution's code, or an innovation's UUID."""
    entrant: str
    kind: Literal["institution", "innovation"]
    institution: str
    name: str
    dossier: tuple[DossierItem, ...]
    desk_score: Decimal


class ShortlistConfirmed(Event, frozen=True, kw_only=True):
    category: str
    entries: tuple[str, ...]


class NominationRevoked(Event, frozen=True, kw_only=True):
    """Before the shortlist is confirmed: the entry may be nominated anew, with another dossier."""

    category: str
    entry: str
    entrant: str
    reason: str
