"""From page to page by their links: one of each kind that somebody can reach, each held to what all pages must keep."""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from playwright.sync_api import TimeoutError as TooSlow

from services.registration.edition_folder import read_edition
from tests.browser.ground import BATAM
from tests.browser.house import SMALL, At
from tests.browser.walker import LOOKS, Size, Theme, Walker

CATEGORIES = {category.id for folder in (BATAM, SMALL) for category in read_edition(folder).rulebook.categories}
OWN = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|[^/]*\d[^/]*")
"""Segments of an address that name one thing of many."""
SERVICES = ("audit", "identity", "judging", "notification", "registration", "screening")
NO_PAGE = re.compile(r"/v1/|^/assets/|/files?(/|$)")
LOOK_OF = {
    "committee": LOOKS[0],
    **dict.fromkeys(("operator", "head"), LOOKS[1]),
    **dict.fromkeys(("screener", "auditor"), LOOKS[2]),
    **dict.fromkeys(("chair", "juror"), LOOKS[3]),
}
"""Who shares pages with somebody shares his look, so that what is done once in each kind of page is done once."""
MOST = 40
"""Pages of one walk."""

# What takes longest is done once in each kind of page: its template decides it, more than who looks at it and when.
_by_keyboard: set[tuple[Size, str]] = set()
"""Kinds of pages that were walked through by the Tab key in this size."""
_read: set[tuple[Theme, str]] = set()
"""Kinds of pages whose texts have contrast enough in this theme."""


def kind(path: str) -> str:
    if path.endswith("/parked"):  # one page, which each service has of its own
        return "/*/parked"
    parts = [] if path in ("/", "/registration/") else path.split("/")  # the start has two addresses
    return "/".join("*" if part in CATEGORIES or OWN.fullmatch(part) else part for part in parts)


def links(walker: Walker) -> list[str]:
    """Addresses of the pages of the house that this page leads to: no files, and nothing of the API."""
    found = walker.page.eval_on_selector_all("a[href]:not([download])", "all => all.map(a => a.href)")
    inside = [urlsplit(href).path for href in found if href.startswith(f"{walker.house.url}/")]
    return [path for path in inside if not NO_PAGE.search(path)]


def hold(walker: Walker, path: str, status: int = 200) -> str:
    """What is wrong with the page there, if anything is."""
    walked, read = (walker.look.size, f"{status} {kind(path)}"), (walker.look.theme, f"{status} {kind(path)}")
    try:
        walker.go(path, status)
        walker.check(contrast=read not in _read)
        _read.add(read)
        if walked not in _by_keyboard:
            walker.keyboard_suffices()
            _by_keyboard.add(walked)
    except (AssertionError, TooSlow) as fault:
        walker.faults.clear()
        return f"{path}: {fault}"
    return ""


def walk(
    walker: Walker, at: At, role: str = "", without: Iterable[str] = (), within: Sequence[str] = SERVICES
) -> tuple[list[str], list[str]]:
    """The pages seen, from the edition's own on, and what is wrong with them.

    `without`: addresses whose kind is left out; `within`: the services whose pages are looked at.
    """
    start = at.of("registration")
    if role:
        walker.sign_in(at, role, start)
    waiting, kinds = [start], {kind(start), *map(kind, without)}
    seen: list[str] = []
    wrong: list[str] = []
    while waiting:
        assert len(seen) < MOST, f"links lead to ever more kinds of pages: {seen}"
        seen.append(waiting.pop(0))
        wrong += filter(None, [hold(walker, seen[-1])])
        for address in links(walker):
            if kind(address) not in kinds and address.split("/")[1] in ("", *within):
                kinds.add(kind(address))
                waiting.append(address)
    return seen, wrong
