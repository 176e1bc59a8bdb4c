"""Roles on pages: the committee sees who holds them and invites people, an administrator grants and revokes by decree."""

import re

from tests.browsing import Browser
from tests.services.identity.office_hours import DECREE, Identity, identity
from tests.world import World

COMMITTEE = {"role": "committee", "edition": "batam-2023", **DECREE}
ANI, SARI = "ani@kota.example", "sari@kota.example"
AT = "/e/batam-2023/roles"


async def somebody(here: Identity, email: str) -> Browser:
    browser = Browser(here.client, await here.token(email))
    await browser.look("/me?bahasa=en")
    return browser


async def root(here: Identity) -> Browser:
    browser = Browser(here.client, await here.administrator())
    await browser.look("/me?bahasa=en")
    return browser


async def test_the_committee_sees_who_holds_what_by_which_decree(world: World) -> None:
    async with identity(world) as here:
        await here.account(await here.administrator(), ANI, COMMITTEE)
        await here.account(await here.administrator(), SARI)
        page = await (await somebody(here, ANI)).look(AT)
        assert page.status_code == 200 and f"Demo {ANI}" in page.text
        assert "SK-1/2023" in page.text and "1 February 2023" in page.text and page.headers["cache-control"] == "no-store"
        assert (await (await somebody(here, SARI)).look(AT)).status_code == 403
        assert (await Browser(here.client).look(AT)).status_code == 303
        assert "Nobody holds such a role" in (await (await somebody(here, ANI)).look(f"{AT}?role=juror")).text


async def test_the_committee_invites_and_gets_the_link_once(world: World) -> None:
    async with identity(world) as here:
        await here.account(await here.administrator(), ANI, COMMITTEE)
        browser = await somebody(here, ANI)
        await browser.look(AT)
        wrong = await browser.send(AT, {"name": "Demo Sari", "email": "no address"})
        assert wrong.status_code == 409 and "is not an e-mail address" in wrong.text and "Demo Sari" in wrong.text
        await browser.look(AT)
        given = await browser.send(AT, {"name": "Demo Sari", "email": ""})
        assert given.status_code == 200 and "invitations.pdf" in given.text
        found = re.search(r"http://makmal.test/identity(/invitation\?code=[^\"]+)", given.text)
        assert found is not None
        assert "Demo Sari" in (await Browser(here.client).look(found[1])).text
        person = re.search(r"roles/([0-9a-f]{32})/invitation", given.text)
        assert person is not None
        again = await browser.look(f"{AT}/{person[1]}")
        assert "invited, has no password yet" in again.text and found[1] not in again.text
        anew = await browser.send(f"{AT}/{person[1]}/invitation", {})
        assert anew.status_code == 200 and "invitation?code=" in anew.text and "Grant a role" not in anew.text


async def test_an_administrator_grants_and_revokes_and_the_history_stays(world: World) -> None:
    async with identity(world) as here:
        await here.account(await here.administrator(), ANI, COMMITTEE)
        person = await here.account(await here.administrator(), SARI)
        browser, at = await root(here), f"{AT}/{person}"
        assert 'href="/identity/e/batam-2023/roles"' in browser.page
        assert "No role in this edition yet" in (await browser.look(at)).text
        fields = {"role": "head", "decree": "SK-7/2023", "decree_date": "2023-03-01", "codes": ""}
        refused = await browser.send(f"{at}/grant", fields)
        assert refused.status_code == 409 and "exactly one institution" in refused.text and "SK-7/2023" in refused.text
        assert (await browser.send(f"{at}/grant", {**fields, "codes": "opd-01"})).status_code == 303
        held = await browser.look(at)
        assert "SK-7/2023 of 1 March 2023" in held.text and "opd-01" in held.text and "Revoke this role" in held.text
        silent = await browser.send(f"{at}/revocation", {"role": "head", "reason": ""})
        assert silent.status_code == 409 and "Say why the role is revoked" in silent.text
        assert (await browser.send(f"{at}/revocation", {"role": "head", "reason": "moved away"})).status_code == 303
        after = await browser.look(at)
        assert "moved away" in after.text and "Revoke this role</summary>" not in after.text
        assert f"Demo {SARI}" not in (await browser.look(AT)).text
        assert f"Demo {SARI}" in (await browser.look(f"{AT}?past=1")).text


async def test_the_committee_grants_nothing_itself(world: World) -> None:
    async with identity(world) as here:
        me = await here.account(await here.administrator(), ANI, COMMITTEE)
        browser = await somebody(here, ANI)
        await browser.look(AT)
        refused = await browser.send(f"{AT}/{me}/grant", {"role": "juror", "decree": "SK", "decree_date": "2023-03-01"})
        assert refused.status_code == 409 and "administrator" in refused.text
