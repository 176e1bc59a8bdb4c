"""An innovation that an institution enters: submitted, revised, withdrawn, and who answers for it (its PIC). Decider."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from services.registration import edition_state, enrolment
from services.registration.edition_rules import CLOSED_FIELDS
from services.registration.edition_state import given_reason, must_be_open, published
from shared.decider import Decider
from shared.events import Event
from shared.events.registration import (
    InnovationRecord,
    InnovationRevised,
    InnovationSubmitted,
    InnovationWithdrawn,
    PicAppointed,
    PicReplaced,
)
from shared.facts import ReturnFacts
from shared.refusals import Invalid, Refused
from shared.rulebook import Rulebook

LARGEST_RECORD = 60_000
"""Bytes of JSON: an event has at most 65,535 (DESIGN, the log)."""


class SubmitInnovation(Struct, frozen=True):
    edition: str
    institution: str
    record: InnovationRecord
    at: datetime
    external_reference: str = ""
    pic: str = ""
    """The person who answers for it; empty: appointed later."""


class ReviseInnovation(Struct, frozen=True):
    record: InnovationRecord
    at: datetime


class WithdrawInnovation(Struct, frozen=True):
    reason: str
    at: datetime


class NamePic(Struct, frozen=True):
    """Appoints the PIC where there is none; else replaces him, which needs a reason."""

    person: str
    at: datetime
    reason: str = ""


Command = SubmitInnovation | ReviseInnovation | WithdrawInnovation | NamePic


class Absent(Struct, frozen=True):
    pass


class Submitted(Struct, frozen=True):
    submitted: InnovationSubmitted
    record: InnovationRecord
    """As last revised."""
    pic: str = ""

    @property
    def edition(self) -> str:
        return self.submitted.edition

    @property
    def institution(self) -> str:
        return self.submitted.institution


class Withdrawn(Struct, frozen=True):
    submitted: InnovationSubmitted
    reason: str

    @property
    def edition(self) -> str:
        return self.submitted.edition

    @property
    def institution(self) -> str:
        return self.submitted.institution


State = Absent | Submitted | Withdrawn


def long_enough(record: InnovationRecord, rulebook: Rulebook) -> tuple[str, str] | None:
    """The national reporting form asks for a design (rancang bangun) of at least so many words."""
    words = len(record.design.split())
    if words >= rulebook.minimum_words:
        return None
    return (
        f"the design has {words} words; write at least {rulebook.minimum_words}",
        f"rancang bangun berisi {words} kata; tulis sedikitnya {rulebook.minimum_words}",
    )


def tried_before_applied(record: InnovationRecord, rulebook: Rulebook) -> tuple[str, str] | None:
    if record.implementation_date >= record.trial_date:
        return None
    return (
        f"implementation on {record.implementation_date} lies before the trial on {record.trial_date}; "
        "it comes on the same day or later",
        f"penerapan pada {record.implementation_date} mendahului uji coba pada {record.trial_date}; "
        "tulis hari yang sama atau sesudahnya",
    )


def in_the_vocabulary(record: InnovationRecord, rulebook: Rulebook) -> tuple[str, str] | None:
    for field, values in CLOSED_FIELDS.items():
        if (value := getattr(record, field)) not in values:
            known = ", ".join(values)
            return f"{field}: {value} is not known; write one of {known}", f"{field}: {value} tidak dikenal; pilih {known}"
    return None


def filled_in(record: InnovationRecord, rulebook: Rulebook) -> tuple[str, str] | None:
    for field in ("name", "main_affair", "purpose", "benefit", "result"):
        if not getattr(record, field).strip():
            return f"{field} is empty; fill it in", f"{field} masih kosong; silakan diisi"
    return None


def short_enough(record: InnovationRecord, rulebook: Rulebook) -> tuple[str, str] | None:
    size = len(msgspec.json.encode(record))
    if size <= LARGEST_RECORD:
        return None
    return (
        f"the texts take {size} bytes together; shorten them to {LARGEST_RECORD}",
        f"seluruh teks memakan {size} bita; persingkat menjadi {LARGEST_RECORD}",
    )


Rule = Callable[[InnovationRecord, Rulebook], tuple[str, str] | None]
RECORD_RULES: tuple[Rule, ...] = (filled_in, in_the_vocabulary, tried_before_applied, long_enough, short_enough)
"""What a record must be: each rule gives what is wrong and right in English and Indonesian, or None."""


def must_be_sound(record: InnovationRecord, rulebook: Rulebook) -> None:
    """Raises Invalid with everything that is wrong with it."""
    if faults := [fault for rule in RECORD_RULES if (fault := rule(record, rulebook))]:
        raise Invalid("; ".join(en for en, _ in faults), "; ".join(id for _, id in faults))


def may_enter(registration: edition_state.State, enrolled: enrolment.State, at: datetime) -> Rulebook:
    """The rulebook, if this institution may enter and revise at that time: in time, or by a late permission of its own.
    Raises Refused."""
    rulebook = published(registration)
    late = enrolled.late if isinstance(enrolled, enrolment.Enrolled) else None
    if late and rulebook.calendar.registration_opens <= at < late.until:
        return rulebook
    return must_be_open(registration, at)


def decide(
    state: State,
    command: Command,
    registration: edition_state.State,
    enrolled: enrolment.State,
    returned: ReturnFacts = ReturnFacts(),
) -> Sequence[Event]:
    """Others: the edition, the enrolment of its institution; for a revision also whether screening has returned it."""
    match state, command:
        case Absent(), SubmitInnovation(at=at, record=record, pic=pic):
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
            must_be_sound(record, may_enter(registration, enrolled, at))
            submitted = InnovationSubmitted(
                edition=command.edition,
                institution=command.institution,
                record=record,
                external_reference=command.external_reference,
            )
            return [submitted, PicAppointed(institution=command.institution, person=pic)] if pic else [submitted]
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
            in_time = returned.until is not None and at <= returned.until
            must_be_sound(record, published(registration) if in_time else may_enter(registration, enrolled, at))
            return [InnovationRevised(institution=state.institution, record=record)]
        case Submitted(), WithdrawInnovation(reason, at):
            may_enter(registration, enrolled, at)
            return [InnovationWithdrawn(institution=state.institution, reason=given_reason(reason))]
        case Submitted(pic=pic), NamePic(person=person) if pic == person:
            return []
        case Submitted(pic=""), NamePic(person, at):
            # A first PIC meets an obligation, and obligations are settled when registration closes.
            may_enter(registration, enrolled, at)
            return [PicAppointed(institution=state.institution, person=person)]
        case Submitted(pic=pic), NamePic(person, _, reason):
            # Allowed after the close as well: people move, and somebody must answer for the innovation.
            published(registration)
            because = given_reason(reason)
            return [PicReplaced(institution=state.institution, previous=pic, person=person, reason=because)]
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
        case Submitted(submitted, _, pic), InnovationRevised(record=record):
            return Submitted(submitted, record, pic)
        case Submitted(submitted, record, ""), PicAppointed(person=person):
            return Submitted(submitted, record, person)
        case Submitted(submitted, record, pic), PicReplaced(previous=previous, person=person) if pic == previous:
            return Submitted(submitted, record, person)
        case Submitted(submitted), InnovationWithdrawn(reason=reason):
            return Withdrawn(submitted, reason)
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Any], by: str, at: datetime) -> Command:
    match events:
        case [
            InnovationSubmitted(edition=edition, institution=institution, record=record, external_reference=reference),
            *more,
        ]:
            return SubmitInnovation(edition, institution, record, at, reference, more[0].person if more else "")
        case [InnovationRevised(record=record)]:
            return ReviseInnovation(record, at)
        case [InnovationWithdrawn(reason=reason)]:
            return WithdrawInnovation(reason, at)
        case [PicAppointed(person=person)]:
            return NamePic(person, at)
        case [PicReplaced(person=person, reason=reason)]:
            return NamePic(person, at, reason)
    raise ValueError(f"no command to an innovation leads to {events!r}")


INNOVATION: Decider[State] = Decider("registration", "innovation", Absent(), evolve, decide, command_of)
"""`innovation/<uuid>`"""
