"""Screening over HTTP, on the real broker: from the worklist to confirmed shortlists."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from services.screening.app import create_app
from shared.events.registration import (
    EditionCancelled,
    InnovationReclassified,
    InnovationRevised,
    InnovationWithdrawn,
    RulebookAmended,
)
from tests.services.screening.competition import RULES, record
from tests.services.screening.office import YES, Office


async def test_an_edition_goes_from_the_worklist_to_confirmed_shortlists(office: Office) -> None:
    for innovation, score in (("queue", "80"), ("garden", "75"), ("map", "90"), ("bus", "70.5")):
        await office.admit(innovation, score)
    await office.close()

    shortlist = (await office.get("committee", "/editions/test/shortlists/digital")).json()
    assert [(c["rank"], c["entrant"], c["desk_score"]) for c in shortlist["candidates"]] == [
        (1, "map", "90.00"),
        (2, "queue", "80.00"),
        (3, "bus", "70.50"),
    ]
    assert (shortlist["nominees"], shortlist["confirmed"], shortlist["to_assess"]) == (2, False, 0)

    nominated = await office.nominate("digital", "map")
    assert nominated.json() == {"entry": "test.digital.map", "desk_score": "90.00"}
    assert (await office.nominate("digital", "queue")).status_code == 200
    assert (await office.nominate("digital", "bus")).status_code == 409
    agency = await office.nominate("opd", "opd-01")
    assert agency.json() == {"entry": "test.opd.opd-01", "desk_score": "77.50"}
    assert (await office.confirm("digital")).json() == {
        "category": "digital",
        "entries": ["test.digital.map", "test.digital.queue"],
    }
    assert (await office.confirm("opd")).json() == {"category": "opd", "entries": ["test.opd.opd-01"]}
    assert (await office.confirm("opd")).json() == {"category": "opd", "entries": None}

    shortlist = (await office.get("committee", "/editions/test/shortlists/opd")).json()
    assert shortlist["confirmed"]
    (entry,) = shortlist["nominated"]
    assert [item["innovation"] for item in entry["dossier"]] == ["garden", "queue"]
    recorded = [e.type for e in await office.world.all_events() if e.service == "screening"]
    assert (
        recorded
        == ["EligibilityAssessed", "PortfolioAdmitted", "DeskScoreRecorded"] * 4
        + ["Nominated"] * 3
        + ["ShortlistConfirmed"] * 2
    )


async def test_the_worklist_tells_what_is_left_to_do_page_by_page(office: Office) -> None:
    await office.admit("queue", "80.5")
    await office.post("sri", "/innovations/map/eligibility", {"criteria": YES, "reasons": ["incomplete"], "note": "No budget."})
    await office.world.record("innovation/queue", InnovationRevised(institution="opd-01", record=record("Demo Queue 2")))
    await office.world.record("innovation/tree", InnovationWithdrawn(institution="ward-01", reason="No more."))

    page = await office.get("sri", "/editions/test/worklist", limit=3)
    queue, garden, map = page.json()["items"]
    assert queue == {
        "innovation": "queue",
        "institution": "opd-01",
        "name": "Demo Queue 2",
        "type": "digital",
        "revision": 2,
        "withdrawn": False,
        "state": "eligible",
        "stale": True,
        "criteria": YES,
        "reasons": [],
        "note": "",
        "returned": "",
        "returned_until": None,
        "objection": "none",
        "objections_until": None,
        "screeners": [],
        "mine": False,
        "owed": False,
        "hidden": False,
        "desk_score": "80.50",
        "scores": 1,
        "my_score": "80.50",
        "apart": False,
        "claims": 0,
        "unverified": 0,
        "maturity": "0",
    }
    assert (garden["state"], garden["stale"], garden["desk_score"]) == ("unassessed", False, None)
    assert (map["state"], map["reasons"], map["note"]) == ("ineligible", ["incomplete"], "No budget.")

    link = page.headers["Link"]
    assert link.endswith('; rel="next"')
    address = str(page.url.join(link[1 : link.index(">")]))
    following = await office.client.get(address, headers={"Authorization": f"Bearer {office.tokens['sri']}"})
    assert [(i["innovation"], i["withdrawn"]) for i in following.json()["items"]] == [("bus", False), ("tree", True)]
    assert "Link" not in following.headers
    found = await office.get("sri", "/editions/test/worklist", state="ineligible")
    assert [i["innovation"] for i in found.json()["items"]] == ["map"]


async def test_a_changed_score_counts_instead_of_the_first(office: Office) -> None:
    await office.admit("map", "80")
    changed = await office.post("sri", "/innovations/map/desk-score", {"score": 60.25})
    assert changed.json() == {"innovation": "map", "screener": "sri", "score": "60.25"}
    await office.post("budi", "/innovations/map/desk-score", {"score": "61"})
    (candidate,) = (await office.get("committee", "/editions/test/shortlists/digital")).json()["candidates"]
    assert candidate["desk_score"] == "60.63"


async def test_a_repeated_request_has_the_first_answer_and_one_effect(office: Office) -> None:
    await office.admit("map", "80")
    await office.close()
    path, body = "/editions/test/shortlists/digital/nominations", {"entrant": "map"}
    first = await office.post("committee", path, body, key="the-same-key")
    second = await office.post("committee", path, body, key="the-same-key")
    assert first.json() == second.json() == {"entry": "test.digital.map", "desk_score": "80.00"}
    assert first.headers["Makmal-Position"] == second.headers["Makmal-Position"]
    anew = await office.post("committee", path, body)
    assert anew.json() == {"entry": "test.digital.map", "desk_score": None}
    assert [e.type for e in await office.world.all_events()].count("Nominated") == 1


async def test_a_disqualification_reaches_the_portfolio_and_stops_the_confirmation_until_it_is_revoked(office: Office) -> None:
    for innovation, score in (("queue", "80"), ("garden", "70")):
        await office.admit(innovation, score)
    await office.close()
    await office.nominate("opd", "opd-01")
    reason = {"reason": "untrue", "explanation": "The letter is forged."}
    out = await office.post("committee", "/innovations/queue/disqualification", reason)
    assert (out.json()["innovation"], out.json()["reason"]) == ("queue", "untrue")

    refused = await office.confirm("opd")
    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("changed since the nomination: Demo opd-01 (opd-01)")
    revocation = {"entrant": "opd-01", "reason": "One of its innovations is disqualified."}
    revoked = await office.post("committee", "/editions/test/shortlists/opd/revocations", revocation)
    assert revoked.json() == {"entry": "test.opd.opd-01"}
    assert (await office.get("committee", "/editions/test/shortlists/opd")).json()["nominated"] == []
    assert (await office.nominate("opd", "opd-01")).json() == {"entry": "test.opd.opd-01", "desk_score": "70.00"}
    assert (await office.confirm("opd")).status_code == 409
    assert (await office.confirm("opd", "The ceremony is tomorrow.")).status_code == 200
    shown = (await office.get("committee", "/editions/test/shortlists/opd")).json()
    assert shown["despite"] == "The ceremony is tomorrow."


async def test_a_disqualification_after_the_confirmation_is_recorded(office: Office) -> None:
    await office.admit("map", "80")
    await office.close()
    await office.nominate("digital", "map")
    await office.confirm("digital")
    reason = {"reason": "untrue", "explanation": "The letter is forged."}
    assert (await office.post("committee", "/innovations/map/disqualification", reason)).status_code == 200
    assert [e.type for e in await office.world.all_events()][-2:] == ["PortfolioRemoved", "DisqualificationPending"]
    assert (await office.get("committee", "/editions/test/shortlists/digital")).json()["candidates"] == []


async def test_what_is_still_to_be_assessed_is_counted_for_each_category(office: Office) -> None:
    await office.admit("queue", "80")
    digital = await office.get("committee", "/editions/test/shortlists/digital")
    agencies = await office.get("committee", "/editions/test/shortlists/opd")
    assert (digital.json()["to_assess"], agencies.json()["to_assess"]) == (2, 2)


@pytest.mark.parametrize("who", ["juror", "elsewhere"])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/innovations/queue/eligibility", {"criteria": YES}),
        ("/innovations/queue/desk-score", {"score": 80}),
        ("/innovations/queue/disqualification", {"reason": "untrue", "explanation": "Forged."}),
        ("/editions/test/shortlists/digital/nominations", {"entrant": "queue"}),
        ("/editions/test/shortlists/digital/revocations", {"entrant": "queue", "reason": "Late."}),
        ("/editions/test/shortlists/digital/confirmation", {}),
    ],
)
async def test_nobody_acts_without_the_role_in_this_edition(office: Office, who: str, path: str, body: dict[str, Any]) -> None:
    assert (await office.post(who, path, body)).status_code == 403
    assert not [e for e in await office.world.all_events() if e.service == "screening"]


async def test_only_the_committee_disqualifies_and_nominates(office: Office) -> None:
    reason = {"reason": "untrue", "explanation": "Forged."}
    assert (await office.post("sri", "/innovations/queue/disqualification", reason)).status_code == 403
    assert (await office.post("sri", "/editions/test/shortlists/digital/nominations", {"entrant": "queue"})).status_code == 403
    assert (await office.post("committee", "/innovations/queue/eligibility", {"criteria": YES})).status_code == 403


@pytest.mark.parametrize("path", ["worklist", "shortlists/digital"])
async def test_nobody_looks_without_a_role(office: Office, path: str) -> None:
    assert (await office.get("juror", f"/editions/test/{path}")).status_code == 403
    assert (await office.client.get(f"/v1/editions/test/{path}")).status_code == 401


async def test_nobody_screens_what_is_his_own_institutions(office: Office) -> None:
    refused = await office.post("budi", "/innovations/queue/eligibility", {"criteria": YES})
    assert refused.status_code == 403
    assert refused.json()["detail"].startswith("this concerns opd-01, which you work or act for")
    assert (await office.post("budi", "/innovations/map/eligibility", {"criteria": YES})).status_code == 200


async def test_what_does_not_exist_is_not_found(office: Office) -> None:
    await office.close()
    assert (await office.post("sri", "/innovations/nothing/eligibility", {"criteria": YES})).status_code == 404
    assert (await office.get("committee", "/editions/test/shortlists/robots")).status_code == 404
    assert (await office.nominate("robots", "map")).status_code == 404
    assert (await office.nominate("digital", "nothing")).status_code == 404
    assert (await office.nominate("opd", "opd-99")).status_code == 404


async def test_a_malformed_request_is_told_what_is_wrong(office: Office) -> None:
    unanswered = await office.post("sri", "/innovations/queue/eligibility", {"criteria": {"renewal": True}})
    assert (unanswered.status_code, unanswered.json()["type"]) == (422, "urn:makmal:problem:invalid")
    surplus = await office.post("sri", "/innovations/queue/eligibility", {"criteria": YES, "eligible": True})
    assert (surplus.status_code, surplus.json()["type"]) == (422, "urn:makmal:problem:malformed")


async def test_the_projections_rebuilt_from_zero_are_the_same(office: Office) -> None:
    for innovation, score in (("queue", "80"), ("garden", "70"), ("map", "60")):
        await office.admit(innovation, score)
    await office.post("sri", "/innovations/map/desk-score", {"score": 65})
    await office.world.record("innovation/bus", InnovationRevised(institution="ward-01", record=record("Demo Bus 2")))
    await office.close()
    await office.nominate("digital", "queue")
    await office.nominate("digital", "map")
    await office.post("committee", "/editions/test/shortlists/digital/revocations", {"entrant": "map", "reason": "Late."})
    await office.confirm("digital")
    paths = ["worklist", "shortlists/digital", "shortlists/opd"]
    live = [(await office.get("sri", f"/editions/test/{path}")).json() for path in paths]

    again = office.world.settings("screening", database_url=f"sqlite:///{office.world.directory}/again.db")
    async with office.world.running(create_app(again)) as client:
        rebuilt = Office(office.world, client, office.tokens)
        assert [(await rebuilt.get("sri", f"/editions/test/{path}")).json() for path in paths] == live


async def test_nothing_is_screened_in_a_cancelled_edition_which_can_still_be_read(office: Office) -> None:
    await office.world.record("edition/test", EditionCancelled(reason="Pandemi", effective=date(2023, 4, 3)))
    answer = await office.post("sri", "/innovations/queue/eligibility", {"criteria": YES})
    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "this edition is cancelled (Pandemi); it can be read, and nothing is done in it any more",
    )
    assert (await office.get("sri", "/editions/test/worklist")).status_code == 200


async def test_a_reclassified_innovation_is_shown_by_the_type_that_it_has_now(office: Office) -> None:
    before = await office.item("sri", "queue")
    told = InnovationReclassified(
        innovation="queue", institution="opd-01", previous="digital", record=record("Demo Queue", "non digital"), reason="x"
    )
    await office.world.record("innovation/queue", told)
    after = await office.item("sri", "queue")
    assert (before["revision"], after["revision"]) == (1, 1)
    await office.admit("queue", "80")
    await office.close()
    answer = await office.nominate("digital", "queue")
    assert answer.status_code == 409, answer.text


async def test_shortlists_follow_the_rulebook_as_amended(office: Office) -> None:
    opd, digital = RULES.categories
    amended = replace(RULES, categories=(replace(opd, nominees=1), replace(digital, where={})))
    told = RulebookAmended(digest=amended.digest(), rulebook=amended, reason="x", merged={})
    await office.world.record("edition/test", told)
    shown = (await office.get("committee", "/editions/test/shortlists/opd")).json()
    assert shown["nominees"] == 1
    for innovation in ("garden", "queue"):
        await office.admit(innovation, "75")
    candidates = (await office.get("committee", "/editions/test/shortlists/digital")).json()["candidates"]
    assert {c["entrant"] for c in candidates} == {"garden", "queue"}
