"""A screener's worklist: what waits for him, what is returned, what he has done. The committee sees the whole desk."""

from collections import Counter
from typing import Literal

from fastapi import Response
from msgspec import Struct
from sqlalchemy import Connection, select

from services.screening import reading
from services.screening.assessment import ASSESSMENT
from services.screening.bodies import WorkItem
from services.screening.edge import Name
from services.screening.reading import OnTheDesk
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
EVERYTHING = 100_000
PAGE = 50


class Line(Struct, frozen=True):
    item: WorkItem
    institution: str
    """Its name in this edition."""
    revised: bool
    """Its institution has revised it since it was returned."""
    group: Group


class Desk(Struct, frozen=True):
    """What one person has on his desk, in the order of submission."""

    lines: list[Line]
    screens: bool
    """He is a screener; else he sees the whole desk."""
    assigned: bool
    """The edition has assigned its innovations; else any of its screeners may take any."""

    def find(self, innovation: str) -> Line | None:
        return next((line for line in self.lines if line.item.innovation == innovation), None)

    def around(self, innovation: str) -> tuple[str, str]:
        """The one before and the one after; empty at the ends."""
        ids = [line.item.innovation for line in self.lines]
        if innovation not in ids:
            return "", ids[0] if ids else ""
        at = ids.index(innovation)
        return ids[at - 1] if at else "", ids[at + 1] if at + 1 < len(ids) else ""

    def next_waiting(self, innovation: str) -> str:
        """The next that waits, after this one and then from the top; empty: none does."""
        ids = [line.item.innovation for line in self.lines]
        at = ids.index(innovation) if innovation in ids else -1
        following = [*self.lines[at + 1 :], *self.lines[: max(at, 0)]]
        return next((line.item.innovation for line in following if line.group == "waiting"), "")


def own_institutions(principal: Principal, edition: str) -> set[str]:
    """Those that he works or acts for: nothing of theirs is his to screen."""
    grants = [grant for grant in principal.grants if grant.edition == edition]
    return {code for grant in grants for code in (grant.employer, *grant.institutions) if code}


async def desk_of(visit: Visit, edition: str) -> Desk:
    rules, person = await visit.rules(), visit.me.person
    screens = visit.me.holds("screener", edition) is not None
    found, names, assigned = await visit.parts.database.read(lambda c: _read(c, edition, person if screens else None))
    own = own_institutions(visit.me, edition) if screens and not assigned else set()
    lines = []
    for one in found:
        if one.row.institution in own:
            continue
        revised = False
        if one.row.returned:
            state, _ = await visit.parts.desk.state(ASSESSMENT(one.row.innovation))
            revised = state.returned is not None and state.returned.revision < one.row.revision
        item = WorkItem.of(one, person, screens, rules)
        closed = item.returned_until is not None and item.returned_until < visit.parts.event_log.now()
        institution = names.get(item.institution, item.institution)
        lines.append(Line(item, institution, revised, _group(item, revised or closed, screens)))
    return Desk(lines, screens, assigned)


def _read(connection: Connection, edition: str, person: str | None) -> tuple[list[OnTheDesk], dict[str, str], bool]:
    assigned = bool(reading.loads(connection, edition))
    mine = person if assigned else None
    return reading.worklist(connection, edition, 0, EVERYTHING, None, mine), names(connection, edition), assigned


def names(connection: Connection, edition: str) -> dict[str, str]:
    """Of the edition's institutions, by code."""
    known = select(_institutions.c.institution, _institutions.c.name).where(_institutions.c.edition == edition)
    return {row.institution: row.name for row in connection.execute(known)}


def _group(item: WorkItem, back: bool, screens: bool) -> Group:
    """`back`: it was returned, and is revised or its time is over: it is assessed anew."""
    if item.withdrawn or item.state == "disqualified":
        return "done"
    if item.returned:
        return "waiting" if back else "returned"
    if item.state == "unassessed" or item.stale:
        return "waiting"
    if item.state == "ineligible":
        return "done"
    missing = item.my_score is None if screens else item.scores < max(1, len(item.screeners))
    return "waiting" if missing else "done"


@pages.get("/e/{edition}/worklist")
async def worklist_page(visit: Member, edition: Name, show: str = "waiting", q: str = "", after: Cursor = 0) -> Response:
    """`show`: waiting, returned, done or all. `q`: part of the name of innovation or institution."""
    visit.me.must_hold(edition, *WHO)
    desk = await desk_of(visit, edition)
    show = show if show in (*GROUPS, "all") else "waiting"
    sought = q.strip().casefold()
    shown = [
        line
        for line in desk.lines
        if show in (line.group, "all") and sought in f"{line.item.name} {line.institution}".casefold()
    ]
    counts = Counter(line.group for line in desk.lines)
    return await visit.render(
        "worklist.html",
        desk=desk,
        lines=shown[after : after + PAGE],
        found=len(shown),
        first=after == 0,
        following=str(after + PAGE) if len(shown) > after + PAGE else "",
        counts={**{group: counts[group] for group in GROUPS}, "all": len(desk.lines)},
        show=show,
        q=q.strip(),
        begin=desk.next_waiting(""),
        now=visit.parts.event_log.now(),
    )
