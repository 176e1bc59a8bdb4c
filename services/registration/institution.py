"""An institution of the authority: permanent, whatever editions it takes part in. Decider.

What it is called in one edition stands in its enrolment; here stands what it was first registered as.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from shared.decider import Decider
from shared.events import Event
from shared.events.registration import InstitutionRegistered


class RegisterInstitution(Struct, frozen=True):
    code: str
    kind: str
    name: str
    abbreviation: str = ""
    parent: str = ""


Command = RegisterInstitution


class Unregistered(Struct, frozen=True):
    pass


class Registered(Struct, frozen=True):
    registered: InstitutionRegistered


State = Unregistered | Registered


def decide(state: State, command: Command) -> Sequence[Event]:
    """A known institution stays as it is: another edition may enrol it under another name."""
    if isinstance(state, Registered):
        return []
    return [
        InstitutionRegistered(
            code=command.code,
            kind=command.kind,
            name=command.name,
            abbreviation=command.abbreviation,
            parent=command.parent,
        )
    ]


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Unregistered(), InstitutionRegistered():
            return Registered(event)
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Any], by: str, at: datetime) -> Command:
    match events:
        case [InstitutionRegistered(code=code, kind=kind, name=name, abbreviation=abbreviation, parent=parent)]:
            return RegisterInstitution(code, kind, name, abbreviation, parent)
    raise ValueError(f"no command to an institution leads to {events!r}")


INSTITUTION: Decider[State] = Decider("registration", "institution", Unregistered(), evolve, decide, command_of)
"""`institution/<code>`"""
