"""The ground for tests that walk the pages in Debian's Chromium, against the real house: six services behind the gateway.

    def test_a_juror_scores_an_entry_on_the_phone(walker: Walkers, house: House) -> None:
        at = house.at(Until.JUDGING)                          # a small edition of the test's own, in the midst of judging
        juror = walker(Look("phone", "dark", "en"))           # a browser of its own; walker() is a desktop, light, Bahasa Indonesia
        page = juror.sign_in(at, "juror", at.of("judging", "entries"))     # by a sign-in link, on to that page
        page.get_by_role("link", name="…").click()            # `page` is Playwright's Page, juror.page at any time
        with juror.expecting(409):                            # pages that refuse something
            page.get_by_role("button", name="…").click()
        juror.check()                                         # axe-core, no layout shift, fits the width, weight, no fault so far
        juror.keyboard_suffices()                             # Tab reaches everything, and the focus is seen
        juror.shot("juror-entries")                           # a picture for docs/screenshots (./dev shots)

`house.demo` is the played edition of Batam, announced, with 146 institutions; `house.seen_at(Until.JUDGING)` a small edition
that all tests of the run share: only look at these. `house.at(Until.…)` makes one of your own (0.5 to 2 s; a module's fixture
is the place for it). `At` says its `edition`, `institution` and people; `house.ask(at, "chair", lambda chair: chair.post(path))`
does through the API what is not the test's matter.

Any test fails on an error in the console, an answer of 400 or more that it does not expect, a request to anybody else, an HTML
answer without the strict Content-Security-Policy, anything that policy refused, and any inline script, style or handler.
Without Chromium tests fail; `./dev test` installs it. Playwright's event loop occupies the thread while a test runs, so tests
here are not async; `house` does its asking in a thread of its own.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.ground import AS_IN_THE_DEMO, ROOT, kept
from tests.browser.house import House
from tests.browser.walker import Look, Walker

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
"""Without windows of its own it is the quicker one."""
QUIET = [
    "--no-sandbox",  # root has none
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
]
HERE = Path(__file__).resolve().parent
PICTURES = ROOT / "docs" / "screenshots"
ASKED_FOR = os.environ.get("MAKMAL_SCREENSHOTS") == "1"
"""Whether the pictures are for the documents: then the played edition is as large as the demo's."""
FEW, MANY = 60, AS_IN_THE_DEMO
"""Innovations of the played edition."""
TIMEOUT = 300
"""Seconds of a test: whichever comes first waits for the house."""

Walkers = Callable[..., Walker]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(TIMEOUT))


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The house of this test run; all workers share it."""
    base = tmp_path_factory.getbasetemp()
    directory = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "house"
    with kept(directory, MANY if ASKED_FOR else FEW) as standing:
        yield House(standing, directory)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of one module, so that other modules' event loops find the thread free."""
    assert CHROMIUM, "there is no Chromium; ./dev test installs it"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


@pytest.fixture
def walker(house: House, browser: Browser, tmp_path: Path) -> Iterator[Walkers]:
    """Makes walkers; each has cookies of its own. At the end of the test none may have met a fault."""
    walkers: list[Walker] = []

    def come(look: Look = Look()) -> Walker:
        walkers.append(Walker(browser, house, look, PICTURES if ASKED_FOR else tmp_path))
        return walkers[-1]

    yield come
    for one in walkers:
        one.fault_free()
    for one in walkers:
        one.close()
