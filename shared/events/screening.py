"""Events of the screening service."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from shared.events.event import Event

# -- who screens what in an edition: subject `assignments/<edition>`


class ScreenerAssigned(Event, frozen=True, kw_only=True):
    """Who assesses and scores the innovation from now on: all of them, each by himself."""

    innovation: str
    institution: str
    screeners: tuple[str, ...]
    cause: Literal["edition", "recusal", "gap"] = "edition"
    """The edition's assignment; a recused screener's place filled; or one more, because scores lie far apart."""


class ScreenerRecused(Event, frozen=True, kw_only=True):
    """He has nothing to do with the innovation any more; a score that he gave it does not count."""

    innovation: str
    screener: str
    reason: str


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
    screener: str = ""


class DeskScoreRecorded(Event, frozen=True, kw_only=True):
    innovation: str
    screener: str
    score: Decimal
    note: str = ""
    revision: int = 1
    """The revision of the innovation that was scored."""


class RevisionRequested(Event, frozen=True, kw_only=True):
    """Returned to its institution, which may revise it until the deadline, also after registration is closed."""

    innovation: str
    what: str
    deadline: datetime
    revision: int
    """The revision that is returned."""
    screener: str = ""
    """Who asks for it; empty: the committee."""


class InnovationDisqualified(Event, frozen=True, kw_only=True):
    innovation: str
    reason: str
    explanation: str
    disqualified_by: str = ""
    """The person; another one decides on an objection."""
    objections_until: datetime | None = None
    """Until then its institution may object."""


class ObjectionFiled(Event, frozen=True, kw_only=True):
    """The innovation's institution objects to the disqualification."""

    innovation: str
    grounds: str
    filed_by: str
    recorded_by: str = ""
    """Who typed it from paper; empty: the person himself."""
    scan_digest: str = ""
    """SHA-256 (hex) of the scanned paper."""


class ObjectionConfirmed(Event, frozen=True, kw_only=True):
    """Whose objection was typed from paper confirms that it is his."""

    innovation: str
    person: str
    scan_digest: str


class ObjectionUpheld(Event, frozen=True, kw_only=True):
    """The disqualification falls: the innovation stands as it stood before it."""

    innovation: str
    explanation: str
    decided_by: str


class ObjectionRejected(Event, frozen=True, kw_only=True):
    """The disqualification stands for good."""

    innovation: str
    explanation: str
    decided_by: str


# -- what of an innovation's evidence is verified: subject `verification/<innovation uuid>`


class EvidenceVerified(Event, frozen=True, kw_only=True):
    """A screener has read the document behind a claim. Once the claim or its document is replaced, this counts no more."""

    innovation: str
    indicator: int
    claim: str
    """SHA-256 (hex) of the claim and its document, as he read them."""
    parameter: int
    """What the document shows: the claimed parameter, a lower one, or 0 for none."""
    note: str = ""
    screener: str


# -- the innovations of an institution that are in the competition: subject `portfolio/<edition>.<institution>`


class PortfolioAdmitted(Event, frozen=True, kw_only=True):
    """Stands in the same append as the assessment that found the innovation eligible."""

    innovation: str


class PortfolioRemoved(Event, frozen=True, kw_only=True):
    """Stands in the same append as the assessment or disqualification that took the innovation out."""

    innovation: str


# -- disqualifications of an edition that may still fall: subject `contested/<edition>`


class DisqualificationPending(Event, frozen=True, kw_only=True):
    """Stands in the same append as the disqualification, or as the objection to it."""

    innovation: str
    categories: tuple[str, ...]
    """Those in which it competes, by itself or with its institution."""
    until: datetime | None = None
    """The end of the objection period; None: an objection is filed and not decided."""


class DisqualificationSettled(Event, frozen=True, kw_only=True):
    """Stands in the same append as the decision on the objection."""

    innovation: str


# -- the shortlist of a category: subject `shortlist/<edition>.<category>`


class DossierItem(Struct, frozen=True, kw_only=True):
    """One innovation as jurors will read it: its record, by revision and by SHA-256 of the record's canonical JSON."""

    innovation: str
    revision: int
    digest: str
    evidence: str = ""
    """SHA-256 of what it claims with evidence and of what is verified of that; empty: it claims nothing."""
    maturity: Decimal = Decimal(0)
    """Points of its verified claims, by the edition's catalogue."""


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
    nominated_by: str = ""
    """The person; another one confirms the shortlist."""
    tied_with: tuple[str, ...] = ()
    """Entrants of the same desk score at the edge of the shortlist that were not nominated by then."""
    reason: str = ""
    """Why this one and not those."""


class ShortlistConfirmed(Event, frozen=True, kw_only=True):
    category: str
    entries: tuple[str, ...]
    confirmed_by: str = ""
    despite: str = ""
    """Why it is confirmed although a disqualification in the category may still fall."""


class NominationRevoked(Event, frozen=True, kw_only=True):
    """Before the shortlist is confirmed: the entry may be nominated anew, with another dossier. After it: the entry is out, and
    nobody takes its place."""

    category: str
    entry: str
    entrant: str
    reason: str
