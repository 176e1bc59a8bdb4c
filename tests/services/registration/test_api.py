"""The API of registration on a real broker: what is asked and what is answered, by whom, and what stands in the log after."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from services.registration.app import create_app
from services.registration.edition_folder import read_edition
from shared.events.registration import NameFreed, NameTaken, PicReplaced, RegistrationClosed
from shared.facts import record_digest
from shared.rulebook import Rulebook
from shared.security import Grant
from tests.services.registration.made_up import DESIGN, record, record_json, rulebook
from tests.world import World, bearer

ROOT = Path(__file__).parents[3]


def running_rulebook(**more: Any) -> Rulebook:
    """Registration is open now, for an hour."""
    now = datetime.now(UTC)
    calendar = {"registration_opens": now - timedelta(hours=1), "registration_closes": now + timedelta(hours=1)}
    return rulebook(calendar=msgspec.convert(calendar, type(rulebook().calendar)), **more)


class Office:
    """Registration, with an edition open in it and those who use it signed in."""

    def __init__(self, world: World, client: httpx.AsyncClient):
        self.world = world
        self.client = client
        self.tokens: dict[str, str] = {}

    async def sign_in(self, edition: str = "test") -> None:
        self.tokens["committee"] = await self.world.token("person/committee", Grant("committee", edition))
        self.tokens["system"] = await self.world.token("client/simoda", Grant("service", edition))
        self.tokens["operator"] = await self.world.token("person/operator", Grant("operator", edition, ("opd-01",)))
        self.tokens["head"] = await self.world.token("person/head", Grant("head", edition, ("opd-02",)))
        self.tokens["juror"] = await self.world.token("person/juror", Grant("juror", edition))
        self.tokens["screener"] = await self.world.token("person/screener", Grant("screener", edition))

    async def post(self, who: str, path: str, body: Any, key: str | None = None, **headers: str) -> httpx.Response:
        return await self.client.post(f"/v1{path}", json=body, headers={**bearer(self.tokens[who], key), **headers})

    async def put(self, who: str, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.client.put(f"/v1{path}", json=body, headers={**bearer(self.tokens[who]), **headers})

    async def get(self, who: str, path: str, **query: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        query["at_least"] = query.get("at_least", await self.world.log("audit").position())
        return await self.client.get(f"/v1{path}", params=query, headers=headers)

    async def open(self, rules: Rulebook) -> httpx.Response:
        return await self.post("committee", "/editions", {"rulebook": msgspec.to_builtins(rules)})

    async def enrol(self, code: str, kind: str = "opd", edition: str = "test") -> httpx.Response:
        body = {"code": code, "kind": kind, "name": f"Perangkat {code}"}
        return await self.post("committee", f"/editions/{edition}/institutions", body)

    async def submit(self, who: str = "operator", institution: str = "opd-01", **more: Any) -> httpx.Response:
        body = {"institution": institution, "record": record_json(), **more}
        return await self.post(who, "/editions/test/innovations", body)

    async def types(self) -> list[str]:
        """Of all events of registration."""
        return [event.type for event in await self.world.all_events() if event.service == "registration"]


@pytest.fixture
async def empty(world: World) -> AsyncIterator[Office]:
    async with world.running(create_app(world.settings("registration"))) as client:
        office = Office(world, client)
        await office.sign_in()
        yield office


@pytest.fixture
async def office(empty: Office) -> Office:
    assert (await empty.open(running_rulebook())).status_code == 201
    for code in ("opd-01", "opd-02"):
        assert (await empty.enrol(code)).status_code == 201
    assert (await empty.enrol("kel-01", "kelurahan")).status_code == 201
    return empty


def problem(answer: httpx.Response, status: int) -> str:
    """The sentence of a refusal, given in both languages."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["detail_id"] and told["detail_id"] != told["detail"]
    return str(told["detail"])


# -- editions


async def test_an_edition_is_opened_by_its_committee_and_shown_to_anybody(empty: Office) -> None:
    rules = running_rulebook()
    opened = await empty.open(rules)
    assert opened.status_code == 201
    position = opened.json()["position"]
    assert opened.json() == {"edition": "test", "position": position}
    assert await empty.types() == ["EditionOpened", "RulebookPublished"]

    shown = (await empty.get("", "/editions/test", at_least=position)).json()
    assert shown["name"] == {"id": "Lomba rekaan", "en": "Made-up competition"}
    assert shown["registration"]["state"] == "open"
    assert datetime.fromisoformat(shown["registration"]["closes"]) == rules.calendar.registration_closes
    assert msgspec.convert(shown["rulebook"], Rulebook).digest() == shown["rulebook_digest"] == rules.digest()
    assert [e["edition"] for e in (await empty.get("", "/editions")).json()] == ["test"]


async def test_an_edition_without_a_committee_cannot_be_opened(empty: Office) -> None:
    answer = await empty.open(running_rulebook(edition="other"))
    assert problem(answer, 403) == "this needs the role committee in other"


async def test_what_is_no_rulebook_is_refused_by_its_field(empty: Office) -> None:
    body = msgspec.to_builtins(running_rulebook())
    body["quorum"] = "three"
    answer = await empty.post("committee", "/editions", {"rulebook": body})
    assert "quorum" in problem(answer, 422)


async def test_a_faulty_rulebook_is_refused_with_every_fault(empty: Office) -> None:
    answer = await empty.open(running_rulebook(ladder=("novelty",), quorum=0))
    assert problem(answer, 422) == "ladder: a tie could stay unbroken; end the ladder with vote; quorum: write 1 or more"


async def test_an_edition_that_is_not_there_is_unknown(empty: Office) -> None:
    for path in ("/editions/none", "/editions/none/institutions"):
        assert problem(await empty.get("", path), 404) == "there is no edition none; GET /v1/editions lists them"


@pytest.mark.parametrize("folder", ["editions/batam-2023", "tests/editions/riau-olah"])
async def test_an_edition_of_any_kinds_and_categories_runs_as_its_folder_says(empty: Office, folder: str) -> None:
    edition = read_edition(ROOT / folder)
    now = datetime.now(UTC)
    calendar = msgspec.structs.replace(
        edition.rulebook.calendar,
        registration_opens=now - timedelta(hours=1),
        registration_closes=now + timedelta(hours=1),
        judging_closes=None,
    )
    rules = msgspec.structs.replace(edition.rulebook, calendar=calendar)
    await empty.sign_in(rules.edition)
    assert (await empty.open(rules)).status_code == 201
    for institution in edition.roster[:12]:
        body = {"code": institution.code, "kind": institution.kind, "name": institution.name, "parent": institution.parent}
        assert (await empty.post("committee", f"/editions/{rules.edition}/institutions", body)).status_code == 201
    first = edition.roster[0].code
    submission = {"institution": first, "record": record_json(), "pic": "ani"}
    assert (await empty.post("system", f"/editions/{rules.edition}/innovations", submission)).status_code == 201
    owed = (await empty.get("committee", f"/editions/{rules.edition}/obligations", met=False)).json()
    duties = {duty.kind: duty.innovations for duty in rules.obligations}
    missing = [i.code for i in edition.roster[:12] if i.kind in duties and (i.code != first or duties[i.kind] > 1)]
    assert [row["institution"] for row in owed] == sorted(missing)


# -- institutions


async def test_an_institution_is_registered_enrolled_and_told_what_it_owes_in_one_append(office: Office) -> None:
    answer = await office.enrol("opd-03")
    assert answer.json() == {
        "edition": "test",
        "institution": "opd-03",
        "kind": "opd",
        "name": "Perangkat opd-03",
        "position": answer.json()["position"],
    }
    assert (await office.types())[-3:] == ["InstitutionEnrolled", "ObligationSet", "InstitutionRegistered"]
    assert (await office.enrol("opd-03")).status_code == 201
    assert (await office.types()).count("InstitutionEnrolled") == 4


async def test_only_the_committee_enrols(office: Office) -> None:
    answer = await office.post("operator", "/editions/test/institutions", {"code": "x", "kind": "opd", "name": "X"})
    assert problem(answer, 403) == "this needs the role committee in test"


async def test_institutions_are_listed_by_code_in_pages(office: Office) -> None:
    first = await office.get("", "/editions/test/institutions", limit=2)
    assert [row["institution"] for row in first.json()] == ["kel-01", "opd-01"]
    target, _, rel = first.headers["Link"].partition("; ")
    assert rel == 'rel="next"'
    second = await office.client.get("/v1/editions/test/institutions" + target.strip("<>"))
    assert [row["institution"] for row in second.json()] == ["opd-02"]
    assert "Link" not in second.headers
    wards = await office.get("", "/editions/test/institutions", kind="kelurahan")
    assert [row["institution"] for row in wards.json()] == ["kel-01"]


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
    assert (await office.submit(who, institution)).status_code == status


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


async def innovation_of(office: Office, **more: Any) -> str:
    answer = await office.submit(**more)
    assert answer.status_code == 201, answer.text
    return f"/innovations/{answer.json()['innovation']}"


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
        "external_reference": "",
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


# -- registration closes, is extended and reopened


async def test_after_the_committee_closed_registration_only_a_pic_is_replaced(office: Office) -> None:
    path = await innovation_of(office, pic="ani")
    closing = await office.post("committee", "/editions/test/registration/closing", {})
    assert closing.json() == {"edition": "test", "position": closing.json()["position"]}
    assert "registration closed on" in problem(await office.submit(record=record_json(name="Terlambat")), 409)
    revision = await office.put("operator", path, {"record": record_json(name="Lain")}, **{"If-Match": '"2"'})
    assert "registration closed on" in problem(revision, 409)
    assert "registration closed on" in problem(await office.post("operator", f"{path}/withdrawal", {"reason": "x"}), 409)
    replaced = await office.post("operator", f"{path}/pic", {"person": "budi", "reason": "Mutasi"})
    assert replaced.status_code == 200
    shown = (await office.get("", "/editions/test")).json()["registration"]
    assert (shown["state"], shown["closed_by"]) == ("closed", "committee")


async def test_registration_is_reopened_and_extended_with_a_reason(office: Office) -> None:
    now = datetime.now(UTC)
    await office.post("committee", "/editions/test/registration/closing", {})
    body = {"closes": (now + timedelta(hours=2)).isoformat(), "reason": "Banjir"}
    assert "reopen it instead" in problem(await office.post("committee", "/editions/test/registration/extension", body), 409)
    reopened = await office.post("committee", "/editions/test/registration/reopening", body)
    assert reopened.status_code == 200
    assert datetime.fromisoformat(reopened.json()["closes"]) == now + timedelta(hours=2)
    assert (await office.submit()).status_code == 201
    body = {"closes": (now + timedelta(hours=3)).isoformat(), "reason": "Listrik padam"}
    assert (await office.post("committee", "/editions/test/registration/extension", body)).status_code == 200
    shown = (await office.get("", "/editions/test")).json()["registration"]
    assert (shown["state"], shown["closed"], shown["reason"]) == ("open", None, "Listrik padam")
    assert datetime.fromisoformat(shown["closes"]) == now + timedelta(hours=3)
    closed = [e.event for e in await office.world.all_events() if e.type == "RegistrationClosed"]
    assert [event.by for event in closed if isinstance(event, RegistrationClosed)] == ["committee"]


async def test_only_the_committee_moves_the_calendar(office: Office) -> None:
    body: dict[str, Any] = {"closes": "2031-01-01T00:00:00Z", "reason": "Banjir"}
    for what, said in (("closing", {}), ("extension", body), ("reopening", body)):
        answer = await office.post("head", f"/editions/test/registration/{what}", said)
        assert problem(answer, 403) == "this needs the role committee in test"


# -- what is owed


async def test_an_obligation_is_met_by_an_innovation_with_its_pic(office: Office) -> None:
    await innovation_of(office, pic="ani")
    path = await innovation_of(office, who="head", institution="opd-02")
    owed = (await office.get("committee", "/editions/test/obligations")).json()
    assert owed[0] == {
        "institution": "opd-01",
        "kind": "opd",
        "name": "Perangkat opd-01",
        "owed": 1,
        "pic_owed": True,
        "registered": 1,
        "with_pic": 1,
        "pic_present": True,
        "met": True,
    }
    assert (owed[1]["registered"], owed[1]["pic_present"], owed[1]["met"]) == (1, False, False)
    assert len(owed) == 2

    async def not_met(who: str = "committee") -> list[str]:
        rows = (await office.get(who, "/editions/test/obligations", met=False)).json()
        return [row["institution"] for row in rows]

    assert await not_met() == ["opd-02"]
    await office.post("head", f"{path}/pic", {"person": "budi"})
    assert await not_met() == []
    await office.post("head", f"{path}/withdrawal", {"reason": "Digabung"})
    assert await not_met() == await not_met("head") == ["opd-02"]
    assert [row["institution"] for row in (await office.get("head", "/editions/test/obligations")).json()] == ["opd-02"]
    assert problem(await office.get("operator", "/editions/test/obligations"), 403)
