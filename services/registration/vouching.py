"""What others than its author say of an innovation: its head endorses it, whoever is accountable confirms it, the committee
reclassifies it. Rules of the innovation's decider."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from services.registration import edition_state, enrolment
from services.registration.edition_state import given_reason, published
from services.registration.innovation_state import Submitted, may_revise, must_not_be_nominated
from shared.events import Event
from shared.events.registration import InnovationEndorsed, InnovationReclassified, Kind, SubmissionConfirmed
from shared.facts import ReturnFacts, ShortlistFacts, record_digest
from shared.refusals import Forbidden, Refused


class EndorseInnovation(Struct, frozen=True):
    """By a head of its institution, who has read the record with this digest."""

    digest: str
    by: str
    at: datetime


class ConfirmSubmission(Struct, frozen=True):
    """By the person on whose behalf it was entered."""

    person: str


class ReclassifyInnovation(Struct, frozen=True):
    """Needs the shortlists of the edition's categories."""

    innovation: str
    type: Kind
    reason: str


Command = EndorseInnovation | ConfirmSubmission | ReclassifyInnovation


def decide(
    state: Submitted,
    command: Command,
    registration: edition_state.State,
    enrolled: enrolment.State,
    returned: ReturnFacts,
    *shortlists: ShortlistFacts,
) -> Sequence[Event]:
    match command:
        case EndorseInnovation(digest, by, at):
            if state.endorsed and state.endorsed.digest == digest:
                return []
            if not may_revise(registration, enrolled, returned, at, shortlists).endorsement:
                raise Refused(
                    "this edition asks for no endorsement; the innovation counts without it",
                    "gelaran ini tidak memerlukan pengesahan; inovasi ini berlaku tanpa pengesahan",
                )
            if digest != record_digest(state.record):
                raise Refused(
                    "it was revised since you read it; read it as it is now, and endorse that",
                    "inovasi ini direvisi sejak Anda membacanya; baca yang sekarang, lalu sahkan",
                )
            return [InnovationEndorsed(institution=state.institution, digest=digest, endorsed_by=by)]
        case ConfirmSubmission(person):
            submitted = state.submitted
            if person != submitted.accountable:
                raise Forbidden(
                    "it was not entered on your behalf; only the person who is accountable for it confirms it",
                    "inovasi ini tidak diajukan atas nama Anda; hanya orang yang bertanggung jawab yang mengonfirmasinya",
                )
            if state.confirmed:
                return []
            published(registration)
            digest = submitted.scan_digest
            return [SubmissionConfirmed(institution=state.institution, person=person, scan_digest=digest)]
        case ReclassifyInnovation():
            return _reclassify(state, command, registration, shortlists)


def _reclassify(
    state: Submitted,
    command: ReclassifyInnovation,
    registration: edition_state.State,
    shortlists: Sequence[ShortlistFacts],
) -> Sequence[Event]:
    if state.record.type == command.type:
        return []
    published(registration)
    must_not_be_nominated(state.institution, state.record, shortlists)
    reclassified = InnovationReclassified(
        innovation=command.innovation,
        institution=state.institution,
        previous=state.record.type,
        record=replace(state.record, type=command.type),
        reason=given_reason(command.reason),
    )
    return [reclassified]
