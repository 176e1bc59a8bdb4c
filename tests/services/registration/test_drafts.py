"""Drafts on a real broker: saved at any stage, with what is missing in plain words, and submitted once nothing is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from services.registration.drafts import FIELDS, missing
from shared.events.registration import InnovationRecord
from tests.services.registration.made_up import record, record_json, rulebook
from tests.services.registration.office import Office, problem, running_rulebook

DRAFTS = "/editions/test/drafts"


def sentences(**fields: Any) -> list[str]:
    return [en for _, en, _ in missing(fields, rulebook())]


def test_an_empty_draft_lacks_every_field_of_a_complete_record() -> None:
    assert len(sentences()) == len(FIELDS)
    assert FIELDS.keys() == {f.name for f in msgspec.structs.fields(InnovationRecord)} - {"other_affairs"}
    assert sentences()[0] == "the name is still to be filled in"


def test_a_complete_record_lacks_nothing() -> None:
    assert sentences(**msgspec.structs.asdict(record())) == []


def test_what_is_filled_in_is_looked_at_by_the_same_rules_as_a_submission() -> None:
    fields = msgspec.structs.asdict(record(design="Baru mulai"))
    fields["trial_date"], fields["implementation_date"] = fields["implementation_date"], fields["trial_date"]
    assert sentences(**fields) == [
        "the design has 2 words; write at least 300",
        "implementation on 2022-01-10 lies before the trial on 2022-06-01; it comes on the same day or later",
    ]


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_a_blank_is_missing(blank: str | None) -> None:
    told = list(missing({**msgspec.structs.asdict(record()), "purpose": blank}, rulebook()))
    assert told == [("purpose", "the purpose is still to be filled in", "tujuan masih perlu diisi")]


# -- over HTTP


async def begun(
    office: Office, who: str = "operator", institution: str = "opd-01", **record: Any
) -> tuple[str, dict[str, Any]]:
    answer = await office.post(who, DRAFTS, {"institution": institution, "record": record})
    assert answer.status_code == 201, answer.text
    return f"{DRAFTS}/{answer.json()['draft']}", answer.json()


async def test_a_draft_is_saved_incomplete_and_says_what_is_missing(office: Office) -> None:
    path, said = await begun(office, name="Antrean", design="Baru mulai")
    assert (said["version"], said["submitted"]) == (1, False)
    assert said["missing"][-1] == {
        "field": "design",
        "en": "the design has 2 words; write at least 300",
        "id": "rancang bangun berisi 2 kata; tulis sedikitnya 300",
    }
    shown = await office.get("operator", path)
    assert (shown.json(), shown.headers["ETag"]) == (said, '"1"')
    assert "InnovationSubmitted" not in await office.types()


async def test_a_repeated_request_begins_no_second_draft(office: Office) -> None:
    body = {"institution": "opd-01", "record": {"name": "Antrean"}}
    first = await office.post("operator", DRAFTS, body, key="the-same-key")
    await office.put("operator", f"{DRAFTS}/{first.json()['draft']}", {"institution": "opd-01"}, **{"If-Match": '"1"'})
    again = await office.post("operator", DRAFTS, body, key="the-same-key")
    assert (again.status_code, again.json()) == (201, first.json())
    assert len((await office.get("operator", DRAFTS)).json()) == 1
    other = await office.post("operator", DRAFTS, {"institution": "opd-01"}, key="the-same-key")
    assert other.status_code == 422


async def test_a_draft_is_changed_and_dropped_by_whoever_knows_its_version(office: Office) -> None:
    path, _ = await begun(office)
    body = {"institution": "opd-01", "record": {"name": "Antrean"}}
    assert (await office.put("operator", path, body)).status_code == 428
    changed = await office.put("operator", path, body, **{"If-Match": '"1"'})
    assert (changed.json()["version"], changed.headers["ETag"]) == (2, '"2"')
    assert changed.json()["content"]["record"]["name"] == "Antrean"
    assert (await office.put("operator", path, body, **{"If-Match": '"1"'})).status_code == 412
    headers = {"Authorization": f"Bearer {office.tokens['operator']}"}
    for version, status in (("1", 412), ("2", 200), ("2", 404)):
        gone = await office.client.delete(f"/v1{path}", headers={**headers, "If-Match": f'"{version}"'})
        assert gone.status_code == status, gone.text


async def test_a_complete_draft_is_submitted_as_the_innovation_of_its_id(office: Office) -> None:
    path, said = await begun(office, name="Antrean")
    refused = await office.post("operator", f"{path}/submission", {})
    assert problem(refused, 422).startswith("the stage is still to be filled in; the initiator")
    body = {"institution": "opd-01", "record": record_json(), "pic": "ani", "external_reference": "SIMODA/17"}
    assert (await office.put("operator", path, body, **{"If-Match": '"1"'})).json()["missing"] == []
    first = await office.post("operator", f"{path}/submission", {}, key="the-same-key")
    assert first.status_code == 201, first.text
    assert first.json()["innovation"] == said["draft"]
    again = await office.post("operator", f"{path}/submission", {}, key="the-same-key")
    assert (again.status_code, again.json()) == (201, first.json())
    shown = (await office.get("operator", f"/innovations/{said['draft']}")).json()
    assert (shown["pic"], shown["external_reference"], shown["record"]) == ("ani", "SIMODA/17", record_json())
    late = await office.put("operator", path, body, **{"If-Match": '"2"'})
    assert problem(late, 409) == "this draft is submitted; revise the innovation of the same ID"
    assert (await office.get("operator", path)).json()["submitted"]


async def test_drafts_wait_for_registration_to_open(empty: Office) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    calendar = msgspec.structs.replace(
        running_rulebook().calendar, registration_opens=later, registration_closes=later + timedelta(hours=1)
    )
    assert (await empty.open(rulebook(calendar=calendar))).status_code == 201
    await empty.enrol("opd-01")
    answer = await empty.post("operator", DRAFTS, {"institution": "opd-01", "record": record_json()})
    assert (answer.status_code, answer.json()["missing"]) == (201, [])
    submitted = await empty.post("operator", f"{DRAFTS}/{answer.json()['draft']}/submission", {})
    assert problem(submitted, 409).startswith("registration opens on")


async def test_drafts_are_seen_by_those_who_may_enter_for_their_institution(office: Office) -> None:
    path, said = await begun(office)
    other, _ = await begun(office, "head", "opd-02")
    for who, seen in (("operator", [path]), ("head", [other]), ("committee", sorted([path, other]))):
        assert [f"{DRAFTS}/{row['draft']}" for row in (await office.get(who, DRAFTS)).json()] == seen
    assert 'rel="next"' in (await office.get("committee", DRAFTS, limit=1)).headers["Link"]
    assert problem(await office.get("head", path), 403) == "you act for opd-02, not for opd-01"
    assert (await office.post("head", DRAFTS, {"institution": "opd-01"})).status_code == 403
    for who in ("screener", "juror"):
        problem(await office.get(who, DRAFTS), 403)
        problem(await office.get(who, path), 403)
    moved = await office.put("operator", path, {"institution": "opd-02"}, **{"If-Match": '"1"'})
    assert problem(moved, 403) == "you act for opd-01, not for opd-02"
    assert said["submitted"] is False
