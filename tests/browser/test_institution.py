"""An operator enters an innovation on the phone: step by step, saved by itself, with evidence, and gets his receipt."""

import pytest

from makmal.demo.halfway import Until
from tests.browser.conftest import Walkers
from tests.browser.house import At, House
from tests.browser.walker import Look

OUR = "our/{}"


@pytest.fixture(scope="module")
def at(house: House) -> At:
    return house.at(Until.OPENING)


@pytest.mark.parametrize("look", [Look("phone"), Look("desktop", "dark", "en")], ids=str)
def test_an_operator_enters_an_innovation(walker: Walkers, at: At, look: Look) -> None:
    operator = walker(look)
    page = operator.sign_in(at, "operator", at.of("registration", OUR.format(at.institution)))
    operator.check()
    operator.shot("institution-desk")
    page.locator("a.button[href$='/new']").first.click()
    page.locator("#f-name").fill(f"Antrean Tanpa Antre {look}")
    operator.check()
    page.locator("main form button").click()
    page.locator("input[name=type][value=digital]").check()
    page.locator("input[name=stage][value=penerapan]").check()
    for field, value in (("initiator", "ASN"), ("form", "pelayanan publik"), ("theme", "non tematik")):
        page.locator(f"#f-{field}").select_option(value)
    page.wait_for_function("() => document.querySelector('form[data-autosave]').dataset.base === '2'")  # saved by itself
    operator.check()
    operator.keyboard_suffices()
    operator.shot("institution-form")
    page.locator("button[value=next]").click()
    page.locator("#f-main_affair").select_option("kesehatan")
    page.locator("#f-trial_date").fill("2022-01-10")
    page.locator("#f-implementation_date").fill("2022-06-01")
    operator.check()
    page.locator("button[value=next]").click()
    page.locator("#f-design").fill(" ".join(["kata"] * 310))
    assert "310" in page.locator("#f-design-counter").inner_text()
    operator.check()
    page.locator("button[value=next]").click()
    for field in ("purpose", "benefit", "result"):
        page.locator(f"#f-{field}").fill("Antrean memendek")
    page.locator("button[value=next]").click()
    operator.check()
    page.locator("a[href$='/evidence/1']").click()
    page.locator("input[name=parameter]").first.check()
    page.locator("#f-letter_number").fill("188.45/17/2023")
    page.locator("#f-letter_date").fill("2023-02-01")
    page.locator("#f-subject").fill("Tim pelaksana")
    with operator.expecting(409):
        page.locator("#f-file").set_input_files(
            {"name": "surat.txt", "mimeType": "text/plain", "buffer": b"bukan dokumen " * 9}
        )
        page.locator("form[data-upload] button").click()
        page.locator("[role=alert]").wait_for()
    assert page.locator("#f-subject").input_value() == "Tim pelaksana"
    operator.check()
    page.locator("#f-file").set_input_files(
        {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n" + b"x" * 9_000}
    )
    page.locator("form[data-upload] button").click()
    page.locator("[role=status]").first.wait_for()
    page.locator("a[href$='/review']").last.click()
    operator.check()
    page.locator("form[action$='/submission'] button").click()
    page.wait_for_url("**/innovations/*")
    assert page.locator("a[href*='/receipts/']").count() > 0
    operator.check()
    operator.shot("institution-innovation")


def test_a_bad_line_loses_nothing(walker: Walkers, at: At) -> None:
    operator = walker(Look("phone", "dark", "en"))
    page = operator.sign_in(at, "operator", at.of("registration", f"{OUR.format(at.institution)}/new"))
    page.locator("#f-name").fill("Jalur Putus")
    page.locator("main form button").click()
    page.wait_for_url("**/identity")
    address = page.url.replace("/identity", "/benefit")
    page.goto(address)
    with operator.bad_line():
        page.locator("#f-purpose").fill("Ditulis tanpa sambungan")
        page.get_by_text("Not saved yet").wait_for()
    page.locator("[data-state]").get_by_text("Saved ").wait_for()
    page.goto(address)
    assert page.locator("#f-purpose").input_value() == "Ditulis tanpa sambungan"
