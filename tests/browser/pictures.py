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
from tests.browser.walker import Look


class Picture(Struct, frozen=True):
    name: str
    role: str
    """Empty: anybody."""
    page: str
    """`service/path` of the edition; `{institution}` stands for that of the edition's operator."""
    until: Until = Until.ANNOUNCEMENT
    follow: str = ""
    """The first link of the page whose address has this in it (a pattern) leads to the page to be shown."""


PICTURES = (
    Picture("edition", "", "registration"),
    Picture("innovations", "", "registration/innovations"),
    Picture("nominees", "", "screening/nominees"),
    Picture("results", "", "judging/results"),
    Picture("proof", "", "audit/proof"),
    Picture("institution", "operator", "registration/our/{institution}", Until.REGISTRATION),
    Picture("institution-form", "operator", "registration/our/{institution}", Until.REGISTRATION, r"/our/[^/]+/.*(new|draft)"),
    Picture("worklist", "screener", "screening/worklist", Until.SCREENING),
    Picture("screening", "screener", "screening/worklist", Until.SCREENING, r"/screening/.*[0-9a-f]{8}-"),
    Picture("shortlists", "committee", "screening/shortlists", Until.SHORTLIST),
    Picture("entries", "juror", "judging/entries", Until.JUDGING),
    Picture("scoresheet", "juror", "judging/entries", Until.JUDGING, r"/entries/.+"),
    Picture("chair", "chair", "judging/chair", Until.DECISION),
    Picture("dashboard", "committee", "registration/committee", Until.JUDGING),
    Picture("decisions", "committee", "judging/decisions", Until.DECISION),
    Picture("letters", "committee", "notification/letters"),
    Picture("roles", "committee", "identity/roles"),
    Picture("our-results", "head", "judging/our/{institution}"),
    Picture("timeline", "auditor", "audit/timeline"),
)
LOOKS = [Look(size, theme, "id") for size in ("desktop", "phone") for theme in ("light", "dark")]


@pytest.fixture(scope="module")
def edition_at(house: House) -> Callable[[Until], At]:
    """The played edition, or a large one that halts there."""
    return cache(lambda until: house.demo if until is Until.ANNOUNCEMENT else house.large_at(until))


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_of_each_main_page(walker: Walkers, edition_at: Callable[[Until], At], picture: Picture) -> None:
    at = edition_at(picture.until)
    service, _, rest = picture.page.partition("/")
    path = at.of(service, rest.format(institution=at.institution))
    for look in LOOKS:
        here = walker(look)
        if picture.role:
            here.sign_in(at, picture.role, path)
        else:
            here.go(path)
        if picture.follow:
            here.go(next(link for link in links(here) if re.search(picture.follow, link)))
        here.shot(picture.name, most=800 if look.size == "desktop" else 1_100)
