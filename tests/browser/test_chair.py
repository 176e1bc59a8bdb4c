"""The chair in the browser: progress as it happens, also over a restart of the service; from closed sheets to decided winners."""

import pytest
from playwright.sync_api import expect

from makmal.demo.caller import Voice
from makmal.demo.halfway import Until
from tests.browser.conftest import Walkers
from tests.browser.house import At, House
from tests.browser.walker import LOOKS, Look


@pytest.fixture(scope="module")
def at(house: House) -> At:
    return house.at(Until.JUDGING)


@pytest.mark.parametrize("look", LOOKS[::2], ids=str)
def test_the_chair_sees_progress_as_it_happens(walker: Walkers, house: House, at: At, look: Look) -> None:
    chair = walker(look)
    page = chair.sign_in(at, "chair", at.of("judging", "chair"))
    chair.check()
    chair.keyboard_suffices()
    chair.shot("chair")
    expect(page.locator("[data-line].good")).to_be_visible()
    before = page.locator("#progress").inner_text()

    async def hand_one_in(juror: Voice) -> None:
        mine = await juror.get("/judging/v1/my/entries", edition=at.edition)
        entry = next(one for one in mine if one["state"] in ("open", "unopened") and one["situation"] == "judging")
        path = f"/judging/v1/entries/{entry['entry']}"
        await juror.post(f"{path}/scoresheet")
        sheet = await juror.get(f"{path}/scoresheet")
        scores = [{"criterion": criterion["id"], "score": 77} for criterion in sheet["criteria"]]
        await juror.post(f"{path}/scores", {"scores": scores})
        await juror.post(f"{path}/scoresheet/submission")

    house.ask(at, "juror", hand_one_in)
    expect(page.locator("#progress")).not_to_have_text(before, use_inner_text=True)
    chair.fault_free()


@pytest.mark.parametrize("look", [Look("desktop", "dark"), Look("phone", "light", "en")], ids=str)
def test_a_decision_from_the_page(walker: Walkers, house: House, look: Look) -> None:
    at = house.at(Until.DECISION) if look.size == "phone" else house.seen_at(Until.DECISION)
    chair = walker(look)
    page = chair.sign_in(at, "chair", at.of("judging", "chair"))
    page.locator("#progress a").last.click()
    page.locator("#ranking").wait_for()
    page.locator("canvas").first.wait_for()
    chair.check()
    chair.shot("chair-ranking")
    if look.size == "desktop":
        return
    page.locator("details:has(form[action$='/reopened-decision']) summary").click()
    page.locator("#f-reason").fill("Satu lembar perlu dilihat lagi")
    page.locator("form[action$='/reopened-decision'] button").click()
    page.locator("#decision").wait_for()
    with chair.expecting(409):
        page.locator("details:has(button[value=deviate]) summary").click()
        page.locator("details:has(button[value=deviate]) textarea").fill("Lebih luas manfaatnya")
        page.locator("button[value=deviate]").click()
        page.locator("[role=alert]").wait_for()
    chair.check()
    page.locator("button[value=rank]").click()
    page.locator("#decided").wait_for()
    chair.check()


def test_the_committee_confirms_and_announces_what_the_preview_shows(walker: Walkers, house: House) -> None:
    at = house.at(Until.DECISION)
    committee = walker(Look())
    page = committee.sign_in(at, "committee", at.of("judging", "decisions"))
    committee.check()
    committee.shot("decisions")
    for category in [link.get_attribute("href") for link in page.locator("#progress a").all()]:
        committee.go(category or "")
        if page.locator("form[action$='/confirmation'] button").count():
            page.locator("form[action$='/confirmation'] button").click()
        if page.locator("form[action$='/announcement'] button").count():
            committee.check()
            committee.shot("decision-preview")
            page.locator("form[action$='/announcement'] button").click()
            page.locator("[role=status]").first.wait_for()
            committee.check()
    committee.go(at.of("judging", "results"))
    committee.check()
    page.locator("a[href*='/results/']").first.click()
    page.locator(".tree").first.wait_for()
    committee.check()
    committee.shot("explanation")
