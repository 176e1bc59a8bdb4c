"""Deadlines as the log has them, the reminders that were given, and the jurors whose sheets are still open."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlmodel import Field, SQLModel

from services.notification.rows import id_of
from shared.database import table
from shared.eventlog import Recorded
from shared.events.judging import ScoresheetOpened, ScoresheetReopened, ScoresheetSubmitted, ScoresheetVoided
from shared.events.notification import DeadlineNear, ReminderSkipped
from shared.events.registration import (
    DeadlineExtended,
    EditionCancelled,
    EditionConcluded,
    RegistrationClosed,
    RegistrationReopened,
    RulebookAmended,
    RulebookPublished,
)
from shared.rulebook import Rulebook
from shared.runner import Projection
from shared.runner.projection import Changes


class DeadlineRow(SQLModel, table=True):
    __tablename__ = "notification_deadlines_v1"

    edition: str = Field(primary_key=True)
    what: str = Field(primary_key=True)
    closes: str
    """RFC 3339."""
    since: str
    """When this deadline was set. Steps before that are none: nobody could have been reminded then."""
    steps: str
    """JSON list: days before the deadline."""
    day: int
    """Seconds."""
    passed: bool


class StepRow(SQLModel, table=True):
    """A step that was taken, or skipped."""

    __tablename__ = "notification_steps_v1"

    edition: str = Field(primary_key=True)
    what: str = Field(primary_key=True)
    closes: str = Field(primary_key=True)
    days: int = Field(primary_key=True)


class SheetRow(SQLModel, table=True):
    __tablename__ = "notification_sheets_v1"

    sheet: str = Field(primary_key=True)
    edition: str = Field(index=True)
    entry: str
    juror: str
    open: bool


DEADLINES = Projection("notification_deadlines", 1, DeadlineRow, StepRow, SheetRow)

_deadlines, _steps, _sheets = table(DeadlineRow), table(StepRow), table(SheetRow)
_this = (_deadlines.c.edition == bindparam("_edition"), _deadlines.c.what == bindparam("_what"))
_ADD = insert(_deadlines)
_DROP = delete(_deadlines).where(*_this)
_CHANGE = update(_deadlines).where(*_this)
_STEP = insert(_steps)
_ADD_SHEET = insert(_sheets)
_DROP_SHEET = delete(_sheets).where(_sheets.c.sheet == bindparam("_sheet"))
_CHANGE_SHEET = update(_sheets).where(_sheets.c.sheet == bindparam("_sheet"))


@DEADLINES.on(RulebookPublished)
def _set(recorded: Recorded, event: RulebookPublished) -> Changes:
    yield from _anew(recorded, event.rulebook, "registration", event.rulebook.calendar.registration_closes)
    yield from _anew(recorded, event.rulebook, "judging", event.rulebook.calendar.judging_closes)


@DEADLINES.on(RulebookAmended)
def _amended(recorded: Recorded, event: RulebookAmended) -> Changes:
    """The deadline of registration moves by its own events."""
    steps = {"steps": msgspec.json.encode(event.rulebook.reminders).decode(), "day": event.rulebook.day_seconds}
    yield _CHANGE, {"_edition": event.rulebook.edition, "_what": "registration", **steps}
    yield from _anew(recorded, event.rulebook, "judging", event.rulebook.calendar.judging_closes)


def _anew(recorded: Recorded, rulebook: Rulebook, what: str, closes: datetime | None) -> Changes:
    yield _DROP, {"_edition": rulebook.edition, "_what": what}
    if closes is not None:
        yield (
            _ADD,
            {
                "edition": rulebook.edition,
                "what": what,
                "closes": closes.isoformat(),
                "since": recorded.envelope.time.isoformat(),
                "steps": msgspec.json.encode(rulebook.reminders).decode(),
                "day": rulebook.day_seconds,
                "passed": False,
            },
        )


def _moved(recorded: Recorded, event: DeadlineExtended | RegistrationReopened) -> Changes:
    moved = {"closes": event.closes.isoformat(), "since": recorded.envelope.time.isoformat(), "passed": False}
    yield _CHANGE, {"_edition": id_of(recorded), "_what": "registration", **moved}


DEADLINES.on(DeadlineExtended)(_moved)
DEADLINES.on(RegistrationReopened)(_moved)


@DEADLINES.on(RegistrationClosed)
def _closed(recorded: Recorded, event: RegistrationClosed) -> Changes:
    yield _CHANGE, {"_edition": id_of(recorded), "_what": "registration", "passed": True}


def _over(recorded: Recorded, event: EditionConcluded | EditionCancelled) -> Changes:
    for what in ("registration", "judging"):
        yield _CHANGE, {"_edition": id_of(recorded), "_what": what, "passed": True}


DEADLINES.on(EditionConcluded)(_over)
DEADLINES.on(EditionCancelled)(_over)


def _taken(recorded: Recorded, event: DeadlineNear | ReminderSkipped) -> Changes:
    step = {"edition": event.edition, "what": event.what, "closes": event.closes.isoformat(), "days": event.days}
    yield _STEP, step


DEADLINES.on(DeadlineNear)(_taken)
DEADLINES.on(ReminderSkipped)(_taken)


@DEADLINES.on(ScoresheetOpened)
def _opened(recorded: Recorded, event: ScoresheetOpened) -> Changes:
    edition = recorded.envelope.edition or event.entry.partition(".")[0]
    yield _DROP_SHEET, {"_sheet": id_of(recorded)}
    sheet = {"sheet": id_of(recorded), "edition": edition, "entry": event.entry, "juror": event.juror, "open": True}
    yield _ADD_SHEET, sheet


@DEADLINES.on(ScoresheetReopened)
def _reopened(recorded: Recorded, event: ScoresheetReopened) -> Changes:
    yield _CHANGE_SHEET, {"_sheet": id_of(recorded), "open": True}


def _done(recorded: Recorded, event: ScoresheetSubmitted | ScoresheetVoided) -> Changes:
    yield _CHANGE_SHEET, {"_sheet": id_of(recorded), "open": False}


DEADLINES.on(ScoresheetSubmitted)(_done)
DEADLINES.on(ScoresheetVoided)(_done)


def to_come(connection: Connection) -> Sequence[Any]:
    """Deadlines that are not on record as passed, each with the days of the steps already taken (`taken`)."""
    rows = connection.execute(select(_deadlines).where(_deadlines.c.passed.is_(False))).mappings().all()
    taken = connection.execute(select(_steps)).all()
    known = {(step.edition, step.what, step.closes, step.days) for step in taken}
    return [
        {
            **row,
            "left": [
                days
                for days in msgspec.json.decode(row["steps"], type=list[int])
                if (row["edition"], row["what"], row["closes"], days) not in known
            ],
        }
        for row in rows
    ]


def open_sheets(edition: str) -> Callable[[Connection], Sequence[Any]]:
    """(juror, n): how many sheets each juror has still open."""
    wanted = (
        select(_sheets.c.juror, func.count().label("n"))
        .where(_sheets.c.edition == edition, _sheets.c.open)
        .group_by(_sheets.c.juror)
        .order_by(_sheets.c.juror)
    )
    return lambda connection: connection.execute(wanted).all()
