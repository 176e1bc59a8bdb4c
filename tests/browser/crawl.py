"""From page to page by their links: one of each kind that somebody can reach, each held to what all pages must keep."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from tests.browser.house import At
from tests.browser.walker import Walker

OWN = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|[^/]*\d[^/]*")
"""Segments of an address that name one thing of many."""
MOST = 40
"""Pages of one walk."""


def kind(path: str) -> str:
    return "/".join("*" if OWN.fullmatch(part) else part for part in path.split("/"))


def links(walker: Walker) -> list[str]:
    """Addresses of the pages of the house that this page leads to."""
    found = walker.page.eval_on_selector_all("a[href]:not([download])", "all => all.map(a => a.href)")
    inside = [urlsplit(href).path for href in found if href.startswith(f"{walker.house.url}/")]
    return [path for path in inside if "/v1/" not in path and not path.startswith("/assets/")]


def walk(walker: Walker, at: At, role: str = "", without: Iterable[str] = ()) -> tuple[list[str], list[str]]:
    """The pages seen, from the edition's own on, and what is wrong with them. `without`: addresses whose kind is left out."""
    start = at.of("registration")
    if role:
        walker.sign_in(at, role, start)
    waiting, kinds = [start], {kind(start), *map(kind, without)}
    seen: list[str] = []
    wrong: list[str] = []
    while waiting and len(seen) < MOST:
        seen.append(waiting.pop(0))
        try:
            walker.go(seen[-1])
            walker.check()
            walker.keyboard_suffices()
        except AssertionError as fault:
            wrong.append(str(fault))
            walker.faults.clear()
        for address in links(walker):
            if kind(address) not in kinds:
                kinds.add(kind(address))
                waiting.append(address)
    return seen, wrong
