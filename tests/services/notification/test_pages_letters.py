"""The outbox on pages: every letter, what became of it, sending again by hand; people without e-mail, and their sheets."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from pypdf import PdfReader

from services.notification.app import create_app
from shared.events.notification import MessageBounced, MessageQueued, MessageRequeued
from shared.security import Grant
from tests.browsing import Browser
from tests.services.notification.post import VaultDesk
from tests.services.notification.registrar import Registrar
from tests.world import World, eventually

COMMITTEE = Grant("committee", "test")
AT = "/e/test/letters"


@asynccontextmanager
async def written(world: World, vault: VaultDesk) -> AsyncIterator[tuple[httpx.AsyncClient, Browser, Registrar]]:
    """One letter to the operator, who has no e-mail address."""
    registrar = Registrar(world)
    await registrar.open()
    await registrar.grant("typist", "operator", "opd-01")
    vault.knows("typist", "", name="Demo Operator")
    async with world.running(create_app(world.settings("notification", identity_url=vault.url))) as client:
        browser = Browser(client, await world.token("person/c", COMMITTEE))
        await browser.look(f"{AT}?bahasa=en")
        yield client, browser, registrar


async def test_every_letter_stands_there_with_its_state_and_its_cause(world: World, vault: VaultDesk) -> None:
    async with written(world, vault) as (_, browser, registrar):
        assert "No letter was written yet" in browser.page and "No mail server is set up here" in browser.page
        event = await registrar.submit("Kartu Ajaib", pic="typist")
        await registrar.letters("submission_received", 1)
        queued = next(e for e in await world.all_events() if isinstance(e.event, MessageQueued))
        id = queued.subject.partition("/")[2]
        await shown(browser, AT, f"/audit/receipts/{event.position}")
        assert "waiting" in browser.page and f'href="/notification{AT}/{id}"' in browser.page
        letter = await browser.look(f"{AT}/{id}")
        assert letter.status_code == 200 and "Kartu Ajaib" in letter.text and "Send it again" not in letter.text
        none = await browser.look(f"{AT}/00000000-0000-0000-0000-000000000000")
        assert none.status_code == 404 and "There is no such message" in none.text
        await world.record(f"message/{id}", MessageBounced(attempt=1, code=550, answer="no such mailbox"))
        await shown(browser, f"{AT}?state=bounced", f"/{id}")
        letter = await browser.look(f"{AT}/{id}")
        assert "550 no such mailbox" in letter.text and "Check the person's address" in letter.text
        assert (await browser.send(f"{AT}/{id}/resend", {})).status_code == 303
        assert [e.event for e in await world.all_events()][-1] == MessageRequeued(attempt=2)
        assert "It goes out once more." in (await browser.look(f"{AT}/{id}")).text
        assert "No letter is in this state" in (await browser.look(f"{AT}?state=bounced")).text


async def shown(browser: Browser, address: str, what: str) -> None:
    async def there() -> bool:
        return what in (await browser.look(address)).text

    await eventually(there)


async def test_the_committee_sees_whom_no_letter_reaches(world: World, vault: VaultDesk) -> None:
    async with written(world, vault) as (_, browser, _registrar):
        page = await browser.look(f"{AT}/without-email")
        assert page.status_code == 200 and "Dinas Satu" in page.text and "Operator" in page.text


async def test_a_sheet_is_printed_from_an_invitation(world: World, vault: VaultDesk) -> None:
    async with written(world, vault) as (_, browser, _registrar):
        given = {"person": "typist", "invitation": "mkm_secret", "expires": "2023-03-01T12:00:00+07:00"}
        await browser.look(AT)
        await browser.look("/e/test/circulars/new")
        sheet = await browser.send("/e/test/invitations.pdf", given)
        assert (sheet.status_code, sheet.headers["content-type"]) == (200, "application/pdf")
        [page] = PdfReader(io.BytesIO(sheet.content)).pages
        assert "identity/invitation?code=mkm_secret" in page.extract_text().replace("\n", "").replace(" ", "")
        await browser.look("/e/test/circulars/new")
        assert (await browser.send("/e/test/invitations.pdf", {**given, "expires": "soon"})).status_code == 422


async def test_it_is_for_the_committee_and_the_auditor(world: World, vault: VaultDesk) -> None:
    async with written(world, vault) as (client, _, _registrar):
        head = Browser(client, await world.token("person/h", Grant("head", "test", ("opd-01",))))
        assert (await head.look(AT)).status_code == 403
        assert (await head.look(f"{AT}/without-email")).status_code == 403
        auditor = Browser(client, await world.token("person/a", Grant("auditor", "test")))
        assert (await auditor.look(AT)).status_code == 200


async def test_while_the_vault_is_away_the_page_says_so(world: World, vault: VaultDesk) -> None:
    async with written(world, vault) as (_, browser, _registrar):
        vault.closed = True
        page = await browser.look(f"{AT}/without-email")
        assert page.status_code == 200 and "cannot be asked for just now" in page.text
