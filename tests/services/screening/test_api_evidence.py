"""Evidence at the desk over HTTP, on the real broker: read, verified, replaced and unverified again, frozen by the nomination."""

from typing import Any

import pytest
from msgspec.structs import replace

from shared.events.registration import RulebookAmended
from shared.events.screening import Nominated
from shared.facts import claim_digest
from tests.services.screening.competition import RULES
from tests.services.screening.office import Office
from tests.services.screening.test_verification import CATALOGUE, DECREE, NEW_DECREE, STAFF

PATH = "/innovations/queue/evidence"


@pytest.fixture
async def desk(office: Office) -> Office:
    """In an edition with a catalogue; the queue of opd-01 claims two parameters."""
    rules = replace(RULES, catalogue=CATALOGUE)
    amended = RulebookAmended(digest=rules.digest(), rulebook=rules, reason="Katalog.")
    await office.world.record("edition/test", amended)
    await office.world.record("evidence/queue", DECREE, STAFF)
    return office


def says(parameter: int, claim: Any = DECREE, note: str = "") -> dict[str, Any]:
    return {"claim": claim_digest(claim), "parameter": parameter, "note": note}


async def test_a_screener_reads_a_claim_and_verifies_it_and_only_that_counts(desk: Office) -> None:
    shown = (await desk.get("sri", PATH)).json()
    assert [(c["indicator"], c["name"], c["parameter"], c["verified"]) for c in shown["claims"]] == [
        (1, "Indicator 1", 2, None),
        (2, "Indicator 2", 3, None),
    ]
    assert (shown["maturity"], shown["claims"][0]["sha256"]) == ("0", DECREE.sha256)
    done = await desk.post("sri", f"{PATH}/1/verification", {"claim": shown["claims"][0]["claim"], "parameter": 2})
    assert (done.status_code, done.json()) == (200, {"innovation": "queue", "indicator": 1, "parameter": 2})
    shown = (await desk.get("committee", PATH)).json()
    assert (shown["maturity"], shown["claims"][0]["verified"], shown["claims"][0]["screener"]) == ("6", 2, "sri")
    item = await desk.item("sri", "queue")
    assert (item["claims"], item["unverified"], item["maturity"]) == (2, 1, "6")


async def test_replaced_evidence_is_unverified_again_and_the_old_reading_is_refused(desk: Office) -> None:
    assert (await desk.post("sri", f"{PATH}/1/verification", says(2))).status_code == 200
    await desk.world.record("evidence/queue", NEW_DECREE)
    shown = (await desk.get("sri", PATH)).json()
    assert (shown["maturity"], shown["claims"][0]["verified"]) == ("0", None)
    item = await desk.item("sri", "queue")
    assert (item["unverified"], item["maturity"]) == (2, "0")
    refused = await desk.post("sri", f"{PATH}/1/verification", says(1, note="It is a copy."))
    sentence = refused.json()["detail"].partition(";")[0]
    assert (refused.status_code, sentence) == (409, "the evidence for indicator 1 is another by now")
    assert (await desk.post("sri", f"{PATH}/1/verification", says(3, NEW_DECREE))).status_code == 200
    assert (await desk.get("sri", PATH)).json()["maturity"] == "9"


async def test_the_nomination_freezes_what_is_verified_by_then(desk: Office) -> None:
    await desk.post("sri", f"{PATH}/1/verification", says(1, note="Signed by the head only."))
    await desk.admit("queue", "80")
    await desk.close()
    assert (await desk.nominate("digital", "queue")).status_code == 200
    [nominated] = [r.event for r in await desk.world.all_events() if isinstance(r.event, Nominated)]
    assert nominated.dossier[0].maturity == 3 and len(nominated.dossier[0].evidence) == 64
    assert (await desk.post("sri", f"{PATH}/2/verification", says(3, STAFF))).status_code == 409
    assert (await desk.confirm("digital")).status_code == 200


async def test_who_may_read_and_who_may_verify(desk: Office) -> None:
    for who, reads, verifies in (("sri", 200, 200), ("committee", 200, 403), ("head", 403, 403), ("budi", 200, 403)):
        assert (await desk.get(who, PATH)).status_code == reads, who
        assert (await desk.post(who, f"{PATH}/2/verification", says(3, STAFF))).status_code == verifies, who


@pytest.mark.parametrize(
    "body", [{"claim": "ab", "parameter": 1}, {"claim": "ab" * 32, "parameter": 4}, {"claim": "ab" * 32, "parameter": -1}]
)
async def test_a_verification_that_is_not_understood(desk: Office, body: dict[str, Any]) -> None:
    assert (await desk.post("sri", f"{PATH}/1/verification", body)).status_code == 422
