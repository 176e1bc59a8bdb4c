"""Anybody looks around: the portal, the edition, its innovations, nominees and results, and how to check them."""

import re

import pytest

from makmal.demo.halfway import Until
from tests.browser.conftest import Walkers
from tests.browser.house import House
from tests.browser.walker import Look


@pytest.mark.parametrize("look", [Look(), Look("phone", "dark", "en")], ids=str)
def test_anybody_goes_from_the_portal_to_the_results(walker: Walkers, house: House, look: Look) -> None:
    at, anybody = house.demo, walker(look)
    page = anybody.go("/")
    anybody.check()
    page.locator(f"main a[href='{at.of('registration')}']").first.click()
    page.wait_for_url(f"**{at.of('registration')}")
    anybody.check()
    anybody.keyboard_suffices()
    page.locator(f"nav a[href='{at.of('screening', 'nominees')}']").click()
    page.wait_for_url("**/nominees")
    anybody.check()
    page.locator(f"nav a[href='{at.of('judging', 'results')}']").click()
    page.wait_for_url("**/results")
    assert page.locator("main ol h3").count() >= 5
    page.locator("main details summary").first.click()
    anybody.check()


@pytest.mark.parametrize("look", [Look("desktop", "dark", "en"), Look("phone")], ids=str)
def test_anybody_searches_the_catalogue(walker: Walkers, house: House, look: Look) -> None:
    anybody = walker(look)
    page = anybody.go(house.demo.of("registration", "innovations"))
    anybody.check()
    anybody.keyboard_suffices()
    name = page.locator("main a[href*='/innovations/'] h2").first.inner_text()
    page.locator("#f-q").fill(name)
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    page.locator("#f-kind").select_option(index=1)
    page.get_by_role("button", name=re.compile("Search|Cari")).click()
    page.wait_for_url(re.compile("kind=[a-z]"))
    anybody.check()
    page.go_back()
    assert name in page.locator("main").inner_text()
    page.locator("main a[href*='/innovations/']").first.click()
    page.wait_for_url("**/innovations/*")
    assert page.locator("h1").inner_text() == name
    anybody.check()
    anybody.go(f"{house.demo.of('registration', 'innovations')}?q=tidak+ada+yang+bernama+begini")
    assert page.locator("main .empty").count() == 1
    anybody.check()


def test_before_anything_is_announced_pages_say_what_comes(walker: Walkers, house: House) -> None:
    at, anybody = house.seen_at(Until.JUDGING), walker(Look("phone", "light", "en"))
    page = anybody.go(at.of("judging", "results"))
    assert page.locator("main .empty").count() == 1
    anybody.check()
