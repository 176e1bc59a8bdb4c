"""An institution's enrolment in an edition: what it is called there, what it owes, and what it is allowed beyond the rules. Decider.

It keeps the institution's name of that edition for ever. Where institutions are merged, the successor takes over what is owed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from services.registration import edition_state
from services.registration.edition_state import before_judging_ends, before_nominations, given_reason, moment, published
from shared.decider import Decider
from shared.events import Event
from shared.events.registration import (
    Decree,
    EnrolmentCarriedOver,
    InstitutionEnrolled,
    LateSubmissionPermitted,
    ObligationCarriedOver,
    ObligationSet,
    ObligationWaived,
)
from shared.refusals import Invalid, Refused, Unknown


class EnrolInstitution(Struct, frozen=True):
    institution: str
    kind: str
    name: str
    abbreviation: str = ""
    parent: str = ""


class PermitLateSubmission(Struct, frozen=True):
    """Until nominations begin, at the latest. Needs the shortlists of the edition's categories."""

    until: datetime
    reason: str
    at: datetime
    decree: Decree | None = None


class WaiveObligation(Struct, frozen=True):
    reason: str
    decree: Decree | None = None


class TakeOver(Struct, frozen=True):
    """By the successor, of what `previous` owes. Needs the enrolment of `previous`."""

    previous: str


class CarryOver(Struct, frozen=True):
    """To the successor. Needs its enrolment."""

    into: str
    elsewhere: tuple[str, ...] = ()
    """Editions in which this is still to be done."""


Command = EnrolInstitution | PermitLateSubmission | WaiveObligation | TakeOver | CarryOver


class NotEnrolled(Struct, frozen=True):
    pass


class Enrolled(Struct, frozen=True):
    enrolled: InstitutionEnrolled
    owes: ObligationSet | None = None
    carried: tuple[ObligationCarriedOver, ...] = ()
    waived: ObligationWaived | None = None
    late: LateSubmissionPermitted | None = None
    merged: EnrolmentCarriedOver | None = None

    @property
    def institution(self) -> str:
        return self.enrolled.institution

    @property
    def into(self) -> str:
        """The institution that it is merged into; empty: it is not."""
        return self.merged.into if self.merged else ""

    @property
    def owed(self) -> tuple[int, bool]:
        """Innovations, and whether each needs a PIC."""
        if self.waived or self.into:
            return 0, False
        own = (self.owes,) if self.owes else ()
        duties: tuple[ObligationSet | ObligationCarriedOver, ...] = (*own, *self.carried)
        return sum(duty.innovations for duty in duties), any(duty.pic for duty in duties)


State = NotEnrolled | Enrolled


def decide(state: State, command: Command, opened: edition_state.State, *others: Any) -> Sequence[Event]:
    """Others: the edition; then what the command needs."""
    rulebook = published(opened)
    if isinstance(command, EnrolInstitution):
        return _enrol(state, command, opened)
    if isinstance(state, NotEnrolled):
        raise _not_enrolled()
    match command:
        case PermitLateSubmission(until, reason, at, decree):
            permitted = LateSubmissionPermitted(
                institution=state.institution, until=until, reason=given_reason(reason), decree=decree
            )
            if state.late == permitted:
                return []
            if until <= at:
                raise Invalid(
                    f"{moment(until)} has passed; name a time to come, until which it may submit",
                    f"{moment(until)} sudah lewat; tentukan waktu yang akan datang sebagai batasnya",
                )
            if isinstance(opened, edition_state.Registering) and until <= opened.closes:
                raise Invalid(
                    f"registration is open until {moment(opened.closes)} for everybody; a late permission ends after that",
                    f"pendaftaran dibuka hingga {moment(opened.closes)} bagi semua; izin terlambat berakhir sesudahnya",
                )
            before_judging_ends(rulebook, until)
            before_nominations(others)
            return [permitted]
        case WaiveObligation(reason, decree):
            waived = ObligationWaived(institution=state.institution, reason=given_reason(reason), decree=decree)
            if state.waived == waived:
                return []
            if not state.owed[0]:
                raise Refused(
                    f"{state.institution} owes nothing in this edition; there is nothing to waive",
                    f"{state.institution} tidak memiliki kewajiban pada gelaran ini; tidak ada yang perlu dibebaskan",
                )
            return [waived]
        case TakeOver(previous):
            [other] = others
            if isinstance(other, NotEnrolled):
                raise _not_enrolled()
            innovations, pic = other.owed
            if not innovations or any(carried.previous == previous for carried in state.carried):
                return []
            return [ObligationCarriedOver(institution=state.institution, previous=previous, innovations=innovations, pic=pic)]
        case CarryOver(into) if state.into == into:
            return []
        case CarryOver():
            return [_carried_over(state, command, *others)]


def _enrol(state: State, command: EnrolInstitution, opened: edition_state.State) -> Sequence[Event]:
    rulebook = published(opened)
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


def _carried_over(state: Enrolled, command: CarryOver, successor: State) -> EnrolmentCarriedOver:
    into = command.into
    if state.into:
        raise Refused(
            f"{state.institution} is merged into {state.into} already; name that one",
            f"{state.institution} sudah digabung ke {state.into}; sebut perangkat itu",
        )
    if isinstance(successor, NotEnrolled) or successor.into or into == state.institution:
        raise Refused(
            f"{into} does not take part in this edition by itself; enrol the successor first",
            f"{into} tidak mengikuti gelaran ini secara tersendiri; daftarkan penerusnya lebih dahulu",
        )
    return EnrolmentCarriedOver(institution=state.institution, into=into, elsewhere=command.elsewhere)


def _not_enrolled() -> Unknown:
    return Unknown(
        "this institution is not enrolled in the edition; the committee enrols it",
        "perangkat ini belum terdaftar pada gelaran; panitia yang mendaftarkannya",
    )


def evolve(state: State, event: Event) -> State:
    match state, event:
        case NotEnrolled(), InstitutionEnrolled():
            return Enrolled(event)
        case Enrolled(owes=None), ObligationSet():
            return replace(state, owes=event)
        case Enrolled(carried=carried), ObligationCarriedOver():
            return replace(state, carried=(*carried, event))
        case Enrolled(), ObligationWaived():
            return replace(state, waived=event)
        case Enrolled(), LateSubmissionPermitted():
            return replace(state, late=event)
        case Enrolled(merged=None), EnrolmentCarriedOver():
            return replace(state, merged=event)
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Any], by: str, at: datetime) -> Command:
    match events:
        case [InstitutionEnrolled(institution=code, kind=kind, name=name, abbreviation=abbreviation, parent=parent), *_]:
            return EnrolInstitution(code, kind, name, abbreviation, parent)
        case [LateSubmissionPermitted(until=until, reason=reason, decree=decree)]:
            return PermitLateSubmission(until, reason, at, decree)
        case [ObligationWaived(reason=reason, decree=decree)]:
            return WaiveObligation(reason, decree)
        case [ObligationCarriedOver(previous=previous)]:
            return TakeOver(previous)
        case [EnrolmentCarriedOver(into=into, elsewhere=elsewhere)]:
            return CarryOver(into, elsewhere)
    raise ValueError(f"no command to an enrolment leads to {events!r}")


ENROLMENT: Decider[State] = Decider("registration", "enrolment", NotEnrolled(), evolve, decide, command_of)
"""`enrolment/<edition>.<institution>`"""
