"""The names that an institution's innovations hold in an edition: each stands for one innovation. Decider.

Names are compared without case, surplus spaces and typographic variants (NFKC), so that no second one looks like the first.
"""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from shared.decider import Decider
from shared.events import Event
from shared.events.registration import NameFreed, NameTaken
from shared.refusals import Refused


class TakeName(Struct, frozen=True):
    """This innovation is to be called so from now on; a name that it held before is freed."""

    name: str
    innovation: str
    first: bool = False
    """As it is submitted: one that holds a name already keeps that, for it may have been revised since."""


class FreeName(Struct, frozen=True):
    innovation: str


Command = TakeName | FreeName


class Names(Struct, frozen=True):
    taken: dict[str, NameTaken] = {}
    """By folded name."""
    held: dict[str, NameTaken] = {}
    """By innovation: each holds one name."""


State = Names


def folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def decide(state: State, command: Command) -> Sequence[Event]:
    held = state.held.get(command.innovation)
    freed = [NameFreed(name=held.name, innovation=held.innovation)] if held else []
    if isinstance(command, FreeName):
        return freed
    if held and command.first:
        return []
    standing = state.taken.get(folded(command.name))
    if standing is None:
        return [*freed, NameTaken(name=command.name, innovation=command.innovation)]
    if standing.innovation == command.innovation:
        return []
    raise Refused(
        f"another innovation of this institution is called {standing.name} already; give this one a name of its own",
        f"inovasi lain dari perangkat ini sudah bernama {standing.name}; beri inovasi ini nama tersendiri",
    )


def evolve(state: State, event: Event) -> State:
    match event:
        case NameTaken(name=name) if folded(name) not in state.taken:
            return Names({**state.taken, folded(name): event}, {**state.held, event.innovation: event})
        case NameFreed(name=name) if folded(name) in state.taken:
            return Names(_without(state.taken, folded(name)), _without(state.held, event.innovation))
    raise ValueError(f"{event!r} cannot follow {state!r}")


def _without(names: dict[str, NameTaken], key: str) -> dict[str, NameTaken]:
    return {known: taken for known, taken in names.items() if known != key}


def command_of(events: Sequence[Any], by: str, at: datetime) -> Command:
    match events:
        case [*_, NameTaken(name=name, innovation=innovation)]:
            return TakeName(name, innovation)
        case [NameFreed(innovation=innovation)]:
            return FreeName(innovation)
    raise ValueError(f"no command to names leads to {events!r}")


NAMES: Decider[State] = Decider("registration", "names", Names(), evolve, decide, command_of)
"""`names/<edition>.<institution>`"""
