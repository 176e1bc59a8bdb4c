"""Objections and ties over HTTP, on the real broker."""

import asyncio

import httpx

from shared.events.identity import AccountInvited, RoleGranted
from shared.events.registration import PicAppointed
from shared.security import Grant
from tests.services.screening.office import Office

OUT = {"reason": "untrue", "explanation": "The letter is forged."}
BACK = {"upheld": True, "explanation": "The notary confirms it."}


async def _disqualified(office: Office) -> None:
    for innovation, score in (("queue", "80"), ("map", "90")):
        await office.admit(innovation, score)
    await office.close()
    assert (await office.post("committee", "/innovations/queue/disqualification", OUT)).json()["objections_until"]


async def test_an_objection_that_is_upheld_brings_the_innovation_back_to_the_candidates_and_its_portfolio(
    office: Office,
) -> None:
    await _disqualified(office)
    filed = await office.post("head", "/innovations/queue/objection", {"grounds": "It is genuine."})
    assert filed.json() == {"innovation": "queue"}
    assert (await office.item("sri", "queue"))["objection"] == "open"
    own = await office.post("committee", "/innovations/queue/objection/decision", BACK)
    assert own.status_code == 403
    assert own.json()["detail"].startswith("you disqualified this innovation")

    decided = await office.post("second", "/innovations/queue/objection/decision", BACK)
    assert decided.json() == {"innovation": "queue", "upheld": True}
    last = [e.type for e in await office.world.all_events()][-3:]
    assert last == ["ObjectionUpheld", "PortfolioAdmitted", "DisqualificationSettled"]
    item = await office.item("sri", "queue")
    assert (item["state"], item["objection"], item["desk_score"]) == ("eligible", "upheld", "80.00")
    assert (await office.nominate("opd", "opd-01")).json()["desk_score"] == "80.00"
    assert (await office.confirm("opd")).status_code == 200


async def test_the_shortlist_waits_for_the_decision_and_not_after_it(office: Office) -> None:
    await _disqualified(office)
    await office.nominate("digital", "map")
    await office.post("head", "/innovations/queue/objection", {"grounds": "It is genuine."})
    refused = await office.confirm("digital")
    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("a disqualification in Best digital may still fall")
    await office.post("second", "/innovations/queue/objection/decision", {**BACK, "upheld": False})
    assert (await office.item("sri", "queue"))["objection"] == "rejected"
    assert (await office.confirm("digital")).status_code == 200


async def test_a_disqualification_and_the_confirmation_at_the_same_moment_are_put_in_order(office: Office) -> None:
    """Either the shortlist was confirmed first, or the confirmation has seen the disqualification; never both blindly."""
    for innovation, score in (("queue", "80"), ("map", "90"), ("bus", "70")):
        await office.admit(innovation, score)
    await office.close()
    await office.nominate("digital", "map")
    confirmed, out = await asyncio.gather(
        office.confirm("digital"), office.post("committee", "/innovations/bus/disqualification", OUT)
    )
    assert out.status_code == 200
    types = [e.type for e in await office.world.all_events()]
    if confirmed.status_code == 200:
        assert types.index("ShortlistConfirmed") < types.index("DisqualificationPending")
    else:
        assert confirmed.json()["detail"].startswith("a disqualification in Best digital may still fall")


async def test_who_objects_acts_for_the_institution_or_answers_for_the_innovation(office: Office) -> None:
    await _disqualified(office)
    grounds = {"grounds": "It is genuine."}
    for who in ("sri", "committee", "juror"):
        assert (await office.post(who, "/innovations/queue/objection", grounds)).status_code == 403
    assert (await office.post("head", "/innovations/map/objection", grounds)).status_code == 403
    await office.world.record("innovation/queue", PicAppointed(institution="opd-01", person="juror"))
    assert (await office.post("juror", "/innovations/queue/objection", grounds)).status_code == 200


async def test_of_equal_candidates_at_the_edge_one_is_nominated_with_the_reason_on_record(office: Office) -> None:
    for innovation, score in (("map", "90"), ("queue", "80"), ("bus", "80")):
        await office.admit(innovation, score)
    await office.close()
    assert (await office.nominate("digital", "map")).status_code == 200
    refused = await office.nominate("digital", "queue")
    assert refused.status_code == 422
    assert refused.json()["detail"].startswith("Demo Queue is tied with 1 more at the edge")
    path = "/editions/test/shortlists/digital/nominations"
    assert (await office.post("committee", path, {"entrant": "queue", "reason": "In use longer."})).status_code == 200
    shown = (await office.get("committee", "/editions/test/shortlists/digital")).json()["nominated"]
    assert [(n["entrant"], n["tied_with"], n["reason"]) for n in shown] == [
        ("map", [], ""),
        ("queue", ["bus"], "In use longer."),
    ]


async def test_who_nominated_does_not_confirm(office: Office) -> None:
    await office.admit("map", "90")
    await office.close()
    await office.nominate("digital", "map")
    refused = await office.post("committee", "/editions/test/shortlists/digital/confirmation", {})
    assert refused.status_code == 403
    assert refused.json()["detail"].startswith("you nominated Demo Map")


async def test_an_entry_taken_out_after_the_confirmation_stays_visible_with_its_reason(office: Office) -> None:
    await office.admit("map", "90")
    await office.close()
    await office.nominate("digital", "map")
    await office.confirm("digital")
    revocation = {"entrant": "map", "reason": "It was never in use."}
    assert (await office.post("committee", "/editions/test/shortlists/digital/revocations", revocation)).status_code == 200
    shown = (await office.get("committee", "/editions/test/shortlists/digital")).json()
    assert (shown["confirmed"], shown["nominated"]) == (True, [])
    assert [(r["entrant"], r["reason"]) for r in shown["revoked"]] == [("map", "It was never in use.")]
    assert (await office.nominate("digital", "map")).status_code == 409


async def _standing(office: Office, who: str, innovation: str = "queue") -> httpx.Response:
    headers = {"Authorization": f"Bearer {office.tokens[who]}"}
    return await office.client.get(f"/v1/innovations/{innovation}/standing", headers=headers)


async def test_an_institution_is_told_how_its_innovation_stands_and_until_when_it_may_object(office: Office) -> None:
    unassessed = (await _standing(office, "head")).json()
    assert (unassessed["state"], unassessed["assessed_revision"]) == ("unassessed", None)
    await _disqualified(office)
    told = (await _standing(office, "head")).json()
    assert (told["state"], told["reasons"], told["explanation"]) == ("disqualified", ["untrue"], "The letter is forged.")
    assert told["objection"] == "none"
    assert told["objections_until"]
    assert not any("score" in field for field in told)
    await office.post("head", "/innovations/queue/objection", {"grounds": "It is genuine."})
    assert (await _standing(office, "head")).json()["objection"] == "open"
    await office.post("second", "/innovations/queue/objection/decision", BACK)
    back = (await _standing(office, "head")).json()
    assert (back["state"], back["objection"], back["explanation"]) == ("eligible", "upheld", "The notary confirms it.")


async def test_how_an_innovation_stands_is_told_to_nobody_elses_institution(office: Office) -> None:
    world = office.world
    office.tokens["other"] = await world.token("person/other", Grant("head", "test", ("opd-02",)))
    office.tokens["portal"] = await world.token("client/portal", Grant("service", "test", ("opd-01",)))
    office.tokens["blind"] = await world.token("client/blind", Grant("service", "test"), scopes=())
    office.tokens["foreign"] = await world.token("client/foreign", Grant("service", "test", ("opd-02",)))
    for who in ("head", "sri", "committee", "portal"):
        assert (await _standing(office, who)).status_code == 200, who
    for who in ("other", "juror", "blind", "foreign"):
        assert (await _standing(office, who)).status_code == 403, who
    assert (await _standing(office, "head", "nothing")).status_code == 404


async def test_the_committee_types_an_objection_from_paper_for_who_speaks_for_the_institution(office: Office) -> None:
    await _disqualified(office)
    await office.world.record(
        "account/head",
        AccountInvited(person="head"),
        RoleGranted(person="head", role="head", edition="test", institutions=("opd-01",)),
        edition=None,
    )
    path, paper = "/innovations/queue/objection", {"grounds": "It is genuine."}
    behalf = {"person": "head", "scan_digest": "ab" * 32}
    stranger = await office.post("second", path, {**paper, "on_behalf_of": {**behalf, "person": "sri"}})
    assert stranger.json()["detail"].startswith("this person does not speak for opd-01")
    assert (await office.post("sri", path, {**paper, "on_behalf_of": behalf})).status_code == 403
    assert (await office.post("second", path, {**paper, "on_behalf_of": behalf})).status_code == 200
    assert (await office.post("sri", f"{path}/confirmation", {})).status_code == 403
    assert (await office.post("head", f"{path}/confirmation", {})).status_code == 200
    assert [e.type for e in await office.world.all_events()][-1] == "ObjectionConfirmed"
