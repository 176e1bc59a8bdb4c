"""Nobody decides on what concerns his own institution: every act of the committee on an institution or its innovation is walked."""

from typing import Any

from services.registration.app import create_app
from shared.security import Grant
from tests.services.registration.office import Office, innovation_of, problem

DECISIONS: dict[str, dict[str, Any]] = {
    "late-permission": {"until": "2031-01-01T00:00:00Z", "reason": "x"},
    "waiver": {"reason": "x"},
    "renaming": {"name": "x", "reason": "x"},
    "merger": {"into": "opd-02", "reason": "x"},
    "reclassification": {"type": "non digital", "reason": "x"},
}
"""What the committee decides, by the last part of its address, with what it says."""
OF_THE_INSTITUTION = {
    *("endorsement", "withdrawal", "pic", "acceptance", "confirmation"),
    *("evidence", "evidence-files", "replacement"),
}
"""What is done by the institution itself, or by its people, for it."""


def paths_of(office: Office) -> list[str]:
    """POST, on one institution in an edition or on one innovation."""
    document: dict[str, Any] = create_app(office.world.settings("registration")).openapi()
    about = ("/v1/editions/{edition}/institutions/{institution}/", "/v1/innovations/{innovation}/")
    return [path for path, operations in document["paths"].items() if "post" in operations and path.startswith(about)]


async def test_every_decision_on_an_institution_is_taken_by_somebody_who_has_nothing_to_do_with_it(office: Office) -> None:
    innovation = (await innovation_of(office)).rpartition("/")[2]
    office.tokens["employed"] = await office.world.token("person/a", Grant("committee", "test", employer="opd-01"))
    grants = Grant("committee", "test"), Grant("head", "test", ("opd-01",))
    office.tokens["heading"] = await office.world.token("person/b", *grants)
    walked = set()
    for path in paths_of(office):
        act = path.rpartition("/")[2]
        if act in OF_THE_INSTITUTION:
            continue
        address = path.removeprefix("/v1").format(edition="test", institution="opd-01", innovation=innovation)
        for who in ("employed", "heading"):
            assert problem(await office.post(who, address, DECISIONS[act]), 403).startswith("this concerns opd-01")
        walked.add(act)
    assert walked == DECISIONS.keys()


async def test_nor_on_the_successor_that_takes_over(office: Office) -> None:
    office.tokens["employed"] = await office.world.token("person/a", Grant("committee", "test", employer="opd-02"))
    answer = await office.post("employed", "/editions/test/institutions/opd-01/merger", DECISIONS["merger"])
    assert problem(answer, 403).startswith("this concerns opd-02")
