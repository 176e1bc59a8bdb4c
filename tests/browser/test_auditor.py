"""An auditor follows everything: the timeline, one event to its cause and its proof, the figures; and anybody checks a receipt."""

import re

import pytest

from makmal.demo.halfway import Until
from tests.browser.conftest import Walkers
from tests.browser.house import House
from tests.browser.walker import Look


@pytest.mark.parametrize("look", [Look(), Look("phone", "dark", "en")], ids=str)
def test_an_auditor_goes_from_the_timeline_to_an_event_and_its_proof(walker: Walkers, house: House, look: Look) -> None:
    at = house.demo
    auditor = walker(look)
    page = auditor.sign_in(at, "auditor", at.of("audit", "timeline"))
    auditor.check()
    auditor.keyboard_suffices()
    auditor.shot("auditor-timeline")
    page.locator("#f-type").select_option("ScoreRecorded")
    page.locator("form.filters button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**type=ScoreRecorded*")
    auditor.check()
    page.locator("a[rel=next]").click()
    page.wait_for_url("**after=*")
    page.locator("tbody th a").first.click()
    page.wait_for_url("**/audit/events/*")
    assert "criterion" in page.locator("pre").first.inner_text()
    auditor.check()
    auditor.shot("auditor-event")
    page.locator("main details summary").first.click()
    auditor.check()
    number = re.search(r"/events/(\d+)", page.url)
    assert number
    page.locator(f"a[href='/audit/receipts/{number[1]}']").click()
    page.wait_for_url("**/audit/receipts/*")
    auditor.check()
    auditor.shot("auditor-receipt")
    with page.expect_download() as loaded:
        page.locator("a[href$='/file']").click()
    assert "c2sp.org/tlog-proof@v1" in loaded.value.path().read_text()
    auditor.go(f"{at.of('audit', 'timeline')}?since=2090-01-01")
    auditor.check()
    auditor.go(f"{at.of('audit', 'timeline')}?since=gestern", status=422)
    auditor.check()


@pytest.mark.parametrize("look", [Look(), Look("phone", "dark", "en")], ids=str)
def test_an_auditor_moves_through_the_ranking_of_a_category(walker: Walkers, house: House, look: Look) -> None:
    auditor = walker(look)
    page = auditor.sign_in(house.demo, "auditor", house.demo.of("audit", "timeline"))
    page.locator("a[href$='/as-of']").click()
    page.wait_for_url("**/as-of")
    auditor.check()
    auditor.keyboard_suffices()
    slide, stood = page.locator("#slide"), page.locator("#stood")
    last = int(stood.get_attribute("data-position") or 0)
    places = page.locator("#stood tbody tr").count()
    assert places > 1
    auditor.shot("auditor-rankings")
    slide.focus()
    page.keyboard.press("Home")
    page.locator(f"#stood:not([data-position='{last}'])").wait_for()
    assert page.locator("#stood tbody tr").count() == 0
    assert page.locator("#f-position").input_value() == slide.input_value() == stood.get_attribute("data-position")
    auditor.check()
    page.locator("a[rel=next]").click()
    page.wait_for_url("**position=*")
    page.locator("#f-category").select_option(index=1)
    page.locator("#f-position").fill("")
    page.locator("#f-position").fill(str(last))
    page.keyboard.press("Enter")
    page.wait_for_url("**position=" + str(last))
    assert page.locator("#stood tbody tr").count() > 1
    auditor.check()


def test_while_jurors_score_an_auditor_sees_no_scores(walker: Walkers, house: House) -> None:
    at, auditor = house.seen_at(Until.JUDGING), walker(Look("phone", "light", "en"))
    page = auditor.sign_in(at, "auditor", at.of("judging", "as-of"))
    assert page.locator("#stood table").count() == 0
    auditor.check()


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


def test_an_auditor_verifies_the_log_by_keyboard_alone(walker: Walkers, house: House) -> None:
    auditor = walker(Look("phone", "light", "en"))
    page = auditor.sign_in(house.demo, "auditor", house.demo.of("audit", "verification"))
    auditor.check()
    auditor.keyboard_reaches(page.get_by_role("button", name="Verify now"))
    page.keyboard.press("Enter")
    page.get_by_text("Proven: all").wait_for()
    auditor.axe()  # what was asked for has come, and may move the rest
    auditor.fits()
    auditor.shot("auditor-verification")


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
