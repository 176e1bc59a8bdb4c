"""The columns of each kind of file, and the making of a request body from a row. What is wrong is told by row and column."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, get_args, get_origin

from msgspec import Struct
from pydantic import BaseModel, StringConstraints, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from services.registration.bodies import Body, Code, EnrolmentBody, Line, Person, Reason, RecordBody, SubmissionBody
from services.registration.importing import ImportKind
from services.registration.importing_tables import Row, RowFault, Table, read_table


class PicRow(Body):
    """Who answers for an innovation of this name; by the person's ID, because names and addresses stay in identity's vault."""

    institution: Code
    innovation: Annotated[Line, StringConstraints(min_length=1)]
    person: Person
    reason: Reason = ""


class Kind(Struct, frozen=True):
    body: type[BaseModel]
    columns: tuple[str, ...]
    needed: tuple[str, ...]
    ignored: tuple[str, ...] = ()


def _needed(*models: type[BaseModel]) -> tuple[str, ...]:
    return tuple(name for model in models for name, field in model.model_fields.items() if field.is_required())


INSTITUTIONS = Kind(EnrolmentBody, tuple(EnrolmentBody.model_fields), _needed(EnrolmentBody), ("source",))
INNOVATIONS = Kind(
    SubmissionBody,
    ("institution", *RecordBody.model_fields, "external_reference"),
    ("institution", *_needed(RecordBody)),
)
PICS = Kind(PicRow, tuple(PicRow.model_fields), _needed(PicRow))
KINDS: dict[ImportKind, Kind] = {"institutions": INSTITUTIONS, "innovations": INNOVATIONS, "pics": PICS}
FIELDS: dict[str, FieldInfo] = {
    **EnrolmentBody.model_fields,
    **PicRow.model_fields,
    **SubmissionBody.model_fields,
    **RecordBody.model_fields,
}
"""By column; a name means the same in every kind of file, as far as its type goes."""


def is_date(column: str) -> bool:
    return _is(FIELDS[column].annotation, date)


def is_list(column: str) -> bool:
    return get_origin(FIELDS[column].annotation) is tuple


def _is(annotation: Any, kind: type) -> bool:
    return annotation is kind or kind in get_args(annotation)


def joined(values: Sequence[str]) -> str:
    """A list in one cell: one value a line. A single value that holds a semicolon ends its line, so that it is not divided."""
    text = "\n".join(values)
    return f"{text}\n" if len(values) == 1 and ";" in text else text


def divided(cell: str) -> list[str]:
    """The values of a cell: one a line, or within one line between semicolons."""
    return [value for part in cell.split("\n" if "\n" in cell else ";") if (value := part.strip())]


class Wanted(Struct, frozen=True):
    """What a row asks for."""

    number: int
    body: Any


def read(kind: ImportKind, content: bytes) -> tuple[list[Wanted], list[RowFault]]:
    """What the rows of a file ask for, and every fault of its form."""
    columns = KINDS[kind]
    table: Table = read_table(content, columns.columns, columns.needed, columns.ignored)
    wanted: list[Wanted] = []
    faults = list(table.faults)
    for row in table.rows if not any(fault.row == 1 for fault in faults) else ():
        body, more = _body(kind, row)
        faults += more
        if body is not None:
            wanted.append(Wanted(row.number, body))
    return wanted, faults


def _body(kind: ImportKind, row: Row) -> tuple[Any, list[RowFault]]:
    values: dict[str, Any] = {}
    faults: list[RowFault] = []
    for column, cell in row.cells.items():
        if is_list(column):
            values[column] = divided(cell)
        elif not is_date(column):
            values[column] = cell
        elif (day := _date(cell.strip())) is not None:
            values[column] = day
        else:
            faults.append(
                RowFault(
                    row.number,
                    column,
                    f"{cell.strip()[:40]} is no date; write it as 2023-01-31",
                    f"{cell.strip()[:40]} bukan tanggal; tulis seperti 2023-01-31",
                )
            )
    told = {fault.column for fault in faults}
    document: dict[str, Any] = values
    if kind == "innovations":
        record = {name: values[name] for name in RecordBody.model_fields if name in values}
        document = {name: value for name, value in values.items() if name not in record} | {"record": record}
    try:
        return KINDS[kind].body.model_validate(document), faults
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            column = next(str(part) for part in reversed(detail["loc"]) if isinstance(part, str))
            if column not in told:
                faults.append(RowFault(row.number, column, *_sentence(detail)))
        return None, faults


def _date(cell: str) -> date | None:
    """As ISO 8601 has it, or as it is written in Indonesia: 31/01/2023."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(cell, form).date()
        except ValueError:
            continue
    return None


def _sentence(detail: ErrorDetails) -> tuple[str, str]:
    limits = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "the cell is empty; fill it in", "sel ini kosong; silakan diisi"
        case "literal_error":
            expected = str(limits["expected"]).replace("'", "")
            return f"write {expected}", f"tulis {expected.replace(' or ', ' atau ')}"
        case "string_too_long":
            return f"write at most {limits['max_length']} characters", f"tulis paling banyak {limits['max_length']} karakter"
        case "string_too_short":
            return "write at least one character", "tulis sedikitnya satu karakter"
        case "too_long":
            return f"write at most {limits['max_length']} of them", f"tulis paling banyak {limits['max_length']} buah"
        case "string_pattern_mismatch":
            return (
                "use letters and digits in one line, without signs that do not belong here",
                "gunakan huruf dan angka dalam satu baris, tanpa tanda yang tidak pada tempatnya",
            )
    return f"not what belongs here ({detail['msg']})", f"bukan isian yang benar ({detail['msg']})"
