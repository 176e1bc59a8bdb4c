"""Events of the registration service."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from shared.events.event import Event
from shared.events.innovation import Form as Form
from shared.events.innovation import Initiator as Initiator
from shared.events.innovation import InnovationRecord as InnovationRecord
from shared.events.innovation import Kind as Kind
from shared.events.innovation import Stage as Stage
from shared.events.innovation import Theme as Theme
from shared.rulebook import Rulebook, Text


class Decree(Struct, frozen=True):
    """The decision on paper (surat keputusan) by which something is done; it stands beside the time at which it was recorded."""

    number: str
    dated: date
    effective: date | None = None
    """From when it holds; None: from its date."""


# -- the edition: subject `edition/<edition>`


class EditionOpened(Event, frozen=True, kw_only=True):
    name: Text
    authority: str
    rehearsal: bool
    rules_version: int
    rulebook: str
    """Digest of the rulebook."""


class RulebookPublished(Event, frozen=True, kw_only=True):
    digest: str
    rulebook: Rulebook


class RulebookAmended(Event, frozen=True, kw_only=True):
    """The whole rulebook as it is from now on, before the stage that it changes begins."""

    digest: str
    rulebook: Rulebook
    reason: str
    merged: dict[str, str] = {}
    """Category that is no more -> category in which its entrants compete now."""
    decree: Decree | None = None


class DeadlineExtended(Event, frozen=True, kw_only=True):
    closes: datetime
    reason: str
    decree: Decree | None = None


class RegistrationClosed(Event, frozen=True, kw_only=True):
    effective: datetime
    """The deadline where the calendar closed it, else the committee's moment."""
    by: Literal["calendar", "committee"]
    decree: Decree | None = None


class RegistrationReopened(Event, frozen=True, kw_only=True):
    closes: datetime
    reason: str
    decree: Decree | None = None


class EditionCancelled(Event, frozen=True, kw_only=True):
    """It does not go on; its record stays."""

    reason: str
    effective: date
    decree: Decree | None = None


class EditionConcluded(Event, frozen=True, kw_only=True):
    """It is over, and its record complete."""

    effective: date | None = None
    """None: the day on which it was recorded."""
    decree: Decree | None = None


# -- institutions: subject `institution/<code>`; enrolments: subject `enrolment/<edition>.<code>`


class InstitutionRegistered(Event, frozen=True, kw_only=True):
    code: str
    kind: str
    name: str
    abbreviation: str = ""
    parent: str = ""


class InstitutionRenamed(Event, frozen=True, kw_only=True):
    """From now on; enrolments and documents of the past keep the name that it had."""

    previous: str
    name: str
    abbreviation: str = ""
    reason: str
    decree: Decree | None = None


class InstitutionMerged(Event, frozen=True, kw_only=True):
    """It is no more; its successor answers for what it left."""

    code: str
    into: str
    reason: str
    decree: Decree | None = None


class InstitutionEnrolled(Event, frozen=True, kw_only=True):
    """Name, kind and parent as they are in this edition."""

    institution: str
    kind: str
    name: str
    abbreviation: str = ""
    parent: str = ""


class ObligationSet(Event, frozen=True, kw_only=True):
    institution: str
    innovations: int
    pic: bool


class LateSubmissionPermitted(Event, frozen=True, kw_only=True):
    """This institution alone may enter and revise until then, whatever the deadline of registration."""

    institution: str
    until: datetime
    reason: str
    decree: Decree | None = None


class ObligationWaived(Event, frozen=True, kw_only=True):
    """Nothing is owed by this institution in this edition, what it took over included."""

    institution: str
    reason: str
    decree: Decree | None = None


class ObligationCarriedOver(Event, frozen=True, kw_only=True):
    """What a merged institution owed is owed by its successor, besides its own."""

    institution: str
    """The successor."""
    previous: str
    innovations: int
    pic: bool


class EnrolmentCarriedOver(Event, frozen=True, kw_only=True):
    """The institution is merged; `into` answers in this edition for what it entered, which keeps its name."""

    institution: str
    into: str
    elsewhere: tuple[str, ...] = ()
    """Other editions that go on and in which it stands by itself as yet: the committee of each carries it over there."""


# -- innovations: subject `innovation/<uuid>`; their names: subject `names/<edition>.<institution>`


class InnovationSubmitted(Event, frozen=True, kw_only=True):
    edition: str
    institution: str
    record: InnovationRecord
    external_reference: str = ""
    accountable: str = ""
    """The person on whose behalf it was entered; empty: whoever entered it answers for that himself."""
    recorded_by: str = ""
    """The actor who entered it on that person's behalf."""
    scan_digest: str = ""
    """SHA-256 (hex) of the scanned paper; empty: there is none, another system had it."""


class SubmissionConfirmed(Event, frozen=True, kw_only=True):
    """Whoever is accountable for what another entered says that it is what he meant."""

    institution: str
    person: str
    scan_digest: str = ""


class InnovationRevised(Event, frozen=True, kw_only=True):
    institution: str
    record: InnovationRecord


class InnovationEndorsed(Event, frozen=True, kw_only=True):
    """By the head of its institution; of the record with this digest. A revision needs another one."""

    institution: str
    digest: str
    endorsed_by: str


class InnovationReclassified(Event, frozen=True, kw_only=True):
    """By the committee: its type was another than its institution said. What the institution wrote stays, and its revision."""

    innovation: str
    institution: str
    previous: Kind
    record: InnovationRecord
    """With the type that it has now."""
    reason: str


class InnovationWithdrawn(Event, frozen=True, kw_only=True):
    institution: str
    reason: str


class PicAppointed(Event, frozen=True, kw_only=True):
    institution: str
    person: str


class PicAccepted(Event, frozen=True, kw_only=True):
    """By that person himself."""

    institution: str
    person: str


class PicReplaced(Event, frozen=True, kw_only=True):
    institution: str
    previous: str
    person: str
    reason: str


class NameTaken(Event, frozen=True, kw_only=True):
    """A name is unique within an institution and edition; compared without case and surplus spaces."""

    name: str
    innovation: str


class NameFreed(Event, frozen=True, kw_only=True):
    name: str
    innovation: str


# -- drafts that are not submitted yet: subject `drafts/<edition>.<institution>`


class DraftsOutstanding(Event, frozen=True, kw_only=True):
    """So many days before registration closes the institution has drafts that are not submitted. Nothing else of them is told."""

    edition: str
    institution: str
    drafts: int
    closes: datetime
    days: int


# -- what an innovation is claimed to be, with its evidence: subject `evidence/<innovation uuid>`


class EvidenceAttached(Event, frozen=True, kw_only=True):
    """A parameter of an indicator (of the rulebook's catalogue) is claimed for the innovation, and this document shows it."""

    innovation: str
    institution: str
    indicator: int
    parameter: int
    """1 to 3."""
    letter_number: str
    letter_date: date
    subject: str
    sha256: str
    """Of the file (hex); the file itself lies with registration."""
    media_type: str
    size: int
    """Bytes of the file."""


class EvidenceReplaced(Event, frozen=True, kw_only=True):
    """Another claim or document in the place of the one before: nobody has verified it yet."""

    innovation: str
    institution: str
    indicator: int
    parameter: int
    letter_number: str
    letter_date: date
    subject: str
    sha256: str
    media_type: str
    size: int
    previous: str
    """SHA-256 (hex) of the file that stood before; the same where only the claim or its letter changed."""


# -- files with many rows that were taken in: subject `import/<edition>.<kind>.<sha256>`


class ImportAccepted(Event, frozen=True, kw_only=True):
    """The file was found sound, and its rows follow as facts of their own."""

    kind: Literal["institutions", "innovations", "pics"]
    sha256: str
    rows: int
