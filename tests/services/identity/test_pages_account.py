"""From an invitation to an account of one's own: choose a password, see one's roles, end sessions, choose another password."""

import re

import pytest

from services.identity.devices import device
from tests.browsing import Browser
from tests.services.identity.office_hours import DECREE, PASSWORD, Identity, identity
from tests.world import World, bearer

ANI = "ani@kota.example"
JUROR = {"role": "juror", "edition": "batam-2023", **DECREE}
ANOTHER = "kalimat lain yang panjang"


async def invited(here: Identity) -> str:
    root = await here.administrator()
    made = await here.post("/v1/accounts", root, {"name": "Demo Ani", "email": ANI})
    await here.post("/v1/roles", root, {"person": made["person"], **JUROR})
    return str(made["invitation"])


async def signed_in(here: Identity) -> Browser:
    browser = Browser(here.client)
    await browser.look("/sign-in")
    answer = await browser.send("/sign-in", {"email": ANI, "password": PASSWORD})
    assert answer.status_code == 303
    return browser


async def test_who_is_invited_chooses_a_password_and_is_signed_in(world: World) -> None:
    async with identity(world) as here:
        code, browser = await invited(here), Browser(here.client)
        page = await browser.look(f"/invitation?code={code}")
        assert page.status_code == 200 and "Demo Ani" in page.text and ANI in page.text and "12 karakter" in page.text
        short = await browser.send("/invitation", {"password": "pendek", "password_again": "pendek"})
        assert short.status_code == 409 and "terlalu pendek" in short.text and code in short.text
        other = await browser.send("/invitation", {"password": PASSWORD, "password_again": ANOTHER})
        assert other.status_code == 409 and "Kedua kata sandi berbeda" in other.text and PASSWORD not in other.text
        done = await browser.send("/invitation", {"password": PASSWORD, "password_again": PASSWORD})
        assert (done.status_code, done.headers["location"]) == (303, "/identity/me")
        me = await browser.look("/me")
        assert "Selamat datang" in me.text and "Demo Ani" in me.text and "Juri" in me.text and "SK-1/2023" in me.text
        assert (await here.sign_in(ANI)).status_code == 200


async def test_an_invitation_that_does_not_serve_says_what_to_do(world: World) -> None:
    async with identity(world) as here:
        code, browser = await invited(here), Browser(here.client)
        assert "Kode undangan" in (await browser.look("/invitation")).text
        none = await browser.look("/invitation?code=mkm_rubbish")
        assert none.status_code == 404 and "salin tautan lengkap dari surat" in none.text
        newer = await invited_again(here)
        replaced = await browser.look(f"/invitation?code={code}")
        assert replaced.status_code == 410 and "diganti dengan yang lebih baru" in replaced.text
        await browser.look(f"/invitation?code={newer}")
        await browser.send("/invitation", {"password": PASSWORD, "password_again": PASSWORD})
        used = await browser.look(f"/invitation?code={newer}&bahasa=en")
        assert used.status_code == 410 and "sign in with the password chosen then" in used.text


async def invited_again(here: Identity) -> str:
    made = await here.post("/v1/accounts", await here.administrator(), {"name": "Demo Ani", "email": ANI})
    return str(made["invitation"])


async def test_the_link_to_a_new_password_is_the_same_page(world: World) -> None:
    async with identity(world) as here:
        root = await here.administrator()
        person = await here.account(root, ANI)
        reset = await here.post(f"/v1/persons/{person}/password-reset", root, {})
        browser = Browser(here.client)
        assert "Choose a new password" in (await browser.look(f"/invitation?code={reset['invitation']}&bahasa=en")).text
        assert (await browser.send("/invitation", {"password": ANOTHER, "password_again": ANOTHER})).status_code == 303
        assert (await here.sign_in(ANI, ANOTHER)).status_code == 200


async def test_the_account_is_for_who_is_signed_in_and_says_his_roles(world: World) -> None:
    async with identity(world) as here:
        await here.account(await here.administrator(), ANI, JUROR)
        stranger = await Browser(here.client).look("/me")
        assert (stranger.status_code, stranger.headers["location"]) == (303, "/identity/sign-in?next=/me")
        browser = await signed_in(here)
        page = await browser.look("/me?bahasa=en")
        assert page.status_code == 200 and page.headers["cache-control"] == "no-store"
        assert "Juror" in page.text and "by decree SK-1/2023 of 1 February 2023" in page.text
        assert "Edition batam-2023, not open yet" in page.text


async def test_a_session_is_ended_and_all_others_at_once(world: World) -> None:
    async with identity(world) as here:
        await here.account(await here.administrator(), ANI)
        mine, lost, other = [await signed_in(here) for _ in range(3)]
        await mine.look("/me")
        assert mine.page.count('name="session" value="') == 3 and "yang ini" in mine.page
        principal = await here.parts.verifier.principal(lost.cookies["__Host-makmal"])
        ended = await mine.send("/me/sessions", {"session": principal.session})
        assert (ended.status_code, ended.headers["location"]) == (303, "/identity/me")
        assert (await lost.look("/me")).status_code == 303
        assert (await other.look("/me")).status_code == 200
        await mine.look("/me")
        await mine.send("/me/sessions", {"session": ""})
        assert (await other.look("/me")).status_code == 303
        page = await mine.look("/me")
        sessions = re.findall(r'name="session" value="([^"]+)"', page.text)
        assert len(sessions) == 1
        assert (await mine.send("/me/sessions", {"session": sessions[0]})).headers["location"] == "/"
        assert "__Host-makmal" not in mine.cookies


async def test_another_password_needs_the_present_one_and_ends_all_other_sessions(world: World) -> None:
    async with identity(world) as here:
        await here.account(await here.administrator(), ANI)
        mine, other = [await signed_in(here) for _ in range(2)]
        await mine.look("/me")
        new = {"password": ANOTHER, "password_again": ANOTHER}
        wrong = await mine.send("/me/password", {"password_present": "bukan yang ini", **new})
        assert wrong.status_code == 409 and "Ini bukan kata sandi Anda" in wrong.text
        short = await mine.send(
            "/me/password", {"password_present": PASSWORD, "password": "pendek", "password_again": "pendek"}
        )
        assert short.status_code == 409 and "Paling sedikit 12 karakter" in short.text
        done = await mine.send("/me/password", {"password_present": PASSWORD, **new})
        assert (done.status_code, done.headers["location"]) == (303, "/identity/me")
        assert (await mine.look("/me")).status_code == 200
        assert (await other.look("/me")).status_code == 303
        assert (await here.sign_in(ANI)).status_code == 400
        assert (await here.sign_in(ANI, ANOTHER)).status_code == 200


async def test_nobody_guesses_the_present_password_for_ever(world: World) -> None:
    async with identity(world) as here:
        await here.account(await here.administrator(), ANI)
        mine = await signed_in(here)
        await mine.look("/me")
        for _ in range(12):
            answer = await mine.send(
                "/me/password", {"password_present": "salah", "password": ANOTHER, "password_again": ANOTHER}
            )
            if "Terlalu banyak kata sandi yang salah" in answer.text:
                break
        else:
            raise AssertionError("it can be guessed on and on")


async def test_a_reset_for_somebody_else_still_needs_an_administrator(world: World) -> None:
    async with identity(world) as here:
        person = await here.account(await here.administrator(), ANI)
        own = await here.client.post(f"/v1/persons/{person}/password-reset", json={}, headers=bearer(await here.token(ANI)))
        assert own.status_code == 403


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0", "Firefox, Linux"),
        ("python-httpx/0.27", ""),
    ],
)  # fmt: skip
def test_a_device_is_called_as_its_owner_calls_it(agent: str, said: str) -> None:
    assert device(agent) == said
