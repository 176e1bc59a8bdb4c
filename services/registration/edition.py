"""An edition of the competition: its rulebook, and its registration from the opening to the close. Decider.

The calendar closes registration by itself: every rule asks `must_be_open`, which compares with the deadline. That the deadline
has passed is then put on record (`CloseByCalendar`) by `services.registration.calendar`.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from services.registration import amendment, edition_calendar
from services.registration.amendment import AmendRulebook, MergeCategories
from services.registration.edition_calendar import CloseByCalendar, CloseRegistration, ExtendDeadline, ReopenRegistration
from services.registration.edition_state import (
    Announced,
    Cancelled,
    Closed,
    Concluded,
    Registering,
    State,
    Unopened,
    given_reason,
    moment,
    published,
)
from services.registration.rulebook_check import faults_in
from shared.decider import Decider
from shared.events import Event
from shared.events.registration import (
    DeadlineExtended,
    Decree,
    EditionCancelled,
    EditionConcluded,
    EditionOpened,
    RegistrationClosed,
    RegistrationReopened,
    RulebookAmended,
    RulebookPublished,
)
from shared.refusals import Invalid, Refused
from shared.rulebook import Rulebook


class OpenEdition(Struct, frozen=True):
    rulebook: Rulebook
    digest: str = ""
    """As it stands on record; empty: it is published now."""


class CancelEdition(Struct, frozen=True):
    reason: str
    effective: date
    decree: Decree | None = None


class ConcludeEdition(Struct, frozen=True):
    """`effective` is the last day of the edition; None: today."""

    effective: date | None = None
    decree: Decree | None = None


Command = OpenEdition | CancelEdition | ConcludeEdition | edition_calendar.Command | amendment.Command


def decide(state: State, command: Command) -> Sequence[Event]:
    match state, command:
        case _, OpenEdition(rulebook, digest):
            return _open(state, rulebook, digest or rulebook.digest())
        case ((Unopened() | Announced() | Cancelled() | Concluded()), CloseByCalendar()):
            return []
        case Cancelled(cancelled=cancelled), CancelEdition() if _cancelled(command) == cancelled:
            return []
        case Concluded(concluded=concluded), ConcludeEdition() if _concluded(command) == concluded:
            return []
        case ((Registering() | Closed()), CancelEdition()):
            return [_cancelled(command)]
        case Closed(), ConcludeEdition():
            return [_concluded(command)]
        case Registering(closes=closes), ConcludeEdition():
            raise Refused(
                f"registration is not closed, its deadline is {moment(closes)}; conclude the edition once its results are announced",
                f"pendaftaran belum ditutup, batas waktunya {moment(closes)}; akhiri gelaran setelah hasilnya diumumkan",
            )
        case ((Registering() | Closed()), (AmendRulebook() | MergeCategories())):
            return amendment.decide(state, command)
        case ((Registering() | Closed()), (CloseRegistration() | CloseByCalendar() | ExtendDeadline() | ReopenRegistration())):
            return edition_calendar.decide(state, command)
    published(state)
    raise TypeError(f"{command!r} is no command to an edition")


def _open(state: State, rulebook: Rulebook, digest: str) -> Sequence[Event]:
    match state:
        case Registering() | Closed() | Cancelled() | Concluded() if digest == state.digest or rulebook == state.rulebook:
            return []
        case Registering() | Closed() | Cancelled() | Concluded() | Announced():
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


def _cancelled(command: CancelEdition) -> EditionCancelled:
    return EditionCancelled(reason=given_reason(command.reason), effective=command.effective, decree=command.decree)


def _concluded(command: ConcludeEdition) -> EditionConcluded:
    return EditionConcluded(effective=command.effective, decree=command.decree)


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Unopened(), EditionOpened(rulebook=digest):
            return Announced(digest)
        case Announced(digest), RulebookPublished(digest=published, rulebook=rulebook) if digest == published:
            return Registering(rulebook, digest, closes=rulebook.calendar.registration_closes)
        case Registering(merged=known), RulebookAmended(rulebook=rulebook, merged=merged):
            return replace(state, rulebook=rulebook, amended=event, merged={**known, **merged})
        case Registering(), DeadlineExtended(closes=closes):
            return replace(state, closes=closes, changed=event)
        case Registering(rulebook, digest, changed, amended, merged), RegistrationClosed(effective=effective):
            return Closed(rulebook, digest, changed, amended, merged, effective=effective)
        case Closed(rulebook, digest, _, amended, merged), RegistrationReopened(closes=closes):
            return Registering(rulebook, digest, event, amended, merged, closes=closes, reopened=True)
        case ((Registering(rulebook, digest) | Closed(rulebook, digest)), EditionCancelled()):
            return Cancelled(rulebook, digest, event)
        case Closed(rulebook, digest), EditionConcluded():
            return Concluded(rulebook, digest, event)
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Any], by: str, at: datetime) -> Command:
    match events:
        case [EditionOpened(), RulebookPublished(digest=digest, rulebook=rulebook)]:
            return OpenEdition(rulebook, digest)
        case [RulebookAmended(digest=digest, merged=merged, reason=reason, decree=decree)] if merged:
            [(category, into)] = merged.items()
            return MergeCategories(category, into, reason, at, decree, digest)
        case [RulebookAmended(digest=digest, rulebook=rulebook, reason=reason, decree=decree)]:
            return AmendRulebook(rulebook, reason, at, decree, digest)
        case [RegistrationClosed(by="committee", decree=decree)]:
            return CloseRegistration(at, decree)
        case [RegistrationClosed()]:
            return CloseByCalendar(at)
        case [DeadlineExtended(closes=closes, reason=reason, decree=decree)]:
            return ExtendDeadline(closes, reason, at, decree)
        case [*_, RegistrationReopened(closes=closes, reason=reason, decree=decree)]:
            return ReopenRegistration(closes, reason, at, decree)
        case [EditionCancelled(reason=reason, effective=effective, decree=decree)]:
            return CancelEdition(reason, effective, decree)
        case [EditionConcluded(effective=effective, decree=decree)]:
            return ConcludeEdition(effective, decree)
    raise ValueError(f"no command to an edition leads to {events!r}")


EDITION: Decider[State] = Decider("registration", "edition", Unopened(), evolve, decide, command_of)
"""`edition/<edition>`"""
