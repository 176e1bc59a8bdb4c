"""The API of registration on a real broker: editions, institutions, the calendar and what is owed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.registration.edition_folder import read_edition
from shared.events.registration import RegistrationClosed
from shared.rulebook import Rulebook
from tests.services.registration.made_up import record_json
from tests.services.registration.office import Office, innovation_of, problem, running_rulebook

ROOT = Path(__file__).parents[3]


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
    first = await innovation_of(office, pic="ani")
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
        "due": owed[0]["due"],
        "met_by": [{"innovation": first.rpartition("/")[2], "institution": "opd-01", "pic": "ani"}],
        "waived": "",
        "waived_by": "",
        "waived_decree": None,
        "carried_from": [],
        "carried_into": "",
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
