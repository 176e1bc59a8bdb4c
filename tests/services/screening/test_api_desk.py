"""The desk over HTTP, on the real broker: assignment, independent scores, stepping back, and return for revision."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.events.registration import InnovationRevised
from shared.events.screening import ScreenerAssigned
from tests.services.screening.competition import record
from tests.services.screening.office import YES, Office


async def test_the_committee_assigns_every_innovation_and_each_screener_sees_his(office: Office) -> None:
    await office.appoint("sri", "tono", "dewi")
    panels = await office.assign()
    assert panels.keys() == {"queue", "garden", "map", "bus", "tree"}
    loads = (await office.get("committee", "/editions/test/assignments")).json()["screeners"]
    assert sorted(load["assigned"] for load in loads) == [3, 3, 4]
    for screener in ("sri", "tono", "dewi"):
        page = await office.get(screener, "/editions/test/worklist", mine="true")
        shown = {item["innovation"] for item in page.json()["items"]}
        assert shown == {innovation for innovation, panel in panels.items() if screener in panel}
        assert all(item["mine"] and item["owed"] for item in page.json()["items"])
    assert await office.assign() == {}, "nothing is left to assign"


async def test_the_assignment_goes_in_steps_and_each_is_answered_alike_when_repeated(office: Office) -> None:
    await office.appoint("sri", "tono")
    first = await office.post("committee", "/editions/test/assignments", {"limit": 2}, key="the-same-key")
    again = await office.post("committee", "/editions/test/assignments", {"limit": 2}, key="the-same-key")
    assert first.json() == again.json()
    assert [each["innovation"] for each in first.json()["assigned"]] == ["queue", "garden"]
    assert list(await office.assign()) == ["map", "bus", "tree"]


async def test_nobody_is_assigned_what_is_of_his_employer(office: Office) -> None:
    await office.appoint("sri", "tono")
    await office.appoint("dewi", employer="opd-01")
    panels = await office.assign()
    assert all("dewi" not in panels[innovation] for innovation in ("queue", "garden"))
    assert any("dewi" in panel for panel in panels.values())


async def test_only_who_is_assigned_acts(office: Office) -> None:
    await office.appoint("sri", "tono", "dewi")
    panels = await office.assign()
    (other,) = {"sri", "tono", "dewi"} - {*panels["map"]}
    refused = await office.post(other, "/innovations/map/eligibility", {"criteria": YES})
    assert refused.status_code == 403
    assert refused.json()["detail"].startswith("this innovation is assigned to other screeners")
    assert (await office.post(panels["map"][0], "/innovations/map/eligibility", {"criteria": YES})).status_code == 200


async def _candidates(office: Office, who: str) -> dict[str, Any]:
    shown = (await office.get(who, "/editions/test/shortlists/digital")).json()
    return {candidate["entrant"]: candidate for candidate in shown["candidates"]}


async def test_nobody_sees_anothers_score_before_his_own_is_in(office: Office) -> None:
    await office.appoint("sri", "tono", "dewi")
    first, second = (await office.assign())["map"]
    await office.post(first, "/innovations/map/eligibility", {"criteria": YES})
    await office.post(first, "/innovations/map/desk-score", {"score": "80"})

    item = await office.item(second, "map")
    assert (item["desk_score"], item["my_score"], item["hidden"], item["owed"]) == (None, None, True, True)
    assert (await _candidates(office, "committee"))["map"]["desk_score"] is None, "the second score is due"
    await office.post(second, "/innovations/map/desk-score", {"score": "84"})
    for who in (first, second, "committee"):
        assert (await office.item(who, "map"))["desk_score"] == "82.00"
        assert (await _candidates(office, who))["map"]["desk_score"] == "82.00"

    (third,) = {"sri", "tono", "dewi"} - {first, second}
    assert (await office.item(third, "map"))["hidden"], "he may still be called"
    shown = (await _candidates(office, third))["map"]
    assert (shown["hidden"], shown["rank"], shown["desk_score"]) == (True, None, None)

    changed = await office.post(first, "/innovations/map/desk-score", {"score": "84"})
    assert changed.status_code == 409
    assert changed.json()["detail"].startswith("another screener's score is in")


async def test_scores_far_apart_go_to_one_more_screener_whose_score_is_due_then(office: Office) -> None:
    await office.appoint("sri", "tono", "dewi")
    first, second = (await office.assign())["map"]
    (third,) = {"sri", "tono", "dewi"} - {first, second}
    await office.post(first, "/innovations/map/eligibility", {"criteria": YES})
    await office.post(first, "/innovations/map/desk-score", {"score": "90"})
    await office.post(second, "/innovations/map/desk-score", {"score": "60"})

    item = await office.item("committee", "map")
    assert (item["screeners"], item["apart"]) == ([first, second, third], True)
    await office.close()
    assert (await office.nominate("digital", "map")).status_code == 409
    assert (await office.item(third, "map"))["owed"]
    assert (await office.post(third, "/innovations/map/desk-score", {"score": "75"})).status_code == 200
    assert (await office.nominate("digital", "map")).json()["desk_score"] == "75.00"


async def test_two_scores_handed_in_at_the_same_moment_call_one_more_screener_once(office: Office) -> None:
    await office.appoint("sri", "tono", "dewi", "eka")
    panels = await office.assign()
    for innovation, panel in panels.items():
        await office.post(panel[0], f"/innovations/{innovation}/eligibility", {"criteria": YES})
    answers = await asyncio.gather(
        *(
            office.post(screener, f"/innovations/{innovation}/desk-score", {"score": score})
            for innovation, panel in panels.items()
            for screener, score in zip(panel, ("90", "60"), strict=True)
        )
    )
    assert [answer.status_code for answer in answers] == [200] * 10
    called = [e.event for e in await office.world.all_events() if e.type == "ScreenerAssigned"][len(panels) :]
    assert sorted(event.innovation for event in called if isinstance(event, ScreenerAssigned)) == sorted(panels)


async def test_another_takes_the_place_of_who_steps_back_and_his_score_counts_no_more(office: Office) -> None:
    await office.appoint("sri", "tono", "dewi")
    first, second = (await office.assign())["map"]
    (third,) = {"sri", "tono", "dewi"} - {first, second}
    await office.post(first, "/innovations/map/eligibility", {"criteria": YES})
    await office.post(first, "/innovations/map/desk-score", {"score": "90"})
    answer = await office.post(first, "/innovations/map/recusal", {"reason": "My sister made it."})
    assert answer.json() == {"innovation": "map", "screener": first, "screeners": [second, third]}
    assert (await office.item("committee", "map"))["scores"] == 0
    assert (await office.post(first, "/innovations/map/desk-score", {"score": "91"})).status_code == 403


async def test_the_committee_relieves_a_screener_and_no_other_screener_does(office: Office) -> None:
    await office.appoint("sri", "tono", "dewi")
    first, second = (await office.assign())["map"]
    body = {"reason": "He is ill.", "screener": first}
    assert (await office.post(second, "/innovations/map/recusal", body)).status_code == 403
    assert (await office.post("committee", "/innovations/map/recusal", body)).status_code == 200


async def test_what_is_returned_waits_for_its_revision_and_is_assessed_anew(office: Office) -> None:
    await office.admit("map", "80")
    deadline = datetime.now(UTC) + timedelta(days=1)
    body = {"what": "Say since when it runs.", "deadline": deadline.isoformat()}
    assert (await office.post("committee", "/innovations/map/revision", body)).status_code == 200
    item = await office.item("sri", "map")
    assert (item["returned"], datetime.fromisoformat(item["returned_until"])) == ("Say since when it runs.", deadline)
    await office.close()
    assert (await office.post("sri", "/innovations/map/eligibility", {"criteria": YES})).status_code == 409
    assert (await office.nominate("digital", "map")).status_code == 409

    await office.world.record("innovation/map", InnovationRevised(institution="opd-02", record=record("Demo Map 2")))
    assert (await office.post("sri", "/innovations/map/eligibility", {"criteria": YES})).status_code == 200
    assert (await office.item("sri", "map"))["returned"] == ""
    assert (await office.nominate("digital", "map")).status_code == 200


async def test_a_return_without_a_time_zone_is_not_understood(office: Office) -> None:
    body = {"what": "Say since when.", "deadline": "2031-01-01T12:00:00"}
    assert (await office.post("committee", "/innovations/map/revision", body)).status_code == 422
