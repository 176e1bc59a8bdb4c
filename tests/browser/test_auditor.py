"""An auditor sees how the edition came along, and anybody checks a receipt."""

import pytest

from tests.browser.conftest import Walkers
from tests.browser.house import House
from tests.browser.walker import Look


@pytest.mark.parametrize("look", [Look("desktop", "dark", "en"), Look("phone")], ids=str)
def test_an_auditor_sees_how_the_edition_came_along(walker: Walkers, house: House, look: Look) -> None:
    auditor = walker(look)
    page = auditor.sign_in(house.demo, "auditor", house.demo.of("audit", "figures"))
    page.locator("figure canvas").wait_for()
    auditor.check()
    auditor.shot("auditor-figures")
    page.locator("figure details summary").click()
    auditor.check()
    auditor.keyboard_suffices()


@pytest.mark.parametrize("look", [Look(), Look("phone", "dark", "en")], ids=str)
def test_anybody_checks_a_receipt(walker: Walkers, house: House, look: Look) -> None:
    anybody = walker(look)
    page = anybody.go(house.demo.of("audit", "proof"))
    anybody.check()
    anybody.keyboard_suffices()
    anybody.shot("public-proof")
    page.locator("#f-position").fill("200")
    page.keyboard.press("Enter")
    page.wait_for_url("**/audit/receipts/200")
    anybody.check()
    anybody.shot("public-receipt")
    anybody.go("/audit/receipts/999999999", status=404)
    anybody.check()
