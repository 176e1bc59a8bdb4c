"""Deny by default: every operation and every page is asked by everybody, and the answers are those of docs/access.md."""

from pathlib import Path

from tests.access.page_walk import PageWalk
from tests.access.walk import COLUMNS, PAGES, Table, Walk, page, read
from tests.world import World

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "access.md"
ABSENT = "not there"


def differing(found: Table, pages: bool) -> dict[str, dict[str, tuple[str, str]]]:
    """By operation and column, what docs/access.md says and what was found, where these are not the same."""
    prefix = PAGES.format(service="")
    kept = {place: row for place, row in read(PAGE.read_text()).items() if place[0].startswith(prefix) is pages}
    nothing = dict.fromkeys(COLUMNS, ABSENT)
    told = {place: (kept.get(place, nothing), found.get(place, nothing)) for place in {**kept, **found}}
    return {" ".join(place): {c: (a[c], b[c]) for c in COLUMNS if a[c] != b[c]} for place, (a, b) in told.items() if a != b}


async def test_everybody_may_ask_what_the_table_says_and_nothing_else(world: World) -> None:
    walk = Walk(world)
    await walk.everywhere()
    assert walk.faults == []
    assert differing(walk.table, pages=False) == {}, (
        "written and found; if it is meant: python -m tests.access > docs/access.md"
    )


async def test_everybody_may_see_what_the_table_says_and_nothing_else(world: World) -> None:
    walk = PageWalk(world)
    await walk.everywhere()
    assert walk.faults == []
    assert differing(walk.table, pages=True) == {}, "written and found; if it is meant: python -m tests.access > docs/access.md"


def test_the_table_reads_as_it_was_written() -> None:
    table = {("judging", "GET /v1/x"): {**dict.fromkeys(COLUMNS, ""), "head": "own"}}
    assert read(page(table)) == table
