"""Nobody screens, nominates, confirms or decides what concerns his own institution. This walks every act of screening."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.screening.app import create_app
from shared.security import Grant
from tests.services.screening.office import YES, Office
from tests.world import World

LATER = (datetime.now(UTC) + timedelta(days=1)).isoformat()
INNOVATION = {"{innovation}": "queue"}
AGENCIES = {"{edition}": "test", "{category}": "opd"}
DIGITAL = {"{edition}": "test", "{category}": "digital"}

ACTS: dict[str, list[tuple[dict[str, str], dict[str, Any]]]] = {
    "/v1/innovations/{innovation}/eligibility": [(INNOVATION, {"criteria": YES})],
    "/v1/innovations/{innovation}/desk-score": [(INNOVATION, {"score": "99"})],
    "/v1/innovations/{innovation}/evidence/{indicator}/verification": [
        ({**INNOVATION, "{indicator}": "1"}, {"claim": "ab" * 32, "parameter": 1}),
    ],
    "/v1/innovations/{innovation}/revision": [(INNOVATION, {"what": "More.", "deadline": LATER})],
    "/v1/innovations/{innovation}/recusal": [(INNOVATION, {"reason": "He is strict.", "screener": "sri"})],
    "/v1/innovations/{innovation}/disqualification": [(INNOVATION, {"reason": "untrue", "explanation": "Forged."})],
    "/v1/innovations/{innovation}/objection": [
        (INNOVATION, {"grounds": "It is ours.", "on_behalf_of": {"person": "head", "scan_digest": "ab" * 32}}),
    ],
    "/v1/innovations/{innovation}/objection/decision": [(INNOVATION, {"upheld": True, "explanation": "It is ours."})],
    "/v1/editions/{edition}/shortlists/{category}/nominations": [
        (AGENCIES, {"entrant": "opd-01"}),
        (DIGITAL, {"entrant": "queue"}),
    ],
    "/v1/editions/{edition}/shortlists/{category}/revocations": [
        (AGENCIES, {"entrant": "opd-01", "reason": "Why."}),
        (DIGITAL, {"entrant": "queue", "reason": "Why."}),
    ],
    "/v1/editions/{edition}/shortlists/{category}/confirmation": [(AGENCIES, {}), (DIGITAL, {})],
}
"""Every act on what is of an institution, with what it would say of opd-01."""

CONCERNS_NO_INSTITUTION_OF_HIS = {
    "/v1/editions/{edition}/assignments": "it chooses among all by a rule, and never assigns what is of one's own",
    "/v1/innovations/{innovation}/objection/confirmation": "it is his own objection",
}

OWN = {
    "works for it": (Grant("committee", "test", (), "opd-01"), Grant("screener", "test", (), "opd-01")),
    "works for it by one role": (Grant("committee", "test"), Grant("screener", "test", (), "opd-01")),
    "heads it": (Grant("committee", "test"), Grant("screener", "test"), Grant("head", "test", ("opd-01",))),
    "enters for it": (Grant("committee", "test"), Grant("screener", "test"), Grant("operator", "test", ("opd-02", "opd-01"))),
}


def test_every_act_of_screening_is_walked(world: World) -> None:
    app = create_app(world.settings("screening"))
    paths = {path for path, methods in app.openapi()["paths"].items() if {*methods} & {"post", "put", "patch", "delete"}}
    assert {path for path in paths if path.startswith("/v1/")} == {*ACTS, *CONCERNS_NO_INSTITUTION_OF_HIS}


@pytest.mark.parametrize("grants", OWN.values(), ids=OWN.keys())
async def test_nobody_acts_on_what_is_of_an_institution_that_he_works_or_acts_for(
    office: Office, grants: tuple[Grant, ...]
) -> None:
    await office.admit("queue", "80")
    await office.close()
    for category, entrant in (("opd", "opd-01"), ("digital", "queue")):
        assert (await office.nominate(category, entrant)).status_code == 200
    before = await office.world.log("audit").position()
    office.tokens["own"] = await office.world.token("person/own", *grants)
    for path, cases in ACTS.items():
        for names, body in cases:
            filled = path.removeprefix("/v1")
            for name, value in names.items():
                filled = filled.replace(name, value)
            refused = await office.post("own", filled, body)
            assert (refused.status_code, refused.json().get("detail")) == (
                403,
                "this concerns opd-01, which you work or act for; somebody who has nothing to do with it must do it",
            ), filled
    assert await office.world.log("audit").position() == before, "nothing is recorded"


async def test_what_is_of_another_institution_he_may_do(office: Office) -> None:
    office.tokens["own"] = await office.world.token("person/own", *OWN["works for it"])
    assert (await office.post("own", "/innovations/map/eligibility", {"criteria": YES})).status_code == 200


async def test_he_may_always_step_back(office: Office) -> None:
    await office.appoint("sri", "tono", "dewi")
    first = (await office.assign())["queue"][0]
    office.tokens["own"] = await office.world.token(f"person/{first}", *OWN["works for it"])
    assert (await office.post("own", "/innovations/queue/recusal", {"reason": "I work there now."})).status_code == 200
