"""A screener's pages: his worklist, and one innovation beside its checklist."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.web.pages.words import ZONE
from tests.browsing import Browser
from tests.services.screening.office import YES, Office

LIST = "/e/test/worklist"
ALL = {"criterion": ["renewal", "benefit"]}


def browser_of(office: Office, who: str, language: str = "en") -> Browser:
    browser = Browser(office.client, office.tokens[who])
    browser.cookies["__Host-bahasa"] = language
    return browser


async def desk(office: Office) -> None:
    """Two screeners, everything assigned to both, and counted."""
    await office.appoint("ani", "tono")
    await office.assign()
    await office.get("ani", "/editions/test/worklist")


async def test_a_screener_sees_what_waits_and_gets_through_it(office: Office) -> None:
    await desk(office)
    ani = browser_of(office, "ani")
    shown = await ani.look(f"{LIST}")
    assert shown.status_code == 200 and "wait for you" in shown.text and shown.text.count("Not assessed") == 5
    await ani.look(f"{LIST}/queue")
    assert 'data-key="1"' in ani.page and 'data-key="s"' in ani.page and 'data-key="j"' in ani.page
    saved = await ani.send(f"{LIST}/queue", {**ALL, "do": "save", "score": "82,5"})
    assert saved.status_code == 303 and saved.headers["location"] == "/screening/e/test/worklist/garden"
    assert (await office.item("ani", "queue"))["my_score"] == "82.50"
    done = await ani.look(f"{LIST}?show=done")
    assert "Demo Queue" in done.text and "82.50" in done.text and "Demo Garden" not in done.text
    found = await ani.look(f"{LIST}?show=all&q=bus")
    assert "Demo Bus" in found.text and "Demo Queue" not in found.text


async def test_the_others_score_is_hidden_until_ones_own_is_in(office: Office) -> None:
    await desk(office)
    for path, body in (("eligibility", {"criteria": YES}), ("desk-score", {"score": "77.25"})):
        assert (await office.post("tono", f"/innovations/queue/{path}", body)).status_code == 200
    await office.get("ani", "/editions/test/worklist")
    ani = browser_of(office, "ani")
    for page in (f"{LIST}?show=all", f"{LIST}/queue"):
        assert "77.25" not in (await ani.look(page)).text, page
    assert "Another screener has answered the checklist" in ani.page
    before = await office.item("tono", "queue")
    await ani.send(f"{LIST}/queue", {**ALL, "do": "save", "score": "80"})
    assert "78.63" in (await ani.look(f"{LIST}/queue")).text
    after = await office.item("tono", "queue")
    assert (before["criteria"], before["note"]) == (after["criteria"], after["note"])


async def test_a_refused_score_keeps_everything_that_was_typed(office: Office) -> None:
    await desk(office)
    ani = browser_of(office, "ani")
    await ani.look(f"{LIST}/queue")
    typed = {"criterion": "renewal", "do": "save", "score": "88", "note": "Belum jelas manfaatnya"}
    refused = await ani.send(f"{LIST}/queue", typed)
    assert refused.status_code == 409 and 'value="88"' in refused.text and "Belum jelas manfaatnya" in refused.text
    assert "Only an eligible innovation is scored" in refused.text
    for wrong in ("abc", "101", "NaN", "-1"):
        refused = await ani.send(f"{LIST}/queue", {**ALL, "do": "save", "score": wrong})
        assert refused.status_code == 409 and "a number from 0 to 100" in refused.text, wrong
    assert (await office.item("ani", "queue"))["state"] == "unassessed"
    nothing = await ani.send(f"{LIST}/queue", {"do": "save"})
    assert nothing.status_code == 409 and "say in the note why" in nothing.text


async def test_what_is_returned_waits_for_its_institution(office: Office) -> None:
    await desk(office)
    ani = browser_of(office, "ani")
    await ani.look(f"{LIST}/queue")
    refused = await ani.send(f"{LIST}/queue/revision", {"what": "Sebutkan sejak kapan", "deadline": ""})
    assert refused.status_code == 409 and "Sebutkan sejak kapan" in refused.text
    until = datetime.now(UTC) + timedelta(days=2)
    fields = {"what": "Sebutkan sejak kapan", "deadline": until.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")}
    assert (await ani.send(f"{LIST}/queue/revision", fields)).status_code == 303
    shown = await ani.look(f"{LIST}?show=returned")
    assert "Demo Queue" in shown.text and "Returned for revision" in shown.text and "until" in shown.text
    assert "Sebutkan sejak kapan" in (await ani.look(f"{LIST}/queue")).text


async def test_a_screener_steps_back(office: Office) -> None:
    await office.appoint("ani", "tono", "wati")
    await office.assign()
    items = (await office.get("ani", "/editions/test/worklist", mine="true")).json()["items"]
    mine = items[0]["innovation"]
    ani = browser_of(office, "ani")
    await ani.look(f"{LIST}/{mine}")
    assert (await ani.send(f"{LIST}/{mine}/recusal", {"why": "Kakak saya bekerja di sana"})).status_code == 303
    assert "ani" not in (await office.item("ani", mine))["screeners"]


async def test_the_committee_disqualifies_and_another_member_rules_on_the_objection(office: Office) -> None:
    await office.admit("queue", "80")
    await office.get("sri", "/editions/test/worklist")
    committee, second = browser_of(office, "committee"), browser_of(office, "second")
    await committee.look(f"{LIST}/queue")
    assert "Disqualify it" in committee.page and "data-verdict" not in committee.page
    fields = {"reason": "untrue", "explanation": ""}
    refused = await committee.send(f"{LIST}/queue/disqualification", fields)
    assert refused.status_code == 409 and '<option value="untrue" selected' in refused.text
    fields["explanation"] = "Suratnya palsu."
    assert (await committee.send(f"{LIST}/queue/disqualification", fields)).status_code == 303
    assert (await office.post("head", "/innovations/queue/objection", {"grounds": "Suratnya asli."})).status_code == 200
    assert "another member of the committee decides" in (await committee.look(f"{LIST}/queue")).text
    await second.look(f"{LIST}/queue")
    assert "Suratnya asli." in second.page
    ruled = await second.send(f"{LIST}/queue/objection", {"ruling": "Asli menurut notaris.", "do": "uphold"})
    assert ruled.status_code == 303
    assert (await office.item("committee", "queue"))["state"] == "eligible"


async def test_nobody_without_a_role_sees_the_desk_and_own_institutions_are_left_to_others(office: Office) -> None:
    await office.get("sri", "/editions/test/worklist")
    for who in ("head", "juror", "elsewhere"):
        for page in (LIST, f"{LIST}/queue"):
            assert (await browser_of(office, who).look(page)).status_code == 403, (who, page)
    budi = browser_of(office, "budi")
    assert "Demo Queue" not in (await budi.look(f"{LIST}?show=all")).text
    await budi.look(f"{LIST}/queue")
    assert "institution that you work or act for" in budi.page and "data-verdict" not in budi.page
    assert (await budi.look(f"{LIST}/nothing")).status_code == 404


@pytest.mark.parametrize(("language", "word"), [("en", "Nothing of that name"), ("id", "Tidak ada yang bernama")])
async def test_an_empty_list_says_so_in_both_languages(office: Office, language: str, word: str) -> None:
    assert word in (await browser_of(office, "sri", language).look(f"{LIST}?q=zzz")).text
