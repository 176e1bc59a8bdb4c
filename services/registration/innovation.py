"""An innovation that an institution enters: submitted, revised, endorsed, reclassified, withdrawn. Decider.

Who answers for it (its PIC) has rules of its own, `services.registration.pic`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from services.registration import edition_state, enrolment, pic, vouching
from services.registration.edition_state import given_reason
from services.registration.innovation_record import LARGEST_RECORD, RECORD_RULES, must_be_sound
from services.registration.innovation_state import (
    Absent,
    State,
    Submitted,
    Withdrawn,
    may_enter,
    may_revise,
    stays_as_nominated,
)
from services.registration.pic import AcceptPic, NamePic
from services.registration.vouching import ConfirmSubmission, EndorseInnovation, ReclassifyInnovation
from shared.decider import Decider
from shared.events import Event
from shared.events.registration import (
    InnovationEndorsed,
    InnovationReclassified,
    InnovationRecord,
    InnovationRevised,
    InnovationSubmitted,
    InnovationWithdrawn,
    PicAccepted,
    PicAppointed,
    PicReplaced,
    SubmissionConfirmed,
)
from shared.facts import ReturnFacts, ShortlistFacts
from shared.refusals import Refused

__all__ = [
    "INNOVATION",
    "LARGEST_RECORD",
    "RECORD_RULES",
    "Absent",
    "AcceptPic",
    "Command",
    "ConfirmSubmission",
    "EndorseInnovation",
    "NamePic",
    "ReclassifyInnovation",
    "ReviseInnovation",
    "State",
    "SubmitInnovation",
    "Submitted",
    "WithdrawInnovation",
    "Withdrawn",
    "command_of",
    "decide",
    "evolve",
    "may_enter",
]


class SubmitInnovation(Struct, frozen=True):
    edition: str
    institution: str
    record: InnovationRecord
    at: datetime
    external_reference: str = ""
    pic: str = ""
    """The person who answers for it; empty: appointed later."""
    accountable: str = ""
    """On whose behalf it is entered; empty: nobody else's."""
    recorded_by: str = ""
    scan_digest: str = ""


class ReviseInnovation(Struct, frozen=True):
    record: InnovationRecord
    at: datetime


class WithdrawInnovation(Struct, frozen=True):
    reason: str
    at: datetime


Command = SubmitInnovation | ReviseInnovation | WithdrawInnovation | pic.Command | vouching.Command


def decide(
    state: State,
    command: Command,
    registration: edition_state.State,
    enrolled: enrolment.State,
    returned: ReturnFacts = ReturnFacts(),
    *shortlists: ShortlistFacts,
) -> Sequence[Event]:
    """Others: the edition, the enrolment of its institution; for a revision also whether screening has returned it; to reclassify
    it, by a late permission, and where registration was reopened, also the shortlists of the edition's categories."""
    match state, command:
        case Submitted(), (NamePic() | AcceptPic()):
            return pic.decide(state, command, registration, enrolled, shortlists)
        case Submitted(), (EndorseInnovation() | ConfirmSubmission() | ReclassifyInnovation()):
            return vouching.decide(state, command, registration, enrolled, returned, *shortlists)
        case Absent(), SubmitInnovation(at=at, record=record, pic=person):
            if isinstance(enrolled, enrolment.NotEnrolled):
                raise Refused(
                    f"{command.institution} is not enrolled in {command.edition}; the committee enrols it",
                    f"{command.institution} belum terdaftar pada {command.edition}; panitia yang mendaftarkannya",
                )
            if enrolled.into:
                raise Refused(
                    f"{command.institution} is merged into {enrolled.into}; submit for {enrolled.into}",
                    f"{command.institution} sudah digabung ke {enrolled.into}; ajukan untuk {enrolled.into}",
                )
            must_be_sound(record, may_enter(registration, enrolled, at, shortlists))
            submitted = InnovationSubmitted(
                edition=command.edition,
                institution=command.institution,
                record=record,
                external_reference=command.external_reference,
                accountable=command.accountable,
                recorded_by=command.recorded_by,
                scan_digest=command.scan_digest,
            )
            return [submitted, PicAppointed(institution=command.institution, person=person)] if person else [submitted]
        case Submitted(submitted), SubmitInnovation() if _is(submitted, command):
            return []
        case ((Submitted() | Withdrawn()), SubmitInnovation()):
            raise Refused(
                "this innovation was submitted already; revise it, or submit another one",
                "inovasi ini sudah diajukan; perbaiki yang ada atau ajukan inovasi lain",
            )
        case Submitted(record=known), ReviseInnovation(record=record) if record == known:
            return []
        case Submitted(), ReviseInnovation(record, at):
            must_be_sound(record, may_revise(registration, enrolled, returned, at, shortlists))
            stays_as_nominated(registration, state.institution, state.record, shortlists)
            return [InnovationRevised(institution=state.institution, record=record)]
        case Submitted(), WithdrawInnovation(reason, at):
            may_enter(registration, enrolled, at, shortlists)
            stays_as_nominated(registration, state.institution, state.record, shortlists)
            return [InnovationWithdrawn(institution=state.institution, reason=given_reason(reason))]
        case Withdrawn(reason=known), WithdrawInnovation(reason) if given_reason(reason) == known:
            return []
        case Withdrawn(), _:
            raise Refused(
                "this innovation was withdrawn; submit it anew while registration is open",
                "inovasi ini sudah ditarik; ajukan kembali selama pendaftaran dibuka",
            )
    raise Refused("no such innovation was submitted; submit it first", "inovasi ini belum diajukan; ajukan dahulu")


def _is(submitted: InnovationSubmitted, command: SubmitInnovation) -> bool:
    return (submitted.edition, submitted.institution, submitted.record, submitted.external_reference) == (
        command.edition,
        command.institution,
        command.record,
        command.external_reference,
    )


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Absent(), InnovationSubmitted(record=record):
            return Submitted(event, record)
        case Submitted(), InnovationRevised(record=record):
            return replace(state, record=record, endorsed=None)
        case Submitted(), InnovationEndorsed():
            return replace(state, endorsed=event)
        case Submitted(), InnovationReclassified(record=record):
            return replace(state, record=record, reclassified=event)
        case Submitted(), SubmissionConfirmed():
            return replace(state, confirmed=True)
        case Submitted(pic=""), PicAppointed(person=person):
            return replace(state, pic=person)
        case Submitted(pic=named), PicAccepted(person=person) if named == person:
            return replace(state, pic_accepted=True)
        case Submitted(pic=named), PicReplaced(previous=previous, person=person) if named == previous:
            return replace(state, pic=person, pic_accepted=False)
        case Submitted(submitted), InnovationWithdrawn(reason=reason):
            return Withdrawn(submitted, reason)
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Any], by: str, at: datetime) -> Command:
    match events:
        case [InnovationSubmitted() as submitted, *more]:
            return SubmitInnovation(
                submitted.edition,
                submitted.institution,
                submitted.record,
                at,
                submitted.external_reference,
                more[0].person if more else "",
                submitted.accountable,
                submitted.recorded_by,
                submitted.scan_digest,
            )
        case [InnovationRevised(record=record)]:
            return ReviseInnovation(record, at)
        case [InnovationWithdrawn(reason=reason)]:
            return WithdrawInnovation(reason, at)
        case [InnovationEndorsed(digest=digest, endorsed_by=head)]:
            return EndorseInnovation(digest, head, at)
        case [InnovationReclassified(innovation=innovation, record=record, reason=reason)]:
            return ReclassifyInnovation(innovation, record.type, reason)
        case [SubmissionConfirmed(person=person)]:
            return ConfirmSubmission(person)
        case [PicAccepted(person=person)]:
            return AcceptPic(person)
        case [PicAppointed(person=person)]:
            return NamePic(person, at)
        case [PicReplaced(person=person, reason=reason)]:
            return NamePic(person, at, reason)
    raise ValueError(f"no command to an innovation leads to {events!r}")


INNOVATION: Decider[State] = Decider("registration", "innovation", Absent(), evolve, decide, command_of)
"""`innovation/<uuid>`"""
