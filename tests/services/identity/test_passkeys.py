"""Passkeys: added by who has shown who he is, good for signing in, and for nothing that is not exactly that."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from services.identity import passkeys, passkeys_challenge
from services.identity.forgetting import forget
from services.identity.lockout import FailureRow
from services.identity.passkeys import PasskeyRow
from services.identity.passkeys_ceremony import Door, door
from shared.database import table
from tests.browsing import Browser
from tests.services.identity.device import Device, octets, text
from tests.services.identity.office_hours import PASSWORD, Identity, identity
from tests.world import World

ANI, BUDI = "ani@kota.example", "budi@kota.example"
HERE = "https://makmal.test"


@asynccontextmanager
async def house(world: World) -> AsyncIterator[Identity]:
    async with identity(world, public_url=HERE) as here:
        root = await here.administrator()
        await here.account(root, ANI)
        await here.account(root, BUDI)
        yield here


async def signed_in(here: Identity, email: str = ANI) -> Browser:
    browser = Browser(here.client)
    await browser.look("/sign-in")
    assert (await browser.send("/sign-in", {"email": email, "password": PASSWORD})).status_code == 303
    await browser.look("/me")
    return browser


async def added(browser: Browser, device: Device, name: str = "Ponsel saya") -> None:
    asked = await browser.send("/me/passkeys/options", {"passkey_name": name})
    assert asked.status_code == 200, asked.text
    await browser.look("/me")
    answer = await browser.send("/me/passkeys", {"passkey_name": name, **device.create(asked.json())})
    assert (answer.status_code, answer.headers.get("location")) == (303, "/identity/me"), answer.text
    await browser.look("/me")


async def stranger(here: Identity, next: str = "/") -> tuple[Browser, dict[str, Any]]:
    """Somebody at the sign-in page, and what his device is asked."""
    browser = Browser(here.client)
    await browser.look(f"/sign-in?next={next}")
    asked = await browser.send("/sign-in/passkey/options", {})
    assert asked.status_code == 200 and asked.headers["cache-control"] == "no-store"
    await browser.look(f"/sign-in?next={next}")
    return browser, asked.json()


async def refused(here: Identity, browser: Browser, answer: dict[str, str], sentence: str, status: int = 400) -> None:
    page = await browser.send("/sign-in/passkey", answer)
    assert page.status_code == status and sentence in page.text, page.text[-3000:]
    assert "__Host-makmal" not in browser.cookies


DOES_NOT_PROVE = "tidak membuktikan siapa Anda"
STALE = "terlalu lama, atau terkirim dua kali"


async def test_a_passkey_is_added_named_used_and_removed(world: World) -> None:
    async with house(world) as here:
        browser, device = await signed_in(here), Device()
        assert 'id="f-passkey_name"' in browser.page and 'id="f-passkey_password"' not in browser.page, "signed in just now"
        await added(browser, device)
        assert "Ponsel saya" in browser.page and "belum pernah dipakai" in browser.page

        other, asked = await stranger(here, "/judging/e/batam-2023/entries")
        answer = await other.send("/sign-in/passkey", device.get(asked))
        assert (answer.status_code, answer.headers["location"]) == (303, "/judging/e/batam-2023/entries")
        page = await other.look("/me")
        assert ANI in page.text and "terakhir dipakai" in page.text and page.text.count('name="session" value="') == 2

        [id] = re.findall(r'name="passkey" value="([^"]+)"', page.text)
        assert id == text(device.id)
        assert (await other.send("/me/passkeys/removal", {"passkey": id})).status_code == 303
        assert "Ponsel saya" not in (await other.look("/me")).text
        late, asked = await stranger(here)
        await refused(here, late, device.get(asked), "tidak tersimpan di sini, atau sudah dihapus")


async def test_who_signed_in_long_ago_shows_his_password_once_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(world) as here:
        browser, device = await signed_in(here), Device()
        monkeypatch.setattr(passkeys, "FRESH_SECONDS", -1.0)
        assert 'id="f-passkey_password"' in (await browser.look("/me")).text
        for wrong, sentence in ((("", "bukan itu")), ("salah sekali", "bukan itu")):
            asked = await browser.send("/me/passkeys/options", {"passkey_name": "Ponsel", "passkey_password": wrong})
            assert asked.status_code == 409 and sentence in asked.json()["refused"]
            await browser.look("/me")
        nameless = await browser.send("/me/passkeys/options", {"passkey_name": " ", "passkey_password": PASSWORD})
        assert nameless.status_code == 409 and "beri kunci sandi itu nama" in nameless.json()["refused"]
        await browser.look("/me?bahasa=en")
        good = await browser.send("/me/passkeys/options", {"passkey_name": "Ponsel", "passkey_password": PASSWORD})
        assert good.status_code == 200 and good.json()["user"]["name"] == ANI
        await browser.look("/me")
        answer = {"passkey_name": "Ponsel", **device.create(good.json())}
        assert (await browser.send("/me/passkeys", answer)).status_code == 303
        await browser.look("/me")
        again = await browser.send("/me/passkeys", answer)
        assert again.status_code == 409 and "took too long, or was sent twice" in again.text and 'value="Ponsel"' in again.text


async def test_guessing_the_password_for_a_passkey_has_to_wait_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(world) as here:
        browser = await signed_in(here)
        monkeypatch.setattr(passkeys, "FRESH_SECONDS", -1.0)
        for _ in range(6):
            await browser.look("/me")
            asked = await browser.send("/me/passkeys/options", {"passkey_name": "P", "passkey_password": "salah"})
        assert "coba lagi dalam" in asked.json()["refused"]
        await browser.look("/me")
        right = await browser.send("/me/passkeys/options", {"passkey_name": "P", "passkey_password": PASSWORD})
        assert right.status_code == 409


async def test_a_passkey_signs_in_only_here_once_and_by_its_owner(world: World) -> None:
    async with house(world) as here:
        device, budis = Device(), Device()
        await added(await signed_in(here), device)
        await added(await signed_in(here, BUDI), budis)

        elsewhere, asked = await stranger(here)
        device.origin = "https://makmal.test.example"
        await refused(here, elsewhere, device.get(asked), DOES_NOT_PROVE)
        device.origin = HERE

        browser, asked = await stranger(here)
        await refused(here, browser, device.get({**asked, "rpId": "test"}), DOES_NOT_PROVE)

        unasked, asked = await stranger(here)
        device.asks = False
        await refused(here, unasked, device.get(asked), DOES_NOT_PROVE)
        device.asks = True

        replaying, asked = await stranger(here)
        answer = device.get(asked)
        assert (await replaying.send("/sign-in/passkey", answer)).status_code == 303
        replaying.cookies.pop("__Host-makmal")
        await replaying.look("/sign-in")
        await refused(here, replaying, answer, STALE)

        one, asked = await stranger(here)
        other, _ = await stranger(here)
        await refused(here, other, device.get(asked), STALE)

        claiming, asked = await stranger(here)
        await refused(here, claiming, device.get(asked, owner=budis.owner), DOES_NOT_PROVE)
        mixed, asked = await stranger(here)
        await refused(here, mixed, {**device.get(asked), "passkey_id": text(budis.id)}, DOES_NOT_PROVE)
        assert one.cookies


async def test_a_device_that_counts_never_counts_back(world: World) -> None:
    async with house(world) as here:
        device = Device()
        await added(await signed_in(here), device)
        device.count = 41
        browser, asked = await stranger(here)
        assert (await browser.send("/sign-in/passkey", device.get(asked))).status_code == 303
        for count in (41, 7):
            device.count = count
            copied, asked = await stranger(here)
            await refused(here, copied, device.get(asked), DOES_NOT_PROVE)
        device.count = 42
        browser, asked = await stranger(here)
        assert (await browser.send("/sign-in/passkey", device.get(asked))).status_code == 303


async def test_a_challenge_ends_and_serves_for_one_thing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(world) as here:
        mine, device, second = await signed_in(here), Device(), Device()
        await added(mine, device)
        options = {"passkey_name": "Kedua"}
        monkeypatch.setattr(passkeys_challenge, "SECONDS", -1)
        browser, asked = await stranger(here)
        await refused(here, browser, device.get(asked), STALE)
        late = (await mine.send("/me/passkeys/options", options)).json()
        await mine.look("/me")
        answer = await mine.send("/me/passkeys", {**options, **second.create(late)})
        assert answer.status_code == 409 and STALE in answer.text
        monkeypatch.undo()
        sign_in = (await mine.send("/sign-in/passkey/options", {})).json()
        await mine.look("/me")
        adding = (await mine.send("/me/passkeys/options", options)).json()
        await mine.look("/me")
        other_way = second.create({**adding, "challenge": sign_in["challenge"]})
        assert (await mine.send("/me/passkeys", {**options, **other_way})).status_code == 409
        forged = text(f"{'x' * 22}.9999999999.{'A' * 43}".encode())
        for nonsense in (forged, "", "é", text(b"\xff\xfe"), text(b"a.b.c")):
            browser, asked = await stranger(here)
            await refused(here, browser, device.get({**asked, "challenge": nonsense}), STALE)


async def test_who_has_to_wait_after_wrong_passwords_waits_with_a_passkey_too(world: World) -> None:
    async with house(world) as here:
        device = Device()
        await added(await signed_in(here), device)
        for _ in range(5):
            await here.sign_in(ANI, "salah")
        browser, asked = await stranger(here)
        await refused(here, browser, device.get(asked), "Terlalu banyak kata sandi yang salah", 429)


async def test_what_no_honest_device_says_is_refused_in_a_sentence(world: World) -> None:
    async with house(world) as here:
        mine, device = await signed_in(here), Device()
        options = {"passkey_name": "Ponsel"}
        adding = (await mine.send("/me/passkeys/options", options)).json()
        made = device.create(adding)
        torn = octets(made["passkey_attestation"])
        for wrong in ("", "é", "AAAA", text(torn[:-9]), text(torn[:40] + b"\xff" * 20 + torn[60:]), text(b"\x9f" * 5000)):
            await mine.look("/me")
            adding = (await mine.send("/me/passkeys/options", options)).json()
            await mine.look("/me")
            answer = await mine.send("/me/passkeys", {**options, **device.create(adding), "passkey_attestation": wrong})
            assert answer.status_code == 409 and "tidak berlaku untuk situs ini" in answer.text
        await mine.look("/me")
        await added(mine, device)
        deep = text(b"[" * 20_000)
        for field, wrong in (("client_data", deep), ("signature", "AA"), ("authenticator_data", "AAAA"), ("client_data", "é")):
            browser, asked = await stranger(here)
            sentence = DOES_NOT_PROVE
            await here.parts.database.write(_nobody_waits)
            await refused(here, browser, {**device.get(asked), f"passkey_{field}": wrong}, sentence)


def _nobody_waits(connection: Any) -> None:
    connection.execute(table(FailureRow).delete())


async def test_a_device_that_asks_nothing_or_stands_elsewhere_is_not_added(world: World) -> None:
    async with house(world) as here:
        mine = await signed_in(here)
        for origin, asks in ((HERE, False), ("https://evil.example", True)):
            device = Device(origin)
            device.asks = asks
            asked = (await mine.send("/me/passkeys/options", {"passkey_name": "P"})).json()
            await mine.look("/me")
            answer = await mine.send("/me/passkeys", {"passkey_name": "P", **device.create(asked)})
            assert answer.status_code == 409 and "tidak berlaku untuk situs ini" in answer.text


async def test_nobody_removes_or_takes_over_another_persons_passkey(world: World) -> None:
    async with house(world) as here:
        anis, budi, device = await signed_in(here), await signed_in(here, BUDI), Device()
        await added(anis, device)
        await budi.send("/me/passkeys/removal", {"passkey": text(device.id)})
        assert "Ponsel saya" in (await anis.look("/me")).text
        await budi.look("/me")
        asked = (await budi.send("/me/passkeys/options", {"passkey_name": "P"})).json()
        await budi.look("/me")
        taken = await budi.send("/me/passkeys", {"passkey_name": "P", **device.create(asked)})
        assert taken.status_code == 409 and "sudah tersimpan di sini" in taken.text


async def test_one_person_keeps_only_so_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(world) as here:
        mine = await signed_in(here)
        monkeypatch.setattr(passkeys, "MOST", 1)
        await added(mine, Device())
        asked = (await mine.send("/me/passkeys/options", {"passkey_name": "P"})).json()
        assert len(asked["excludeCredentials"]) == 1
        await mine.look("/me")
        answer = await mine.send("/me/passkeys", {"passkey_name": "P", **Device().create(asked)})
        assert answer.status_code == 409 and "jumlah terbanyak" in answer.text


async def test_who_is_erased_leaves_no_passkey(world: World) -> None:
    async with house(world) as here:
        mine, device = await signed_in(here), Device()
        await added(mine, device)
        person = (await here.parts.verifier.principal(mine.cookies["__Host-makmal"])).person
        await here.parts.database.write(lambda c: forget(c, [person]))
        count = select(func.count()).select_from(table(PasskeyRow))
        assert await here.parts.database.read(lambda c: c.scalar(count)) == 0
        browser, asked = await stranger(here)
        await refused(here, browser, device.get(asked), "tidak tersimpan di sini")


async def test_forms_that_another_site_sends_are_refused(world: World) -> None:
    async with house(world) as here:
        mine, device = await signed_in(here), Device()
        await added(mine, device)
        browser, asked = await stranger(here)
        answer = await browser.send("/sign-in/passkey", device.get(asked), **{"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403 and "__Host-makmal" not in browser.cookies


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://makmal.kota.example", Door("makmal.kota.example", "https://makmal.kota.example")),
        ("https://Makmal.kota.example:8443", Door("makmal.kota.example", "https://makmal.kota.example:8443")),
        ("http://localhost:8000", Door("localhost", "http://localhost:8000")),
        ("http://makmal.kota.example", None),
        ("http://127.0.0.1:8000", None),
        ("https://10.0.0.1", None),
        ("", None),
    ],
)
async def test_passkeys_serve_where_browsers_keep_them(world: World, url: str, found: Door | None) -> None:
    assert door(replace(world.settings("identity"), public_url=url)) == found


async def test_a_house_without_such_an_address_offers_none(world: World) -> None:
    async with identity(world) as here:
        await here.account(await here.administrator(), ANI)
        browser = await signed_in(here)
        assert "alamat bernama dengan https" in browser.page and "passkey.js" not in browser.page
        assert "passkey" not in (await Browser(here.client).look("/sign-in")).text
        answer = await browser.send("/me/passkeys/options", {"passkey_name": "P"})
        assert answer.status_code == 409
