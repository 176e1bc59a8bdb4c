"""Passkeys in the browser, with a device that Chromium pretends to have: made, used instead of a password, removed."""

from collections.abc import Callable
from typing import Any

import pytest

from makmal.demo.halfway import Until
from tests.browser.conftest import Walkers
from tests.browser.house import House
from tests.browser.walker import Look, Walker


def device(walker: Walker) -> Callable[[bool], Any]:
    """A device in the walker's page that knows its owner at once; what is returned makes it know him, or not."""
    line = walker.context.new_cdp_session(walker.page)
    line.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    id = line.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    return lambda knows: line.send("WebAuthn.setUserVerified", {"authenticatorId": id, "isUserVerified": knows})


@pytest.mark.parametrize("look", [Look(), Look("phone", "dark", "en")], ids=str)
def test_somebody_adds_a_passkey_signs_in_with_it_and_removes_it(walker: Walkers, house: House, look: Look) -> None:
    somebody = walker(look)
    page = somebody.sign_in(house.seen_at(Until.OPENING), "auditor", "/identity/me")
    knows_its_owner = device(somebody)
    add, kept = (
        page.locator("form[action='/identity/me/passkeys']"),
        page.locator(".passkey", has_text=f"Ponsel {look}"),
    )

    knows_its_owner(False)
    add.locator("button").click()
    add.locator("[data-said]:not(:empty)").wait_for()
    somebody.axe()
    knows_its_owner(True)
    page.locator("#f-passkey_name").fill(f"Ponsel {look}")
    add.locator("button").click()
    kept.wait_for()
    somebody.check()

    page.locator("form[action='/identity/sign-out'] button").click()
    page.wait_for_url("**/")
    somebody.go("/identity/sign-in?next=/identity/me")
    somebody.check()
    page.locator("form[action='/identity/sign-in/passkey'] button").focus()
    page.keyboard.press("Enter")
    page.locator("#passkeys").wait_for()
    somebody.check()

    kept.locator("button").click()
    kept.wait_for(state="detached")
    somebody.check()
    page.locator("form[action='/identity/sign-out'] button").click()
    page.wait_for_url("**/")
    somebody.go("/identity/sign-in")
    with somebody.expecting(400):
        page.locator("form[action='/identity/sign-in/passkey'] button").click()
        page.locator(".notice[role=alert]").wait_for()
    somebody.check()
    # Last, for after a picture, or when Tab has left the page, Chromium asks no device.
    somebody.keyboard_suffices()
    somebody.go("/identity/sign-in")
    somebody.shot("sign-in")
