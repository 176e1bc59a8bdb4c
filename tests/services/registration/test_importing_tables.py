"""Tables as people send them: what is read of CSV and XLSX, and what is said of files that are broken or mean harm."""

import io
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from services.registration.exporting import written
from services.registration.importing_tables import (
    LARGEST_UNPACKED,
    MOST_COLUMNS,
    MOST_PARTS,
    MOST_ROWS,
    Row,
    Table,
    guarded,
    read_table,
    unguarded,
)

KNOWN = ("code", "name", "since")
NEEDED = ("code", "name")
PATIENCE = 10
"""Seconds: what is not kept within bounds takes minutes."""
UNHURRIED = [HealthCheck.too_slow]
ONE = (Row(2, {"code": "opd-01", "name": "Dinas Rekaan"}),)


def read(content: bytes) -> Table:
    return read_table(content, KNOWN, NEEDED, ("source",))


def said(content: bytes) -> list[tuple[int, str, str]]:
    """Row, column and English sentence of each fault; none lacks its Indonesian one."""
    faults = read(content).faults
    assert all(fault.id and fault.id != fault.en for fault in faults)
    return [(fault.row, fault.column, fault.en) for fault in faults]


def workbook(*rows: Any) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# -- CSV


@pytest.mark.parametrize(
    "content",
    [
        b"code,name\nopd-01,Dinas Rekaan\n",
        b"\xef\xbb\xbfcode,name\r\nopd-01,Dinas Rekaan\r\n",
        b"code;name\r\nopd-01;Dinas Rekaan",
        b"sep=;\r\ncode;name\r\nopd-01;Dinas Rekaan\r\n",
        b"code\tname\nopd-01\tDinas Rekaan\n",
        b'"Code","NAME",source\n"opd-01","Dinas Rekaan",surat\n',
        b"name,code\nDinas Rekaan,opd-01,,\n\n,\n",
    ],
    ids=["commas", "byte order mark", "semicolons", "separator named", "tabs", "quoted, source passed over", "blank rows"],
)
def test_a_table_is_read_as_spreadsheets_write_it(content: bytes) -> None:
    assert read(content) == Table(ONE, ())


def test_a_row_is_counted_as_a_spreadsheet_shows_it() -> None:
    table = read(b'code,name\n\n"opd\n01",x\n\nopd-02,y\n')
    assert [row.number for row in table.rows] == [3, 5]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", [(1, "code", "this column is missing; add it"), (1, "name", "this column is missing; add it")]),
        (b"code,name\n", [(2, "", "the table is empty; write at least one row")]),
        (b"code\nopd-01\n", [(1, "name", "this column is missing; add it")]),
        (b"code,name,colour\na,b,c\n", [(1, "colour", "no column has this name; the columns are code, name, since")]),
        (b"code,name,code\na,b,c\n", [(1, "code", "the column code stands twice; remove one")]),
        (
            b"code,name\na,b,c\n",
            [(2, "", "the row has more cells than the header (2); quote a cell that holds the separator")],
        ),
        (
            b'code,name\na,"b\n',
            [(2, "", "the row is not CSV (unexpected end of data); close every quote and double a quote within a cell")],
        ),
        (
            "code,name\na,é".encode("latin-1"),
            [(2, "", "byte 0xe9 in line 2 is not UTF-8; save the file as CSV UTF-8, or as XLSX")],
        ),
        ("code,name\na,b".encode("utf-16"), [(1, "", "the file is UTF-16; save it as CSV UTF-8, or as XLSX")]),
        (
            b"code,name\n" + b"," * MOST_COLUMNS + b"\n",
            [(2, "", f"the row has more than {MOST_COLUMNS} cells; start from the template")],
        ),
        (
            b"code,name\n" + b"a,b\n" * (MOST_ROWS + 1),
            [(MOST_ROWS + 2, "", f"the table has more than {MOST_ROWS} rows; divide it into several files")],
        ),
    ],
)
def test_what_is_wrong_with_a_table_is_told_by_row_and_column(content: bytes, told: list[tuple[int, str, str]]) -> None:
    assert said(content) == told


def test_a_cell_beyond_all_measure_is_refused() -> None:
    ((row, _, told),) = said(b'code,name\na,"' + b"x" * 200_000 + b'"\n')
    assert row == 2 and "field larger than field limit" in told


# -- XLSX


def test_cells_of_a_workbook_are_read_as_they_would_stand_in_csv() -> None:
    content = workbook(
        ("code", "name", "since"),
        (17, "Dinas", date(2023, 1, 31)),
        (17.0, True, datetime(2023, 1, 31, 12, 30)),
        (1.5, "a_x000D_b_xD800_", None),
    )
    assert [row.cells for row in read(content).rows] == [
        {"code": "17", "name": "Dinas", "since": "2023-01-31"},
        {"code": "17", "name": "true", "since": "2023-01-31T12:30:00"},
        {"code": "1.5", "name": "a\rb_xD800_"},
    ]


def test_formulas_and_errors_are_faults_of_their_cells() -> None:
    assert said(workbook(("code", "name"), ("=1+1", "#REF!"))) == [
        (2, "A", "the cell holds a formula; paste its value instead"),
        (2, "B", "the cell holds an error; paste its value instead"),
    ]


def test_a_workbook_that_says_it_has_a_million_rows_is_read_no_longer_for_it() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(("code", "name"))
    sheet.append(("opd-01", "Dinas Rekaan"))
    sheet["A1048576"] = "far below"
    file = io.BytesIO()
    book.save(file)
    begun = time.monotonic()
    assert read(file.getvalue()).rows == ONE
    assert time.monotonic() - begun < PATIENCE


def test_a_workbook_of_too_many_rows_is_refused() -> None:
    content = workbook(("code", "name"), *(("a", "b") for _ in range(MOST_ROWS + 1)))
    assert said(content) == [(MOST_ROWS + 2, "", f"the table has more than {MOST_ROWS} rows; divide it into several files")]


def repacked(content: bytes, change: Callable[[str, bytes], bytes], *more: tuple[str, bytes]) -> bytes:
    """The workbook with its parts changed, and further ones."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(part, old.read(part)))
        for name, added in more:
            new.writestr(name, added)
    return file.getvalue()


SOUND = workbook(("code", "name"), ("opd-01", "Dinas Rekaan"))
TOO_LARGE = "unpacked, the workbook is too large; keep to the template, without pictures or further sheets"


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = repacked(SOUND, lambda name, part: part, ("xl/media/image1.png", b"\0" * (LARGEST_UNPACKED + 1)))
    assert len(bomb) < 100_000
    begun = time.monotonic()
    assert said(bomb) == [(1, "", TOO_LARGE)]
    assert time.monotonic() - begun < PATIENCE


def test_a_zip_bomb_that_lies_about_its_size_is_found_out() -> None:
    """The directory says 10 bytes; no more than that is unpacked, and it is not what the checksum says."""
    sheet = b"<worksheet><sheetData>" + b" " * (LARGEST_UNPACKED + 1)
    honest = repacked(SOUND, lambda name, part: sheet if name.endswith("sheet1.xml") else part)
    size = len(sheet).to_bytes(4, "little")
    assert honest.count(size) == 2
    ((_, _, told),) = said(honest.replace(size, (10).to_bytes(4, "little")))
    assert told.startswith("this is no XLSX workbook that can be read")


def test_a_workbook_of_a_thousand_parts_is_refused() -> None:
    many = repacked(SOUND, lambda name, part: part, *((f"xl/media/{n}.png", b"") for n in range(MOST_PARTS)))
    assert said(many) == [(1, "", TOO_LARGE)]


@pytest.mark.parametrize("target", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml", "xl/styles.xml"])
def test_entities_that_multiply_are_not_expanded(target: str) -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{lol}]><x>&l9;</x>'.encode()
    begun = time.monotonic()
    ((_, _, told),) = said(repacked(SOUND, lambda name, part: bomb if name == target else part))
    assert told.startswith("this is no XLSX workbook that can be read")
    assert time.monotonic() - begun < PATIENCE


@pytest.mark.parametrize("missing", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"])
def test_a_workbook_that_lacks_a_part_is_no_workbook(missing: str) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SOUND)) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.namelist():
            if part != missing:
                new.writestr(part, old.read(part))
    ((_, _, told),) = said(file.getvalue())
    assert told.startswith(("this is no XLSX workbook that can be read", "the workbook has no sheet"))


@settings(max_examples=60, deadline=None, suppress_health_check=UNHURRIED)
@given(st.data())
def test_a_damaged_workbook_is_a_fault_and_never_an_error(data: st.DataObject) -> None:
    broken = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 30))):
        broken[data.draw(st.integers(4, len(broken) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(4, len(broken)))
    read(bytes(broken[:cut]))


@settings(max_examples=100, deadline=None, suppress_health_check=UNHURRIED)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_a_fault(content: bytes) -> None:
    table = read(content)
    assert table.rows or table.faults


# -- what is written is what is read


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
cells = st.one_of(
    texts,
    st.sampled_from(
        ["=1+1", "+62", "-5", "@x", "'quoted", "'=x", "''", "\tx", "\rx", "a\r\nb", "_x000D_", "__x0041_", "\ufffe"]
    ),
).filter(str.strip)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_any_text_comes_back_as_it_was(form: Any) -> None:
    @settings(max_examples=150 if form == "csv" else 40, deadline=None, suppress_health_check=UNHURRIED)
    @given(st.lists(st.tuples(cells, cells), min_size=1, max_size=5))
    def round_trip(rows: list[tuple[str, str]]) -> None:
        table = read(written(form, NEEDED, rows))
        assert table.faults == ()
        assert [(row.cells["code"], row.cells["name"]) for row in table.rows] == rows

    round_trip()


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_that_is_exported_is_a_formula(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == text
    assert said(written("xlsx", KNOWN, [(text, "x", date(2023, 1, 31))])) == []
