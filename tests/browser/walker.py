"""Somebody who walks the pages in a browser of some size, and what every page must keep while he does."""

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import quote, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, Response

from tests.browser import scripts
from tests.browser.house import At, House

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam

Size = Literal["desktop", "phone"]
Theme = Literal["light", "dark"]
Language = Literal["id", "en"]

SIZES: dict[Size, tuple[int, int]] = {"desktop": (1280, 800), "phone": (390, 844)}
MOST_BYTES = 150_000
"""Of a page with all that it loads, charts left out."""
SHIFT = 0.001
"""Less than this nobody sees: a hundredth of what is commonly called good."""


class Look(NamedTuple):
    size: Size = "desktop"
    theme: Theme = "light"
    language: Language = "id"

    def __str__(self) -> str:
        return "-".join(self)


LOOKS = (Look(), Look("phone"), Look("phone", "dark", "en"), Look("desktop", "dark", "en"))
"""Both sizes, both themes, both languages. A test that goes a whole way may take the first and the third."""


class Walker:
    """A browser context of its own. `faults` gathers what no page may do; the fixture fails on any at the end."""

    def __init__(self, browser: Browser, house: House, look: Look, pictures: Path):
        width, height = SIZES[look.size]
        self.house, self.look, self.faults = house, look, list[str]()
        self._pictures = pictures
        self._expected: set[int] = set()
        self.context: BrowserContext = browser.new_context(
            base_url=house.url,
            viewport={"width": width, "height": height},
            color_scheme=look.theme,
            reduced_motion="reduce",
            locale="id-ID" if look.language == "id" else "en-GB",
            timezone_id="Asia/Jakarta",
            has_touch=look.size == "phone",
            is_mobile=look.size == "phone",
        )
        self.context.set_default_timeout(8_000)
        self.context.add_cookies([_cookie(house.url, "__Host-bahasa", look.language)])
        self.context.add_init_script(scripts.WATCH)
        self.context.on("console", self._on_console)
        self.context.on("request", self._on_request)
        self.context.on("response", self._on_response)
        self.context.on("weberror", lambda error: self.faults.append(f"error in a script: {error.error}"))
        self.page: Page = self.context.new_page()

    # going about

    def go(self, path: str, status: int = 200) -> Page:
        """Open a page of the house, `/judging/e/…`, that answers with this status."""
        with self.expecting(*([status] if status >= 400 else [])):
            answer = self.page.goto(path, wait_until="load")
        assert answer is not None and answer.status == status, f"{path} answered {answer.status if answer else 'nothing'}"
        self._look_at_document()
        return self.page

    def sign_in(self, at: At, role: str, then: str = "/identity/sign-in") -> Page:
        """By a sign-in link, as who has the role in that edition; goes on to the page `then`."""
        account = at.account(role)
        self.page.goto(f"{self.house.sign_in_link(account)}&next={quote(then, safe='')}")
        self._look_at_document()
        self.page.locator("main form button").click()
        self.page.wait_for_load_state("load")
        assert urlsplit(self.page.url).path == urlsplit(then).path, f"signing in as {role} led to {self.page.url}"
        self._look_at_document()
        return self.page

    def sign_in_as_administrator(self, then: str) -> Page:
        """By password, as who runs the machine; goes on to the page `then`."""
        page = self.go(f"/identity/sign-in?next={then}")
        for field, typed in zip(("email", "password"), self.house.administrator, strict=True):
            page.locator(f"#f-{field}").fill(typed)
        page.locator("form[action='/identity/sign-in'] button").click()
        page.wait_for_url(f"**{then}")
        return page

    @contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """Answers with these statuses (409, 422 …) are no fault meanwhile: pages that refuse something."""
        before, self._expected = self._expected, self._expected | set(statuses)
        try:
            yield
        finally:
            self._expected = before

    @contextmanager
    def bad_line(self) -> Iterator[None]:
        """Nothing reaches the house meanwhile."""
        self.context.set_offline(True)
        before = len(self.faults)
        try:
            yield
        finally:
            self.context.set_offline(False)
            self.faults[before:] = [fault for fault in self.faults[before:] if "ERR_INTERNET_DISCONNECTED" not in fault]

    # what every page must keep

    def check(self, *, contrast: bool = True) -> None:
        """All that holds for a page in any state: what axe-core finds, nothing inline, no shift, no scrolling sideways, its weight."""
        self.axe(contrast=contrast)
        self.no_layout_shift()
        self.fits()
        self.light()
        self.fault_free()

    def axe(self, *, contrast: bool = True) -> None:
        """axe-core finds nothing. Its script is evaluated, which the page's Content-Security-Policy does not concern.

        `contrast`: also of every text, which takes four fifths of the time.
        """
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(Axe().axe_script)
        found = self.page.evaluate(scripts.AXE, contrast)
        told = [_told(violation) for violation in found["violations"]]
        assert not told, f"{self._here()}: axe-core finds\n" + "\n".join(told)

    def no_layout_shift(self) -> None:
        shifts = self.page.evaluate("() => window.__makmal.shifts")
        moved = "\n".join(f"  {value:.4f} {what}" for value, what in shifts)
        assert sum(value for value, _ in shifts) < SHIFT, f"{self._here()}: what was shown already has moved\n{moved}"

    def fits(self) -> None:
        """Nothing needs scrolling sideways."""
        wide, width = self.page.evaluate("() => document.documentElement.scrollWidth"), SIZES[self.look.size][0]
        assert wide <= width, f"{self._here()} is {wide} pixels wide on a screen of {width}"

    def weight(self) -> dict[str, int]:
        """Bytes over the line of the page and of all that it loaded, by address."""
        entries = self.page.evaluate(
            "() => performance.getEntries().filter(e => 'encodedBodySize' in e).map(e => [e.name, e.encodedBodySize])"
        )
        return {urlsplit(name).path: size for name, size in entries}

    def light(self) -> None:
        """The page with all that it loads is light, charts left out."""
        bytes_ = {name: size for name, size in self.weight().items() if "echarts" not in name}
        told = ", ".join(f"{name} {size:,}" for name, size in sorted(bytes_.items(), key=lambda one: -one[1]))
        assert sum(bytes_.values()) <= MOST_BYTES, f"{self._here()} weighs {sum(bytes_.values()):,} bytes: {told}"

    def fault_free(self) -> None:
        self._look_at_document()
        found, self.faults = list(dict.fromkeys(self.faults)), []
        assert not found, f"{self._here()}:\n" + "\n".join(found)

    def keyboard_reaches(self, target: Locator, most: int = 200) -> None:
        """The Tab key leads from where the focus is to the target, and the focus can be seen there."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if target.evaluate("el => el === document.activeElement"):
                focused = target.evaluate(scripts.FOCUSED)
                assert focused["seen"], f"{self._here()}: the focus cannot be seen at {focused['what']}"
                return
        raise AssertionError(f"{self._here()}: Tab does not reach {target} within {most} steps")

    def keyboard_suffices(self) -> None:
        """The Tab key reaches everything that can be used, and the focus is seen everywhere."""
        wanted = self.page.evaluate(scripts.REACHABLE)
        self.page.evaluate(scripts.FOLLOW)
        missed: list[str] = []
        for times in (wanted, *[3] * 10):  # a date is several fields in one
            for _ in range(times):
                self.page.keyboard.press("Tab")
            way = [one for one in self.page.evaluate("() => window.__makmal.way") if one is not None]
            unseen = [one["what"] for one in way if not one["seen"]]
            assert not unseen, f"{self._here()}: the focus cannot be seen at\n" + "\n".join(unseen)
            missed = self.page.evaluate(scripts.MISSED, [one["wanted"] for one in way])
            if not missed:
                break
        assert not missed, f"{self._here()}: Tab does not reach\n" + "\n".join(missed)

    # pictures

    def shot(self, name: str, most: int = 1_600) -> Path:
        """A picture of the page from its top, `most` pixels of it at most: `<name>-<size>-<theme>.webp`."""
        file = self._pictures / f"{name}-{self.look.size}-{self.look.theme}.webp"
        file.parent.mkdir(parents=True, exist_ok=True)
        self.page.evaluate(
            "() => { scrollTo(0, 0); document.activeElement?.blur(); return document.fonts.ready.then(() => true); }"
        )
        width, height = SIZES[self.look.size]
        whole = self.page.evaluate("() => document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": width, "height": max(height, min(whole, most)), "scale": 1}
        shifts = self.page.evaluate("() => window.__makmal.shifts.length")
        chromium = self.context.new_cdp_session(self.page)  # Playwright itself writes no WebP, a quarter of the size
        taken = chromium.send(
            "Page.captureScreenshot", {"format": "webp", "quality": 66, "captureBeyondViewport": True, "clip": clip}
        )
        chromium.detach()
        self.page.evaluate(scripts.AFTER_A_PICTURE, shifts)
        file.write_bytes(base64.b64decode(taken["data"]))
        return file

    def close(self) -> None:
        self.context.close()

    # what is watched

    def _here(self) -> str:
        return f"{self.page.url.removeprefix(self.house.url)} ({self.look})"

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource: the server responded"):
            self.faults.append(f"error in the console: {message.text}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.house.url}/", "data:", "blob:", "about:")):
            self.faults.append(f"a request to somebody else: {request.url}")

    def _on_response(self, answer: Response) -> None:
        where = answer.url.removeprefix(self.house.url)
        if answer.status >= 400 and answer.status not in self._expected:
            self.faults.append(f"{answer.request.method} {where} answered {answer.status}")
        if answer.headers.get("content-type", "").startswith("text/html"):
            policy = answer.headers.get("content-security-policy", "")
            if "default-src 'none'" not in policy or "unsafe" in policy or re.search(r"https?:", policy):
                self.faults.append(f"{where} has no strict Content-Security-Policy: {policy or 'none'}")

    def _look_at_document(self) -> None:
        self.faults += [f"{self._here()}: {found}" for found in self.page.evaluate(scripts.INLINE)]
        violations = self.page.evaluate("() => window.__makmal ? window.__makmal.violations.splice(0) : []")
        self.faults += [f"{self._here()}: refused by the Content-Security-Policy: {one}" for one in violations]


def _cookie(url: str, name: str, value: str) -> "SetCookieParam":
    host = urlsplit(url).hostname or ""
    return {"name": name, "value": value, "domain": host, "path": "/", "secure": True, "httpOnly": True, "sameSite": "Lax"}


def _told(violation: dict[str, object]) -> str:
    """One rule that axe-core finds broken, where, and why."""
    nodes = violation["nodes"]
    assert isinstance(nodes, list)
    lines = [f"- {violation['id']} ({violation['impact']}): {violation['help']}"]
    for node in nodes[:6]:
        why = "; ".join(str(one["message"]) for one in (*node["any"], *node["all"], *node["none"]))
        lines.append(f"    {' '.join(map(str, node['target']))}: {str(node['html'])[:140]}\n      {why[:300]}")
    return "\n".join([*lines, *([f"    and {len(nodes) - 6} more"] if len(nodes) > 6 else [])])
