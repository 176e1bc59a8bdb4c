"""`makmal import KIND FILE`: institutions, innovations or PICs from CSV or XLSX, over HTTP.

A file of PICs may name people: they are registered with identity first, and only their IDs go to registration, so that names and
addresses stay in the vault. The same command again goes on where it stopped.

Exit codes: 0 done; 1 the file has faults (all of them are listed); 3 refused.
"""

import hashlib
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.refusals import Refused

if TYPE_CHECKING:
    from makmal.signed_in import SignedIn
    from services.registration.importing_tables import Row, RowFault

PERSONS = "/identity/v1/persons"
ABOUT_PEOPLE = ("name", "email", "phone", "nip")
PIC_COLUMNS = ("institution", "innovation", "person", *ABOUT_PEOPLE, "reason")
NOT_YET = "not-registered-yet"
"""Stands for a person's ID in a dry run, which registers nobody."""


class Kind(StrEnum):
    institutions = "institutions"
    innovations = "innovations"
    pics = "pics"


def import_file(
    kind: Annotated[Kind, typer.Argument(help="What the rows are.")],
    file: Annotated[Path, typer.Argument(help="A CSV (UTF-8) or XLSX file, made from the template.")],
    edition: Annotated[str, typer.Option(help="The edition, as batam-2023.")],
    username: Annotated[str, typer.Option(prompt=True, help="E-mail address of somebody of the committee, or an operator.")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, envvar="MAKMAL_PASSWORD")],
    url: Annotated[str, typer.Option(help="The gateway.")] = "http://localhost:8000",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Record nothing; list every fault by row and column.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as one JSON object.")] = False,
) -> None:
    """Import institutions, innovations or PICs from a file. Given again, it goes on where it stopped and repeats nothing."""
    from makmal.signed_in import signed_in

    content = _read(file)
    with signed_in(username, password, url) as here:
        try:
            if kind is Kind.pics:
                content = _with_persons(here, content, register=not dry_run)
            else:
                _check(kind.value, content)
            done = _send(here, f"/registration/v1/editions/{edition}/imports/{kind.value}", content, dry_run)
        except _Faulty as faulty:
            done = faulty.told
    if as_json:
        print(json.dumps(done))
    for fault in done["faults"]:
        column = f" ({fault['column']})" if fault["column"] else ""
        print(f"{file}:{fault['row']}{column}: {fault['en']}\n    {fault['id']}", file=sys.stderr)
    if done["faults"]:
        raise typer.Exit(1)
    if not as_json:
        print(f"{done['rows']} rows of {file} {'can be' if dry_run else 'are'} imported into {edition}")


class _Faulty(Exception):
    def __init__(self, faults: list[dict[str, Any]]):
        super().__init__(f"{len(faults)} faults")
        self.told: dict[str, Any] = {"faults": faults}


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refused(
            f"{file} cannot be read ({error.strerror}): name a file that is there.",
            f"{file} tidak dapat dibaca ({error.strerror}): sebutkan berkas yang ada.",
        ) from error


def _check(kind: Any, content: bytes) -> None:
    """The form of the file, before anything is sent."""
    from services.registration.importing_columns import read

    _, faults = read(kind, content)
    _no_faults(faults)


def _no_faults(faults: "list[RowFault]") -> None:
    import msgspec

    if faults:
        raise _Faulty([msgspec.to_builtins(fault) for fault in sorted(faults)])


def _send(here: "SignedIn", path: str, content: bytes, dry_run: bool) -> dict[str, Any]:
    from rich.console import Console

    from makmal.signed_in import answer
    from services.registration.exporting import MEDIA_TYPES
    from services.registration.importing_tables import XLSX_MARK

    media_type = MEDIA_TYPES["xlsx" if content.startswith(XLSX_MARK) else "csv"]
    key = hashlib.sha256(f"{path}{dry_run}".encode() + content).hexdigest()[:32]
    with Console(stderr=True).status("the rows are checked" if dry_run else "the rows are recorded"):
        query = {"dry_run": str(dry_run).lower()}
        response = here.send(path, key, {"Content-Type": media_type}, content=content, params=query)
    if response.status_code == 422 and "faults" in (told := response.json()):
        raise _Faulty(told["faults"])
    done: dict[str, Any] = answer(response)
    return done


def _with_persons(here: "SignedIn", content: bytes, *, register: bool) -> bytes:
    """The file with the ID of a person in the place of his name and address; each is registered once."""
    from rich.console import Console
    from rich.progress import track

    from services.registration.exporting import written
    from services.registration.importing_columns import PICS
    from services.registration.importing_tables import read_table

    table = read_table(content, PIC_COLUMNS, ("institution", "innovation"))
    _no_faults([*table.faults, *(fault for row in table.rows for fault in _faults_of(row))])
    persons: dict[tuple[str, ...], str] = {}
    rows: list[list[str]] = []
    for row in track(table.rows, "people are registered", console=Console(stderr=True), disable=not register):
        cells = dict(row.cells)
        about = tuple(cells.pop(column, "").strip() for column in ABOUT_PEOPLE)
        if "person" not in cells:
            if about not in persons:
                persons[about] = _person(here, dict(zip(ABOUT_PEOPLE, about, strict=True)), register=register)
            cells["person"] = persons[about]
        rows += [[""] * len(PICS.columns)] * (row.number - 2 - len(rows))  # blank rows stay, so that faults find their place
        rows.append([cells.get(column, "") for column in PICS.columns])
    return written("csv", PICS.columns, rows)


def _faults_of(row: "Row") -> "list[RowFault]":
    from services.registration.importing_tables import RowFault

    if "person" in row.cells:
        return []
    return [
        RowFault(row.number, column, "the cell is empty; fill it in", "sel ini kosong; silakan diisi")
        for column in ("name", "email")
        if column not in row.cells
    ]


def _person(here: "SignedIn", about: dict[str, str], *, register: bool) -> str:
    """His ID. In a dry run that of somebody with his address, if the caller may look and there is one."""
    from makmal.signed_in import answer

    if not register:
        try:
            return str(here.get(PERSONS, email=about["email"])["person"])
        except Refused:
            return NOT_YET
    key = hashlib.sha256(f"import\0{sorted(about.items())}".encode()).hexdigest()[:32]
    return str(answer(here.send(PERSONS, key, json=about))["person"])
