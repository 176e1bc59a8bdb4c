"""The committee's shortlists on pages: nominate, confirm with four eyes, and how far the desk is."""

import re

import pytest

from services.screening import pages_shortlists
from tests.browsing import Browser
from tests.services.screening.office import SUBMITTED, YES, Office

BOARD = "/e/test/shortlists/digital"
NOBODY = "of 4 places; 0 of 2 shortlists confirmed"


def figures(piece: str) -> list[tuple[str, ...]]:
    """(number, words, note) of the stages of the dashboard."""
    cards = [re.sub(r"<[^>]+>", "|", card) for card in piece.split('<a class="card"')[1:]]
    return [tuple(part.strip() for part in card.split("</a")[0].split("|") if part.strip())[1:4] for card in cards]


def browser_of(office: Office, who: str, language: str = "en") -> Browser:
    browser = Browser(office.client, office.tokens[who])
    browser.cookies["__Host-bahasa"] = language
    return browser


async def look(office: Office, browser: Browser, page: str) -> str:
    """When everything recorded by now counts in it."""
    await office.get("committee", "/editions/test/worklist")
    return (await browser.look(page)).text


async def test_one_nominates_and_another_confirms(office: Office) -> None:
    await office.admit("queue", "80")
    await office.admit("map", "70")
    committee, second = browser_of(office, "committee"), browser_of(office, "second")
    await look(office, committee, BOARD)
    assert "Registration is still open" in committee.page and ">Nominate<" not in committee.page
    await office.close()
    await look(office, committee, BOARD)
    assert committee.page.index("Demo Queue") < committee.page.index("Demo Map") and "80.00" in committee.page
    assert (await committee.send(f"{BOARD}/nominations", {"entrant": "queue"})).status_code == 303
    await look(office, committee, BOARD)
    assert "You nominated Demo Queue; another member" in committee.page and "Confirm this shortlist" not in committee.page
    refused = await committee.send(f"{BOARD}/confirmation", {})
    assert refused.status_code == 409 and "another member of the committee confirms the shortlist" in refused.text
    await look(office, second, BOARD)
    assert "Confirm this shortlist" in second.page
    assert (await second.send(f"{BOARD}/confirmation", {})).status_code == 303
    assert "The shortlist is confirmed" in await look(office, second, BOARD)
    assert "Confirmed" in await look(office, second, "/e/test/shortlists")


async def test_ties_at_the_edge_need_a_reason_and_keep_what_was_typed(office: Office) -> None:
    for innovation, score in (("queue", "80"), ("map", "70"), ("bus", "70")):
        await office.admit(innovation, score)
    await office.close()
    committee = browser_of(office, "committee")
    await look(office, committee, BOARD)
    assert committee.page.count("Tied at the edge") == 2 and committee.page.count("Why this one of the tied") == 2
    refused = await committee.send(f"{BOARD}/nominations", {"entrant": "bus", "reason-bus": ""})
    assert refused.status_code == 409 and 'role="alert"' in refused.text
    done = await committee.send(f"{BOARD}/nominations", {"entrant": "bus", "reason-bus": "Menjangkau lebih banyak warga"})
    assert done.status_code == 303
    await look(office, committee, BOARD)
    revoked = await committee.send(f"{BOARD}/revocations", {"entrant": "bus", "reason-bus": ""})
    assert revoked.status_code == 409
    await committee.send(f"{BOARD}/revocations", {"entrant": "bus", "reason-bus": "Salah tekan"})
    assert "Salah tekan" in await look(office, committee, BOARD)


async def test_a_board_shows_the_foremost_and_whoever_is_nominated_and_the_others_when_asked(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_shortlists, "TIMES", 0.5)  # of two places
    for innovation, score in (("queue", "80"), ("map", "70"), ("bus", "60")):
        await office.admit(innovation, score)
    await office.close()
    committee = browser_of(office, "committee")
    await look(office, committee, BOARD)
    assert [name in committee.page for name in ("Demo Queue", "Demo Map", "Demo Bus")] == [True, False, False]
    assert "Show 2 further candidates" in committee.page
    everybody = await look(office, committee, f"{BOARD}?all=1")
    assert "Demo Map" in everybody and "Demo Bus" in everybody and "further candidate" not in everybody
    assert (await committee.send(f"{BOARD}/nominations", {"entrant": "bus"})).status_code == 303
    await look(office, committee, BOARD)
    assert [name in committee.page for name in ("Demo Map", "Demo Bus")] == [False, True]
    assert "Show 1 further candidate<" in committee.page


async def test_the_committee_assigns_screeners_and_sees_how_far_they_are(office: Office) -> None:
    committee = browser_of(office, "committee")
    refused = await committee.send("/e/test/shortlists/assignments", {})
    assert refused.status_code == 403
    await look(office, committee, "/e/test/shortlists")
    refused = await committee.send("/e/test/shortlists/assignments", {})
    assert refused.status_code == 409 and "have more screeners appointed" in refused.text
    await office.appoint("ani", "tono")
    assert (await committee.send("/e/test/shortlists/assignments", {})).status_code == 303
    assert "5 innovations are assigned." in await look(office, committee, "/e/test/shortlists")
    piece = await look(office, committee, "/e/test/progress")
    assert "<html" not in piece and 'href="/screening/e/test/shortlists"' in piece
    assert figures(piece) == [("0", "innovations assessed", "of 5, 0 with all their scores"), ("0", "nominees", NOBODY)]
    assert "<strong>2 of 2</strong>" in piece and "screeners have scores open" in piece
    for who in ("ani", "tono"):
        for path, body in (("eligibility", {"criteria": YES}), ("desk-score", {"score": "80"})):
            await office.post(who, f"/innovations/map/{path}", body)
    piece = await look(office, browser_of(office, "committee", "id"), "/e/test/progress")
    assert figures(piece)[0] == ("1", "inovasi selesai diperiksa", "dari 5, 1 dengan nilai lengkap")
    board = await look(office, committee, "/e/test/shortlists")
    assert "1 of 5 innovations assessed" in board and 'href="/identity/e/test/roles/ani"' in board and "Screener 2" in board


async def test_screeners_are_behind_only_while_something_waits_for_their_score(office: Office) -> None:
    await office.appoint("ani", "tono")
    await office.assign()
    ani, here = browser_of(office, "committee"), "/e/test/progress"
    assert "<strong>2 of 2</strong>" in await look(office, ani, here)
    for innovation in SUBMITTED:
        answer = await office.post("tono", f"/innovations/{innovation}/eligibility", {"criteria": {**YES, "benefit": False}})
        assert answer.status_code < 300, answer.text
    assert "every score is there" in await look(office, ani, here)


async def test_a_screener_does_not_see_others_scores_on_the_board(office: Office) -> None:
    await office.appoint("ani", "tono")
    await office.assign()
    for path, body in (("eligibility", {"criteria": YES}), ("desk-score", {"score": "81.25"})):
        await office.post("tono", f"/innovations/queue/{path}", body)
    shown = await look(office, browser_of(office, "ani"), BOARD)
    assert "Demo Queue" in shown and "81.25" not in shown and ">Nominate<" not in shown
    for who in ("head", "juror", "elsewhere"):
        for page in ("/e/test/shortlists", BOARD, "/e/test/progress", "/e/test/live"):
            assert (await browser_of(office, who).look(page)).status_code == 403, (who, page)
