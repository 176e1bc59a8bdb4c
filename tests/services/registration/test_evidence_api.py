"""The API of evidence on a real broker and disk: who uploads, who attaches what to which innovation, and who gets a file back."""

import hashlib
from typing import Any

import httpx
import pytest

from services.registration.catalogue import read_catalogue
from shared.security import Grant
from shared.stored_files import LARGEST
from tests.browsing import Browser
from tests.services.registration.office import Office, innovation_of, problem, running_rulebook

PDF = b"%PDF-1.7\nKeputusan"
OTHER = b"\x89PNG\r\n\x1a\nFoto kegiatan"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
async def office(empty: Office) -> Office:
    """An edition with a catalogue, and one institution in it besides the one that enters innovations."""
    assert (await empty.open(running_rulebook(catalogue=read_catalogue("iid-2023")))).status_code == 201
    for code in ("opd-01", "opd-02"):
        assert (await empty.enrol(code)).status_code == 201
    empty.tokens["auditor"] = await empty.world.token("person/auditor", Grant("auditor", "test"))
    return empty


async def upload(
    office: Office, who: str = "operator", content: bytes = PDF, digest: str = "", kind: str = "application/octet-stream"
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {office.tokens[who]}", "Content-Type": kind}
    return await office.client.put(f"/v1/evidence-files/{digest or sha256(content)}", content=content, headers=headers)


def claim(content: bytes = PDF, **more: Any) -> dict[str, Any]:
    letter = {"letter_number": "188.45/17/2023", "letter_date": "2023-02-20", "subject": "Penetapan inovasi"}
    return {"parameter": 2, **letter, "sha256": sha256(content), **more}


async def attached(office: Office) -> str:
    """An innovation's path, with evidence for indicator 1."""
    path = await innovation_of(office)
    assert (await upload(office)).status_code == 200
    assert (await office.post("operator", f"{path}/evidence", claim(indicator=1))).status_code == 201
    return path


# -- uploading


async def test_a_file_is_uploaded_under_its_digest_as_often_as_one_likes(office: Office) -> None:
    first, again = await upload(office), await upload(office, kind="application/pdf")
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json() == {"sha256": sha256(PDF), "media_type": "application/pdf", "size": len(PDF)}


async def test_a_file_that_is_too_large_is_refused_before_and_while_it_comes(office: Office) -> None:
    large = PDF + b"x" * LARGEST
    assert problem(await upload(office, content=large), 413)

    async def unannounced() -> Any:
        for start in range(0, len(large), 1 << 20):
            yield large[start : start + (1 << 20)]

    headers = {"Authorization": f"Bearer {office.tokens['operator']}", "Content-Type": "application/pdf"}
    answer = await office.client.put(f"/v1/evidence-files/{sha256(large)}", content=unannounced(), headers=headers)
    assert problem(answer, 413)


async def test_what_is_no_document_is_refused_whatever_it_says_it_is(office: Office) -> None:
    page = b"<html><script>alert(1)</script></html>"
    assert "neither a PDF nor a PNG, JPEG or MP4" in problem(await upload(office, content=page, kind="application/pdf"), 415)
    assert problem(await upload(office, content=page, kind="text/html"), 415)


async def test_a_file_that_came_damaged_is_refused(office: Office) -> None:
    told = problem(await upload(office, digest=sha256(OTHER)), 422)
    assert told.startswith(f"what came has the SHA-256 {sha256(PDF)}, not {sha256(OTHER)}")


@pytest.mark.parametrize("who", ["juror", "screener", "auditor"])
async def test_only_those_who_enter_innovations_upload(office: Office, who: str) -> None:
    assert problem(await upload(office, who), 403).startswith("only those who enter innovations in an edition that goes on")


async def test_who_enters_in_no_edition_that_goes_on_uploads_nothing(office: Office) -> None:
    office.tokens["head"] = await office.world.token("person/x", Grant("operator", "not-opened", ("opd-01",)))
    assert problem(await upload(office, "head"), 403).startswith("only those who enter innovations in an edition that goes on")
    cancelled = {"reason": "Pandemi", "effective": "2023-04-03"}
    assert (await office.post("committee", "/editions/test/cancellation", cancelled)).status_code == 200
    assert problem(await upload(office, "operator"), 403).startswith(
        "only those who enter innovations in an edition that goes on"
    )


async def test_a_client_needs_the_scope_evidence_write(office: Office) -> None:
    path = await innovation_of(office, who="system", pic="ani")
    for scopes, expected in ((("innovations:write",), 403), (("evidence:write",), 200)):
        office.tokens["client"] = await office.world.token("client/other", Grant("service", "test"), scopes=scopes)
        assert (await upload(office, "client")).status_code == expected
    answer = await office.post("client", f"{path}/evidence", claim(indicator=1))
    assert answer.status_code == 201
    office.tokens["client"] = await office.world.token("client/other", Grant("service", "test"), scopes=("innovations:write",))
    assert "evidence:write" in problem(await office.post("client", f"{path}/evidence", claim(indicator=2)), 403)


# -- attaching


async def test_a_claim_names_the_file_by_its_digest(office: Office) -> None:
    path = await attached(office)
    event = (await office.world.all_events())[-1]
    assert (event.type, event.subject) == ("EvidenceAttached", f"evidence/{path.rpartition('/')[2]}")
    assert event.event.sha256 == sha256(PDF)  # type: ignore[attr-defined]
    shown = await office.get("operator", f"{path}/evidence")
    assert shown.headers["ETag"] == '"1"'
    (row,) = shown.json()
    assert {**row, "made": ""} == {
        **claim(),
        "indicator": 1,
        "media_type": "application/pdf",
        "size": len(PDF),
        "made": "",
    }


async def test_a_repeated_request_is_answered_alike_and_another_body_is_refused(office: Office) -> None:
    path = await innovation_of(office)
    await upload(office)
    answers = [await office.post("operator", f"{path}/evidence", claim(indicator=1), key="the-same-key") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    reused = await office.post("operator", f"{path}/evidence", claim(indicator=2), key="the-same-key")
    assert problem(reused, 422).startswith("this Idempotency-Key was used")
    assert (await office.types()).count("EvidenceAttached") == 1


async def test_nobody_attaches_a_file_that_he_has_not_uploaded_himself(office: Office) -> None:
    """Who knows a digest has not seen the file."""
    await upload(office)
    path = await innovation_of(office, who="head", institution="opd-02")
    answer = await office.post("head", f"{path}/evidence", claim(indicator=1))
    assert problem(answer, 422).startswith(f"you have uploaded no file of SHA-256 {sha256(PDF)}")
    await upload(office, "head")
    assert (await office.post("head", f"{path}/evidence", claim(indicator=1))).status_code == 201


@pytest.mark.parametrize(("who", "status"), [("operator", 201), ("committee", 201), ("head", 403), ("juror", 403)])
async def test_who_may_attach_to_an_institutions_innovation(office: Office, who: str, status: int) -> None:
    path = await innovation_of(office)
    await upload(office, who)
    assert (await office.post(who, f"{path}/evidence", claim(indicator=1))).status_code == status


async def test_evidence_is_replaced_by_whoever_knows_its_version(office: Office) -> None:
    path = await attached(office)
    await upload(office, content=OTHER)
    there = f"{path}/evidence/1"
    assert problem(await office.put("operator", there, claim(OTHER)), 428)
    assert problem(await office.put("operator", there, claim(OTHER), **{"If-Match": '"7"'}), 412)
    done = await office.put("operator", there, claim(OTHER, parameter=3), **{"If-Match": '"1"'})
    assert (done.status_code, done.json()["sha256"], done.headers["ETag"]) == (200, sha256(OTHER), '"2"')
    (row,) = (await office.get("operator", f"{path}/evidence")).json()
    assert (row["parameter"], row["sha256"], row["media_type"]) == (3, sha256(OTHER), "image/png")


async def test_evidence_of_what_is_not_there_is_unknown(office: Office) -> None:
    nowhere = "/innovations/00000000-0000-4000-8000-000000000000"
    assert problem(await office.get("operator", f"{nowhere}/evidence"), 404)
    await upload(office)
    assert problem(await office.post("operator", f"{nowhere}/evidence", claim(indicator=1)), 404)


async def test_after_the_close_no_evidence_is_attached(office: Office) -> None:
    path = await attached(office)
    await office.post("committee", "/editions/test/registration/closing", {})
    assert "registration closed on" in problem(await office.post("operator", f"{path}/evidence", claim(indicator=2)), 409)


# -- getting it back


async def test_a_file_is_a_download_that_no_browser_runs(office: Office) -> None:
    path = await attached(office)
    answer = await office.get("screener", f"{path}/evidence-files/{sha256(PDF)}")
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="{sha256(PDF)[:16]}.pdf"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["etag"] == f'"{sha256(PDF)}"'


async def test_who_has_the_file_already_gets_it_no_second_time(office: Office) -> None:
    path = await attached(office)
    headers = {"Authorization": f"Bearer {office.tokens['screener']}", "If-None-Match": f'"{sha256(PDF)}"'}
    reached = {"at_least": await office.world.log("audit").position()}
    answer = await office.client.get(f"/v1{path}/evidence-files/{sha256(PDF)}", params=reached, headers=headers)
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize(("who", "status"), [("operator", 200), ("committee", 200), ("auditor", 200), ("head", 403)])
async def test_who_may_see_the_innovation_gets_its_files(office: Office, who: str, status: int) -> None:
    path = await attached(office)
    assert (await office.get(who, f"{path}/evidence-files/{sha256(PDF)}")).status_code == status
    assert (await office.get(who, f"{path}/evidence")).status_code == status


async def test_a_juror_gets_the_files_that_his_dossier_names_and_reads_the_list_there(office: Office) -> None:
    path = await attached(office)
    assert (await office.get("juror", f"{path}/evidence-files/{sha256(PDF)}")).content == PDF
    assert (await office.get("juror", f"{path}/evidence")).status_code == 403
    assert (await office.get("juror", f"{path}/evidence-files/{sha256(OTHER)}")).status_code == 404


async def test_a_replaced_file_is_still_there_and_one_of_another_innovation_is_not(office: Office) -> None:
    path = await attached(office)
    await upload(office, content=OTHER)
    await office.put("operator", f"{path}/evidence/1", claim(OTHER), **{"If-Match": "*"})
    assert (await office.get("operator", f"{path}/evidence-files/{sha256(PDF)}")).content == PDF
    elsewhere = await innovation_of(office, who="head", institution="opd-02")
    told = problem(await office.get("head", f"{elsewhere}/evidence-files/{sha256(PDF)}"), 404)
    assert told.startswith(f"no file of SHA-256 {sha256(PDF)} is attached to this innovation")


async def test_a_page_hands_the_file_to_the_same_people(office: Office) -> None:
    path = await attached(office)
    await office.get("screener", f"{path}/evidence")
    page = f"/e/test{path}/files/{sha256(PDF)}"
    for who in ("screener", "juror"):
        assert (await Browser(office.client, office.tokens[who]).look(page)).content == PDF
    assert (await Browser(office.client, office.tokens["head"]).look(page)).status_code == 403
    assert (
        await Browser(office.client, office.tokens["screener"]).look(page.replace("/e/test", "/e/another"))
    ).status_code == 404
    assert (await Browser(office.client).look(page)).status_code == 303
