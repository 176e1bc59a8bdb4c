"""The timeline of everything, and any single event. The committee sees who did what and when; what an event says is for auditors."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Annotated, Any, NamedTuple

import msgspec
from fastapi import Path, Response
from sqlalchemy import Connection, Select, func, select

from services.audit.api import Line, event
from services.audit.pages_kinds import SERVICES_SAID, WORDS, Said, actor_of, kind_of, subject_of
from services.audit.projections import TrailLine
from services.audit.sealed import audits
from shared.database import table
from shared.events import catalogue
from shared.refusals import Invalid
from shared.web.pages import Member, PageRouter
from shared.web.pages.words import ZONE, Words
from shared.web.paging import LARGEST

pages = PageRouter()

ON_A_PAGE = 50
LONGEST_HISTORY = 200
_trail = table(TrailLine)
_EXACTLY = ("service", "type", "subject", "actor")


class Shown(NamedTuple):
    """A line of the trail with its words."""

    position: int
    time: str
    kind: Said
    type: str
    subject: str
    about: Said
    actor: str
    by: Said
    cause: int | None


def shown(line: Any) -> Shown:
    about = subject_of(line.subject, line.edition)
    return Shown(
        line.position,
        line.time,
        kind_of(line.type),
        line.type,
        line.subject,
        about,
        line.actor,
        actor_of(line.actor),
        line.cause,
    )


@pages.get("/e/{edition}/timeline")
async def timeline_page(visit: Member, edition: str) -> Response:
    """The newest first, fifty at a time."""
    await visit.rules()
    visit.me.must_hold(edition, "auditor", "committee")
    query = visit.request.query_params
    asked = {name: query.get(name, "").strip() for name in (*_EXACTLY, "since", "until")}
    refused = None
    try:
        wanted = _wanted(edition, asked)
        before = _number(query.get("after", ""))
    except Invalid as error:
        refused, wanted, before = error, _wanted(edition, {}), 0
    rows, total = await visit.parts.database.read(lambda c: _page(c, wanted, before))
    return await visit.render(
        "timeline.html",
        status=422 if refused else 200,
        refused=refused,
        asked=asked,
        lines=[shown(row) for row in rows[:ON_A_PAGE]],
        total=total,
        first=before == 0,
        next=str(rows[ON_A_PAGE - 1].position) if len(rows) > ON_A_PAGE else "",
        services=[(name, visit.words.say(said)) for name, said in SERVICES_SAID.items()],
        types=_types(visit.words),
        inspects=audits(visit.me, edition),
    )


@pages.get("/events/{position}")
async def event_page(visit: Member, position: Annotated[int, Path(ge=1, le=LARGEST)]) -> Response:
    """One event with its bytes, its fingerprint, what it came of and what came of it, and the history that it belongs to."""
    found = await event(position, visit.parts, visit.me)
    visit.edition = found.line.edition or ""
    rows, before, after = await visit.parts.database.read(lambda c: _around(c, found.line))
    return await visit.render(
        "event.html",
        line=shown(found.line),
        version=found.line.version,
        time=datetime.fromisoformat(found.line.time),
        found=found,
        event=msgspec.json.format(found.bytes, indent=2),
        cause=shown(found.cause) if found.cause else None,
        effects=[shown(line) for line in found.effects],
        history=[shown(row) for row in rows],
        before=before,
        after=after,
    )


def _around(connection: Connection, line: Line) -> tuple[Sequence[Any], int | None, int | None]:
    """The history of the event's subject, and the numbers before and after it: all in its edition, for others are not his to see."""
    here = _trail.c.edition.is_(None) if line.edition is None else _trail.c.edition == line.edition
    history = select(_trail).where(here, _trail.c.subject == line.subject).order_by(_trail.c.position).limit(LONGEST_HISTORY)
    before = select(func.max(_trail.c.position)).where(here, _trail.c.position < line.position)
    after = select(func.min(_trail.c.position)).where(here, _trail.c.position > line.position)
    return connection.execute(history).all(), connection.scalar(before), connection.scalar(after)


def _wanted(edition: str, asked: dict[str, str]) -> list[Any]:
    """Conditions on the trail. Raises Invalid."""
    wanted = [_trail.c.edition == edition]
    wanted += [_trail.c[name] == asked[name] for name in _EXACTLY if asked.get(name)]
    if asked.get("since"):
        wanted.append(_trail.c.time >= _instant(asked["since"], timedelta()))
    if asked.get("until"):
        wanted.append(_trail.c.time < _instant(asked["until"], timedelta(days=1)))
    return wanted


def _instant(day: str, later: timedelta) -> str:
    """The beginning of a day in WIB as the trail keeps time. Raises Invalid."""
    try:
        begins = datetime.combine(date.fromisoformat(day), time(), ZONE)
        return (begins + later).astimezone(UTC).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError) as error:
        raise Invalid(
            "a day is written as year, month and day, like 2026-11-24", "tanggal ditulis sebagai tahun, bulan, hari: 2026-11-24"
        ) from error


def _number(text: str) -> int:
    """The position that a page goes on before; 0 for the first page. Raises Invalid."""
    if text and not (text.isdecimal() and int(text) <= LARGEST):
        raise Invalid("a page goes on at a number of the log", "halaman dilanjutkan pada sebuah nomor log")
    return int(text) if text else 0


def _page(connection: Connection, wanted: Sequence[Any], before: int) -> tuple[Sequence[Any], int]:
    """One line more than a page shows, and how many there are in all."""
    query: Select[Any] = select(_trail).where(*wanted).order_by(_trail.c.position.desc()).limit(ON_A_PAGE + 1)
    if before:
        query = query.where(_trail.c.position < before)
    total = connection.execute(select(func.count()).select_from(_trail).where(*wanted)).scalar_one()
    return connection.execute(query).all(), total


@cache
def _types(words: Words) -> list[tuple[str, list[tuple[str, str]]]]:
    """(service, its types) in the visitor's words, in order of the alphabet."""
    kinds = catalogue()
    return [
        (
            words.say(said),
            sorted(((type, words.say(WORDS[type])) for type in WORDS if kinds[type].owner() == name), key=lambda one: one[1]),
        )
        for name, said in SERVICES_SAID.items()
    ]
