"""How registration closes, and how its deadline is moved: rules of the edition's decider."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from services.registration.edition_state import Closed, Registering, before_judging_ends, given_reason, moment
from shared.events import Event
from shared.events.registration import DeadlineExtended, Decree, RegistrationClosed, RegistrationReopened
from shared.refusals import Invalid, Refused


class CloseRegistration(Struct, frozen=True):
    """By the committee, at this moment."""

    at: datetime
    decree: Decree | None = None


class CloseByCalendar(Struct, frozen=True):
    """Puts on record that the deadline has passed; changes nothing before it."""

    at: datetime


class ExtendDeadline(Struct, frozen=True):
    closes: datetime
    reason: str
    at: datetime
    decree: Decree | None = None


class ReopenRegistration(Struct, frozen=True):
    closes: datetime
    reason: str
    at: datetime
    decree: Decree | None = None


Command = CloseRegistration | CloseByCalendar | ExtendDeadline | ReopenRegistration


def decide(state: Registering | Closed, command: Command) -> Sequence[Event]:
    match state, command:
        case Closed(), (CloseRegistration() | CloseByCalendar()):
            return []
        case Registering(closes=closes), CloseByCalendar(at):
            return [RegistrationClosed(effective=closes, by="calendar")] if at >= closes else []
        case Registering(closes=closes), CloseRegistration(at, decree):
            if at < state.opens:
                raise Refused(
                    f"registration opens on {moment(state.opens)}; it can be closed from then on",
                    f"pendaftaran dibuka pada {moment(state.opens)}; baru dapat ditutup sesudah itu",
                )
            # After the deadline it is the calendar that closed it, whoever says so first.
            if at >= closes:
                return [RegistrationClosed(effective=closes, by="calendar")]
            return [RegistrationClosed(effective=at, by="committee", decree=decree)]
        case Registering(), ExtendDeadline():
            return _extend(state, command)
        case Closed(changed=changed, effective=effective), ExtendDeadline():
            if changed == _extended(command) and effective == command.closes:
                return []
            raise _reopen_instead(effective)
        case _, ReopenRegistration():
            return _reopen(state, command)
    raise TypeError(f"{command!r} moves no deadline")


def _extend(state: Registering, command: ExtendDeadline) -> Sequence[Event]:
    extended = _extended(command)
    if state.changed == extended:
        return []
    if command.at >= state.closes:
        raise _reopen_instead(state.closes)
    if command.closes <= state.closes:
        raise Invalid(
            f"the deadline is {moment(state.closes)}; an extension must be later than that",
            f"batas waktu adalah {moment(state.closes)}; perpanjangan harus sesudahnya",
        )
    before_judging_ends(state.rulebook, command.closes)
    return [extended]


def _extended(command: ExtendDeadline) -> DeadlineExtended:
    return DeadlineExtended(closes=command.closes, reason=given_reason(command.reason), decree=command.decree)


def _reopen(state: Registering | Closed, command: ReopenRegistration) -> Sequence[Event]:
    reopened = RegistrationReopened(closes=command.closes, reason=given_reason(command.reason), decree=command.decree)
    if state.changed == reopened and (isinstance(state, Registering) or state.effective == reopened.closes):
        return []
    if isinstance(state, Registering) and command.at < state.closes:
        raise Refused(
            f"registration is not closed, its deadline is {moment(state.closes)}; extend the deadline instead",
            f"pendaftaran belum ditutup, batas waktunya {moment(state.closes)}; perpanjang batas waktunya saja",
        )
    if command.closes <= command.at:
        raise Invalid(
            f"registration reopens now, {moment(command.at)}; its new deadline must be later",
            f"pendaftaran dibuka kembali sekarang, {moment(command.at)}; batas waktu barunya harus sesudah itu",
        )
    before_judging_ends(state.rulebook, command.closes)
    if isinstance(state, Registering):
        return [RegistrationClosed(effective=state.closes, by="calendar"), reopened]
    return [reopened]


def _reopen_instead(when: datetime) -> Refused:
    return Refused(
        f"registration closed on {moment(when)}; reopen it instead",
        f"pendaftaran sudah ditutup pada {moment(when)}; buka kembali pendaftarannya",
    )
