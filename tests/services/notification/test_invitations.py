"""Printed invitations: who is reached by no letter, and the pages for them."""

import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from services.notification.app import create_app
from services.notification.invitation_sheets import Sheet, qr, typeset
from shared.security import Grant
from tests.services.notification.post import VaultDesk
from tests.services.notification.registrar import Registrar
from tests.world import World, bearer

COMMITTEE = Grant("committee", "test")


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def sheet(**more: Any) -> Sheet:
    fields: dict[str, Any] = {
        "language": "id",
        "name": "Demo Penerima",
        "login": "1987 01",
        "edition": "Lomba Inovasi",
        "offices": ("Kepala instansi – Kelurahan Demo",),
        "link": "https://makmal.test/undangan#mkm_abc",
        "expires": "1 Maret 2023, 12.00 WIB",
    }
    return Sheet(**{**fields, **more})


def test_each_person_gets_a_page_in_his_language() -> None:
    first, second = pages(typeset([sheet(), sheet(language="en", offices=(), name="Demo Reader")]))
    for said in ("Undangan", "Demo Penerima", "Lomba Inovasi", "Kelurahan Demo", "1987 01", "1 Maret 2023, 12.00 WIB"):
        assert said in first
    assert "undangan#mkm_abc" in first.replace(" ", "")
    assert "Invitation" in second and "Demo Reader" in second and "Sebagai" not in second


def test_what_people_are_called_is_no_markup() -> None:
    name = '#panic("x") *Budi* $x$ @y \\ "Ani" <a> é'
    [page] = pages(typeset([sheet(name=name, edition="#pagebreak() [x]")]))
    for said in ('#panic("x")', "*Budi*", "$x$", "@y", "<a>", "#pagebreak()"):
        assert said in page


def test_the_code_is_an_image_of_the_link_alone() -> None:
    assert qr("https://makmal.test/undangan#a").startswith("<svg")
    assert qr("https://makmal.test/undangan#a") != qr("https://makmal.test/undangan#b")


@pytest.fixture
async def office(world: World, vault: VaultDesk) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    registrar = Registrar(world)
    await registrar.open()
    for person, role, institutions in (
        ("with", "head", ("opd-01",)),
        ("without", "head", ("opd-02",)),
        ("erased", "operator", ("opd-02",)),
    ):
        await registrar.grant(person, role, *institutions)
    last = await registrar.submit("Kartu", pic="without")
    vault.knows("with", "with@demo.test")
    vault.knows("without", "", name="Demo Tanpa Surel", language="id")
    app = create_app(world.settings("notification", identity_url=vault.url))
    async with world.running(app) as client:
        token = await world.token("person/c", COMMITTEE)
        await client.get(f"/v1/editions/test/messages?at_least={last.position + 1}", headers=bearer(token))
        yield client, token


async def test_the_committee_sees_whom_no_letter_reaches(office: tuple[httpx.AsyncClient, str], world: World) -> None:
    client, token = office
    found = await client.get("/v1/editions/test/without-email", headers=bearer(token))
    assert found.json() == [{"person": "without", "roles": ["head", "pic"], "institutions": ["opd-01", "opd-02"]}]
    head = await world.token("person/h", Grant("head", "test", ("opd-02",)))
    assert (await client.get("/v1/editions/test/without-email", headers=bearer(head))).status_code == 403


async def test_the_committee_prints_invitations_with_link_and_name_to_sign_in_with(
    office: tuple[httpx.AsyncClient, str], world: World
) -> None:
    client, token = office
    body = {"invitations": [{"person": "without", "invitation": "mkm_secret", "expires": "2023-03-01T12:00:00+07:00"}]}
    printed = await client.post("/v1/editions/test/invitations.pdf", headers=bearer(token), json=body)
    assert (printed.status_code, printed.headers["content-type"]) == (200, "application/pdf"), printed.text
    assert printed.headers["cache-control"] == "no-store"
    [page] = pages(printed.content)
    for said in ("Demo Tanpa Surel", "Kepala instansi – Dinas Dua", "1 Maret 2023, 12.00 WIB", "Nama untuk masuk: without"):
        assert said in page
    assert "http://makmal.test/identity/invitation?code=mkm_secret" in page.replace(" ", "")
    assert all(b"mkm_secret" not in recorded.raw for recorded in await world.all_events())


async def test_only_the_committee_prints_and_only_for_people_whom_the_vault_knows(
    office: tuple[httpx.AsyncClient, str], world: World
) -> None:
    client, token = office
    path = "/v1/editions/test/invitations.pdf"
    body = {"invitations": [{"person": "erased", "invitation": "x", "expires": "2023-03-01T12:00:00+07:00"}]}
    assert (await client.post(path, headers=bearer(token), json=body)).status_code == 404
    head = await world.token("person/h", Grant("head", "test", ("opd-02",)))
    assert (await client.post(path, headers=bearer(head), json=body)).status_code == 403
    assert (await client.post(path, headers=bearer(token), json={"invitations": []})).status_code == 422


async def test_while_the_vault_is_away_both_say_when_to_ask_again(
    office: tuple[httpx.AsyncClient, str], vault: VaultDesk
) -> None:
    client, token = office
    body = {"invitations": [{"person": "without", "invitation": "x", "expires": "2023-03-01T12:00:00+07:00"}]}
    vault.closed = True
    asked = await client.get("/v1/editions/test/without-email", headers=bearer(token))
    printed = await client.post("/v1/editions/test/invitations.pdf", headers=bearer(token), json=body)
    for answer in (asked, printed):
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5"), answer.text
        assert answer.json()["type"] == "urn:makmal:problem:away" and "nama orang" in answer.json()["detail_id"]
    vault.closed = False
    assert (await client.get("/v1/editions/test/without-email", headers=bearer(token))).status_code == 200


async def test_without_a_way_to_the_vault_nothing_is_printed(world: World) -> None:
    async with world.running(create_app(world.settings("notification"))) as client:
        token = await world.token("person/c", COMMITTEE)
        refused = await client.get("/v1/editions/test/without-email", headers=bearer(token))
        assert refused.status_code == 409 and "MAKMAL_IDENTITY_URL" in refused.json()["detail"]
