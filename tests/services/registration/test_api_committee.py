"""The API of registration on a real broker: what the committee decides beyond the ordinary course."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from shared.events.screening import Nominated
from shared.security import Grant
from tests.golden.examples import example
from tests.services.registration.made_up import record_json, rulebook
from tests.services.registration.office import Office, innovation_of, problem, running_rulebook

DECREE = {"number": "SK 7/2023", "dated": "2023-04-01", "effective": "2023-04-03"}
CANCELLED = "this edition is cancelled (Pandemi); it can be read, and nothing is done in it any more"


async def test_a_cancelled_edition_is_shown_as_such_and_refuses_everything(office: Office) -> None:
    path = await innovation_of(office, pic="ani")
    body = {"reason": "Pandemi", "effective": "2023-04-03", "decree": DECREE}
    answer = await office.post("committee", "/editions/test/cancellation", body)
    assert answer.json() == {"edition": "test", "position": answer.json()["position"]}
    shown = (await office.get("", "/editions/test")).json()
    assert shown["ended"] == {"how": "cancelled", "effective": "2023-04-03", "reason": "Pandemi", "decree": DECREE}
    assert shown["registration"]["state"] == "closed"
    for answer in (
        await office.submit(record=record_json(name="Lain")),
        await office.put("operator", path, {"record": record_json(name="Lain")}, **{"If-Match": '"2"'}),
        await office.post("operator", f"{path}/withdrawal", {"reason": "x"}),
        await office.post("operator", f"{path}/pic", {"person": "budi", "reason": "x"}),
        await office.post("committee", "/editions/test/registration/closing", {}),
        await office.post("committee", "/editions/test/institutions/opd-01/waiver", {"reason": "x"}),
        await office.enrol("opd-07"),
    ):
        assert problem(answer, 409) == CANCELLED
    assert (await office.get("operator", path)).status_code == 200


async def test_an_edition_is_concluded_with_its_last_day(office: Office) -> None:
    early = await office.post("committee", "/editions/test/conclusion", {})
    assert "registration is not closed" in problem(early, 409)
    await office.post("committee", "/editions/test/registration/closing", {"decree": DECREE})
    assert (await office.get("", "/editions/test")).json()["registration"]["decree"] == DECREE
    answer = await office.post("committee", "/editions/test/conclusion", {"effective": "2023-06-30"})
    assert answer.status_code == 200
    shown = (await office.get("", "/editions/test")).json()["ended"]
    assert shown == {"how": "concluded", "effective": "2023-06-30", "reason": "", "decree": None}


async def test_categories_are_merged_while_registration_is_open(empty: Office) -> None:
    digital = rulebook().categories[0]
    analogue = msgspec.structs.replace(digital, id="non-digital", where={"type": "non digital"})
    await empty.open(running_rulebook(categories=(digital, analogue)))
    body = {"into": "digital", "reason": "Terlalu sedikit peserta", "decree": DECREE}
    answer = await empty.post("committee", "/editions/test/categories/non-digital/merger", body)
    assert answer.status_code == 200, answer.text
    shown = (await empty.get("", "/editions/test")).json()
    assert [(c["id"], c["where"]) for c in shown["rulebook"]["categories"]] == [("digital", {})]
    assert shown["amended"] == "Terlalu sedikit peserta"


async def test_the_rulebook_is_amended_while_registration_is_open(office: Office) -> None:
    rules = (await office.get("", "/editions/test")).json()["rulebook"]
    body = {"rulebook": {**rules, "quorum": 2}, "reason": "Juri bertambah"}
    assert (await office.post("committee", "/editions/test/rulebook/amendment", body)).status_code == 200
    shown = (await office.get("", "/editions/test")).json()
    assert (shown["rulebook"]["quorum"], shown["amended"]) == (2, "Juri bertambah")


async def test_one_institution_submits_late_by_permission_until_nominations_begin_and_no_other_does(office: Office) -> None:
    await office.post("committee", "/editions/test/registration/closing", {})
    until = datetime.now(UTC) + timedelta(hours=1)
    body = {"until": until.isoformat(), "reason": "Kantor terendam", "decree": DECREE}
    answer = await office.post("committee", "/editions/test/institutions/opd-01/late-permission", body)
    assert answer.json() == {"edition": "test", "institution": "opd-01", "position": answer.json()["position"]}
    path = await innovation_of(office, pic="ani")
    revised = {"record": record_json(name="Lain")}
    assert (await office.put("operator", path, revised, **{"If-Match": '"2"'})).status_code == 200
    assert "registration closed on" in problem(await office.submit("head", "opd-02"), 409)
    claim = {"reason": "Keliru"}
    nominated = msgspec.structs.replace(example(Nominated), category="digital")
    await office.world.record("shortlist/test.digital", nominated)
    ended = problem(await office.submit(record=record_json(name="Terlambat")), 409)
    assert ended.startswith("nominations have begun (digital), and late permissions end with that")
    assert problem(await office.post("operator", f"{path}/withdrawal", claim), 409) == ended
    path_of_permission = "/editions/test/institutions/opd-02/late-permission"
    assert problem(await office.post("committee", path_of_permission, body), 409) == ended
    owed = (await office.get("committee", "/editions/test/obligations")).json()
    assert datetime.fromisoformat(owed[0]["due"]) == until
    assert datetime.fromisoformat(owed[1]["due"]) < until


async def test_a_waived_duty_is_shown_with_why_and_by_whom(office: Office) -> None:
    body = {"reason": "Baru dibentuk", "decree": DECREE}
    assert (await office.post("committee", "/editions/test/institutions/opd-01/waiver", body)).status_code == 200
    first, second = (await office.get("committee", "/editions/test/obligations")).json()
    told = (first["owed"], first["met"], first["waived"], first["waived_by"], first["waived_decree"])
    assert told == (0, True, "Baru dibentuk", "person/committee", DECREE)
    assert (second["owed"], second["met"], second["waived"]) == (1, False, "")


async def test_whether_a_units_innovation_meets_its_parents_duty_is_the_editions_to_say(empty: Office) -> None:
    await empty.sign_in("other")
    token = await empty.world.token("person/two", Grant("committee", "test"), Grant("committee", "other"))
    empty.tokens["committee"] = token
    for edition, says in (("test", False), ("other", True)):
        await empty.open(running_rulebook(edition=edition, unit_meets_parent=says))
        await empty.enrol("opd-01", edition=edition)
        unit = {"code": "uptd-01", "kind": "kelurahan", "name": "Unit", "parent": "opd-01"}
        await empty.post("committee", f"/editions/{edition}/institutions", unit)
        body = {"institution": "uptd-01", "record": record_json(), "pic": "ani"}
        entered = await empty.post("committee", f"/editions/{edition}/innovations", body)
        row = (await empty.get("committee", f"/editions/{edition}/obligations")).json()[0]
        assert row["met"] is says
        meeting = [{"innovation": entered.json()["innovation"], "institution": "uptd-01", "pic": "ani"}]
        assert row["met_by"] == (meeting if says else [])


SAID: dict[str, dict[str, Any]] = {
    "/editions/test/cancellation": {"reason": "x", "effective": "2023-04-03"},
    "/editions/test/conclusion": {},
    "/editions/test/rulebook/amendment": {"rulebook": msgspec.to_builtins(rulebook()), "reason": "x"},
    "/editions/test/categories/digital/merger": {"into": "other", "reason": "x"},
    "/editions/test/institutions/opd-01/late-permission": {"until": "2031-01-01T00:00:00Z", "reason": "x"},
    "/editions/test/institutions/opd-01/waiver": {"reason": "x"},
}


@pytest.mark.parametrize("path", SAID)
async def test_only_the_committee_decides_exceptions(office: Office, path: str) -> None:
    for who in ("operator", "head", "screener", "system"):
        problem(await office.post(who, path, SAID[path]), 403)


@pytest.mark.parametrize("path", [path for path in SAID if "/institutions/" in path])
async def test_nobody_decides_an_exception_for_his_own_institution(office: Office, path: str) -> None:
    office.tokens["own"] = await office.world.token("person/own", Grant("committee", "test", employer="opd-01"))
    assert problem(await office.post("own", path, SAID[path]), 403) == (
        "this concerns opd-01, which you work or act for; somebody who has nothing to do with it must do it"
    )
