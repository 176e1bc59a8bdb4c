"""The API of registration on a real broker: endorsement, confirmation, the PIC's word, reclassification, history."""

import hashlib
from decimal import Decimal
from typing import Any

from shared.events.screening import DossierItem, Nominated
from shared.facts import record_digest
from shared.security import Grant
from tests.services.registration.made_up import record, record_json
from tests.services.registration.office import Office, innovation_of, problem, running_rulebook

SCAN = hashlib.sha256(b"scan").hexdigest()


async def endorsing(empty: Office) -> Office:
    assert (await empty.open(running_rulebook(endorsement=True))).status_code == 201
    for code in ("opd-01", "opd-02"):
        assert (await empty.enrol(code)).status_code == 201
    return empty


async def test_where_the_edition_asks_for_it_only_what_the_head_endorsed_meets_the_duty(empty: Office) -> None:
    office = await endorsing(empty)
    path = await innovation_of(office, who="head", institution="opd-02", pic="ani")

    async def met() -> bool:
        rows = (await office.get("head", "/editions/test/obligations")).json()
        return bool(rows[0]["met"])

    assert not await met()
    digest = (await office.get("head", path)).json()["digest"]
    answer = await office.post("head", f"{path}/endorsement", {"digest": digest})
    assert answer.json() == {"innovation": path.rpartition("/")[2], "position": answer.json()["position"]}
    assert await met()
    shown = await office.get("head", path)
    assert shown.json()["endorsed"]
    revision = {"record": record_json(name="Lain")}
    await office.put("head", path, revision, **{"If-Match": shown.headers["ETag"]})
    assert not await met()
    stale = await office.post("head", f"{path}/endorsement", {"digest": digest})
    assert problem(stale, 409) == "it was revised since you read it; read it as it is now, and endorse that"


async def test_only_the_head_of_the_institution_endorses(empty: Office) -> None:
    office = await endorsing(empty)
    path = await innovation_of(office)
    for who in ("head", "operator", "committee", "system"):
        problem(await office.post(who, f"{path}/endorsement", {"digest": record_digest(record())}), 403)


async def test_a_pic_accepts_and_finds_all_that_he_answers_for(office: Office) -> None:
    office.tokens["ani"] = await office.world.token("person/ani")
    first = await innovation_of(office, pic="ani")
    second = await innovation_of(office, who="head", institution="opd-02", pic="ani")
    await innovation_of(office, record=record_json(name="Lain"), pic="budi")
    assert problem(await office.post("operator", f"{first}/pic/acceptance", {}), 403).startswith("somebody else is named")
    assert (await office.post("ani", f"{first}/pic/acceptance", {})).status_code == 200
    mine = (await office.get("ani", "/my/innovations")).json()
    assert [(f"/innovations/{row['innovation']}", row["pic_accepted"]) for row in mine] == [(first, True), (second, False)]
    page = await office.get("ani", "/my/innovations", limit=1)
    assert 'rel="next"' in page.headers["Link"]


async def test_what_comes_on_paper_is_typed_by_the_committee_and_confirmed_by_whose_it_is(office: Office) -> None:
    office.tokens["lurah"] = await office.world.token("person/lurah")
    behalf: dict[str, Any] = {"person": "lurah", "scan_digest": SCAN}
    answer = await office.submit("committee", "kel-01", on_behalf_of=behalf)
    assert answer.status_code == 201
    path = f"/innovations/{answer.json()['innovation']}"
    shown = (await office.get("committee", path)).json()
    assert (shown["accountable"], shown["recorded_by"], shown["scan_digest"], shown["confirmed"]) == (
        *("lurah", "person/committee", SCAN),
        False,
    )
    problem(await office.post("committee", f"{path}/confirmation", {}), 403)
    assert (await office.post("lurah", f"{path}/confirmation", {})).status_code == 200
    assert [row["confirmed"] for row in (await office.get("lurah", "/my/innovations")).json()] == [True]


async def test_entering_for_another_needs_a_person_and_paper_or_a_system(office: Office) -> None:
    answer = await office.submit("committee", on_behalf_of={"person": "lurah"})
    assert problem(answer, 422) == "give the SHA-256 of the scanned paper as on_behalf_of.scan_digest"
    answer = await office.submit("operator", on_behalf_of={"person": "lurah", "scan_digest": SCAN})
    assert problem(answer, 403).startswith("what you enter you answer for yourself")
    answer = await office.submit("system")
    assert problem(answer, 422).startswith("name the person who is accountable for this submission")
    assert (await office.submit("system", on_behalf_of={"person": "lurah"})).status_code == 201


async def test_the_committee_reclassifies_and_the_history_tells_it(office: Office) -> None:
    path = await innovation_of(office, pic="ani")
    revision = {"record": record_json(name="Lain", purpose="Lain")}
    await office.put("operator", path, revision, **{"If-Match": '"2"'})
    body = {"type": "non digital", "reason": "Tanpa perangkat lunak"}
    answer = await office.post("committee", f"{path}/reclassification", body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["type"] == "non digital"
    shown = (await office.get("operator", path)).json()
    assert (shown["type"], shown["reclassified"], shown["revision"]) == ("non digital", "Tanpa perangkat lunak", 2)
    history = (await office.get("operator", f"{path}/revisions")).json()
    told = [(h["what"], h["revision"], h["changed"], h["reason"], h["actor"]) for h in history]
    assert told == [
        ("submitted", 1, [], "", "person/operator"),
        ("revised", 2, ["name", "purpose"], "", "person/operator"),
        ("reclassified", 2, ["type"], "Tanpa perangkat lunak", "person/committee"),
    ]
    assert history[2]["digest"] == shown["digest"]
    assert problem(await office.get("head", f"{path}/revisions"), 403) == "you act for opd-02, not for opd-01"
    unknown = "/innovations/0193a5e4-0000-7000-8000-000000000000/revisions"
    assert "there is no innovation 0193a5e4" in problem(await office.get("committee", unknown), 404)


async def test_only_a_committee_that_has_nothing_to_do_with_it_reclassifies(office: Office) -> None:
    path = await innovation_of(office)
    body = {"type": "non digital", "reason": "x"}
    problem(await office.post("operator", f"{path}/reclassification", body), 403)
    office.tokens["own"] = await office.world.token("person/own", Grant("committee", "test", employer="opd-01"))
    assert problem(await office.post("own", f"{path}/reclassification", body), 403).startswith("this concerns opd-01")


async def test_what_is_nominated_keeps_its_type(office: Office) -> None:
    path = await innovation_of(office)
    id = path.rpartition("/")[2]
    nominated = Nominated(
        category="digital",
        entry=f"test.digital.{id}",
        entrant=id,
        kind="innovation",
        institution="opd-01",
        name="Antrean",
        desk_score=Decimal(80),
        dossier=(DossierItem(innovation=id, revision=1, digest=record_digest(record())),),
    )
    await office.world.record("shortlist/test.digital", nominated)
    answer = await office.post("committee", f"{path}/reclassification", {"type": "non digital", "reason": "x"})
    assert "whose dossier is fixed" in problem(answer, 409)
