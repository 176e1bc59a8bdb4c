"""The account in the browser: roles that lead to their work, sessions, another password refused and kept on the page; roles by decree."""

import pytest
from playwright.sync_api import expect

from makmal.demo.halfway import Until
from tests.browser.conftest import Walkers
from tests.browser.house import At, House
from tests.browser.walker import Look


@pytest.fixture(scope="module")
def at(house: House) -> At:
    return house.at(Until.OPENING)


@pytest.mark.parametrize("look", [Look("phone"), Look("desktop", "dark", "en")], ids=str)
def test_somebody_sees_what_he_may_do_here_and_where_he_is_signed_in(walker: Walkers, at: At, look: Look) -> None:
    committee = walker(look)
    page = committee.sign_in(at, "committee", "/identity/me")
    committee.check()
    committee.keyboard_suffices()
    committee.shot("account")
    page.locator("#f-password_present").fill("bukan kata sandi saya")
    for field in ("password", "password_again"):
        page.locator(f"#f-{field}").fill("kalimat lain yang panjang")
    with committee.expecting(409):
        page.locator("form[action$='/password'] button").click()
        page.locator("[role=alert]").wait_for()
    committee.check()
    page.locator(f"a[href='/identity/e/{at.edition}/roles']").first.click()
    committee.check()
    committee.keyboard_suffices()
    page.locator("tbody th a").first.click()
    committee.check()


def test_an_invitation_that_is_none_says_what_to_do(walker: Walkers) -> None:
    somebody = walker(Look("phone", "dark"))
    somebody.go("/identity/invitation?code=mkm_none", 404)
    somebody.check()
    somebody.go("/identity/invitation")
    somebody.check()
    somebody.keyboard_suffices()


def test_who_is_invited_chooses_a_password_is_given_a_role_and_loses_it(walker: Walkers, at: At) -> None:
    committee, invited = walker(), walker(Look("phone", "light", "en"))
    page = committee.sign_in(at, "committee", at.of("identity", "roles"))
    page.locator("#f-name").fill("Demo Tamu")
    page.locator(f"form[action='/identity/e/{at.edition}/roles'] .actions button").click()
    link = page.locator("#f-link").input_value()
    person = page.locator("input[name=person]").first.get_attribute("value")
    committee.check()
    there = invited.go(link[link.index("/identity/") :])
    invited.check()
    invited.keyboard_suffices()
    invited.shot("invitation")
    for field in ("password", "password_again"):
        there.locator(f"#f-{field}").fill("sebuah kalimat panjang")
    there.locator("main form button").click()
    there.wait_for_url("**/identity/me")
    invited.check()

    grants = walker(Look("desktop", "dark"))
    page = grants.sign_in_as_administrator(at.of("identity", f"roles/{person}"))
    expect(page.locator(".head .badge.good")).to_be_visible()
    page.locator("#f-role").select_option("screener")
    page.locator("#f-decree").fill("SK Demo 03/2031")
    page.locator("#f-decree_date").fill("2023-02-01")
    page.locator("form[action$='/grant'] button").click()
    page.locator("[role=status]").first.wait_for()
    grants.check()
    with invited.expecting(403):
        there.goto(at.of("screening", "worklist"))
        invited.check()
        there.locator("a[href^='/identity/renew']").click()
        there.wait_for_load_state("load")
    expect(there.locator("main")).not_to_contain_text("This did not work")
    assert there.url.endswith(at.of("screening", "worklist"))
    page.locator("form[action$='/revocation']").locator("xpath=..").locator("summary").click()
    page.locator("form[action$='/revocation'] input[name=reason]").fill("pindah tugas")
    grants.check()
    page.locator("form[action$='/revocation'] button").click()
    page.locator("[role=status]").first.wait_for()
    expect(page.locator("main")).to_contain_text("pindah tugas")
    assert page.locator("form[action$='/revocation']").count() == 0
    grants.check()
    grants.keyboard_suffices()
    there.goto("/identity/me")
    expect(there.locator(f"main a[href='{at.of('screening', 'worklist')}']")).to_have_count(0)
    with invited.expecting(403):
        there.goto(at.of("screening", "worklist"))
    expect(there.locator("main")).to_contain_text("This did not work")


def test_who_grants_a_role_finds_institutions_by_name(walker: Walkers, at: At) -> None:
    grants = walker()
    page = grants.sign_in_as_administrator(f"/identity/e/{at.edition}/roles")
    page.locator("tbody th a").first.click()
    codes = page.locator("#f-codes")
    codes.focus()
    offered = page.locator("#of-codes option")
    offered.first.wait_for(state="attached")
    first = offered.first.get_attribute("value")
    codes.press_sequentially(f"{first} ")
    page.locator(f"#of-codes option[value^='{first} ']").first.wait_for(state="attached")
    assert " · " in (offered.first.get_attribute("label") or "")
    grants.check()
    grants.keyboard_suffices()
