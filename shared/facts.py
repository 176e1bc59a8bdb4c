"""What one service's rules need to know of another's aggregates, folded from the published events.

Deciders take these states as `others`; the append then expects their versions too, so a rule over two services holds exactly.
"""

import hashlib
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from shared.decider import Fold
from shared.events.identity import RoleGranted, RoleRevoked
from shared.events.registration import (
    DeadlineExtended,
    EditionCancelled,
    EvidenceAttached,
    EvidenceReplaced,
    InnovationEndorsed,
    InnovationReclassified,
    InnovationRecord,
    InnovationRevised,
    InnovationSubmitted,
    InnovationWithdrawn,
    InstitutionEnrolled,
    PicAppointed,
    PicReplaced,
    RegistrationClosed,
    RegistrationReopened,
    RulebookAmended,
    RulebookPublished,
)
from shared.events.screening import (
    EligibilityAssessed,
    EvidenceVerified,
    InnovationDisqualified,
    Nominated,
    NominationRevoked,
    RevisionRequested,
    ShortlistConfirmed,
)
from shared.refusals import Refused
from shared.rulebook import Rulebook


class EditionFacts(Struct, frozen=True):
    """`rulebook` is None before the edition opens."""

    rulebook: Rulebook | None = None
    closes: datetime | None = None
    """The registration deadline as it stands."""
    closed: bool = False
    """Registration is on record as closed."""
    cancelled: EditionCancelled | None = None
    """Nothing is done in it any more."""
    digest: str = ""
    """Of the rulebook, as it stands on record beside it."""


def _edition(state: EditionFacts, event: Any) -> EditionFacts:
    match event:
        case RulebookPublished(digest=digest, rulebook=rulebook):
            return replace(state, rulebook=rulebook, digest=digest, closes=rulebook.calendar.registration_closes)
        case RulebookAmended(digest=digest, rulebook=rulebook):
            return replace(state, rulebook=rulebook, digest=digest)
        case DeadlineExtended(closes=closes):
            return replace(state, closes=closes)
        case RegistrationClosed():
            return replace(state, closed=True)
        case RegistrationReopened(closes=closes):
            return replace(state, closes=closes, closed=False)
        case EditionCancelled():
            return replace(state, cancelled=event)
    return state


def must_go_on(edition: EditionFacts) -> None:
    """Raises Refused for a cancelled edition."""
    if edition.cancelled:
        why = edition.cancelled.reason
        raise Refused(
            f"this edition is cancelled ({why}); it can be read, and nothing is done in it any more",
            f"gelaran ini dibatalkan ({why}); masih dapat dibaca, tetapi tidak ada lagi yang dikerjakan di dalamnya",
        )


EDITION = Fold("registration", "edition", EditionFacts(), _edition)
"""`edition/<edition>`"""


class EnrolmentFacts(Struct, frozen=True):
    """`kind` is empty where the institution is not enrolled."""

    kind: str = ""
    name: str = ""


def _enrolment(state: EnrolmentFacts, event: Any) -> EnrolmentFacts:
    match event:
        case InstitutionEnrolled(kind=kind, name=name):
            return EnrolmentFacts(kind, name)
    return state


ENROLMENT = Fold("registration", "enrolment", EnrolmentFacts(), _enrolment)
"""`enrolment/<edition>.<institution>`"""


class InnovationFacts(Struct, frozen=True):
    """`record` is None where nothing was submitted."""

    edition: str = ""
    institution: str = ""
    record: InnovationRecord | None = None
    revision: int = 0
    """1 for the submission, one more for each revision."""
    withdrawn: bool = False
    pic: str = ""
    """The person who answers for it."""
    endorsed: bool = False
    """By the head of its institution, as it stands; asked for where the rulebook says `endorsement`."""

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the record's canonical JSON: what a dossier names."""
        return record_digest(self.record) if self.record else ""


def record_digest(record: InnovationRecord) -> str:
    """SHA-256 (hex) of a record as it is written: what was not written, because it came later, does not count."""
    return hashlib.sha256(msgspec.json.encode(record, order="deterministic")).hexdigest()


def _innovation(state: InnovationFacts, event: Any) -> InnovationFacts:
    match event:
        case InnovationSubmitted(edition=edition, institution=institution, record=record):
            return InnovationFacts(edition, institution, record, 1)
        case InnovationRevised(record=record):
            return replace(state, record=record, revision=state.revision + 1, endorsed=False)
        case InnovationReclassified(record=record):
            return replace(state, record=record)
        case InnovationEndorsed():
            return replace(state, endorsed=True)
        case PicAppointed(person=person) | PicReplaced(person=person):
            return replace(state, pic=person)
        case InnovationWithdrawn():
            return replace(state, withdrawn=True)
    return state


INNOVATION = Fold("registration", "innovation", InnovationFacts(), _innovation)
"""`innovation/<uuid>`"""


class EvidenceFacts(Struct, frozen=True):
    """What an innovation claims with evidence, by the indicator's number."""

    claims: dict[int, EvidenceAttached | EvidenceReplaced] = {}


def claim_digest(claim: EvidenceAttached | EvidenceReplaced) -> str:
    """SHA-256 (hex) of a claim and its document: what a verification refers to, so that it ends when either is replaced."""
    said = (claim.indicator, claim.parameter, claim.letter_number, claim.letter_date, claim.subject, claim.sha256)
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def _evidence(state: EvidenceFacts, event: Any) -> EvidenceFacts:
    match event:
        case EvidenceAttached() | EvidenceReplaced():
            return EvidenceFacts({**state.claims, event.indicator: event})
    return state


EVIDENCE = Fold("registration", "evidence", EvidenceFacts(), _evidence)
"""`evidence/<innovation>`"""


class VerificationFacts(Struct, frozen=True):
    """What screeners found when they read an innovation's evidence, by the indicator's number: the last finding of each."""

    found: dict[int, EvidenceVerified] = {}


def _verified(state: VerificationFacts, event: Any) -> VerificationFacts:
    match event:
        case EvidenceVerified():
            return VerificationFacts({**state.found, event.indicator: event})
    return state


VERIFICATION = Fold("screening", "verification", VerificationFacts(), _verified)
"""`verification/<innovation>`"""


class ReturnFacts(Struct, frozen=True):
    """Whether screening has returned an innovation to its institution for revision."""

    until: datetime | None = None
    """It may be revised until then; None: it is not returned, or assessed since, or out."""


def _returned(state: ReturnFacts, event: Any) -> ReturnFacts:
    match event:
        case RevisionRequested(deadline=deadline):
            return ReturnFacts(deadline)
        case EligibilityAssessed() | InnovationDisqualified():
            return ReturnFacts()
    return state


RETURNED = Fold("screening", "assessment", ReturnFacts(), _returned)
"""`assessment/<innovation>`"""


class ShortlistFacts(Struct, frozen=True):
    nominated: tuple[Nominated, ...] = ()
    confirmed: bool = False


def _shortlist(state: ShortlistFacts, event: Any) -> ShortlistFacts:
    match event:
        case Nominated():
            return ShortlistFacts((*state.nominated, event), state.confirmed)
        case NominationRevoked(entry=entry):
            return ShortlistFacts(tuple(n for n in state.nominated if n.entry != entry), state.confirmed)
        case ShortlistConfirmed():
            return ShortlistFacts(state.nominated, True)
    return state


SHORTLIST = Fold("screening", "shortlist", ShortlistFacts(), _shortlist)
"""`shortlist/<edition>.<category>`"""


class AccountFacts(Struct, frozen=True):
    """Which roles a person holds."""

    grants: tuple[RoleGranted, ...] = ()

    def holds(self, role: str, edition: str) -> RoleGranted | None:
        return next((g for g in self.grants if g.role == role and g.edition == edition), None)

    def concerned_with(self, edition: str) -> frozenset[str]:
        """The institutions that employ him, or that he heads or enters for, by any of his roles in the edition."""
        return frozenset(i for g in self.grants if g.edition == edition for i in (g.employer, *g.institutions) if i)


def _account(state: AccountFacts, event: Any) -> AccountFacts:
    match event:
        case RoleGranted(role=role, edition=edition):
            return AccountFacts((*_without(state.grants, role, edition), event))
        case RoleRevoked(role=role, edition=edition):
            return AccountFacts(_without(state.grants, role, edition))
    return state


def _without(grants: tuple[RoleGranted, ...], role: str, edition: str) -> tuple[RoleGranted, ...]:
    return tuple(g for g in grants if (g.role, g.edition) != (role, edition))


ACCOUNT = Fold("identity", "account", AccountFacts(), _account)
"""`account/<person>`"""
