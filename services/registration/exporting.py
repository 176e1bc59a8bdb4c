"""Tables for people, as CSV or XLSX, in the form in which they are imported.

No cell is a formula: CSV has an apostrophe before what a spreadsheet would take for one, XLSX says that texts are texts.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Font

from services.registration.importing_tables import guarded

Form = Literal["csv", "xlsx"]
MEDIA_TYPES: Mapping[Form, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
BOM = "\ufeff"
"""By it Excel knows that a CSV file is UTF-8."""
Cell = str | date

_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""What XML cannot hold (or, as a carriage return, would not keep), and what would be read as an escape of it."""


def written(form: Form, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The file: a header and the rows."""
    return _csv(columns, rows) if form == "csv" else _xlsx(columns, rows)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell.isoformat() for cell in row])
    return (BOM + file.getvalue()).encode()


def _xlsx(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("data")
    sheet.freeze_panes = "A2"
    for number in range(1, len(columns) + 1):
        letter = chr(64 + number)
        sheet.column_dimensions[letter].width = 24
        # What is typed into a column of texts stays a text, also where it begins with 0 or =.
        sheet.column_dimensions[letter].number_format = "@"
    header = [WriteOnlyCell(sheet, value=column) for column in columns]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _cell(sheet: Any, value: Cell) -> SheetCell:
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value=datetime.combine(value, time()))
        cell.number_format = "yyyy-mm-dd"
        return cell
    cell = WriteOnlyCell(sheet, value=_NOT_IN_XML.sub(lambda m: f"_x{ord(m[0]):04X}_", value))
    cell.data_type = "s"  # else openpyxl takes what begins with = for a formula
    cell.number_format = "@"
    return cell
