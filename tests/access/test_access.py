"""Deny by default: every operation is asked by everybody, and the answers are those of docs/access.md."""

from pathlib import Path

from tests.access.walk import COLUMNS, Walk, page, read
from tests.world import World

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "access.md"


async def test_everybody_may_ask_what_the_table_says_and_nothing_else(world: World) -> None:
    walk = Walk(world)
    await walk.everywhere()
    assert walk.faults == []
    kept = read(PAGE.read_text())
    told = {place: [c for c in COLUMNS if kept.get(place, {}).get(c, "?") != row[c]] for place, row in walk.table.items()}
    differ = {
        " ".join(place): {c: (kept.get(place, {}).get(c, "not in the table"), walk.table[place][c]) for c in columns}
        for place, columns in told.items()
        if columns
    }
    assert differ == {}, "written and found; if it is meant: python -m tests.access > docs/access.md"
    assert set(kept) == set(walk.table), "the table has operations that are not there"


def test_the_table_reads_as_it_was_written() -> None:
    table = {("judging", "GET /v1/x"): {**dict.fromkeys(COLUMNS, ""), "head": "own"}}
    assert read(page(table)) == table
