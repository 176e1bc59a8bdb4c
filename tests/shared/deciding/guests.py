"""What the tests of deciding decide about: a door that opens and closes, and a house that lets guests in while its doors are open."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from shared.decider import Decider, Fold
from shared.deciding import Act, Desk, Outcome
from shared.eventlog import Append, Appended
from shared.events import Event
from shared.refusals import Refused


class DoorOpened(Event, frozen=True, kw_only=True):
    at: datetime

    @classmethod
    def owner(cls) -> str:
        return "judging"


class DoorClosed(Event, frozen=True, kw_only=True):
    @classmethod
    def owner(cls) -> str:
        return "judging"


class GuestCame(Event, frozen=True, kw_only=True):
    name: str

    @classmethod
    def owner(cls) -> str:
        return "judging"


class Open(Struct, frozen=True):
    at: datetime


class Close(Struct, frozen=True):
    pass


class Welcome(Struct, frozen=True):
    name: str


def _door(state: bool, event: Any) -> bool:
    return isinstance(event, DoorOpened)


def _decide_door(state: bool, command: Open | Close) -> list[Event]:
    match command:
        case Open(at):
            return [] if state else [DoorOpened(at=at)]
        case Close():
            return [DoorClosed()] if state else []


def _decide_house(state: frozenset[str], command: Welcome, *doors: bool) -> list[Event]:
    if not all(doors):
        raise Refused("the door is closed; come again tomorrow", "pintu sudah ditutup; datanglah besok")
    return [] if command.name in state else [GuestCame(name=command.name)]


def no_command(events: Sequence[Any], by: str, at: datetime) -> Any:
    raise AssertionError("nobody asks here")


DOOR: Decider[bool] = Decider("judging", "door", False, _door, _decide_door, no_command)
HOUSE: Decider[frozenset[str]] = Decider(
    "judging", "house", frozenset(), lambda names, e: names | {e.name}, _decide_house, no_command
)
DOOR_AS_SEEN: Fold[tuple[str, ...]] = Fold("judging", "door", (), lambda seen, e: (*seen, type(e).__name__))


async def open_door(desk: Desk) -> Outcome:
    return await desk.carry_out(Act(DOOR("1"), lambda at: Open(at)), actor="person/1")


async def welcome(desk: Desk, name: str, *doors: str, **more: Any) -> Outcome:
    return await desk.carry_out(Act(HOUSE("1"), Welcome(name), *map(DOOR, doors)), actor="person/1", **more)


def before_every_append(desk: Desk, act: Callable[[int], Awaitable[object]]) -> list[int]:
    """Let something happen between deciding and appending, as another process would; the list counts the appends."""
    append, tries = desk.log.append, list[int]()

    async def contested(what: Append) -> Appended:
        tries.append(len(tries) + 1)
        await act(tries[-1])
        return await append(what)

    desk.log.append = contested  # type: ignore[method-assign, assignment]
    return tries
