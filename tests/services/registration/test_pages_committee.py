"""The committee's pages: every duty at a glance, the calendar, what is granted to one institution, opening from a folder."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.registration.app import create_app
from shared.facts import EDITION
from shared.security import Grant
from shared.web.pages.words import ZONE
from tests.browsing import Browser
from tests.services.registration.office import Office
from tests.world import World

DASHBOARD = "/e/test/committee"
FOLDER = Path(__file__).parents[2] / "editions" / "riau-olah"


def browser_of(office: Office, who: str = "committee", language: str = "en") -> Browser:
    browser = Browser(office.client, office.tokens[who])
    browser.cookies["__Host-bahasa"] = language
    return browser


def typed(moment: datetime) -> str:
    """As a browser sends a day and a time, in the city's time zone."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


async def test_the_dashboard_shows_every_duty_in_both_languages(office: Office) -> None:
    await office.submit(pic="a" * 32)
    await office.get("", "/editions")  # all of it counts by now
    english = await browser_of(office).look(DASHBOARD)
    assert english.status_code == 200 and "still owed" in english.text and "Perangkat opd-02" in english.text
    indonesian = await browser_of(office, language="id").look(DASHBOARD)
    assert "belum terpenuhi" in indonesian.text and "Registration" not in indonesian.text
    piece = await browser_of(office).look(f"{DASHBOARD}/grid")
    assert "<html" not in piece.text and "Duties of all institutions" in piece.text and "hx-swap-oob" not in piece.text


async def test_the_dashboard_leads_to_all_that_a_meeting_asks_for(office: Office) -> None:
    await office.submit()
    await office.get("", "/editions")
    page = (await browser_of(office).look(DASHBOARD)).text
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "1 innovation submitted" in told and "1 without a person in charge" in told
    assert "2 of 2 institutions still owe an innovation" in told
    here = "/e/test"
    for address in (
        *(f"/notification{here}/letters", f"/notification{here}/circulars", f"/identity{here}/roles"),
        *(f"/screening{here}/shortlists", f"/judging{here}/decisions", f"/audit{here}/timeline", f"/audit{here}/figures"),
        *(f"/{service}/parked" for service in ("registration", "screening", "judging", "notification")),
    ):
        assert f'href="{address}"' in page, address
    assert "Registration opens" in told and "Last change" not in told
    assert f'hx-get="/screening{here}/progress"' in page and f'hx-get="/judging{here}/progress"' in page


async def test_a_live_piece_brings_what_else_is_counted_and_waits_for_what_the_page_was_told(office: Office) -> None:
    browser = browser_of(office)
    await browser.look(DASHBOARD)
    await office.submit()
    told = str(await office.world.log("audit").position())
    piece = await browser.look(f"{DASHBOARD}/grid", **{"HX-Request": "true", "Makmal-Told": told})
    submitted = re.search(r'<a class="card"[^>]+id="submitted" hx-swap-oob="true">\s*<strong class="figure">(\d+)', piece.text)
    assert submitted and submitted[1] == "1" and 'id="behind-registration" hx-swap-oob="true"' in piece.text


async def test_an_auditor_looks_and_has_no_form(office: Office) -> None:
    office.tokens["auditor"] = await office.world.token("person/auditor", Grant("auditor", "test"))
    await office.get("", "/editions")
    auditor = browser_of(office, "auditor")
    for place in (DASHBOARD, f"{DASHBOARD}/institutions/opd-02"):
        page = await auditor.look(place)
        assert page.status_code == 200 and "<form" not in page.text and "/parked" not in page.text and "/roles" not in page.text


@pytest.mark.parametrize("who", ["operator", "head", "juror", "screener"])
async def test_nobody_else_sees_the_dashboard(office: Office, who: str) -> None:
    answer = await browser_of(office, who).look(DASHBOARD)
    assert answer.status_code == 403 and "committee" in answer.text


async def test_an_extension_needs_a_later_time_and_keeps_what_was_typed(office: Office) -> None:
    browser = browser_of(office)
    await browser.look(DASHBOARD)
    past = {"closes": "2020-01-01T10:00", "reason": "jaringan terputus", "do": "extend"}
    refused = await browser.send(f"{DASHBOARD}/calendar", past)
    assert refused.status_code == 409 and 'value="jaringan terputus"' in refused.text and 'role="alert"' in refused.text
    no_time = await browser.send(f"{DASHBOARD}/calendar", {**past, "closes": ""})
    assert no_time.status_code == 409 and "the day and the time until when" in no_time.text
    half = await browser.send(f"{DASHBOARD}/calendar", {**past, "decree_number": "SK 1"})
    assert "decree has a number and a date" in half.text

    later = datetime.now(UTC) + timedelta(days=3)
    done = await browser.send(f"{DASHBOARD}/calendar", {**past, "closes": typed(later)})
    assert done.status_code == 303
    facts, _ = await office.client._transport.app.state.parts.desk.state(EDITION("test"))  # type: ignore[attr-defined]
    assert facts.closes is not None and abs(facts.closes - later) < timedelta(minutes=1)
    assert "DeadlineExtended" in await office.types()


async def test_registration_is_closed_and_opened_again_by_two_buttons(office: Office) -> None:
    browser = browser_of(office)
    await browser.look(DASHBOARD)
    assert (await browser.send(f"{DASHBOARD}/calendar", {"do": "close"})).status_code == 303
    page = await browser.look(DASHBOARD)
    assert "Open registration again" in page.text and "Registration is closed." in page.text
    again = {"do": "reopen", "closes": typed(datetime.now(UTC) + timedelta(days=1)), "reason": "banjir"}
    assert (await browser.send(f"{DASHBOARD}/calendar", again)).status_code == 303


async def test_one_institution_is_let_off_and_one_may_be_late(office: Office) -> None:
    browser, place = browser_of(office), f"{DASHBOARD}/institutions/opd-02"
    await office.get("", "/editions")
    assert "still owed" in (await browser.look(place)).text
    refused = await browser.send(f"{place}/waiver", {"reason": "", "decree_number": "SK 7"})
    assert refused.status_code == 409 and refused.text.count('value="SK 7"') == 1  # in its own form alone
    await browser.look(place)
    waived = await browser.send(
        f"{place}/waiver", {"reason": "baru dibentuk", "decree_number": "SK 7", "decree_dated": "2023-03-01"}
    )
    assert waived.status_code == 303 and "baru dibentuk" in (await browser.look(place)).text
    late = {"until": typed(datetime.now(UTC) + timedelta(days=5)), "reason": "pulau terluar"}
    assert (await browser.send(f"{place}/late", late)).status_code == 303
    assert (await browser.look(f"{DASHBOARD}/institutions/opd-99")).status_code == 404


async def test_a_folder_is_checked_line_by_line_and_then_opened(world: World) -> None:
    async with world.running(create_app(world.settings("registration"))) as client:
        browser = Browser(client, await world.token("person/committee", Grant("committee", "riau-olah")))
        rules, roster = (FOLDER / "edition.toml").read_bytes(), (FOLDER / "institutions.csv").read_bytes()
        await browser.look("/opening")
        faulty = await browser.send_files(
            "/opening", {"do": "check"}, {"edition.toml": rules, "institutions.csv": b"code\nx\n"}
        )
        assert faulty.status_code == 422 and "institutions.csv" in faulty.text and "baris 1" in faulty.text
        await browser.look("/opening")
        sound = await browser.send_files("/opening", {"do": "check"}, {"edition.toml": rules, "institutions.csv": roster})
        assert sound.status_code == 200 and "Berkas sudah benar" in sound.text
        assert "pilih lagi kedua berkas yang sama" in sound.text
        opened = await browser.send_files("/opening", {"do": "open"}, {"edition.toml": rules, "institutions.csv": roster})
        assert opened.headers["location"] == "/registration/e/riau-olah/committee"
        assert (await browser.look("/e/riau-olah")).status_code == 200


async def test_nothing_waits_for_a_decision_and_only_a_committee_asks(office: Office) -> None:
    assert "Nothing waits" in (await browser_of(office).look("/parked")).text
    piece = await browser_of(office).look("/parked/number")
    assert "nothing" in piece.text and "<html" not in piece.text
    for page in ("/parked", "/parked/number"):
        assert (await browser_of(office, "juror").look(page)).status_code == 403


async def test_the_portal_leads_who_opens_editions_to_the_opening(office: Office) -> None:
    assert 'href="/registration/opening"' in (await browser_of(office).look("/")).text
    for who in ("operator", "juror"):
        assert "/registration/opening" not in (await browser_of(office, who).look("/")).text
    assert "/registration/opening" not in (await Browser(office.client).look("/")).text
