"""What the runner's tests run: events of three services, projections whose rows tell any skipped, doubled or reordered event,
and reactions by which judging answers the other two."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Field, SQLModel

from shared.database import Database, table
from shared.decider import Decider
from shared.deciding import Act, Desk
from shared.eventlog import EventLog, Recorded
from shared.events import Event, catalogue
from shared.refusals import Refused
from shared.runner import Changes, Hand, Projection, Reaction, Runner
from shared.runner.tables import InboxRow

LISTENS = ("registration", "screening", "judging")


class Marched(Event, frozen=True, kw_only=True):
    """Someone of a troop passed by."""

    troop: str
    number: int

    @classmethod
    def owner(cls) -> str:
        return "registration"


class Saluted(Event, frozen=True, kw_only=True):
    troop: str
    number: int

    @classmethod
    def owner(cls) -> str:
        return "screening"


class Greeted(Event, frozen=True, kw_only=True):
    """Judging's answer to one of a troop."""

    number: int

    @classmethod
    def owner(cls) -> str:
        return "judging"


TYPES: dict[str, type[Event]] = {kind.__name__: kind for kind in (Marched, Saluted, Greeted)}


def make_known() -> None:
    """Put the types of this module among the house's; for processes of their own."""
    catalogue().update(TYPES)


# -- projections


class Passed(SQLModel, table=True):
    __tablename__ = "parade_passed_v1"

    position: int = Field(primary_key=True)
    what: str
    troop: str
    number: int


class Troop(SQLModel, table=True):
    """`trail` is the numbers in the order in which they were counted."""

    __tablename__ = "parade_troops_v1"

    troop: str = Field(primary_key=True)
    seen: int
    trail: str


PARADE = Projection("parade", 1, Passed, Troop)
_passed = insert(table(Passed))
_form = insert(table(Troop))
_count = (
    update(table(Troop))
    .where(table(Troop).c.troop == bindparam("of"))
    .values(seen=table(Troop).c.seen + 1, trail=table(Troop).c.trail + bindparam("more"))
)


@PARADE.on(Marched)
def _(recorded: Recorded, event: Marched) -> Changes:
    yield _passed, {"position": recorded.position, "what": "marched", "troop": event.troop, "number": event.number}
    if event.number == 1:
        yield _form, {"troop": event.troop, "seen": 1, "trail": "1"}
    else:
        yield _count, {"of": event.troop, "more": f" {event.number}"}


@PARADE.on(Saluted)
def _(recorded: Recorded, event: Saluted) -> Changes:
    yield _passed, {"position": recorded.position, "what": "saluted", "troop": event.troop, "number": event.number}
    yield _count, {"of": event.troop, "more": f" s{event.number}"}


def rows(database: Database, model: type[SQLModel]) -> list[tuple[Any, ...]]:
    order = table(model).primary_key.columns.values()
    return [tuple(row) for row in database.read_now(lambda c: c.execute(select(table(model)).order_by(*order)).all())]


def expected(events: Sequence[Recorded]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The rows of both tables as a plain loop over the log gives them."""
    passed, troops = [], dict[str, list[str]]()
    for recorded in events:
        match recorded.event:
            case Marched(troop=troop, number=number):
                passed.append((recorded.position, "marched", troop, number))
                troops.setdefault(troop, []).append(str(number))
            case Saluted(troop=troop, number=number):
                passed.append((recorded.position, "saluted", troop, number))
                troops[troop].append(f"s{number}")
    return passed, sorted((troop, len(trail), " ".join(trail)) for troop, trail in troops.items())


# -- reactions: judging greets everyone of a troop, in the order in which they came, whatever stream they came by


class Greet(Event, frozen=True):
    """The command."""

    number: int


def _decide(state: tuple[int, ...], command: Greet) -> list[Event]:
    if command.number < 0:
        raise Refused("nobody greets a negative number; only those from 0 on", "nomor negatif tidak disambut; hanya mulai 0")
    return [] if command.number in state else [Greeted(number=command.number)]


def _command_of(events: Sequence[Any], by: str, at: datetime) -> Greet:
    return Greet(events[0].number)


GREETING: Decider[tuple[int, ...]] = Decider("judging", "greeting", (), lambda s, e: (*s, e.number), _decide, _command_of)


async def greet(cause: Recorded, hand: Hand) -> None:
    event = cause.event
    assert isinstance(event, Marched | Saluted)
    number = event.number if isinstance(event, Marched) else 1_000 + event.number
    if event.number < 0:
        number = event.number
    await hand.carry_out(Act(GREETING(event.troop), Greet(number)))


def troop_of(recorded: Recorded) -> str:
    event = recorded.event
    assert isinstance(event, Marched | Saluted)
    return event.troop


GREETINGS = Reaction("greet", [Marched, Saluted], greet, subject=troop_of)


def open_rows(database: Database) -> list[Any]:
    return list(database.read_now(lambda c: c.execute(select(table(InboxRow)).order_by(table(InboxRow).c.id)).all()))


def runner_of(log: EventLog, database: Database, limit: int = 500, **more: Any) -> Runner:
    arguments: dict[str, Any] = {"listens": LISTENS, "projections": [PARADE], "limit": limit, **more}
    return Runner(log, database, **arguments)


def desk_of(runner: Runner) -> Desk:
    return Desk(runner.event_log)
