"""How far the desk is: a small piece for the committee's dashboard, and the line that tells when it has changed."""

from collections.abc import Sequence

from fastapi import Response
from msgspec import Struct
from sqlalchemy import Connection, and_, case, func, select

from services.screening import reading
from services.screening.edge import Name
from services.screening.projections import DeskScoreRow, InnovationRow, SeatRow
from services.screening.shortlist_projection import CategoryRow, NominationRow
from shared.database import table
from shared.rulebook import Category, Rulebook
from shared.web.pages import Member, PageRouter, Visit
from shared.web.pages.live import counted, happenings

pages = PageRouter()

_innovations, _seats, _scores = table(InnovationRow), table(SeatRow), table(DeskScoreRow)
_categories, _nominations = table(CategoryRow), table(NominationRow)

WHO = "committee", "screener", "auditor"


class Progress(Struct, frozen=True):
    innovations: int
    """Submitted and not withdrawn."""
    assessed: int
    """As they stand now."""
    scored: int | None
    """Those that have a score of each of their screeners; None: nothing is assigned."""
    returned: int
    categories: Sequence[tuple[Category, int, bool]]
    """Each with how many are nominated, and whether it is confirmed."""
    screeners: int
    """Those to whom something is assigned."""
    behind: int
    """Those of them for whose score something waits; nobody, once every shortlist is confirmed."""

    @property
    def nominated(self) -> int:
        return sum(number for _, number, _ in self.categories)

    @property
    def places(self) -> int:
        """How many can be nominated in all categories together."""
        return sum(category.nominees for category, _, _ in self.categories)

    @property
    def confirmed(self) -> int:
        return sum(done for _, _, done in self.categories)


async def progress_of(visit: Visit, edition: str) -> Progress:
    rules = await visit.rules()
    return await visit.parts.database.read(lambda connection: _counted(connection, edition, rules))


def _counted(connection: Connection, edition: str, rules: Rulebook) -> Progress:
    here = and_(_innovations.c.edition == edition, _innovations.c.withdrawn.is_(False))
    fresh = and_(_innovations.c.assessed_revision == _innovations.c.revision, _innovations.c.returned == "")
    counted = select(
        func.count(), func.sum(case((fresh, 1), else_=0)), func.sum(case((_innovations.c.returned != "", 1), else_=0))
    )
    innovations, assessed, returned = connection.execute(counted.select_from(_innovations).where(here)).one()
    scored = and_(_scores.c.innovation == _seats.c.innovation, _scores.c.screener == _seats.c.screener)
    seats = _seats.join(_innovations, _innovations.c.innovation == _seats.c.innovation).outerjoin(_scores, scored)
    each = select(func.count().label("seats"), func.count(_scores.c.screener).label("scores")).select_from(seats)
    panels = each.where(here).group_by(_seats.c.innovation).subquery()
    assigned, complete = connection.execute(
        select(func.count(), func.sum(case((panels.c.seats == panels.c.scores, 1), else_=0))).select_from(panels)
    ).one()
    standing = select(_nominations.c.category, func.count()).where(
        _nominations.c.edition == edition, _nominations.c.revoked == ""
    )
    nominated = {row[0]: row[1] for row in connection.execute(standing.group_by(_nominations.c.category))}
    confirmed = select(_categories.c.category).where(_categories.c.edition == edition, _categories.c.confirmed.is_(True))
    done = set(connection.scalars(confirmed))
    categories = [(category, nominated.get(category.id, 0), category.id in done) for category in rules.categories]
    loads = reading.loads(connection, edition)
    return Progress(
        innovations=innovations,
        assessed=assessed or 0,
        scored=(complete or 0) if assigned else None,
        returned=returned or 0,
        categories=categories,
        screeners=len(loads),
        behind=0 if len(done) == len(categories) else sum(load.open > 0 for load in loads),
    )


@pages.get("/e/{edition}/progress")
async def progress_piece(visit: Member, edition: Name) -> Response:
    """On the page of the shortlists in words, elsewhere as the figures of the committee's dashboard."""
    visit.me.must_hold(edition, *WHO)
    await counted(visit.request, visit.parts)
    here = visit.request.headers.get("hx-current-url", "")
    template = "progress.html" if f"/screening/e/{edition}/shortlists" in here else "progress_piece.html"
    return await visit.render(template, progress=await progress_of(visit, edition))


@pages.get("/e/{edition}/live")
async def live(visit: Member, edition: Name) -> Response:
    """That something was recorded in screening; for whoever sees the desk."""
    visit.me.must_hold(edition, *WHO)
    return happenings(visit.request, visit.parts, edition, ("screening",))
