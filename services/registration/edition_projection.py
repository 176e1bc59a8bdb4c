"""What registration shows of editions: their rulebook and calendar as they stand, and how they ended."""

from datetime import date
from typing import Any

import msgspec
from sqlalchemy import bindparam, insert, update
from sqlmodel import Field, SQLModel

from services.registration.rows import id_of, utc
from shared.database import table
from shared.eventlog import Recorded
from shared.events.registration import (
    DeadlineExtended,
    Decree,
    EditionCancelled,
    EditionConcluded,
    RegistrationClosed,
    RegistrationReopened,
    RulebookAmended,
    RulebookPublished,
)
from shared.rulebook import Rulebook
from shared.runner import Changes, Projection


class EditionRow(SQLModel, table=True):
    """An edition under its rulebook as last amended."""

    __tablename__ = "registration_editions_v2"

    edition: str = Field(primary_key=True)
    opens: str
    closes: str
    """The deadline as it stands."""
    judging_closes: str = ""
    closed: str = ""
    """Since when registration is on record as closed; empty: it is not."""
    closed_by: str = ""
    reason: str = ""
    """Of the last extension or reopening."""
    decree: str = ""
    """JSON, of the last extension, reopening or closing; empty: none."""
    ended: str = ""
    """cancelled, concluded, or empty."""
    ended_effective: str = ""
    """A date."""
    ended_reason: str = ""
    ended_decree: str = ""
    """JSON."""
    digest: str
    rulebook: str
    """JSON."""
    amended: str = ""
    """Why the rulebook was last amended."""
    endorsement: bool
    unit_meets_parent: bool


EDITIONS = Projection("registration_editions", 2, EditionRow)

_editions = table(EditionRow)
_of_edition = update(_editions).where(_editions.c.edition == bindparam("of"))
_PUBLISH = insert(_editions)
_AMEND = _of_edition.values(digest=bindparam("now"), rulebook=bindparam("rules"), amended=bindparam("because"))
_EXTEND = _of_edition.values(closes=bindparam("to"), reason=bindparam("because"), decree=bindparam("by"))
_CLOSE = _of_edition.values(closed=bindparam("since"), closed_by=bindparam("who"), decree=bindparam("by"))
_REOPEN = _of_edition.values(
    closes=bindparam("to"), reason=bindparam("because"), decree=bindparam("by"), closed="", closed_by=""
)
_END = _of_edition.values(
    ended=bindparam("how"), ended_effective=bindparam("since"), ended_reason=bindparam("because"), ended_decree=bindparam("by")
)


@EDITIONS.on(RulebookPublished)
def _published(recorded: Recorded, event: RulebookPublished) -> Changes:
    calendar = event.rulebook.calendar
    row = {
        "edition": id_of(recorded),
        "opens": utc(calendar.registration_opens),
        "closes": utc(calendar.registration_closes),
        "judging_closes": utc(calendar.judging_closes) if calendar.judging_closes else "",
        **dict.fromkeys(("closed", "closed_by", "reason", "decree", "amended"), ""),
        **dict.fromkeys(("ended", "ended_effective", "ended_reason", "ended_decree"), ""),
        "digest": event.digest,
        "rulebook": _json(event.rulebook),
        "endorsement": event.rulebook.endorsement,
        "unit_meets_parent": event.rulebook.unit_meets_parent,
    }
    yield _PUBLISH, row


@EDITIONS.on(RulebookAmended)
def _amended(recorded: Recorded, event: RulebookAmended) -> Changes:
    yield _AMEND, {"of": id_of(recorded), "now": event.digest, "rules": _json(event.rulebook), "because": event.reason}


@EDITIONS.on(DeadlineExtended)
def _extended(recorded: Recorded, event: DeadlineExtended) -> Changes:
    yield _EXTEND, {"of": id_of(recorded), "to": utc(event.closes), "because": event.reason, "by": _json(event.decree)}


@EDITIONS.on(RegistrationClosed)
def _closed(recorded: Recorded, event: RegistrationClosed) -> Changes:
    yield _CLOSE, {"of": id_of(recorded), "since": utc(event.effective), "who": event.by, "by": _json(event.decree)}


@EDITIONS.on(RegistrationReopened)
def _reopened(recorded: Recorded, event: RegistrationReopened) -> Changes:
    yield _REOPEN, {"of": id_of(recorded), "to": utc(event.closes), "because": event.reason, "by": _json(event.decree)}


@EDITIONS.on(EditionCancelled)
def _cancelled(recorded: Recorded, event: EditionCancelled) -> Changes:
    yield _END, _ended(recorded, "cancelled", event.effective, event.reason, event.decree)


@EDITIONS.on(EditionConcluded)
def _concluded(recorded: Recorded, event: EditionConcluded) -> Changes:
    yield _END, _ended(recorded, "concluded", event.effective or recorded.envelope.time.date(), "", event.decree)


def _ended(recorded: Recorded, how: str, since: date, why: str, decree: Decree | None) -> dict[str, Any]:
    return {"of": id_of(recorded), "how": how, "since": since.isoformat(), "because": why, "by": _json(decree)}


def _json(told: Rulebook | Decree | None) -> str:
    """Empty for None."""
    return msgspec.json.encode(told).decode() if told else ""
