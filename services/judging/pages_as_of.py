"""How a ranking stood after any event: for auditors, and for everybody once nothing of the edition is sealed any more."""

from bisect import bisect_right
from typing import NamedTuple

from fastapi import Response

from services.judging import docket, listings
from services.judging.as_of import Known, Stood
from services.judging.bodies import EditionId
from services.judging.disclosure import may_see
from services.judging.looking_back import LookingBack
from services.judging.naming import category_id
from shared.refusals import Forbidden, Invalid, Refused
from shared.rulebook import Category
from shared.web.pages import PageRouter, Visit, Visitor
from shared.web.pages.menu import mark
from shared.web.pages.visit import SignInFirst
from shared.web.paging import LARGEST

pages = PageRouter()

SITUATIONS: dict[type[docket.State], tuple[str, str]] = {
    docket.Unlocked: (mark("not begun"), ""),
    docket.Preparing: (mark("panels are formed"), ""),
    docket.Judging: (mark("judging is open"), "warn"),
    docket.Closed: (mark("judging is closed"), "warn"),
    docket.Decided: (mark("winners are decided"), "warn"),
    docket.Confirmed: (mark("the decision is confirmed"), "warn"),
    docket.Announced: (mark("announced"), "good"),
}


class Room(NamedTuple):
    """A category as it stood, as far as the visitor may see it."""

    category: Category
    situation: tuple[str, str]
    """Words, and the kind of badge."""
    handed_in: int
    seats: int
    standings: list[Stood] | None
    """None: sealed."""
    institutions: dict[str, str]
    """Entry -> its institution's code."""


@pages.get("/e/{edition}/as-of")
async def as_of_page(visit: Visitor, edition: EditionId) -> Response:
    """`?category=`, else the first; `?position=`: the number of an event of the log, else the last one that changed anything."""
    rules = await visit.rules()
    looking: LookingBack = visit.parts.own["looking_back"]
    course = await looking.course()
    now = {category.id: course.category(category_id(edition, category.id)) for category in rules.categories}
    audits = visit.principal is not None and visit.principal.holds("auditor", edition) is not None
    out = all(_published(state) for state in now.values())
    if not audits and not out:
        if visit.principal is None:
            raise SignInFirst(stale=False)
        raise Forbidden(
            "how the rankings stood is for auditors until the results of every category are announced",
            "urutan peringkat dari waktu ke waktu hanya untuk auditor sampai hasil semua kategori diumumkan",
        )
    category = rules.category(visit.request.query_params.get("category", "")) or rules.categories[0]
    id = category_id(edition, category.id)
    steps = course.steps(id)
    position, refused = _position(visit, steps)
    shown = (audits and _open_to(visit, now[category.id])) or (out and rules.publish.events)
    known = course.known(id, position)
    standings = await looking.standings(id, position, known) if shown else None
    number = bisect_right(steps, position, key=_number)
    return await visit.render(
        "as_of.html",
        status=422 if refused else 200,
        refused=refused,
        block="stood" if visit.live else "",
        categories=[(one.id, visit.words.say(one.name)) for one in rules.categories],
        room=_room(category, known, standings),
        position=position,
        first=steps[0][0] if steps else 0,
        last=steps[-1][0] if steps else 0,
        earlier=_nth(steps, number - 2),
        later=_nth(steps, number),
        step=steps[number - 1] if number else None,
        institutions=await visit.parts.database.read(listings.institution_names(edition)),
        audits=audits,
    )


def _number(step: tuple[int, str]) -> int:
    return step[0]


def _nth(steps: list[tuple[int, str]], number: int) -> int | None:
    return steps[number][0] if 0 <= number < len(steps) else None


def _published(now: docket.State) -> bool:
    return not isinstance(now, docket.Unlocked) and now.docket.published is not None


def _position(visit: Visit, steps: list[tuple[int, str]]) -> tuple[int, Refused | None]:
    asked = visit.request.query_params.get("position", "").strip()
    last = steps[-1][0] if steps else 0
    if not asked:
        return last, None
    if not (asked.isdecimal() and int(asked) <= LARGEST):
        return last, Invalid(
            "the moment is the number of an event, a whole number like 1200",
            "saat itu ditunjuk dengan nomor peristiwa, bilangan bulat seperti 1200",
        )
    return min(int(asked), last), None


def _room(category: Category, known: Known, standings: list[Stood] | None) -> Room:
    listed = None if isinstance(known.category, docket.Unlocked) else known.category.docket
    return Room(
        category=category,
        situation=SITUATIONS[type(known.category)],
        handed_in=known.handed_in,
        seats=len(listed.seats) if listed else 0,
        standings=standings,
        institutions={entry: admitted.institution for entry, admitted in listed.entries.items()} if listed else {},
    )


def _open_to(visit: Visit, now: docket.State) -> bool:
    """Whether an auditor may see the category's scores: as with single sheets, by what holds now and not at that moment."""
    if isinstance(now, docket.Unlocked):
        return False
    return _published(now) or may_see(now.docket, "", visit.me.person)
