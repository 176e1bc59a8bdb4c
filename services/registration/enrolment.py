"""An institution's enrolment in an edition: what it is called there, and what it owes. Decider."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from services.registration import edition
from shared.decider import Decider
from shared.events import Event
from shared.events.registration import InstitutionEnrolled, ObligationSet
from shared.refusals import Invalid, Refused


class EnrolInstitution(Struct, frozen=True):
    institution: str
    kind: str
    name: str
    abbreviation: str = ""
    parent: str = ""


Command = EnrolInstitution


class NotEnrolled(Struct, frozen=True):
    pass


class Enrolled(Struct, frozen=True):
    enrolled: InstitutionEnrolled
    owes: ObligationSet | None = None


State = NotEnrolled | Enrolled


def decide(state: State, command: Command, opened: edition.State) -> Sequence[Event]:
    rulebook = edition.published(opened)
    enrolled = InstitutionEnrolled(
        institution=command.institution,
        kind=command.kind,
        name=command.name,
        abbreviation=command.abbreviation,
        parent=command.parent,
    )
    if isinstance(state, Enrolled):
        if state.enrolled == enrolled:
            return []
        raise Refused(
            f"{command.institution} is enrolled already as {state.enrolled.name} ({state.enrolled.kind}); give every "
            "institution a code of its own",
            f"{command.institution} sudah terdaftar sebagai {state.enrolled.name} ({state.enrolled.kind}); beri setiap "
            "perangkat kode tersendiri",
        )
    kinds = [kind.id for kind in rulebook.kinds]
    if command.kind not in kinds:
        raise Invalid(
            f"this edition has no kind {command.kind}; it has {', '.join(kinds)}",
            f"gelaran ini tidak mengenal jenis {command.kind}; yang ada: {', '.join(kinds)}",
        )
    owes = [
        ObligationSet(institution=command.institution, innovations=duty.innovations, pic=duty.pic)
        for duty in rulebook.obligations
        if duty.kind == command.kind
    ]
    return [enrolled, *owes]


def evolve(state: State, event: Event) -> State:
    match state, event:
        case NotEnrolled(), InstitutionEnrolled():
            return Enrolled(event)
        case Enrolled(enrolled, None), ObligationSet():
            return Enrolled(enrolled, event)
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Any], by: str, at: datetime) -> Command:
    match events:
        case [InstitutionEnrolled(institution=code, kind=kind, name=name, abbreviation=abbreviation, parent=parent), *_]:
            return EnrolInstitution(code, kind, name, abbreviation, parent)
    raise ValueError(f"no command to an enrolment leads to {events!r}")


ENROLMENT: Decider[State] = Decider("registration", "enrolment", NotEnrolled(), evolve, decide, command_of)
"""`enrolment/<edition>.<institution>`"""
