"""The API of registration on a real broker: institutions renamed and merged while an edition is running."""

from typing import Any

import pytest

from shared.security import Grant
from tests.services.registration.made_up import record_json
from tests.services.registration.office import Office, innovation_of, problem, running_rulebook

RENAMING = {"name": "Bappeda", "abbreviation": "BPD", "reason": "Perda baru"}
MERGING = {"into": "opd-02", "reason": "Perda baru", "decree": {"number": "Perda 3/2023", "dated": "2023-01-02"}}


async def test_a_running_edition_keeps_the_name_that_an_institution_had_and_the_register_knows_the_new_one(
    office: Office,
) -> None:
    answer = await office.post("committee", "/editions/test/institutions/opd-01/renaming", RENAMING)
    assert answer.json() == {"edition": "test", "institution": "opd-01", "position": answer.json()["position"]}
    enrolled = (await office.get("", "/editions/test/institutions", kind="opd")).json()
    assert [row["name"] for row in enrolled] == ["Perangkat opd-01", "Perangkat opd-02"]
    register = (await office.get("", "/institutions")).json()
    assert register[1] == {
        "institution": "opd-01",
        "kind": "opd",
        "name": "Bappeda",
        "abbreviation": "BPD",
        "first_name": "Perangkat opd-01",
        "merged_into": "",
    }
    page = await office.get("", "/institutions", limit=2)
    assert 'rel="next"' in page.headers["Link"]


async def test_the_successor_takes_over_duties_innovations_and_pics(office: Office) -> None:
    path = await innovation_of(office, pic="ani")
    assert (await office.post("committee", "/editions/test/institutions/opd-01/merger", MERGING)).status_code == 200
    assert (await office.types())[-3:] == ["ObligationCarriedOver", "EnrolmentCarriedOver", "InstitutionMerged"]
    old, new = (await office.get("committee", "/editions/test/obligations")).json()
    assert (old["owed"], old["met"], old["carried_into"], old["name"]) == (0, True, "opd-02", "Perangkat opd-01")
    assert (new["owed"], new["registered"], new["met"], new["carried_from"]) == (2, 1, False, ["opd-01"])
    meeting = {"innovation": path.rpartition("/")[2], "institution": "opd-01", "pic": "ani"}
    assert new["met_by"] == [meeting]

    shown = await office.get("head", path)
    assert (shown.json()["institution"], shown.json()["pic"]) == ("opd-01", "ani")
    revised = {"record": record_json(name="Lain")}
    assert (await office.put("head", path, revised, **{"If-Match": shown.headers["ETag"]})).status_code == 200
    handed_over = await office.post("head", f"{path}/pic", {"person": "budi", "reason": "Mutasi"})
    assert handed_over.status_code == 200
    listed = (await office.get("head", "/editions/test/innovations")).json()
    assert [row["institution"] for row in listed] == ["opd-01"]
    assert problem(await office.submit(), 409) == "opd-01 is merged into opd-02; submit for opd-02"
    assert (await office.submit("head", "opd-02", pic="citra")).status_code == 201
    assert (await office.get("head", "/editions/test/obligations")).json()[1]["met"]
    assert (await office.get("", "/institutions")).json()[1]["merged_into"] == "opd-02"


async def test_the_answer_to_a_merger_names_the_editions_in_which_it_is_still_to_be_done(office: Office) -> None:
    both = await office.world.token("person/both", Grant("committee", "test"), Grant("committee", "other"))
    office.tokens["committee"] = both
    rules = running_rulebook(edition="other")
    assert (await office.open(rules)).status_code == 201
    for code in ("opd-01", "opd-02"):
        await office.enrol(code, edition="other")
    await office.get("", "/editions")  # all of it is counted
    path = "/editions/test/institutions/opd-01/merger"
    first = await office.post("committee", path, MERGING, key="merged-once")
    assert (first.json()["into"], first.json()["elsewhere"]) == ("opd-02", ["other"])
    there = await office.post("committee", "/editions/other/institutions/opd-01/merger", MERGING)
    assert (there.status_code, there.json()["elsewhere"]) == (200, [])
    assert (await office.post("committee", path, MERGING, key="merged-once")).json() == first.json()


async def test_a_successor_takes_part_itself(office: Office) -> None:
    answer = await office.post("committee", "/editions/test/institutions/opd-01/merger", {**MERGING, "into": "opd-77"})
    assert answer.status_code == 404, answer.text


@pytest.mark.parametrize(("what", "body"), [("renaming", RENAMING), ("merger", MERGING)])
async def test_only_a_committee_that_has_nothing_to_do_with_it_renames_and_merges(
    office: Office, what: str, body: dict[str, Any]
) -> None:
    path = f"/editions/test/institutions/opd-01/{what}"
    for who in ("operator", "head", "system"):
        problem(await office.post(who, path, body), 403)
    office.tokens["own"] = await office.world.token("person/own", Grant("committee", "test", employer="opd-01"))
    assert problem(await office.post("own", path, body), 403).startswith("this concerns opd-01")
