"""The situations that an innovation can be in, and when its institution may enter and change it."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from services.registration import edition_state, enrolment
from services.registration.edition_state import before_nominations, must_be_open, published
from shared.events.registration import InnovationEndorsed, InnovationReclassified, InnovationRecord, InnovationSubmitted
from shared.facts import ReturnFacts, ShortlistFacts, record_digest
from shared.refusals import Refused
from shared.rulebook import Rulebook


class Absent(Struct, frozen=True):
    pass


class Entered(Struct, frozen=True):
    """What every innovation that was ever submitted has."""

    submitted: InnovationSubmitted

    @property
    def edition(self) -> str:
        return self.submitted.edition

    @property
    def institution(self) -> str:
        return self.submitted.institution


class Submitted(Entered, frozen=True):
    record: InnovationRecord
    """As last revised and reclassified."""
    pic: str = ""
    pic_accepted: bool = False
    endorsed: InnovationEndorsed | None = None
    """As it stands since its last revision."""
    confirmed: bool = False
    """By whom it was entered on behalf of."""
    reclassified: InnovationReclassified | None = None


class Withdrawn(Entered, frozen=True):
    reason: str


State = Absent | Submitted | Withdrawn


class ComesLate(Refused):
    """By a late permission; whether nominations have begun was not looked at."""


def may_enter(
    registration: edition_state.State, enrolled: enrolment.State, at: datetime, shortlists: Sequence[ShortlistFacts] = ()
) -> Rulebook:
    """The rulebook, if this institution may enter and revise at that time: in time, or by a late permission of its own until
    nominations begin, for which the shortlists of all categories are looked at. Raises Refused; ComesLate where they are missing."""
    rulebook = published(registration)
    late = enrolled.late if isinstance(enrolled, enrolment.Enrolled) else None
    in_time = isinstance(registration, edition_state.Registering) and at < registration.closes
    if in_time or not late or not rulebook.calendar.registration_opens <= at < late.until:
        return must_be_open(registration, at)
    if not shortlists:
        raise ComesLate(
            "registration has closed meanwhile; send it again, and it is looked at by your late permission",
            "pendaftaran baru saja ditutup; kirim sekali lagi agar diperiksa menurut izin terlambat Anda",
        )
    before_nominations(shortlists)
    return rulebook


def stays_as_nominated(
    registration: edition_state.State, institution: str, record: InnovationRecord, shortlists: Sequence[ShortlistFacts]
) -> None:
    """Where registration was reopened, what is nominated stays as it is. Raises Refused; ComesLate where the shortlists are
    missing."""
    if not (isinstance(registration, edition_state.Registering) and registration.reopened):
        return
    if not shortlists:
        raise ComesLate(
            "registration was reopened meanwhile; send it again",
            "pendaftaran baru saja dibuka kembali; kirim sekali lagi",
        )
    must_not_be_nominated(institution, record, shortlists)


def must_not_be_nominated(institution: str, record: InnovationRecord, shortlists: Sequence[ShortlistFacts]) -> None:
    """Raises Refused where the record stands in a nominated dossier: jurors read exactly that."""
    digest = record_digest(record)
    for nominated in (n for shortlist in shortlists for n in shortlist.nominated if n.institution == institution):
        if any(item.digest == digest for item in nominated.dossier):
            raise Refused(
                f"it stands in the nominated entry {nominated.entry}, whose dossier is fixed; revoke the nomination first",
                f"inovasi ini termasuk nominasi {nominated.entry} yang dokumennya sudah tetap; batalkan nominasinya dahulu",
            )


def may_revise(
    registration: edition_state.State,
    enrolled: enrolment.State,
    returned: ReturnFacts,
    at: datetime,
    shortlists: Sequence[ShortlistFacts] = (),
) -> Rulebook:
    """The same, and also while screening has returned it for revision. Raises Refused."""
    if returned.until is not None and at <= returned.until:
        return published(registration)
    return may_enter(registration, enrolled, at, shortlists)
