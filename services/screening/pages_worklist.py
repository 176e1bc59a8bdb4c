"""A screener's worklist: what waits for him, what is returned, what he has done. The committee sees the whole desk."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from fastapi import Response
from msgspec import Struct
from sqlalchemy import Connection, select

from services.screening import reading
from services.screening.bodies import WorkItem
from services.screening.edge import Name
from services.screening.shortlist_projection import InstitutionRow
from shared.database import table
from shared.security import Principal
from shared.web.pages import Member, PageRouter, Visit
from shared.web.paging import Cursor

pages = PageRouter()

_institutions = table(InstitutionRow)

Group = Literal["waiting", "returned", "done"]
GROUPS: tuple[Group, ...] = ("waiting", "returned", "done")
WHO = "screener", "committee", "auditor"
PAGE = 50


class Place(Struct, frozen=True):
    """One innovation on the desk, at a glance."""

    innovation: str
    name: str
    institution: str
    """Its name in this edition."""
    revised: bool
    """Its institution has revised it since it was returned."""
    group: Group


class Line(Struct, frozen=True):
    """The same with everything that the desk has found of it."""

    item: WorkItem
    institution: str
    revised: bool


class Desk(Struct, frozen=True):
    """What one person has on his desk, in the order of submission."""

    places: list[Place]
    screens: bool
    """He is a screener; else he sees the whole desk."""
    assigned: bool
    """The edition has assigned its innovations; else any of its screeners may take any."""

    def find(self, innovation: str) -> Place | None:
        return next((place for place in self.places if place.innovation == innovation), None)

    def around(self, innovation: str) -> tuple[str, str]:
        """The one before and the one after; empty at the ends."""
        ids = [place.innovation for place in self.places]
        if innovation not in ids:
            return "", ids[0] if ids else ""
        at = ids.index(innovation)
        return ids[at - 1] if at else "", ids[at + 1] if at + 1 < len(ids) else ""

    def next_waiting(self, innovation: str) -> str:
        """The next that waits, after this one and then from the top; empty: none does."""
        ids = [place.innovation for place in self.places]
        at = ids.index(innovation) if innovation in ids else -1
        following = [*self.places[at + 1 :], *self.places[: max(at, 0)]]
        return next((place.innovation for place in following if place.group == "waiting"), "")


def own_institutions(principal: Principal, edition: str) -> set[str]:
    """Those that he works or acts for: nothing of theirs is his to screen."""
    grants = [grant for grant in principal.grants if grant.edition == edition]
    return {code for grant in grants for code in (grant.employer, *grant.institutions) if code}


async def desk_of(visit: Visit, edition: str) -> Desk:
    person, now = visit.me.person, visit.parts.event_log.now()
    screens = visit.me.holds("screener", edition) is not None
    rows, assigned = await visit.parts.database.read(lambda c: _read(c, edition, person, screens))
    own = own_institutions(visit.me, edition) if screens and not assigned else set()
    places = [_place(row, screens, now) for row in rows if row.institution not in own]
    return Desk(places, screens, assigned)


async def lines_of(visit: Visit, desk: Desk, places: Sequence[Place]) -> list[Line]:
    """Some of the desk's places in full, as the visitor may see them."""
    if not places:
        return []
    rules, person = await visit.rules(), visit.me.person
    found = await visit.parts.database.read(lambda c: reading.items(c, [place.innovation for place in places]))
    items = {one.row.innovation: WorkItem.of(one, person, desk.screens, rules) for one in found}
    return [Line(items[place.innovation], place.institution, place.revised) for place in places]


def _read(connection: Connection, edition: str, person: str, screens: bool) -> tuple[Sequence[Any], bool]:
    assigned = reading.is_assigned(connection, edition)
    return reading.glance(connection, edition, person, screens and assigned), assigned


def names(connection: Connection, edition: str) -> dict[str, str]:
    """Of the edition's institutions, by code."""
    known = select(_institutions.c.institution, _institutions.c.name).where(_institutions.c.edition == edition)
    return {row.institution: row.name for row in connection.execute(known)}


def _place(row: Any, screens: bool, now: datetime) -> Place:
    revised = bool(row.returned) and row.returned_revision < row.revision
    closed = bool(row.returned_until) and datetime.fromisoformat(row.returned_until) < now
    institution = row.institution_name or row.institution
    return Place(row.innovation, row.name, institution, revised, _group(row, revised or closed, screens))


def _group(row: Any, back: bool, screens: bool) -> Group:
    """`back`: it was returned, and is revised or its time is over: it is assessed anew."""
    if row.withdrawn or row.state == "disqualified":
        return "done"
    if row.returned:
        return "waiting" if back else "returned"
    if row.state == "unassessed" or row.assessed_revision < row.revision:
        return "waiting"
    if row.state == "ineligible":
        return "done"
    missing = not row.scored if screens else row.scores < max(1, row.seats)
    return "waiting" if missing else "done"


@pages.get("/e/{edition}/worklist")
async def worklist_page(visit: Member, edition: Name, show: str = "waiting", q: str = "", after: Cursor = 0) -> Response:
    """`show`: waiting, returned, done or all. `q`: part of the name of innovation or institution."""
    visit.me.must_hold(edition, *WHO)
    desk = await desk_of(visit, edition)
    show = show if show in (*GROUPS, "all") else "waiting"
    sought = q.strip().casefold()
    shown = [
        place
        for place in desk.places
        if show in (place.group, "all") and sought in f"{place.name} {place.institution}".casefold()
    ]
    counts = Counter(place.group for place in desk.places)
    return await visit.render(
        "worklist.html",
        desk=desk,
        lines=await lines_of(visit, desk, shown[after : after + PAGE]),
        found=len(shown),
        first=after == 0,
        following=str(after + PAGE) if len(shown) > after + PAGE else "",
        counts={**{group: counts[group] for group in GROUPS}, "all": len(desk.places)},
        show=show,
        q=q.strip(),
        begin=desk.next_waiting(""),
        now=visit.parts.event_log.now(),
    )
