"""The committee's whole job in the browser: an edition opened from its folder, the dashboard as it changes, deadlines and exceptions,
circulars and letters, roles, and a shortlist that another of the committee confirms."""

import re
from datetime import datetime, timedelta
from secrets import token_hex

import msgspec
import pytest
from playwright.sync_api import Page, expect

from makmal.demo.caller import Voice
from makmal.demo.cast import People
from makmal.demo.halfway import Until
from makmal.demo.innovations import demo_innovations
from shared.web.pages.words import ZONE
from tests.browser.conftest import Walkers
from tests.browser.house import SMALL, At, House, small_edition
from tests.browser.walker import Look

RULES, ROSTER = ((SMALL / name).read_text() for name in ("edition.toml", "institutions.csv"))
LOOKS = [Look(), Look("phone", "dark", "en")]
PDF = b"%PDF-1.4\n" + b"x" * 2_000


@pytest.fixture(scope="module")
def at(house: House) -> At:
    return house.at(Until.OPENING)


def in_days(days: int) -> str:
    """As a field for a day and a time takes it."""
    return (datetime.now(ZONE) + timedelta(days=days)).strftime("%Y-%m-%dT10:00")


def told(page: Page) -> None:
    """The next page says that it is done."""
    page.locator("[role=status]:not([data-line])").first.wait_for()


def folder(page: Page, rules: str, roster: str) -> None:
    for name, text in (("edition.toml", rules), ("institutions.csv", roster)):
        page.locator(f"input[name='{name}']").set_input_files({"name": name, "mimeType": "text/plain", "buffer": text.encode()})


def test_an_edition_is_opened_from_its_folder_by_who_holds_the_role(walker: Walkers, at: At) -> None:
    edition = f"buka-{token_hex(3)}"
    rules = RULES.replace('"riau-olah"', f'"{edition}"')
    roles = f"/identity/e/{edition}/roles/{at.account('committee').person}"
    grants = walker(Look("desktop", "dark"))
    page = grants.sign_in_as_administrator(roles)
    page.locator("#f-role").select_option("committee")
    page.locator("#f-decree").fill("SK Demo 02/2031")
    page.locator("#f-decree_date").fill("2023-01-31")
    page.locator("form[action$='/grant'] button").click()
    told(page)
    grants.check()

    opens = walker(Look("phone", "light", "en"))
    page = opens.sign_in(at, "committee", "/registration/opening")
    opens.check()
    folder(page, rules.replace("quorum = 2", "quorum = 0"), ROSTER.replace(",dinas,", ",dina,", 1))
    with opens.expecting(422):
        page.locator("button[value=check]").click()
        page.locator("[role=alert]").wait_for()
    assert page.locator("tbody tr").count() == 2
    expect(page.locator("tbody")).to_contain_text("institutions.csv, line 2")
    opens.check()
    opens.keyboard_suffices()
    opens.shot("opening")
    folder(page, rules, ROSTER)
    page.locator("button[value=check]").click()
    told(page)
    opens.check()
    folder(page, rules, ROSTER)
    page.locator("button[value=open]").click()
    page.wait_for_url(f"**/e/{edition}/committee")
    opens.check()
    opens.check()


def submits(at: At) -> object:
    """An innovation of the edition's first institution."""
    small = small_edition(at.edition)
    record = demo_innovations(5, small.rulebook, small.roster, 1)[0].record
    named = msgspec.structs.replace(record, name=f"[Demo] Antrean {token_hex(3)}")
    return {"institution": at.institution, "record": msgspec.to_builtins(named)}


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_dashboard_changes_as_things_happen(walker: Walkers, house: House, at: At, look: Look) -> None:
    committee = walker(look)
    page = committee.sign_in(at, "committee", at.of("registration", "committee"))
    expect(page.locator(".funnel progress")).to_have_count(4)
    expect(page.locator(".parked .badge")).to_have_count(4)
    expect(page.locator("[data-line].good")).to_be_visible()
    committee.check()
    committee.keyboard_suffices()
    before = int(page.locator("#submitted .figure").inner_text())
    path = f"/registration/v1/editions/{at.edition}/innovations"

    async def submit(operator: Voice) -> None:
        await operator.post(path, submits(at))

    house.ask(at, "operator", submit)
    expect(page.locator("#submitted .figure")).to_have_text(str(before + 1))
    expect(page.locator(".heat a", has=page.locator("strong", has_text=f"{before + 1}")).first).to_be_visible()
    assessed = page.locator(".funnel .card").nth(1)
    expect(assessed).to_contain_text(f"{'of' if look.language == 'en' else 'dari'} {before + 1}")
    committee.check()


@pytest.mark.parametrize(("role", "look"), [("auditor", Look("phone")), ("committee", Look("desktop", "dark", "en"))], ids=str)
def test_who_is_behind_is_seen_at_a_glance_and_nothing_moves(walker: Walkers, house: House, role: str, look: Look) -> None:
    at = house.seen_at(Until.JUDGING)
    looks = walker(look)
    page = looks.sign_in(at, role, at.of("registration", "committee"))
    expect(page.locator("#behind-judging strong")).to_have_text(re.compile(r"^[1-3] (of|dari) 3$"))
    expect(page.locator("#behind-screening")).to_contain_text("every score" if look.language == "en" else "semua nilai")
    assert page.locator("main form").count() == (0 if role == "auditor" else 1)
    looks.check()
    looks.shot("dashboard-behind")
    if role == "committee":
        page.locator("#behind-judging a").click()
        page.wait_for_url("**/decisions#jurors")
        looks.check()


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_deadline_moves_and_one_institution_is_let_off(walker: Walkers, at: At, look: Look) -> None:
    committee = walker(look)
    page = committee.sign_in(at, "committee", at.of("registration", "committee"))
    form = page.locator("form[action$='/committee/calendar']").first
    page.locator("#f-closes").fill("2020-01-01T10:00")
    page.locator("#f-reason").fill("Jaringan terputus di pulau terluar")
    with committee.expecting(409):
        form.locator("button").click()
        page.locator("[role=alert]").wait_for()
    assert page.locator("#f-reason").input_value() == "Jaringan terputus di pulau terluar"
    committee.check()
    page.locator("#f-closes").fill(in_days(20 if look.size == "desktop" else 25))
    form.locator("button").click()
    told(page)
    expect(page.locator("main")).to_contain_text("Jaringan terputus di pulau terluar")

    page.locator(".heat a.warn").last.click()
    committee.check()
    late, waiver = (page.locator(f"details:has(form[action$='/{what}'])") for what in ("late", "waiver"))
    late.locator("summary").first.click()
    late.locator("#f-until").fill(in_days(30))
    late.locator("#late-reason").fill("Kapal tidak berlayar")
    late.locator("summary").last.click()
    late.locator("#n-late").fill("SK 12/2023")
    with committee.expecting(409):
        late.locator("button").click()
        page.locator("[role=alert]").wait_for()
    assert late.locator("#n-late").input_value() == "SK 12/2023" and late.locator("#late-reason").input_value()
    committee.check()
    late.locator("#d-late").fill("2023-03-01")
    late.locator("button").click()
    told(page)
    waiver.locator("summary").first.click()
    waiver.locator("#waiver-reason").fill("Baru dibentuk tahun ini")
    committee.check()
    waiver.locator("button").click()
    told(page)
    expect(page.locator("dl.facts")).to_contain_text("Baru dibentuk tahun ini")
    committee.check()


def test_a_circular_with_its_signed_document_goes_out_as_letters(walker: Walkers, at: At) -> None:
    committee = walker(Look("phone", "light", "en"))
    page = committee.sign_in(at, "committee", at.of("notification", "circulars/new"))
    page.locator("#f-number").fill("03/SE/2031")
    page.locator("#f-title").fill("Perpanjangan pendaftaran")
    page.locator("#f-text").fill("Pendaftaran diperpanjang.")
    for box in page.locator("input[name=kinds]").all():
        box.check()
    page.locator("#f-file").set_input_files({"name": "surat.pdf", "mimeType": "application/pdf", "buffer": b"bukan surat"})
    with committee.expecting(409):
        page.locator("main form .actions button").click()
        page.locator("[role=alert]").wait_for()
    assert page.locator("#f-number").input_value() == "03/SE/2031" and page.locator("input[name=kinds]").first.is_checked()
    committee.check()
    page.locator("#f-file").set_input_files({"name": "surat.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.locator("main form .actions button").click()
    told(page)
    committee.check()
    size = page.evaluate(
        "async () => (await (await fetch(document.querySelector(\"a[href$='/file']\").href)).arrayBuffer()).byteLength"
    )
    assert size == len(PDF)
    committee.go(at.of("registration", "committee"))
    page.locator(f"main a[href='{at.of('notification', 'letters')}']").click()
    expect(
        page.locator("tbody th", has_text="03/SE/2031").or_(page.locator("tbody th", has_text="Perpanjangan")).first
    ).to_be_visible()
    committee.check()


def test_another_of_the_committee_confirms_the_shortlist(walker: Walkers, house: House) -> None:
    at = house.at(Until.SHORTLIST)
    first = at.account("committee")
    rest = People(at.edition, tuple(account for account in at.people.accounts if account.person != first.person))
    board = at.of("screening", "shortlists/layanan-digital")
    nominates, confirms = walker(Look()), walker(Look("phone", "dark", "en"))
    page = nominates.sign_in(at, "committee", board)
    page.locator("form[action$='/nominations'] button").first.click()
    told(page)
    assert page.locator("form[action$='/confirmation']").count() == 0
    page = confirms.sign_in(msgspec.structs.replace(at, people=rest), "committee", board)
    confirms.check()
    if page.locator("#f-despite").count():
        page.locator("#f-despite").fill("Keberatan sudah diputus secara lisan")
    page.locator("form[action$='/confirmation'] button").click()
    told(page)
    confirms.check()
    confirms.go(at.of("registration", "committee"))
    expect(page.locator(".funnel .card").nth(2)).to_contain_text("1 of 2 shortlists confirmed")
    confirms.check()
