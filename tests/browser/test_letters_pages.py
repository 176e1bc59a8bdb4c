"""Circulars and letters in the browser: the committee issues one, the head acknowledges it on the phone, by the keyboard alone."""

import pytest

from makmal.demo.halfway import Until
from tests.browser.conftest import Walkers
from tests.browser.house import At, House
from tests.browser.walker import Look


@pytest.fixture(scope="module")
def at(house: House) -> At:
    return house.at(Until.OPENING)


@pytest.mark.parametrize(
    ("look", "phone"), [(Look(), Look("phone", "dark", "en")), (Look("desktop", "dark", "en"), Look("phone"))], ids=str
)
def test_a_circular_is_issued_and_acknowledged(walker: Walkers, at: At, look: Look, phone: Look) -> None:
    committee, head = walker(look), walker(phone)
    page = committee.sign_in(at, "committee", at.of("notification", "circulars"))
    committee.check()
    page.locator("a.button[href$='/circulars/new']").first.click()
    committee.check()
    committee.keyboard_suffices()
    page.locator("#f-number").fill(f"02/SE/{look}")
    page.locator("#f-title").fill("Lomba Inovasi Daerah dan tata cara pendaftarannya bagi seluruh instansi")
    page.locator("#f-text").fill("Setiap instansi mendaftarkan inovasi.\n\nTerima kasih.")
    with committee.expecting(409):
        page.locator("main form .actions button").click()
        page.locator("[role=alert]").wait_for()
    committee.check()
    for box in page.locator("input[name=kinds]").all():
        box.check()
    page.locator("main form .actions button").click()
    page.locator("[role=status]").wait_for()
    committee.check()
    committee.shot("circular")
    there = head.sign_in(at, "head", at.of("notification", "circulars"))
    head.check()
    there.locator("tbody th a").first.click()
    head.check()
    button = there.locator("form[action$='/acknowledgement'] button").first
    head.keyboard_reaches(button)
    there.keyboard.press("Enter")
    there.locator("[role=status]").wait_for()
    head.check()
    committee.go(at.of("notification", "letters"))
    committee.check()
    committee.keyboard_suffices()
    committee.shot("letters")
    page.locator("tbody th a").first.click()
    committee.check()
    committee.go(at.of("notification", "letters/without-email"))
    committee.check()
