"""The pictures in docs/screenshots: every main page, phone and desktop, light and dark. `./dev shots` takes them."""

import re
from collections.abc import Callable
from functools import cache

import pytest
from msgspec import Struct

from makmal.demo.halfway import Until
from tests.browser.conftest import Walkers
from tests.browser.crawl import links
from tests.browser.house import At, House
from tests.browser.picture_props import a_draft_and_circulars, a_verified_log, all_counted, files_with_faults, opened
from tests.browser.walker import Look, Walker


class Picture(Struct, frozen=True):
    name: str
    role: str
    """Empty: anybody."""
    page: str
    """`service/path` of the edition, where `{institution}` stands for that of its operator; `/path` of the house."""
    until: Until = Until.ANNOUNCEMENT
    follow: str = ""
    """The first link of the page whose address has this in it (a pattern) leads to the page to be shown."""
    first: Callable[[Walker], None] | None = None
    """Done on the page before the picture is taken."""
    tall: bool = False
    """On the desktop more of the page is shown than a screen: charts further down."""


PICTURES = (
    Picture("portal", "", "/"),
    Picture("edition", "", "registration"),
    Picture("innovations", "", "registration/innovations"),
    Picture("innovation", "", "registration/innovations", follow=r"/innovations/[0-9a-f]{8}-"),
    Picture("nominees", "", "screening/nominees"),
    Picture("results", "", "judging/results"),
    Picture("explanation", "", "judging/results", follow=r"/results/."),
    Picture("proof", "", "audit/proof"),
    Picture("receipt", "", "/audit/receipts/2000"),
    Picture("sign-in", "", "/identity/sign-in"),
    Picture("our-results", "head", "judging/our/{institution}", first=opened),
    Picture("letters", "committee", "notification/letters"),
    Picture("letter", "committee", "notification/letters", follow=r"/letters/[0-9a-f]"),
    Picture("roles", "committee", "identity/roles"),
    Picture("account", "committee", "/identity/me"),
    Picture("timeline", "auditor", "audit/timeline?service=judging"),
    Picture("event", "auditor", "audit/timeline?type=WinnersDecided", follow=r"/events/\d"),
    Picture("figures", "auditor", "audit/figures"),
    Picture("as-of", "auditor", "judging/as-of"),
    Picture("verification", "auditor", "audit/verification", first=a_verified_log),
    Picture("institution", "operator", "registration/our/{institution}", Until.REGISTRATION),
    Picture("institution-form", "operator", "registration/our/{institution}", Until.REGISTRATION, r"/drafts/"),
    Picture("circular", "head", "notification/circulars", Until.REGISTRATION, r"/circulars/[0-9a-f]{8}-"),
    Picture("worklist", "screener", "screening/worklist", Until.SCREENING),
    Picture("screening", "screener", "screening/worklist", Until.SCREENING, r"/worklist/[0-9a-f]{8}-"),
    Picture("entries", "juror", "judging/entries", Until.JUDGING),
    Picture("scoresheet", "juror", "judging/entries", Until.JUDGING, r"/entries/."),
    Picture("chair", "chair", "judging/chair", Until.DECISION),
    Picture("chair-category", "chair", "judging/chair", Until.DECISION, r"/chair/[a-z-]+$", tall=True),
    Picture("opening", "committee", "/registration/opening", Until.REGISTRATION, first=files_with_faults),
    Picture("dashboard", "committee", "registration/committee", Until.JUDGING, first=all_counted, tall=True),
    Picture("circulars", "committee", "notification/circulars", Until.REGISTRATION),
    Picture("shortlists", "committee", "screening/shortlists", Until.SHORTLIST),
    Picture("shortlist", "committee", "screening/shortlists", Until.SHORTLIST, r"/shortlists/[a-z-]+$"),
    Picture("decisions", "committee", "judging/decisions", Until.DECISION),
    Picture("decision", "committee", "judging/decisions", Until.DECISION, r"/decisions/[a-z-]+$"),
)
"""Those of the played edition come first: as long as no other stands beside it, the portal and the account show it alone."""
LOOKS = [Look(size, theme, "id") for size in ("desktop", "phone") for theme in ("light", "dark")]


@pytest.fixture(scope="module")
def edition_at(house: House) -> Callable[[Until], At]:
    """The played edition, or a large one that halts there."""

    def made(until: Until) -> At:
        if until is Until.ANNOUNCEMENT:
            return house.demo
        at = house.large_at(until)
        if until is Until.REGISTRATION:
            a_draft_and_circulars(house, at)
        return at

    return cache(made)


def pose(walker: Walker, at: At, picture: Picture) -> None:
    """Go to where the picture is taken, and make the page ready for it."""
    service, _, rest = picture.page.partition("/")
    path = at.of(service, rest.format(institution=at.institution)) if service else picture.page
    if picture.role:
        walker.sign_in(at, picture.role, path)
    else:
        walker.go("/identity/sign-in")  # brings the font, which a first page may do without
        walker.go(path)
    if picture.follow:
        walker.go(next(link for link in links(walker) if re.search(picture.follow, link)))
    if picture.first:
        picture.first(walker)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_of_each_main_page(walker: Walkers, edition_at: Callable[[Until], At], picture: Picture) -> None:
    at = edition_at(picture.until)
    for look in LOOKS:
        here = walker(look)
        pose(here, at, picture)
        here.shot(picture.name, most=1_100 if look.size == "phone" else 1_900 if picture.tall else 800)
