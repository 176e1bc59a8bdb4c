"""The ground itself: a walker finds what is wrong with a page, and the house has work for each role."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Route

from makmal.demo.halfway import Until
from makmal.demo.serving import ROLES
from tests.browser.conftest import Walkers
from tests.browser.house import House
from tests.browser.walker import Look, Walker

STRICT = "default-src 'none'; script-src 'self'; style-src 'self'"
HEAD = "<title>Halaman</title><meta name=viewport content='width=device-width, initial-scale=1'>"
WELL = f"<!doctype html><html lang=id><head>{HEAD}</head><body><main><h1>Halaman</h1>{{}}</main></body></html>"


@pytest.fixture
def one(walker: Walkers) -> Iterator[Walker]:
    """A walker whose faults are the test's matter."""
    here = walker(Look("phone"))
    yield here
    here.page.goto("about:blank")
    here.faults.clear()


def show(walker: Walker, body: str, policy: str = STRICT, status: int = 200) -> None:
    """A page of the house with this in it."""

    def answer(route: Route) -> None:
        headers = {"content-security-policy": policy, "content-type": "text/html; charset=utf-8"}
        route.fulfill(status=status, headers=headers, body=WELL.format(body))

    walker.page.route("**/made-up", answer)
    walker.page.goto("/made-up")
    walker._look_at_document()


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<script>window.x = 1</script>", "inline script: window.x"),
        ("<script>window.x = 1</script>", "refused by the Content-Security-Policy: script-src"),
        ("<p onclick='x()'>.</p>", "onclick="),
        ("<p style='color:red'>.</p>", "refused by the Content-Security-Policy: style-src"),
        ("<img alt='.' src='https://elsewhere.invalid/x.png'>", "a request to somebody else: https://elsewhere.invalid"),
        ("<img alt='.' src='/nothing-here.png'>", "refused by the Content-Security-Policy: img-src"),
        ("<script src='/nothing-here.js'></script>", "GET /nothing-here.js answered 404"),
    ],
)
def test_a_walker_notices_what_no_page_may_do(one: Walker, body: str, fault: str) -> None:
    show(one, body)
    with pytest.raises(AssertionError) as found:
        one.fault_free()
    assert fault in str(found.value)


def test_a_walker_notices_a_lenient_policy_and_an_answer_that_nobody_expects(one: Walker) -> None:
    show(one, "", policy="default-src 'self' 'unsafe-inline'", status=409)
    assert [fault.split(":")[0] for fault in one.faults] == [
        "GET /made-up answered 409",
        "/made-up has no strict Content-Security-Policy",
    ]


def test_a_page_in_order_passes_every_check(one: Walker) -> None:
    show(one, "<p>Isi</p><a href='/'>Beranda</a>")
    one.check()
    one.keyboard_suffices()


@pytest.mark.parametrize(
    ("body", "check", "found"),
    [
        ("<input>", Walker.axe, "label (critical)"),
        ("<pre>" + "lebar " * 200 + "</pre>", Walker.fits, "pixels wide on a screen of 390"),
        ("<a href='/a'>a</a><a href='/b' tabindex='-1'>b</a>", Walker.keyboard_suffices, 'href="/b"'),
    ],
)
def test_each_check_finds_what_it_is_for(one: Walker, body: str, check: object, found: str) -> None:
    show(one, body)
    with pytest.raises(AssertionError, match=found.replace("(", r"\(").replace(")", r"\)")):
        assert callable(check)
        check(one)


def test_what_moves_after_it_was_shown_is_found(one: Walker) -> None:
    show(one, "<p>Isi yang lama</p>" * 5)
    one.page.wait_for_timeout(100)
    one.page.evaluate(
        "() => { const p = document.createElement('p'); p.textContent = 'baru'; document.querySelector('h1').before(p); }"
    )
    one.page.wait_for_function("() => window.__makmal.shifts.length > 0")
    with pytest.raises(AssertionError, match="has moved"):
        one.no_layout_shift()


@pytest.mark.parametrize("role", ROLES)
def test_a_link_signs_each_role_in_once(walker: Walkers, house: House, role: str) -> None:
    here = walker(Look("phone", "dark", "en"))
    at = house.seen_at(Until.REGISTRATION)
    link = house.sign_in_link(at.account(role))
    here.go(link.removeprefix(house.url))
    here.page.get_by_role("button", name="Sign in").click()
    here.page.wait_for_load_state()
    assert any(cookie["name"] == "__Host-makmal" for cookie in here.context.cookies())
    with here.expecting(404):
        here.fault_free()


@pytest.mark.parametrize("until", Until)
def test_an_edition_halts_where_it_is_asked_to(house: House, until: Until) -> None:
    at = house.seen_at(until)
    shown = house.ask(at, "committee", lambda one: one.get(f"/registration/v1/editions/{at.edition}"))
    assert (shown["registration"]["state"] == "open") is (until in (Until.OPENING, Until.REGISTRATION))
    judging = house.ask(at, "chair", lambda one: one.get(f"/judging/v1/editions/{at.edition}/categories"))
    states = {c["situation"] for c in judging}
    assert states == {
        Until.JUDGING: {"judging"},
        Until.DECISION: {"confirmed", "decided"},
        Until.ANNOUNCEMENT: {"announced"},
    }.get(until, states)


def test_a_picture_is_of_its_look_and_not_endless(one: Walker) -> None:
    show(one, "<p>Baris</p>" * 300)
    file = one.shot("made-up")
    assert file.name == "made-up-phone-light.webp"
    told = file.read_bytes()
    assert told[8:16] == b"WEBPVP8X"
    width, height = (int.from_bytes(told[at : at + 3], "little") + 1 for at in (24, 27))
    assert (width, height) == (390, 1_600)
