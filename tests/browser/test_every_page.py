"""Every page that somebody can reach by links when all is over keeps what all pages must keep; so do pages of errors."""

import pytest

from shared.web.pages.menu import public_places
from tests.browser.conftest import Walkers
from tests.browser.crawl import LOOK_OF, hold, walk
from tests.browser.house import House
from tests.browser.walker import LOOKS, Look

ROLES = ("committee", "head", "screener", "juror", "chair", "auditor")


def test_every_page_for_anybody(walker: Walkers, house: House) -> None:
    seen, wrong = walk(walker(LOOKS[2]), house.demo)
    assert not wrong, "\n\n".join(wrong)
    assert len(seen) > 8, seen


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role(walker: Walkers, house: House, role: str) -> None:
    public = [place.address for place in public_places(house.demo.edition)]
    seen, wrong = walk(walker(LOOK_OF[role]), house.demo, role, without=["/", *public])
    assert not wrong, "\n\n".join(wrong)
    assert len(seen) > 3, seen


@pytest.mark.parametrize("look", (LOOKS[0], LOOKS[2]), ids=str)
def test_pages_of_errors(walker: Walkers, house: House, look: Look) -> None:
    member, at = walker(look), house.demo
    nowhere = "/registration/e/tidak-ada-2020"
    for_a_stranger = hold(member, nowhere, 404)
    member.sign_in(at, "committee")
    wrong = (
        for_a_stranger,
        hold(member, nowhere, 404),
        hold(member, at.of("judging", "tidak-ada"), 404),
        hold(member, at.of("judging", "entries"), 403),
        hold(member, at.of("notification", "letters") + "?after=kemarin", 422),
    )
    assert not any(wrong), "\n\n".join(filter(None, wrong))
