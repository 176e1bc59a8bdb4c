"""The pages of an institution on a real broker: the desk, the form in steps, evidence, and who is in charge."""

import httpx
import pytest

from tests.browsing import Browser
from tests.services.registration.made_up import DESIGN, record_json
from tests.services.registration.office import Office, running_rulebook

OUR = "/e/test/our/opd-01"
STEPS: dict[str, dict[str, str]] = {
    "identity": {k: record_json()[k] for k in ("name", "type", "stage", "initiator", "form", "theme")},
    "affairs": {"main_affair": "kesehatan", "trial_date": "2022-01-10", "implementation_date": "2022-06-01"},
    "design": {"design": DESIGN},
    "benefit": {"purpose": "Antrean pendek", "benefit": "Tidak menunggu", "result": "Sepuluh menit"},
}


def browser_of(office: Office, who: str = "operator", language: str = "en") -> Browser:
    browser = Browser(office.client)
    browser.cookies["__Host-makmal"] = office.tokens[who]
    browser.cookies["__Host-bahasa"] = language
    return browser


def inside(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix("/registration")


def form_of(review: httpx.Response) -> str:
    """The page up to its second form, which throws the draft away."""
    return review.text.partition("/dropping")[0]


async def begun(browser: Browser, name: str = "Antrean Tanpa Antre") -> str:
    await browser.look(f"{OUR}/new")
    return inside(await browser.send(f"{OUR}/new", {"name": name})).removesuffix("/identity")


async def filled(browser: Browser) -> str:
    draft = await begun(browser)
    for step, fields in STEPS.items():
        await browser.look(f"{draft}/{step}")
        inside(await browser.send(f"{draft}/{step}", {**fields, "_go": "next"}))
    return draft


async def test_the_desk_says_what_is_owed_and_what_to_do_next_in_both_languages(office: Office) -> None:
    english = await browser_of(office).look(OUR)
    assert english.status_code == 200
    assert "Enter your first innovation by" in english.text and "Not fulfilled yet" in english.text
    indonesian = await browser_of(office, language="id").look(OUR)
    assert "Ajukan inovasi pertama Anda" in indonesian.text and "Belum terpenuhi" in indonesian.text


@pytest.mark.parametrize("who", ["head", "juror", "screener"])
async def test_nobody_sees_the_desk_of_an_institution_that_he_does_not_act_for(office: Office, who: str) -> None:
    assert (await browser_of(office, who).look(OUR)).status_code == 403


async def test_a_draft_goes_through_its_steps_and_is_submitted_once(office: Office) -> None:
    browser = browser_of(office)
    draft = await filled(browser)
    review = await browser.look(f"{draft}/review")
    assert "Nothing is missing" in review.text
    browser.page = form_of(review)
    place = inside(await browser.send(f"{draft}/submission", {}))
    browser.page = form_of(review)  # the button is pressed twice
    assert inside(await browser.send(f"{draft}/submission", {})) == place
    shown = await browser.look(place)
    assert "Receipt" in shown.text and "/audit/receipts/" in shown.text
    assert (await office.types()).count("InnovationSubmitted") == 1


async def test_the_review_says_what_is_missing_and_where(office: Office) -> None:
    browser = browser_of(office)
    draft = await begun(browser)
    review = await browser.look(f"{draft}/review")
    assert "12 things are still missing" in review.text and f'/registration{draft}/design">The design is still' in review.text
    assert "InnovationSubmitted" not in await office.types()


async def test_what_is_refused_stays_typed(office: Office) -> None:
    browser = browser_of(office)
    draft = await begun(browser)
    await browser.look(f"{draft}/affairs")
    answer = await browser.send(f"{draft}/affairs", {"main_affair": "kesehatan", "trial_date": "kapan-kapan"})
    assert answer.status_code == 409
    assert 'value="kapan-kapan"' in answer.text and "write a date" in answer.text


async def test_a_draft_that_was_changed_elsewhere_is_not_overwritten_unseen(office: Office) -> None:
    one, other = browser_of(office), browser_of(office)
    draft = await begun(one)
    await one.look(f"{draft}/benefit")
    await other.look(f"{draft}/benefit")
    inside(await one.send(f"{draft}/benefit", {"purpose": "Yang pertama"}))
    answer = await other.send(f"{draft}/benefit", {"purpose": "Yang kedua"})
    assert answer.status_code == 409 and "Yang kedua" in answer.text and "changed elsewhere" in answer.text


async def test_a_submitted_innovation_is_revised_and_withdrawn_with_a_reason(office: Office) -> None:
    browser = browser_of(office)
    draft = await filled(browser)
    browser.page = form_of(await browser.look(f"{draft}/review"))
    place = inside(await browser.send(f"{draft}/submission", {}))
    await browser.look(f"{place}/revision")
    everything = {k: v for fields in STEPS.values() for k, v in fields.items()}
    refused = await browser.send(f"{place}/revision", {**everything, "design": "terlalu pendek"})
    assert refused.status_code == 409 and "terlalu pendek" in refused.text
    await browser.look(f"{place}/revision")
    inside(await browser.send(f"{place}/revision", {**everything, "result": "Lima menit"}))
    await browser.look(place)
    assert (await browser.send(f"{place}/withdrawal", {"reason": ""})).status_code == 409
    await browser.look(place)
    inside(await browser.send(f"{place}/withdrawal", {"reason": "Salah instansi"}))
    assert "Withdrawn: Salah instansi" in (await browser.look(place)).text


async def test_who_is_named_in_charge_accepts_himself(office: Office) -> None:
    browser = browser_of(office)
    draft = await filled(browser)
    browser.page = form_of(await browser.look(f"{draft}/review"))
    place = inside(await browser.send(f"{draft}/submission", {}))
    await browser.look(f"{place}/pic")
    mine = inside(await browser.send(f"{place}/pic", {"who": "me"}))
    assert "I accept to be in charge" in (await browser.look(mine)).text
    inside(await browser.send(f"{mine}/acceptance", {}))
    assert "PicAccepted" in await office.types()
    assert (await browser_of(office, "head").look(mine)).status_code == 404


async def test_the_head_endorses_what_waits(empty: Office) -> None:
    assert (await empty.open(running_rulebook(endorsement=True))).status_code == 201
    assert (await empty.enrol("opd-02")).status_code == 201
    assert (await empty.submit("head", "opd-02")).status_code == 201
    await empty.get("head", "/editions/test/innovations")
    browser, desk = browser_of(empty, "head"), "/e/test/our/opd-02"
    page = await browser.look(desk)
    chosen = page.text.split('name="innovation" value="')[1].split('"')[0]
    inside(await browser.send(f"{desk}/endorsements", {"innovation": chosen}))
    assert "Submitted and endorsed" in (await browser.look(desk)).text
