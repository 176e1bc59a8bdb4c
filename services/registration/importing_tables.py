"""Tables as people send them, CSV or XLSX, read into rows of texts. Nothing in a file makes the reader work without bounds."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from msgspec import Struct
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

LARGEST: Final = 8 * 1024 * 1024
"""Bytes of a file."""
LARGEST_UNPACKED: Final = 40 * 1024 * 1024
"""Bytes of an XLSX file's parts, unpacked."""
MOST_PARTS: Final = 500
MOST_ROWS: Final = 5_000
"""Below the header."""
MOST_COLUMNS: Final = 100

GUARDED = ("=", "+", "-", "@", "\t", "\r", "'")
"""A spreadsheet takes a text that begins so for a formula; in CSV an apostrophe is put before it (OWASP, CSV injection)."""

XLSX_MARK = b"PK\x03\x04"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class RowFault(Struct, frozen=True, order=True):
    """A fault of a file: its row as a spreadsheet counts (the header is row 1), its column, and what would be right."""

    row: int
    column: str
    en: str
    id: str


class Row(Struct, frozen=True):
    number: int
    cells: dict[str, str]
    """By column; empty cells are left out."""


class Table(Struct, frozen=True):
    rows: tuple[Row, ...]
    faults: tuple[RowFault, ...]


class _Unreadable(Exception):
    def __init__(self, en: str, id: str, row: int = 1):
        super().__init__(en)
        self.fault = RowFault(row, "", en, id)


def read_table(content: bytes, known: Sequence[str], needed: Sequence[str], ignored: Sequence[str] = ()) -> Table:
    """The rows below the header, blank ones left out, and every fault of the table's form."""
    faults: list[RowFault] = []
    try:
        lines = _xlsx(content, faults) if content.startswith(XLSX_MARK) else _csv(content, known)
        header, names = _header(next(lines, (1, [])), known, needed, ignored, faults)
        rows = [] if faults and not names else list(_rows(lines, header, faults))
    except _Unreadable as unreadable:
        return Table((), (*faults, unreadable.fault))
    if not rows and not faults:
        faults.append(RowFault(2, "", "the table is empty; write at least one row", "tabel kosong; isi sedikitnya satu baris"))
    return Table(tuple(rows), tuple(sorted(faults)))


def _header(
    first: tuple[int, list[str]],
    known: Sequence[str],
    needed: Sequence[str],
    ignored: Sequence[str],
    faults: list[RowFault],
) -> tuple[list[str], set[str]]:
    """The column of each cell ("" for one that is passed over), and the columns that are there."""
    header: list[str] = []
    for cell in first[1]:
        name = cell.strip().casefold()
        if name in known and name in header:
            faults.append(
                RowFault(1, name, f"the column {name} stands twice; remove one", f"kolom {name} ada dua kali; hapus salah satu")
            )
        elif name and name not in known and name not in ignored:
            faults.append(
                RowFault(
                    1,
                    name[:60],
                    f"no column has this name; the columns are {', '.join(known)}",
                    f"tidak ada kolom bernama ini; kolomnya: {', '.join(known)}",
                )
            )
        header.append(name if name in known and name not in header else "")
    for name in needed:
        if name not in header:
            faults.append(RowFault(1, name, "this column is missing; add it", "kolom ini belum ada; tambahkan"))
    return header, {name for name in header if name}


def _rows(lines: Iterator[tuple[int, list[str]]], header: list[str], faults: list[RowFault]) -> Iterator[Row]:
    count = 0
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise _Unreadable(
                f"the table has more than {MOST_ROWS} rows; divide it into several files",
                f"tabel berisi lebih dari {MOST_ROWS} baris; bagi menjadi beberapa berkas",
                number,
            )
        if any(cell.strip() for cell in cells[len(header) :]):
            faults.append(
                RowFault(
                    number,
                    "",
                    f"the row has more cells than the header ({len(header)}); quote a cell that holds the separator",
                    f"baris ini berisi lebih banyak sel daripada judulnya ({len(header)}); beri tanda kutip pada isi yang "
                    "memuat pemisah",
                )
            )
        yield Row(number, {name: cell for name, cell in zip(header, cells, strict=False) if name and cell.strip()})


# -- CSV


def unguarded(cell: str) -> str:
    """The text without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(GUARDED) else cell


def guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(GUARDED) else cell


def _csv(content: bytes, known: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    if text.startswith("sep="):
        text = text.partition("\n")[2]
    first = text.partition("\n")[0].casefold()
    separator = max(",;\t", key=lambda s: sum(cell.strip(' "\r') in known for cell in first.split(s)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            if len(cells) > MOST_COLUMNS:
                raise _too_wide(number)
            yield number, [unguarded(cell) for cell in cells]
    except csv.Error as error:
        raise _Unreadable(
            f"the row is not CSV ({error}); close every quote and double a quote within a cell",
            f"baris ini bukan CSV ({error}); tutup setiap tanda kutip dan gandakan tanda kutip di dalam sel",
            number + 1,
        ) from error


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _Unreadable(
            "the file is UTF-16; save it as CSV UTF-8, or as XLSX",
            "berkas ini UTF-16; simpan sebagai CSV UTF-8, atau sebagai XLSX",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        byte = error.object[error.start]
        raise _Unreadable(
            f"byte 0x{byte:02x} in line {line} is not UTF-8; save the file as CSV UTF-8, or as XLSX",
            f"bita 0x{byte:02x} di baris {line} bukan UTF-8; simpan berkas sebagai CSV UTF-8, atau sebagai XLSX",
            line,
        ) from error


def _too_wide(number: int) -> _Unreadable:
    return _Unreadable(
        f"the row has more than {MOST_COLUMNS} cells; start from the template",
        f"baris ini berisi lebih dari {MOST_COLUMNS} sel; mulailah dari templat",
        number,
    )


# -- XLSX

_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, EOFError, OSError),
    *(KeyError, IndexError, ValueError, TypeError, AttributeError, RuntimeError, OverflowError),
)
"""What openpyxl, zipfile and defusedxml (a ValueError) raise on files that are not what they say."""


def _xlsx(content: bytes, faults: list[RowFault]) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
            raise _Unreadable(
                "unpacked, the workbook is too large; keep to the template, without pictures or further sheets",
                "buku kerja terlalu besar setelah dibuka; ikuti templat, tanpa gambar atau lembar lain",
            )
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False, rich_text=False)
        if not workbook.worksheets:
            raise _Unreadable("the workbook has no sheet; start from the template", "buku kerja kosong; mulailah dari templat")
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()  # a file may say anything of its size
        for number, cells in enumerate(sheet.iter_rows(max_row=2 * MOST_ROWS, max_col=MOST_COLUMNS), 1):
            texts = [_text(number, column, cell, faults) for column, cell in enumerate(cells, 1)]
            while texts and not texts[-1]:
                texts.pop()
            yield number, texts
    except _BROKEN as error:
        raise _Unreadable(
            f"this is no XLSX workbook that can be read ({type(error).__name__}); save it anew as XLSX, or as CSV UTF-8",
            f"ini bukan buku kerja XLSX yang dapat dibaca ({type(error).__name__}); simpan ulang sebagai XLSX, atau CSV UTF-8",
        ) from error


def _text(number: int, column: int, cell: Any, faults: list[RowFault]) -> str:
    """What stands in the cell, as it would stand in CSV."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type in ("f", "e"):
        what = ("a formula", "rumus") if cell.data_type == "f" else ("an error", "galat")
        place = _letters(column)
        faults.append(
            RowFault(
                number,
                place,
                f"the cell holds {what[0]}; paste its value instead",
                f"sel ini berisi {what[1]}; tempelkan nilainya saja",
            )
        )
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _unescaped(value) if isinstance(value, str) else str(value)


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _unescaped(text: str) -> str:
    """Excel writes what XML cannot hold as _x000D_."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda m: m[0] if 0xD800 <= int(m[1], 16) < 0xE000 else chr(int(m[1], 16)), text)
