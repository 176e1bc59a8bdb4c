"""How the edition came along, in figures: its funnel over time, counted from the trail alone. No score stands in it."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from fastapi import Response
from sqlalchemy import select

from services.audit.projections import TrailLine
from shared.database import table
from shared.web.pages import Member, PageRouter
from shared.web.pages.menu import mark
from shared.web.pages.words import ZONE, Words

pages = PageRouter()
_trail = table(TrailLine)

STAGES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (mark("Institutions enrolled"), ("InstitutionEnrolled",), ()),
    (mark("Innovations submitted"), ("InnovationSubmitted",), ("InnovationWithdrawn",)),
    (mark("Innovations assessed"), ("EligibilityAssessed",), ()),
    (mark("Nominees"), ("Nominated",), ("NominationRevoked",)),
    (mark("Scoresheets handed in"), ("ScoresheetSubmitted",), ("ScoresheetReopened",)),
    (mark("Categories announced"), ("ResultsAnnounced",), ()),
)
"""What is counted -> the events that add one, and those that take one away. What happens twice to one subject counts once."""
SEVERAL = ("Nominated", "NominationRevoked")
"""But a shortlist has several nominees."""
_DOES = {type: (number, True) for number, (_, adds, _) in enumerate(STAGES) for type in adds} | {
    type: (number, False) for number, (_, _, takes) in enumerate(STAGES) for type in takes
}
"""Type of event -> which stage it counts in, and whether it adds."""
MOST_POINTS = 16
WIDTHS = (1, 5, 15, 60, 300, 900, 3600, 21_600, 86_400, 604_800, 2_592_000)
"""Seconds between two points, the smallest that gives few enough."""


class Point(NamedTuple):
    until: datetime
    counts: tuple[int, ...]
    """By stage, as they stood at that moment."""


def funnel(lines: Iterable[Any]) -> list[Point]:
    """Lines of the trail (`time`, `type`, `subject`), in order, to points in time. Nothing happened: no points."""
    happened = list(lines)
    if not happened:
        return []
    moments = [datetime.fromisoformat(line.time) for line in happened]
    ends = _ends(moments[0], max(moments))
    standing: list[Counter[str]] = [Counter() for _ in STAGES]
    found: list[Point] = []
    at = 0
    for end in ends:
        upto = bisect_right(moments, end, lo=at)
        for line in happened[at:upto]:
            if (does := _DOES.get(line.type)) is None:
                continue
            stage, adds = does
            if line.type in SEVERAL:
                standing[stage][line.subject] += 1 if adds else -1
            else:
                standing[stage][line.subject] = 1 if adds else 0
        at = upto
        found.append(Point(end, tuple(counted.total() for counted in standing)))
    return found


def _ends(first: datetime, last: datetime) -> list[datetime]:
    """Moments at even distances, the last one at or after `last`."""
    seconds = (last - first).total_seconds()
    width = next((width for width in WIDTHS if seconds / width <= MOST_POINTS - 1), seconds / (MOST_POINTS - 1))
    ends = [first]
    while ends[-1] < last:
        ends.append(ends[-1] + timedelta(seconds=width))
    return ends


@pages.get("/e/{edition}/figures")
async def figures_page(visit: Member, edition: str) -> Response:
    await visit.rules()
    visit.me.must_hold(edition, "auditor", "committee")
    types = [type for _, adds, takes in STAGES for type in (*adds, *takes)]
    asked = (
        select(_trail.c.time, _trail.c.type, _trail.c.subject)
        .where(_trail.c.edition == edition, _trail.c.type.in_(types))
        .order_by(_trail.c.position)
    )
    points = funnel(await visit.parts.database.read(lambda connection: connection.execute(asked).all()))
    stages = [visit.words.gettext(name) for name, _, _ in STAGES]
    return await visit.render(
        "figures.html",
        stages=stages,
        points=points,
        moments=[_said(visit.words, point.until, points) for point in points],
        labels=msgspec.json.encode([_said(visit.words, point.until, points, short=True) for point in points]).decode(),
        series=msgspec.json.encode(
            [{"name": name, "values": [point.counts[n] for point in points]} for n, name in enumerate(stages)]
        ).decode(),
    )


def _said(words: Words, moment: datetime, points: Sequence[Point], short: bool = False) -> str:
    """As exactly as the points are apart; `short`: on the axis of a picture."""
    apart = points[-1].until - points[0].until
    if apart > timedelta(days=3):
        return words.day(moment)
    local = moment.astimezone(ZONE)
    exactly = apart < timedelta(hours=1)
    return local.strftime("%H:%M:%S" if exactly else "%d/%m %H:%M") if short else words.moment(moment, seconds=exactly)
