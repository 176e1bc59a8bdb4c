"""Circulars on pages: the committee issues one with its document, institutions acknowledge it, paper is entered and confirmed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from services.notification.app import create_app
from shared.events.notification import AcknowledgementConfirmed, CircularAcknowledged, CircularIssued
from shared.security import Grant
from tests.browsing import Browser
from tests.services.notification.post import VaultDesk
from tests.services.notification.registrar import Registrar
from tests.world import World

PDF = b"%PDF-1.7 rekaan"
COMMITTEE = Grant("committee", "test")
HEAD = Grant("head", "test", ("opd-01",))
FIELDS: dict[str, str] = {
    "number": "02/SE/I/2023",
    "dated": "2023-01-31",
    "title": "Lomba Inovasi Daerah",
    "text": "Setiap OPD mendaftarkan inovasi.",
    "kinds": "opd",
    "days": "7",
}
AT = "/e/test/circulars"


class Desk:
    def __init__(self, world: World, client: httpx.AsyncClient):
        self.world = world
        self.client = client

    async def browser(self, person: str, *grants: Grant) -> Browser:
        browser = Browser(self.client, await self.world.token(f"person/{person}", *grants))
        await browser.look("/e/test/circulars?bahasa=en")
        return browser

    async def issued(self, **more: str) -> str:
        """Its address inside the service."""
        committee = await self.browser("c", COMMITTEE)
        await committee.look(f"{AT}/new")
        answer = await committee.send(f"{AT}/new", {**FIELDS, **more})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].removeprefix("/notification")

    async def events(self, kind: type) -> list[Any]:
        return [e.event for e in await self.world.all_events() if isinstance(e.event, kind)]


@asynccontextmanager
async def opened(world: World, vault: VaultDesk) -> AsyncIterator[Desk]:
    registrar = Registrar(world)
    await registrar.open()
    await registrar.grant("head-1", "head", "opd-01")
    vault.knows("head-1", "head@demo.test", name="Demo Kepala")
    async with world.running(create_app(world.settings("notification", identity_url=vault.url))) as client:
        yield Desk(world, client)


async def test_the_committee_issues_one_and_the_institution_acknowledges_it(world: World, vault: VaultDesk) -> None:
    async with opened(world, vault) as desk:
        committee = await desk.browser("c", COMMITTEE)
        assert "No circular yet" in committee.page and "Issue a circular" in committee.page
        at = await desk.issued()
        head = await desk.browser("head-1", HEAD)
        assert "Please acknowledge" in head.page and "Issue a circular" not in head.page
        page = await head.look(at)
        assert "Dinas Satu" in page.text and "Dinas Dua" not in page.text
        done = await head.send(f"{at}/acknowledgement", {"institution": "opd-01"})
        assert done.status_code == 303
        assert "on record that the circular was received" in (await head.look(at)).text
        assert await desk.events(CircularAcknowledged) == [CircularAcknowledged(institution="opd-01", person="head-1")]
        whole = (await committee.look(at)).text
        assert "1 / 3" in whole and "Dinas Dua" in whole and "waited for" in whole
        assert "1 of 3" in (await committee.look(AT)).text


async def test_what_was_typed_and_uploaded_stays_when_it_is_refused(world: World, vault: VaultDesk) -> None:
    async with opened(world, vault) as desk:
        committee = await desk.browser("c", COMMITTEE)
        await committee.look(f"{AT}/new")
        wrong = await committee.send_files(f"{AT}/new", {**FIELDS, "kinds": ""}, {"file": PDF})
        assert wrong.status_code == 409 and "A circular is addressed to somebody" in wrong.text
        assert "Setiap OPD mendaftarkan" in wrong.text and "Kept: file" in wrong.text
        done = await committee.send(f"{AT}/new", FIELDS)
        assert done.status_code == 303
        [issued] = await desk.events(CircularIssued)
        assert issued.file_name == "file" and issued.institutions == ("opd-01", "opd-02", "opd-03")
        at = done.headers["location"].removeprefix("/notification")
        assert (await committee.look(f"{at}/file")).content == PDF
        await committee.look(f"{AT}/new")
        strange = await committee.send_files(f"{AT}/new", FIELDS, {"file": b"#!/bin/sh"})
        assert strange.status_code == 409 and "neither a PDF" in strange.text


async def test_paper_is_entered_by_the_committee_and_confirmed_by_who_signed(world: World, vault: VaultDesk) -> None:
    async with opened(world, vault) as desk:
        at = await desk.issued()
        committee = await desk.browser("c", COMMITTEE)
        page = await committee.look(f"{at}/paper/opd-01")
        assert "Demo Kepala" in page.text
        without = await committee.send(f"{at}/paper/opd-01", {"person": "head-1"})
        assert without.status_code == 409 and "Add the scan of the paper" in without.text
        done = await committee.send_files(f"{at}/paper/opd-01", {"person": "head-1"}, {"file": PDF})
        assert done.status_code == 303, done.text
        [given] = await desk.events(CircularAcknowledged)
        assert (given.person, given.recorded_by) == ("head-1", "c")
        assert "on paper, not confirmed yet" in (await committee.look(at)).text
        assert "acknowledged already" in (await committee.look(f"{at}/paper/opd-01")).text
        head = await desk.browser("head-1", HEAD)
        assert "Was it you who signed the paper?" in (await head.look(at)).text
        other = await desk.browser("head-2", HEAD)
        assert "Was it you" not in (await other.look(at)).text
        refused = await other.send(f"{at}/confirmation", {"institution": "opd-01"})
        assert refused.status_code == 403
        await head.look(at)
        assert (await head.send(f"{at}/confirmation", {"institution": "opd-01"})).status_code == 303
        assert [one.person for one in await desk.events(AcknowledgementConfirmed)] == ["head-1"]
        assert "on paper, confirmed" in (await committee.look(at)).text
        nobody = await committee.look(f"{at}/paper/opd-02")
        assert "Nobody holds a role for this institution" in nobody.text


@pytest.mark.parametrize("address", [AT, f"{AT}/new"])
async def test_strangers_see_nothing(world: World, vault: VaultDesk, address: str) -> None:
    async with opened(world, vault) as desk:
        assert (await Browser(desk.client).look(address)).status_code == 303
        juror = Browser(desk.client, await world.token("person/j", Grant("juror", "test")))
        assert (await juror.look(address)).status_code == 403
