"""An institution of the authority: permanent, whatever editions it takes part in. Decider.

What it is called in one edition stands in its enrolment, for ever; here stands what it is called now, and what became of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from services.registration.edition_state import given_reason
from shared.decider import Decider
from shared.events import Event
from shared.events.registration import Decree, InstitutionMerged, InstitutionRegistered, InstitutionRenamed
from shared.refusals import Invalid, Refused, Unknown


class RegisterInstitution(Struct, frozen=True):
    code: str
    kind: str
    name: str
    abbreviation: str = ""
    parent: str = ""


class RenameInstitution(Struct, frozen=True):
    name: str
    abbreviation: str
    reason: str
    decree: Decree | None = None


class MergeInstitution(Struct, frozen=True):
    """Needs the successor."""

    into: str
    reason: str
    decree: Decree | None = None


Command = RegisterInstitution | RenameInstitution | MergeInstitution


class Unregistered(Struct, frozen=True):
    pass


class Registered(Struct, frozen=True):
    registered: InstitutionRegistered
    """As it was first."""
    name: str
    abbreviation: str
    merged: InstitutionMerged | None = None


State = Unregistered | Registered


def decide(state: State, command: Command, successor: State = Unregistered()) -> Sequence[Event]:
    match state, command:
        case Unregistered(), RegisterInstitution(code, kind, name, abbreviation, parent):
            return [InstitutionRegistered(code=code, kind=kind, name=name, abbreviation=abbreviation, parent=parent)]
        case Registered(), RegisterInstitution():
            # A known institution stays as it is: another edition may enrol it under another name.
            return []
        case Registered(merged=InstitutionMerged(into=into)), MergeInstitution() if into == command.into:
            return []
        case Registered(registered, merged=InstitutionMerged(into=into)), _:
            raise Refused(
                f"{registered.code} is merged into {into} already; name that one",
                f"{registered.code} sudah digabung ke {into}; sebut perangkat itu",
            )
        case Registered(_, known, known_short), RenameInstitution(name, abbreviation, reason, decree):
            if (name, abbreviation) == (known, known_short):
                return []
            if not name.strip():
                raise Invalid("give the new name", "tuliskan nama barunya")
            because = given_reason(reason)
            return [InstitutionRenamed(previous=known, name=name, abbreviation=abbreviation, reason=because, decree=decree)]
        case Registered(registered), MergeInstitution(into, reason, decree):
            if not isinstance(successor, Registered) or successor.merged or into == registered.code:
                raise Refused(
                    f"{into} is no institution that could take over; enrol the successor first",
                    f"{into} bukan perangkat yang dapat menjadi penerus; daftarkan penerusnya lebih dahulu",
                )
            return [InstitutionMerged(code=registered.code, into=into, reason=given_reason(reason), decree=decree)]
    raise Unknown(
        "this institution is not registered; the committee enrols it in an edition first",
        "perangkat ini belum terdaftar; panitia mendaftarkannya pada gelaran lebih dahulu",
    )


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Unregistered(), InstitutionRegistered(name=name, abbreviation=abbreviation):
            return Registered(event, name, abbreviation)
        case Registered(name=known), InstitutionRenamed(previous=previous, name=name, abbreviation=short) if known == previous:
            return replace(state, name=name, abbreviation=short)
        case Registered(merged=None), InstitutionMerged():
            return replace(state, merged=event)
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Any], by: str, at: datetime) -> Command:
    match events:
        case [InstitutionRegistered(code=code, kind=kind, name=name, abbreviation=abbreviation, parent=parent)]:
            return RegisterInstitution(code, kind, name, abbreviation, parent)
        case [InstitutionRenamed(name=name, abbreviation=abbreviation, reason=reason, decree=decree)]:
            return RenameInstitution(name, abbreviation, reason, decree)
        case [InstitutionMerged(into=into, reason=reason, decree=decree)]:
            return MergeInstitution(into, reason, decree)
    raise ValueError(f"no command to an institution leads to {events!r}")


INSTITUTION: Decider[State] = Decider("registration", "institution", Unregistered(), evolve, decide, command_of)
"""`institution/<code>`"""
