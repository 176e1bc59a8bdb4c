"""An edition of the competition: its rulebook, and its registration from the opening to the close. Decider.

The calendar closes registration by itself: every rule asks `must_be_open`, which compares with the deadline. That the deadline
has passed is then put on record (`CloseByCalendar`) by `services.registration.calendar`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from services.registration.rulebook_check import faults_in
from shared.decider import Decider
from shared.events import Event
from shared.events.registration import (
    DeadlineExtended,
    EditionOpened,
    RegistrationClosed,
    RegistrationReopened,
    RulebookPublished,
)
from shared.refusals import Invalid, Refused
from shared.rulebook import Rulebook


class OpenEdition(Struct, frozen=True):
    rulebook: Rulebook


class CloseRegistration(Struct, frozen=True):
    """By the committee, at this moment."""

    at: datetime


class CloseByCalendar(Struct, frozen=True):
    """Puts on record that the deadline has passed; changes nothing before it."""

    at: datetime


class ExtendDeadline(Struct, frozen=True):
    closes: datetime
    reason: str
    at: datetime


class ReopenRegistration(Struct, frozen=True):
    closes: datetime
    reason: str
    at: datetime


Command = OpenEdition | CloseRegistration | CloseByCalendar | ExtendDeadline | ReopenRegistration


class Unopened(Struct, frozen=True):
    pass


class Announced(Struct, frozen=True):
    """Opened under a rulebook of this digest, which the next event publishes."""

    rulebook: str


class Registering(Struct, frozen=True):
    """Nothing but the calendar stands against registration: it is open from `opens` until `closes`."""

    rulebook: Rulebook
    digest: str
    closes: datetime
    changed: DeadlineExtended | RegistrationReopened | None = None
    """Why the deadline is no longer the rulebook's."""

    @property
    def opens(self) -> datetime:
        return self.rulebook.calendar.registration_opens


class Closed(Struct, frozen=True):
    rulebook: Rulebook
    digest: str
    effective: datetime


State = Unopened | Announced | Registering | Closed


def published(state: State) -> Rulebook:
    """The rulebook of an edition that is open for anything at all. Raises Refused."""
    if isinstance(state, Registering | Closed):
        return state.rulebook
    raise Refused("this edition is not opened yet; the committee opens it", "gelaran ini belum dibuka; panitia yang membukanya")


def must_be_open(state: State, at: datetime) -> Rulebook:
    """The rulebook, if registration is open at that time: from its opening on, before its deadline. Raises Refused."""
    rulebook = published(state)
    match state:
        case Registering() if at < state.opens:
            raise Refused(
                f"registration opens on {moment(state.opens)}; come back then",
                f"pendaftaran dibuka pada {moment(state.opens)}; silakan kembali saat itu",
            )
        case Registering() if at >= state.closes:
            raise _closed(state.closes)
        case Closed():
            raise _closed(state.effective)
    return rulebook


def moment(at: datetime) -> str:
    """A time for people: to the second, with its offset."""
    return at.isoformat(" ", "seconds")


def _closed(when: datetime) -> Refused:
    return Refused(
        f"registration closed on {moment(when)}; only the committee can reopen it",
        f"pendaftaran ditutup pada {moment(when)}; hanya panitia yang dapat membukanya kembali",
    )


def decide(state: State, command: Command) -> Sequence[Event]:
    match state, command:
        case _, OpenEdition(rulebook):
            return _open(state, rulebook)
        case ((Unopened() | Announced()), CloseByCalendar()):
            return []
        case ((Unopened() | Announced()), _):
            published(state)
        case Closed(), (CloseRegistration() | CloseByCalendar()):
            return []
        case Registering(closes=closes), CloseByCalendar(at):
            return [RegistrationClosed(effective=closes, by="calendar")] if at >= closes else []
        case Registering(closes=closes), CloseRegistration(at):
            if at < state.opens:
                raise Refused(
                    f"registration opens on {moment(state.opens)}; it can be closed from then on",
                    f"pendaftaran dibuka pada {moment(state.opens)}; baru dapat ditutup sesudah itu",
                )
            # After the deadline it is the calendar that closed it, whoever says so first.
            return [RegistrationClosed(effective=min(at, closes), by="committee" if at < closes else "calendar")]
        case Registering(), ExtendDeadline():
            return _extend(state, command)
        case Closed(effective=effective), ExtendDeadline():
            raise _reopen_instead(effective)
        case ((Registering() | Closed()), ReopenRegistration()):
            return _reopen(state, command)
    raise TypeError(f"{command!r} is no command to an edition")


def _open(state: State, rulebook: Rulebook) -> Sequence[Event]:
    digest = rulebook.digest()
    match state:
        case Registering(digest=known) | Closed(digest=known) if known == digest:
            return []
        case Registering() | Closed() | Announced():
            raise Refused(
                f"{rulebook.edition} is open already under another rulebook; take an id of its own for another edition",
                f"{rulebook.edition} sudah dibuka dengan aturan lain; gunakan id tersendiri untuk gelaran lain",
            )
    if faults := faults_in(rulebook):
        raise Invalid("; ".join(en for en, _ in faults), "; ".join(id for _, id in faults))
    opened = EditionOpened(
        name=rulebook.name,
        authority=rulebook.authority,
        rehearsal=rulebook.rehearsal,
        rules_version=rulebook.rules_version,
        rulebook=digest,
    )
    return [opened, RulebookPublished(digest=digest, rulebook=rulebook)]


def _extend(state: Registering, command: ExtendDeadline) -> Sequence[Event]:
    extended = DeadlineExtended(closes=command.closes, reason=given_reason(command.reason))
    if state.changed == extended:
        return []
    if command.at >= state.closes:
        raise _reopen_instead(state.closes)
    if command.closes <= state.closes:
        raise Invalid(
            f"the deadline is {moment(state.closes)}; an extension must be later than that",
            f"batas waktu adalah {moment(state.closes)}; perpanjangan harus sesudahnya",
        )
    _before_judging_ends(state.rulebook, command.closes)
    return [extended]


def _reopen(state: Registering | Closed, command: ReopenRegistration) -> Sequence[Event]:
    reopened = RegistrationReopened(closes=command.closes, reason=given_reason(command.reason))
    if isinstance(state, Registering):
        if state.changed == reopened:
            return []
        if command.at < state.closes:
            raise Refused(
                f"registration is not closed, its deadline is {moment(state.closes)}; extend the deadline instead",
                f"pendaftaran belum ditutup, batas waktunya {moment(state.closes)}; perpanjang batas waktunya saja",
            )
    if command.closes <= command.at:
        raise Invalid(
            f"registration reopens now, {moment(command.at)}; its new deadline must be later",
            f"pendaftaran dibuka kembali sekarang, {moment(command.at)}; batas waktu barunya harus sesudah itu",
        )
    _before_judging_ends(state.rulebook, command.closes)
    if isinstance(state, Registering):
        return [RegistrationClosed(effective=state.closes, by="calendar"), reopened]
    return [reopened]


def _reopen_instead(when: datetime) -> Refused:
    return Refused(
        f"registration closed on {moment(when)}; reopen it instead",
        f"pendaftaran sudah ditutup pada {moment(when)}; buka kembali pendaftarannya",
    )


def _before_judging_ends(rulebook: Rulebook, closes: datetime) -> None:
    ends = rulebook.calendar.judging_closes
    if ends is not None and closes >= ends:
        raise Invalid(
            f"judging ends on {moment(ends)}; registration must close before that",
            f"penjurian berakhir pada {moment(ends)}; pendaftaran harus ditutup sebelumnya",
        )


def given_reason(reason: str) -> str:
    """The reason without surplus spaces. Raises Invalid if there is none."""
    if folded := " ".join(reason.split()):
        return folded
    raise Invalid("give a reason; it stands on record", "tuliskan alasannya; alasan itu akan tercatat")


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Unopened(), EditionOpened(rulebook=digest):
            return Announced(digest)
        case Announced(digest), RulebookPublished(digest=published, rulebook=rulebook) if digest == published:
            return Registering(rulebook, digest, rulebook.calendar.registration_closes)
        case Registering(rulebook, digest), DeadlineExtended(closes=closes):
            return Registering(rulebook, digest, closes, event)
        case Registering(rulebook, digest), RegistrationClosed(effective=effective):
            return Closed(rulebook, digest, effective)
        case Closed(rulebook, digest), RegistrationReopened(closes=closes):
            return Registering(rulebook, digest, closes, event)
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Any], by: str, at: datetime) -> Command:
    match events:
        case [EditionOpened(), RulebookPublished(rulebook=rulebook)]:
            return OpenEdition(rulebook)
        case [RegistrationClosed(by="committee")]:
            return CloseRegistration(at)
        case [RegistrationClosed()]:
            return CloseByCalendar(at)
        case [DeadlineExtended(closes=closes, reason=reason)]:
            return ExtendDeadline(closes, reason, at)
        case [*_, RegistrationReopened(closes=closes, reason=reason)]:
            return ReopenRegistration(closes, reason, at)
    raise ValueError(f"no command to an edition leads to {events!r}")


EDITION: Decider[State] = Decider("registration", "edition", Unopened(), evolve, decide, command_of)
"""`edition/<edition>`"""
