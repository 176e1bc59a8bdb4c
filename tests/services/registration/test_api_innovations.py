"""The API of registration on a real broker: innovations, submitted, revised and withdrawn, by whom, and what the log holds then."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.events.registration import NameFreed, NameTaken, PicReplaced
from shared.events.screening import EligibilityAssessed, RevisionRequested
from shared.facts import record_digest
from tests.services.registration.made_up import DESIGN, record, record_json
from tests.services.registration.office import Office, innovation_of, problem

# -- submitting


async def test_a_submission_is_one_append_and_its_receipt_says_what_was_recorded(office: Office) -> None:
    answer = await office.submit(pic="ani", external_reference="SIMODA/17")
    assert answer.status_code == 201
    receipt = answer.json()
    assert receipt == {
        "innovation": receipt["innovation"],
        "institution": "opd-01",
        "name": "Antrean Tanpa Antre",
        "position": await office.world.log("audit").position(),
        "revision": 1,
        "digest": record_digest(record()),
    }
    assert answer.headers["Makmal-Position"] == str(receipt["position"])
    assert answer.headers["ETag"] == '"2"'
    last = (await office.world.all_events())[-3:]
    assert [event.type for event in last] == ["InnovationSubmitted", "PicAppointed", "NameTaken"]
    assert len({event.envelope.request for event in last}) == 1
    assert {event.envelope.actor for event in last} == {"person/operator"}


async def test_a_repeated_request_submits_nothing_twice_and_is_answered_alike(office: Office) -> None:
    body = {"institution": "opd-01", "record": record_json()}
    first = await office.post("operator", "/editions/test/innovations", body, key="the-same-key")
    again = await office.post("operator", "/editions/test/innovations", body, key="the-same-key")
    assert (again.status_code, again.json()) == (201, first.json())
    assert (again.headers["ETag"], again.headers["Makmal-Position"]) == (first.headers["ETag"], str(first.json()["position"]))
    assert (await office.types()).count("InnovationSubmitted") == 1


async def test_a_request_repeated_after_its_record_has_lapsed_still_submits_nothing_twice(office: Office) -> None:
    """Request records live a week or two; the innovation's id is that of the request, and deciders are idempotent."""
    body = {"institution": "opd-01", "record": record_json()}
    first = await office.post("operator", "/editions/test/innovations", body, key="the-same-key")
    redis = office.world.log("audit").client
    records = [key async for key in redis.scan_iter(match=f"{{{office.world.keys.log}}}:requests:registration:*")]
    assert await redis.delete(*records) == 1
    again = await office.post("operator", "/editions/test/innovations", body, key="the-same-key")
    assert (again.status_code, again.json()["innovation"]) == (201, first.json()["innovation"])
    assert (await office.types()).count("InnovationSubmitted") == 1


@pytest.mark.parametrize(
    ("who", "institution", "status"),
    [
        ("operator", "opd-01", 201),
        ("operator", "opd-02", 403),
        ("head", "opd-02", 201),
        ("head", "opd-01", 403),
        ("system", "kel-01", 201),
        ("committee", "opd-01", 201),
        ("juror", "opd-01", 403),
    ],
)
async def test_who_may_submit_for_whom(office: Office, who: str, institution: str, status: int) -> None:
    assert (await office.submit(who, institution, pic="ani")).status_code == status


async def test_nobody_submits_unsigned(office: Office) -> None:
    answer = await office.client.post("/v1/editions/test/innovations", json={"institution": "opd-01", "record": record_json()})
    assert problem(answer, 401) == "sign in first: send a Bearer token"


async def test_an_institution_uses_a_name_once_and_another_may_use_it_too(office: Office) -> None:
    assert (await office.submit()).status_code == 201
    answer = await office.submit(record=record_json(name="ANTREAN  tanpa antre"))
    assert problem(answer, 409) == (
        "another innovation of this institution is called Antrean Tanpa Antre already; give this one a name of its own"
    )
    assert (await office.submit("head", "opd-02")).status_code == 201


async def test_a_record_that_breaks_the_rules_is_refused_in_both_languages(office: Office) -> None:
    answer = await office.submit(record=record_json(design="terlalu pendek"))
    assert problem(answer, 422) == "the design has 2 words; write at least 300"
    assert answer.json()["detail_id"] == "rancang bangun berisi 2 kata; tulis sedikitnya 300"


@pytest.mark.parametrize(
    ("more", "at"),
    [
        ({"record": record_json(type="analog")}, "body.record.type"),
        ({"record": record_json(name="a\u0000b")}, "body.record.name"),
        ({"record": {**record_json(), "colour": "red"}}, "body.record.colour"),
        ({"pic": "Ani Lestari, S.Kom."}, "body.pic"),
        ({"institution": "opd 01"}, "body.institution"),
    ],
)
async def test_what_is_not_of_the_form_is_refused_by_its_field(office: Office, more: dict[str, Any], at: str) -> None:
    answer = await office.submit(**more)
    problem(answer, 422)
    assert at in [fault["at"] for fault in answer.json()["errors"]]


async def test_the_largest_texts_that_the_form_takes_fit_into_the_log(office: Office) -> None:
    texts = dict.fromkeys(("purpose", "benefit", "result"), "x" * 5000)
    answer = await office.submit(record=record_json(design=DESIGN + "x" * (20_000 - len(DESIGN)), **texts))
    assert answer.status_code == 201


# -- revising, withdrawing, the PIC


async def test_an_innovation_is_revised_by_whoever_knows_its_version(office: Office) -> None:
    path = await innovation_of(office, pic="ani")
    read = await office.get("operator", path)
    body = {"record": record_json(name="Antrean Pintar")}
    answer = await office.put("operator", path, body, **{"If-Match": read.headers["ETag"]})
    assert answer.status_code == 200
    assert answer.json() == {
        "innovation": path.rpartition("/")[2],
        "institution": "opd-01",
        "name": "Antrean Pintar",
        "position": int(answer.headers["Makmal-Position"]),
        "digest": record_digest(record("Antrean Pintar")),
        "changed": True,
    }
    assert (await office.types())[-3:] == ["InnovationRevised", "NameFreed", "NameTaken"]
    shown = await office.get("operator", path)
    assert shown.headers["ETag"] == answer.headers["ETag"] == '"3"'
    assert (shown.json()["revision"], shown.json()["record"]) == (2, record_json(name="Antrean Pintar"))
    assert shown.json()["pic"] == "ani"


async def test_what_screening_returned_is_revised_after_the_close(office: Office) -> None:
    path = await innovation_of(office)
    innovation = path.rpartition("/")[2]
    await office.post("committee", "/editions/test/registration/closing", {})
    edit = {"record": record_json(name="Antrean Baru")}
    assert problem(await office.put("operator", path, edit, **{"If-Match": "*"}), 409).startswith("registration closed on")

    deadline = datetime.now(UTC) + timedelta(minutes=1)
    returned = RevisionRequested(innovation=innovation, what="Say since when.", deadline=deadline, revision=1)
    await office.world.record(f"assessment/{innovation}", returned)
    assert (await office.put("operator", path, edit, **{"If-Match": "*"})).status_code == 200

    anew = EligibilityAssessed(innovation=innovation, institution="opd-01", criteria={}, eligible=True, revision=2)
    await office.world.record(f"assessment/{innovation}", anew)
    again = {"record": record_json(name="Antrean Lain")}
    assert problem(await office.put("operator", path, again, **{"If-Match": "*"}), 409).startswith("registration closed on")


async def test_an_edit_names_the_version_that_it_edits(office: Office) -> None:
    path = await innovation_of(office)
    body = {"record": record_json(name="Antrean Pintar")}
    answer = await office.put("operator", path, body)
    assert problem(answer, 428) == "say which version you edit: send its ETag as If-Match"
    assert (await office.put("operator", path, body, **{"If-Match": '"1"'})).status_code == 200
    late = await office.put("operator", path, {"record": record_json(name="Antrean Lain")}, **{"If-Match": '"1"'})
    assert "it is now at version 2" in problem(late, 412)


async def test_the_same_record_again_changes_nothing(office: Office) -> None:
    path = await innovation_of(office)
    answer = await office.put("operator", path, {"record": record_json()}, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["changed"]) == (200, False)
    assert "InnovationRevised" not in await office.types()


async def test_a_withdrawn_innovation_is_shown_as_such_and_its_name_is_free_again(office: Office) -> None:
    path = await innovation_of(office)
    answer = await office.post("operator", f"{path}/withdrawal", {"reason": "Digabung"})
    assert answer.json() == {"innovation": path.rpartition("/")[2], "position": int(answer.headers["Makmal-Position"])}
    shown = (await office.get("operator", path)).json()
    assert (shown["withdrawn"], shown["reason"]) == (True, "Digabung")
    freed, taken = [e.event for e in await office.world.all_events() if e.type in ("NameFreed", "NameTaken")][::-1]
    assert isinstance(freed, NameFreed) and isinstance(taken, NameTaken) and freed.innovation == taken.innovation
    assert (await office.submit()).status_code == 201


async def test_a_pic_is_appointed_and_replaced(office: Office) -> None:
    path = await innovation_of(office)
    appointed = await office.post("operator", f"{path}/pic", {"person": "ani"})
    assert appointed.json() == {
        "innovation": path.rpartition("/")[2],
        "person": "ani",
        "position": appointed.json()["position"],
    }
    assert problem(await office.post("operator", f"{path}/pic", {"person": "budi"}), 422).startswith("give a reason")
    replaced = await office.post("operator", f"{path}/pic", {"person": "budi", "reason": "Mutasi"})
    assert replaced.headers["ETag"] == '"3"'
    assert (await office.world.all_events())[-1].event == PicReplaced(
        institution="opd-01", previous="ani", person="budi", reason="Mutasi"
    )
    shown = await office.get("operator", path)
    assert (shown.json()["pic"], shown.headers["ETag"]) == ("budi", '"3"')


async def test_nobody_acts_on_anothers_innovation(office: Office) -> None:
    path = await innovation_of(office)
    for answer in (
        await office.put("head", path, {"record": record_json()}, **{"If-Match": '"1"'}),
        await office.post("head", f"{path}/withdrawal", {"reason": "x"}),
        await office.post("head", f"{path}/pic", {"person": "budi"}),
        await office.get("head", path),
    ):
        assert problem(answer, 403) == "you act for opd-02, not for opd-01"
    assert problem(await office.get("juror", path), 403)


async def test_an_innovation_that_is_not_there_is_unknown(office: Office) -> None:
    path = "/innovations/0193a5e4-0000-7000-8000-000000000000"
    for answer in (await office.get("committee", path), await office.post("committee", f"{path}/pic", {"person": "ani"})):
        assert "there is no innovation 0193a5e4" in problem(answer, 404)


async def test_innovations_are_listed_in_the_order_of_submission_to_those_who_may_see_them(office: Office) -> None:
    for number in range(3):
        await innovation_of(office, record=record_json(name=f"Inovasi {number}"), pic="ani")
    await innovation_of(office, who="head", institution="opd-02", record=record_json(type="non digital"))
    everything = (await office.get("screener", "/editions/test/innovations")).json()
    assert [row["name"] for row in everything] == ["Inovasi 0", "Inovasi 1", "Inovasi 2", "Antrean Tanpa Antre"]
    assert everything[0] == {
        "innovation": everything[0]["innovation"],
        "edition": "test",
        "institution": "opd-01",
        "name": "Inovasi 0",
        "type": "digital",
        "stage": "penerapan",
        "revision": 1,
        "digest": record_digest(record("Inovasi 0")),
        "pic": "ani",
        "pic_accepted": False,
        "external_reference": "",
        "endorsed": False,
        "reclassified": "",
        "accountable": "",
        "recorded_by": "",
        "scan_digest": "",
        "confirmed": False,
        "submitted": everything[0]["submitted"],
        "changed": everything[0]["submitted"],
        "withdrawn": False,
        "reason": "",
        "version": 2,
    }

    async def names(who: str, **query: Any) -> list[str]:
        return [row["name"] for row in (await office.get(who, "/editions/test/innovations", **query)).json()]

    assert await names("head") == ["Antrean Tanpa Antre"]
    assert await names("operator") == ["Inovasi 0", "Inovasi 1", "Inovasi 2"]
    assert await names("operator", institution="opd-02") == []
    assert await names("committee", type="non digital") == ["Antrean Tanpa Antre"]
    assert await names("system", institution="opd-01") == ["Inovasi 0", "Inovasi 1", "Inovasi 2"]
    assert problem(await office.get("juror", "/editions/test/innovations"), 403)
    first = await office.get("committee", "/editions/test/innovations", limit=3, institution="opd-01")
    assert "Link" not in first.headers
    first = await office.get("committee", "/editions/test/innovations", limit=2, institution="opd-01")
    following = "/v1/editions/test/innovations" + first.headers["Link"].partition(">")[0].strip("<")
    second = await office.client.get(following, headers={"Authorization": f"Bearer {office.tokens['committee']}"})
    assert [row["name"] for row in second.json()] == ["Inovasi 2"]
