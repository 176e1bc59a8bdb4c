"""Circulars from issue to acknowledgement, on the running service."""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import httpx
import pytest

from services.notification.app import create_app
from shared.events.identity import RoleGranted
from shared.events.notification import AcknowledgementConfirmed, CircularAcknowledged, CircularIssued, MessageQueued
from shared.events.registration import EditionOpened, InstitutionEnrolled, PicAppointed, RulebookPublished
from shared.security import Grant
from shared.stored_files import LARGEST
from tests.services.notification.competition import RULEBOOK
from tests.world import World, bearer, eventually

PDF = b"%PDF-1.7 rekaan"
COMMITTEE = Grant("committee", "test")
BODY: dict[str, Any] = {
    "number": "02/SE/I/2023",
    "dated": "2023-01-31",
    "title": "Lomba Inovasi Daerah",
    "text": "Setiap OPD mendaftarkan inovasi.\n\nTerima kasih.",
    "kinds": ["opd"],
    "institutions": ["kel-01"],
    "file": {"digest": sha256(PDF).hexdigest(), "name": "SE.pdf"},
    "days": 7,
}


class Office:
    def __init__(self, world: World, client: httpx.AsyncClient):
        self.world = world
        self.client = client

    async def asks(self, method: str, path: str, person: str, *grants: Grant, key: str | None = None, **body: Any) -> Any:
        headers = bearer(await self.world.token(f"person/{person}", *grants), key)
        return await self.client.request(method, path, headers=headers, json=body or None)

    async def upload(self, content: bytes, *grants: Grant, digest: str = "") -> Any:
        headers = bearer(await self.world.token("person/c", *grants)) | {"Content-Type": "application/pdf"}
        path = f"/v1/editions/test/circular-files/{digest or sha256(content).hexdigest()}"
        return await self.client.put(path, headers=headers, content=content)

    async def issue(self, **more: Any) -> Any:
        return await self.asks("POST", "/v1/editions/test/circulars", "c", COMMITTEE, **{**BODY, **more})


@pytest.fixture
async def office(world: World) -> AsyncIterator[Office]:
    opened = EditionOpened(name=RULEBOOK.name, authority="x", rehearsal=False, rules_version=1, rulebook=RULEBOOK.digest())
    await world.record("edition/test", opened, RulebookPublished(digest=RULEBOOK.digest(), rulebook=RULEBOOK))
    for code, kind in (("opd-01", "opd"), ("opd-02", "opd"), ("kel-01", "kelurahan"), ("kel-02", "kelurahan")):
        await world.record(f"enrolment/test.{code}", InstitutionEnrolled(institution=code, kind=kind, name=f"Instansi {code}"))
    for person, role, institutions in (
        ("head-1", "head", ("opd-01",)),
        ("typist", "operator", ("opd-02", "kel-01", "kel-02")),
        ("boss", "committee", ()),
    ):
        granted = RoleGranted(person=person, role=role, edition="test", institutions=institutions)
        await world.record(f"account/{person}", granted)
    [last] = await world.record("innovation/i1", PicAppointed(institution="opd-01", person="pic-1"))
    async with world.running(create_app(world.settings("notification"))) as client:
        here = Office(world, client)
        await here.asks("GET", f"/v1/editions/test/circulars?at_least={last.position}", "c", COMMITTEE)
        assert (await here.upload(PDF, COMMITTEE)).status_code == 200
        yield here


async def letters(world: World, template: str, number: int) -> dict[str, dict[str, str]]:
    async def found() -> list[MessageQueued] | None:
        queued = [e.event for e in await world.all_events() if isinstance(e.event, MessageQueued)]
        of = [event for event in queued if event.template == template]
        return of if len(of) >= number else None

    return {event.to: event.facts for event in await eventually(found)}


async def test_a_circular_goes_to_all_who_answer_for_its_institutions(office: Office) -> None:
    answer = await office.issue()
    assert answer.status_code == 201, answer.text
    assert answer.json()["institutions"] == ["kel-01", "opd-01", "opd-02"]
    told = await letters(office.world, "circular_issued", 3)
    assert {person: facts["institutions"] for person, facts in told.items()} == {
        "head-1": "Instansi opd-01",
        "pic-1": "Instansi opd-01",
        "typist": "Instansi kel-01, Instansi opd-02",
    }
    assert told["head-1"]["number"] == "02/SE/I/2023" and told["head-1"]["file"] == sha256(PDF).hexdigest()


async def test_the_same_request_is_answered_alike_and_the_same_number_is_not_given_again(office: Office) -> None:
    first = await office.asks("POST", "/v1/editions/test/circulars", "c", COMMITTEE, key="the-same-key", **BODY)
    again = await office.asks("POST", "/v1/editions/test/circulars", "c", COMMITTEE, key="the-same-key", **BODY)
    assert first.json() == again.json() and again.status_code == 201
    assert (await office.issue()).json() == first.json()
    assert (await office.issue(title="Lain")).status_code == 409
    issued = [e for e in await office.world.all_events() if isinstance(e.event, CircularIssued)]
    assert len(issued) == 1


async def test_only_the_committee_issues_and_only_to_kinds_and_institutions_that_there_are(office: Office) -> None:
    path = "/v1/editions/test/circulars"
    assert (await office.asks("POST", path, "x", Grant("head", "test", ("opd-01",)), **BODY)).status_code == 403
    assert (await office.asks("POST", path, "x", Grant("committee", "other"), **BODY)).status_code == 403
    strange = await office.issue(kinds=["uptd"])
    assert strange.status_code == 422 and strange.json()["detail"].startswith("this edition knows no kind")
    assert (await office.issue(institutions=["opd-99"])).status_code == 422
    assert (await office.issue(title="two\nlines")).status_code == 422


async def test_each_institution_acknowledges_for_itself_and_the_committee_sees_who_has_not(office: Office) -> None:
    id = (await office.issue()).json()["id"]
    path = f"/v1/circulars/{id}/acknowledgement"
    head = Grant("head", "test", ("opd-01",))
    done = await office.asks("POST", path, "head-1", head, institution="opd-01")
    assert (done.status_code, done.json()) == (201, {"id": id, "institution": "opd-01"})
    assert (await office.asks("POST", path, "head-1", head, institution="opd-02")).status_code == 403
    assert (await office.asks("POST", path, "c", COMMITTEE, institution="opd-02")).status_code == 403
    stranger = Grant("operator", "test", ("kel-02",))
    assert (await office.asks("POST", path, "typist", stranger, institution="kel-02")).status_code == 409
    at = done.headers["Makmal-Position"]
    shown = (await office.asks("GET", f"/v1/circulars/{id}?at_least={at}", "c", COMMITTEE)).json()
    assert [a["institution"] for a in shown["addressees"] if a["acknowledged"] is None] == ["kel-01", "opd-02"]
    [listed] = (await office.asks("GET", "/v1/editions/test/circulars", "c", COMMITTEE)).json()
    assert (listed["addressed"], listed["acknowledged"]) == (3, 1)


async def test_an_acknowledgement_on_paper_is_entered_by_the_committee_with_its_scan(office: Office) -> None:
    id = (await office.issue()).json()["id"]
    paper = {"person": "head-1", "scan_digest": "cd" * 32}
    path = f"/v1/circulars/{id}/acknowledgement"
    answer = await office.asks("POST", path, "c", COMMITTEE, institution="opd-01", on_behalf_of=paper)
    assert answer.status_code == 201
    [given] = [e.event for e in await office.world.all_events() if isinstance(e.event, CircularAcknowledged)]
    assert given == CircularAcknowledged(institution="opd-01", person="head-1", recorded_by="c", scan="cd" * 32)
    head = Grant("head", "test", ("opd-02",))
    refused = await office.asks("POST", path, "h", head, institution="opd-02", on_behalf_of=paper)
    assert refused.status_code == 403


async def test_who_signed_the_paper_is_asked_to_confirm_it_and_does(office: Office) -> None:
    id = (await office.issue()).json()["id"]
    paper = {"person": "head-1", "scan_digest": "cd" * 32}
    path = f"/v1/circulars/{id}/acknowledgement"
    await office.asks("POST", path, "c", COMMITTEE, institution="opd-01", on_behalf_of=paper)
    [asked] = (await letters(office.world, "acknowledgement_to_confirm", 1)).items()
    assert (asked[0], asked[1]["institution"], asked[1]["number"]) == ("head-1", "Instansi opd-01", "02/SE/I/2023")
    other = await office.asks("POST", f"{path}/confirmation", "c", COMMITTEE, institution="opd-01")
    assert other.status_code == 403 and other.json()["detail"].startswith("no acknowledgement of opd-01 was entered")
    done = await office.asks("POST", f"{path}/confirmation", "head-1", institution="opd-01")
    assert (done.status_code, done.json()) == (201, {"id": id, "institution": "opd-01"})
    [given] = [e.event for e in await office.world.all_events() if isinstance(e.event, AcknowledgementConfirmed)]
    assert given == AcknowledgementConfirmed(institution="opd-01", person="head-1", scan="cd" * 32)
    at = done.headers["Makmal-Position"]
    shown = (await office.asks("GET", f"/v1/circulars/{id}?at_least={at}", "c", COMMITTEE)).json()
    told = {one["institution"]: (one["on_paper"], one["confirmed"] is not None) for one in shown["addressees"]}
    assert told == {"opd-01": (True, True), "opd-02": (False, False), "kel-01": (False, False)}


async def test_the_signed_document_is_a_download_for_those_whom_the_circular_concerns(office: Office) -> None:
    answer = await office.issue(kinds=[], institutions=["opd-01"])
    path = f"/v1/circulars/{answer.json()['id']}/file?at_least={answer.headers['Makmal-Position']}"
    fetched = await office.asks("GET", path, "head-1", Grant("head", "test", ("opd-01",)))
    assert (fetched.status_code, fetched.content, fetched.headers["content-type"]) == (200, PDF, "application/pdf")
    assert fetched.headers["content-disposition"].startswith("attachment")
    assert fetched.headers["x-content-type-options"] == "nosniff"
    for grant, status in ((Grant("head", "test", ("opd-02",)), 404), (Grant("juror", "test"), 403)):
        assert (await office.asks("GET", path, "x", grant)).status_code == status
    plain = await office.issue(number="3/SE", file=None)
    without = f"/v1/circulars/{plain.json()['id']}/file?at_least={plain.headers['Makmal-Position']}"
    assert (await office.asks("GET", without, "c", COMMITTEE)).status_code == 404


async def test_a_circular_names_a_document_that_is_uploaded_and_is_what_it_says(office: Office) -> None:
    missing = await office.issue(file={"digest": "ab" * 32, "name": "SE.pdf"})
    assert missing.status_code == 422 and missing.json()["detail"].startswith("no document of SHA-256 abab")
    assert (await office.upload(b"#!/bin/sh", COMMITTEE)).status_code == 415
    assert (await office.upload(PDF, COMMITTEE, digest="cd" * 32)).status_code == 422
    assert (await office.upload(PDF + b" " * LARGEST, COMMITTEE)).status_code == 413
    for grant in (Grant("committee", "other"), Grant("head", "test", ("opd-01",))):
        assert (await office.upload(PDF, grant)).status_code == 403


async def test_heads_and_operators_see_what_is_addressed_to_their_institutions_only(office: Office) -> None:
    answer = await office.issue(kinds=[], institutions=["opd-01", "kel-01"])
    id, at = answer.json()["id"], answer.headers["Makmal-Position"]
    page = f"/v1/editions/test/circulars?at_least={at}"
    own = Grant("head", "test", ("opd-01",))
    assert len((await office.asks("GET", page, "h", own)).json()) == 1
    shown = (await office.asks("GET", f"/v1/circulars/{id}", "h", own)).json()
    assert [a["institution"] for a in shown["addressees"]] == ["opd-01"]
    other = Grant("head", "test", ("opd-02",))
    assert (await office.asks("GET", page, "h", other)).json() == []
    assert (await office.asks("GET", f"/v1/circulars/{id}", "h", other)).status_code == 404
    assert (await office.asks("GET", page, "h", Grant("juror", "test"))).status_code == 403


async def test_the_list_of_circulars_goes_on_page_by_page(office: Office) -> None:
    answers = [await office.issue(number=f"{n}/SE") for n in range(5)]
    at = answers[-1].headers["Makmal-Position"]
    seen: list[str] = []
    page = f"/v1/editions/test/circulars?limit=2&at_least={at}"
    while page:
        answer = await office.asks("GET", page, "c", COMMITTEE)
        seen += [row["number"] for row in answer.json()]
        page = f"/v1/editions/test/circulars{answer.links['next']['url']}" if "next" in answer.links else ""
    assert seen == [f"{n}/SE" for n in range(5)]
