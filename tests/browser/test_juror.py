"""A juror at work in the browser: with the keyboard alone, on the phone, and over a bad line that loses nothing and doubles nothing."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from makmal.demo.caller import Voice
from makmal.demo.halfway import Until
from tests.browser.conftest import Walkers
from tests.browser.house import At, House
from tests.browser.walker import LOOKS, Look


@pytest.fixture(scope="module")
def at(house: House) -> At:
    return house.at(Until.JUDGING)


def recorded(house: House, at: At, entry: str) -> int:
    """How many ScoreRecorded stand on the juror's own sheet, by the auditor's trail."""
    subject = f"scoresheet/{entry}.{at.account('juror').person}"

    async def read(auditor: Voice) -> int:
        lines: list[Any] = await auditor.get(f"/audit/v1/editions/{at.edition}/trail", type="ScoreRecorded", subject=subject)
        return len(lines)

    return house.ask(at, "auditor", read)


def open_entry(page: Page) -> str:
    """Go on with the next entry that is to be scored; its name in addresses."""
    page.locator("a[data-key=n], section a.button").first.click()
    page.locator("form[data-scores]").wait_for()
    return page.url.rpartition("/")[2]


@pytest.mark.parametrize("look", LOOKS[::2], ids=str)
def test_a_juror_scores_an_entry_and_hands_it_in(walker: Walkers, at: At, look: Look) -> None:
    juror = walker(look)
    page = juror.sign_in(at, "juror", at.of("judging", "entries"))
    juror.check()
    juror.shot("juror-entries")
    entry = open_entry(page)
    juror.check()
    juror.keyboard_suffices()
    with juror.expecting(422):
        page.locator("button[value=submit]").click()
        expect(page.locator("[data-state]")).to_contain_text("beri nilai" if look.language == "id" else "give a score")
    expect(page.locator("input[data-weight]:focus")).to_have_value("")
    page.keyboard.press("Escape")
    page.locator("body").press("s")  # by the keyboard alone from here
    scores = page.locator("input[data-weight]")
    for number in range(scores.count()):
        expect(scores.nth(number)).to_be_focused()
        page.keyboard.press("Control+A")
        page.keyboard.type("80" if number else "250")
        if not number:
            expect(scores.first).to_have_attribute("aria-invalid", "true")
            page.keyboard.press("Control+A")
            page.keyboard.type("79")
            page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
    expect(page.locator("[data-sum]")).to_have_text("80,00" if look.language == "id" else "80.00")
    expect(page.locator("button[value=submit]")).to_be_focused()
    juror.check()
    juror.shot("juror-sheet")
    page.locator("button[value=submit]").press("Enter")
    page.wait_for_url(lambda address: not address.endswith(entry))
    page = juror.go(at.of("judging", f"entries/{entry}"))
    expect(page.locator("form[data-scores]")).to_have_count(0)
    juror.check()


def test_over_a_bad_line_nothing_is_lost_and_nothing_is_recorded_twice(walker: Walkers, house: House, at: At) -> None:
    juror = walker(Look("phone"))
    page = juror.sign_in(at, "juror", at.of("judging", "entries"))
    entry = open_entry(page)
    before = recorded(house, at, entry)
    state, score = page.locator("[data-state]"), page.locator("input[data-weight]").first
    with juror.bad_line():
        score.fill("61")
        expect(state).to_contain_text("Tidak ada jaringan")
        score.fill("62.5")
        page.wait_for_timeout(1_100)  # it tries, and keeps it
    expect(state).to_contain_text("Tersimpan pukul")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        score.fill("63")
    expect(state).to_contain_text("Tersimpan pukul")
    with juror.bad_line():  # the browser is closed meanwhile, and the list is the next thing that he opens
        score.fill("64")
        expect(state).to_contain_text("Tidak ada jaringan")
        page.close()
    juror.page = page = juror.context.new_page()
    juror.go(at.of("judging", "entries"))
    expect(page.locator("[data-state]")).to_contain_text("Tersimpan pukul")
    juror.go(at.of("judging", f"entries/{entry}"))
    expect(page.locator("input[data-weight]").first).to_have_value("64")
    assert recorded(house, at, entry) - before == 3  # 62.5, 63, 64
