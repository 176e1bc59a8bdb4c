"""The pages of those who have work to do keep what all pages must keep also while they have it, and while there is nothing yet."""

from collections.abc import Sequence

import pytest

from makmal.demo.halfway import Until
from shared.web.pages.menu import public_places
from tests.browser.conftest import Walkers
from tests.browser.crawl import LOOK_OF, SERVICES, walk
from tests.browser.house import House

AT_WORK = [
    (Until.OPENING, "committee", SERVICES),
    (Until.OPENING, "operator", SERVICES),
    (Until.OPENING, "screener", SERVICES),
    (Until.OPENING, "chair", SERVICES),
    (Until.OPENING, "auditor", SERVICES),
    (Until.REGISTRATION, "operator", SERVICES),
    (Until.SCREENING, "screener", ["screening"]),
    (Until.SHORTLIST, "committee", ["screening"]),
    (Until.JUDGING, "juror", ["judging"]),
    (Until.JUDGING, "chair", ["judging"]),
    (Until.DECISION, "chair", ["judging"]),
    (Until.DECISION, "committee", ["judging"]),
]
"""When, who, and the services whose pages differ from other times."""
ALWAYS = ("/", "/audit/receipts/1", "/identity/me", "/registration/opening", "/registration/parked")
"""Pages that are the same at any time."""


@pytest.mark.parametrize(("until", "role", "services"), AT_WORK, ids=lambda one: one if isinstance(one, str) else "")
def test_every_page_of_who_is_at_work(walker: Walkers, house: House, until: Until, role: str, services: Sequence[str]) -> None:
    at = house.seen_at(until)
    public = [place.address for place in public_places(at.edition)]
    seen, wrong = walk(walker(LOOK_OF[role]), at, role, without=[*ALWAYS, *public], within=services)
    assert not wrong, "\n\n".join(wrong)
    assert len(seen) > 1, seen


def test_the_public_pages_of_an_edition_that_has_only_opened(walker: Walkers, house: House) -> None:
    seen, wrong = walk(walker(), house.seen_at(Until.OPENING), without=ALWAYS)
    assert not wrong, "\n\n".join(wrong)
    assert len(seen) > 4, seen
