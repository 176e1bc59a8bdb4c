"""A screener gets through his stack by the keyboard alone; one of the committee nominates, and another confirms."""

import pytest
from playwright.sync_api import Page

from makmal.demo.halfway import Until
from tests.browser.conftest import Walkers
from tests.browser.house import At, House
from tests.browser.walker import Look


@pytest.fixture(scope="module")
def at(house: House) -> At:
    return house.at(Until.SCREENING)


@pytest.fixture(scope="module")
def scored(house: House) -> At:
    return house.at(Until.SHORTLIST)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.parametrize("look", [Look("desktop", "light", "id"), Look("phone", "dark", "en")], ids=str)
def test_a_screener_works_through_the_list_with_keys_alone(walker: Walkers, at: At, look: Look) -> None:
    screener = walker(look)
    page = screener.sign_in(at, "screener", at.of("screening", "worklist"))
    waiting = int(page.locator("nav .figure").first.inner_text())
    screener.check()
    screener.keyboard_suffices()
    screener.shot("screener-worklist")
    page.keyboard.press("j")
    page.wait_for_url("**/worklist/*")
    screener.check()
    screener.shot("screener-entry")
    criteria = page.locator("input[name=criterion]")
    for n in range(criteria.count()):
        if criteria.nth(n).is_checked():
            page.keyboard.press(str(n + 1))
    first = page.url
    press(page, "1", "s")
    page.keyboard.type("81,5")
    with screener.expecting(409):
        page.keyboard.press("Enter")
        page.locator("[role=alert]").wait_for()
    assert page.locator("#f-score").input_value() == "81,5" and criteria.first.is_checked()
    screener.check()
    press(page, "Escape", *(str(n + 1) for n in range(1, criteria.count())), "s")
    page.keyboard.press("Enter")
    page.wait_for_function("(first) => location.href !== first", arg=first)
    page.locator("[role=status]").first.wait_for()
    assert page.url != first
    page.wait_for_load_state("load")  # keys are heard from then on
    page.keyboard.press("r")
    page.keyboard.type("Sebutkan sejak kapan inovasi ini berjalan")
    for _ in range(12):
        if page.evaluate("document.activeElement.matches('button')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("[role=status]").first.wait_for()
    page.goto(f"{page.url.split('/screening')[0]}{at.of('screening', 'worklist')}?show=returned")
    assert int(page.locator("nav .figure").first.inner_text()) == waiting - 2
    screener.check()
    page.goto(page.url.replace("show=returned", "show=all&q=zzz"))
    screener.check()


def test_the_committee_nominates_and_another_confirms(walker: Walkers, scored: At) -> None:
    first, second = (account for account in scored.people.accounts if "committee" in account.roles)
    board = scored.of("screening", "shortlists/layanan-digital")
    page = (one := walker(Look("desktop", "dark", "en"))).sign_in(scored, "committee", board)
    one.check()
    one.keyboard_suffices()
    one.shot("committee-shortlist")
    nominate = page.locator("form[action$='/nominations'] button")
    nominate.first.click()
    page.locator("[role=status]").wait_for()
    assert page.locator("form[action$='/confirmation']").count() == 0
    one.check()
    page.goto(page.url.removesuffix("/layanan-digital"))
    one.check()
    one.shot("committee-shortlists")
    assert first.person != second.person
