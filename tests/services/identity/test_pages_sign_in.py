"""Signing in on a page: a session in a cookie, forms that only our own pages can send, and links for rehearsals."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

import pytest

from tests.browsing import Browser
from tests.services.identity.office_hours import DECREE, PASSWORD, Identity, identity
from tests.world import World, bearer

JUROR = {"role": "juror", "edition": "batam-2023", **DECREE}
ANI = "ani@kota.example"


@asynccontextmanager
async def browsing(world: World) -> AsyncIterator[tuple[Identity, Browser]]:
    async with identity(world) as here:
        await here.account(await here.administrator(), ANI, JUROR)
        yield here, Browser(here.client)


async def test_somebody_signs_in_and_comes_back_to_where_he_was(world: World) -> None:
    async with browsing(world) as (here, browser):
        page = await browser.look("/sign-in?next=/judging/e/batam-2023/entries")
        assert page.status_code == 200 and "default-src 'none'" in page.headers["content-security-policy"]
        answer = await browser.send("/sign-in", {"email": ANI, "password": PASSWORD})
        assert (answer.status_code, answer.headers["location"]) == (303, "/judging/e/batam-2023/entries")
        cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("__Host-makmal="))
        assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
        principal = await here.parts.verifier.principal(browser.cookies["__Host-makmal"])
        assert principal.holds("juror", "batam-2023")


async def test_a_wrong_password_is_said_and_the_address_stays_typed(world: World) -> None:
    async with browsing(world) as (_, browser):
        await browser.look("/sign-in")
        answer = await browser.send("/sign-in", {"email": ANI, "password": "salah sekali"})
        assert answer.status_code == 400 and "Alamat surel atau kata sandi salah" in answer.text
        assert f'value="{ANI}"' in answer.text and "salah sekali" not in answer.text


@pytest.mark.parametrize("next", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:1"])
async def test_nobody_is_led_to_another_site_by_signing_in(world: World, next: str) -> None:
    async with browsing(world) as (_, browser):
        await browser.look(f"/sign-in?next={quote(next)}")
        answer = await browser.send("/sign-in", {"email": ANI, "password": PASSWORD, "next": next})
        assert answer.headers["location"] == "/"


async def test_a_form_that_another_site_sends_is_refused(world: World) -> None:
    async with browsing(world) as (_, browser):
        await browser.look("/sign-in")
        form = {"email": ANI, "password": PASSWORD}
        for trick in ({"_token": "0" * 64}, {"_token": ""}):
            answer = await browser.send("/sign-in", {**form, **trick})
            assert answer.status_code == 403 and "bukan" not in answer.headers.get("location", "")
            assert "__Host-makmal" not in browser.cookies
            await browser.look("/sign-in")
        answer = await browser.send("/sign-in", form, **{"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403 and "__Host-makmal" not in browser.cookies
        browser.cookies.pop("__Host-formulir")
        assert (await browser.send("/sign-in", form)).status_code == 403


async def test_roles_that_change_meanwhile_need_no_new_sign_in(world: World) -> None:
    async with browsing(world) as (here, browser):
        await browser.look("/sign-in")
        await browser.send("/sign-in", {"email": ANI, "password": PASSWORD})
        person = (await here.parts.verifier.principal(browser.cookies["__Host-makmal"])).person
        root = await here.administrator()
        chair = {"person": person, **JUROR, "role": "chair"}
        granted = await here.client.post("/v1/roles", json=chair, headers=bearer(root))
        assert granted.status_code < 300, granted.text
        await here.parts.verifier.look_again()
        answer = await browser.look("/me")
        assert (answer.status_code, answer.headers["location"]) == (303, "/identity/renew?next=/identity/me")
        answer = await browser.look("/renew?next=/judging/e/batam-2023/chair")
        assert (answer.status_code, answer.headers["location"]) == (303, "/judging/e/batam-2023/chair")
        assert (await here.parts.verifier.principal(browser.cookies["__Host-makmal"])).holds("chair", "batam-2023")
        assert (await browser.look("/me")).status_code == 200


async def test_who_signs_out_is_out_and_his_session_cannot_be_renewed(world: World) -> None:
    async with browsing(world) as (_, browser):
        await browser.look("/sign-in")
        await browser.send("/sign-in", {"email": ANI, "password": PASSWORD})
        kept = browser.cookies["__Host-makmal"]
        await browser.look("/sign-in")
        answer = await browser.send("/sign-out", {})
        assert answer.status_code == 303 and "__Host-makmal" not in browser.cookies
        browser.cookies["__Host-makmal"] = kept
        answer = await browser.look("/renew")
        assert answer.headers["location"].startswith("/identity/sign-in")
        browser.cookies["__Host-makmal"] = "rubbish"
        assert (await browser.look("/renew")).headers["location"].startswith("/identity/sign-in")


async def test_a_form_sent_while_signed_out_is_kept_and_can_be_sent_again(world: World) -> None:
    async with browsing(world) as (_, browser):
        await browser.look("/sign-in")
        answer = await browser.send("/sign-out", {"remark": "tiga paragraf"})
        assert answer.status_code == 401 and "tiga paragraf" in answer.text and "/identity/sign-in" in answer.text


async def test_a_sign_in_link_signs_in_once_and_only_where_the_house_makes_them(world: World) -> None:
    async with browsing(world) as (here, browser):
        office = here.parts.own["office"]
        root = await here.administrator()
        person = (await here.client.get("/v1/persons", params={"email": ANI}, headers=bearer(root))).json()["person"]
        asked = bearer(root)
        refused = await here.client.post("/v1/sign-in-links", json={"person": person}, headers=asked)
        assert refused.status_code == 403 and "MAKMAL_SIGN_IN_LINKS" in refused.json()["detail"]

        object.__setattr__(office.terms, "sign_in_links", True)
        made = await here.client.post("/v1/sign-in-links", json={"person": person}, headers=asked)
        again = await here.client.post("/v1/sign-in-links", json={"person": person}, headers=asked)
        assert made.status_code == 201 and again.json() == made.json()
        address = made.json()["address"].removeprefix("/identity")
        for _ in range(2):  # looking does not use it up
            assert (await browser.look(address)).status_code == 200
        assert (await browser.send("/sign-in-link", {})).status_code == 303
        assert (await here.parts.verifier.principal(browser.cookies["__Host-makmal"])).person == person
        spent = await browser.look(address)
        assert "tidak lagi dapat dipakai" in spent.text


async def test_both_languages_and_a_wrong_address(world: World) -> None:
    async with browsing(world) as (_, browser):
        assert "Kata sandi" in (await browser.look("/sign-in")).text
        assert "Password" in (await browser.look("/sign-in?bahasa=en")).text
        assert "Password" in (await browser.look("/sign-in")).text, "the choice is kept"
        lost = await browser.look("/nowhere")
        assert (
            lost.status_code == 404 and "Nothing is here" in lost.text and lost.headers["content-type"].startswith("text/html")
        )
