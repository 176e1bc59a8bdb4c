"""Events of the registration service."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from shared.events.event import Event
from shared.rulebook import Rulebook, Text

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


class DeadlineExtended(Event, frozen=True, kw_only=True):
    closes: datetime
    reason: str


class RegistrationClosed(Event, frozen=True, kw_only=True):
    effective: datetime
    """The deadline where the calendar closed it, else the committee's moment."""
    by: Literal["calendar", "committee"]


class RegistrationReopened(Event, frozen=True, kw_only=True):
    closes: datetime
    reason: str


class EditionConcluded(Event, frozen=True, kw_only=True):
    pass


# -- institutions: subject `institution/<code>`; enrolments: subject `enrolment/<edition>.<code>`


class InstitutionRegistered(Event, frozen=True, kw_only=True):
    code: str
    kind: str
    name: str
    abbreviation: str = ""
    parent: str = ""


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


# -- innovations: subject `innovation/<uuid>`; their names: subject `names/<edition>.<institution>`


Stage = Literal["inisiatif", "uji coba", "penerapan"]
Initiator = Literal["kepala daerah", "anggota DPRD", "perangkat daerah", "ASN", "masyarakat"]
Kind = Literal["digital", "non digital"]
Form = Literal["tata kelola pemerintahan", "pelayanan publik", "lainnya sesuai kewenangan"]
Theme = Literal[
    "digitalisasi layanan pemerintahan",
    "penanggulangan kemiskinan",
    "kemudahan investasi",
    "prioritas aktual presiden",
    "non tematik",
]


class InnovationRecord(Struct, frozen=True, kw_only=True):
    """The fields of the national reporting form."""

    name: str
    stage: Stage
    initiator: Initiator
    type: Kind
    form: Form
    theme: Theme
    main_affair: str
    other_affairs: tuple[str, ...] = ()
    trial_date: date
    implementation_date: date
    design: str
    purpose: str
    benefit: str
    result: str


class InnovationSubmitted(Event, frozen=True, kw_only=True):
    edition: str
    institution: str
    record: InnovationRecord
    external_reference: str = ""


class InnovationRevised(Event, frozen=True, kw_only=True):
    institution: str
    record: InnovationRecord


class InnovationWithdrawn(Event, frozen=True, kw_only=True):
    institution: str
    reason: str


class PicAppointed(Event, frozen=True, kw_only=True):
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
