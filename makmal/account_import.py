"""`makmal account import FILE`: many people at once, each registered, invited and given his role, from a CSV file."""

import csv
import io
import json
import os
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct

from makmal.signed_in import SignedIn, answer
from services.identity.roles import GrantRole, check
from shared.deciding import request_key
from shared.refusals import Invalid, Refused
from shared.transparency.files import write_durably

NEEDED = ("name", "email", "role")
ALSO = ("nip", "phone", "institutions", "employer", "decree", "decree_date")
"""Institutions are parted by spaces. Decree and date may be given for all rows instead."""
TOLD = ("name", "email", "nip", "invitation", "expires")
REFUSED_OF_AN_ACTIVE_ACCOUNT = 409


class Row(Struct, frozen=True):
    number: int
    """Of its line in the file, the head being 1."""
    person: Mapping[str, str]
    role: Mapping[str, Any]
    """Empty: he gets an account and no role."""


def read(file: Path, edition: str, decree: str, decree_date: str) -> list[Row]:
    """Raises Refused with every fault of the file by its line."""
    try:
        lines = list(csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refused(
            f"{file} cannot be read ({error}): it is a CSV file in UTF-8.",
            f"{file} tidak terbaca ({error}): berkasnya CSV dalam UTF-8.",
        ) from error
    head = set(lines[0]) if lines else set()
    if missing := [name for name in NEEDED if name not in head]:
        raise Refused(
            f"{file} has no column {', '.join(missing)}; its columns are {', '.join((*NEEDED, *ALSO))}, the first three needed.",
            f"{file} tidak memiliki kolom {', '.join(missing)}; kolomnya {', '.join((*NEEDED, *ALSO))}, tiga yang pertama wajib.",
        )
    if unknown := sorted(str(name) for name in head - {*NEEDED, *ALSO}):
        raise Refused(
            f"{file} has columns that are not known here: {', '.join(unknown)}; the known ones are {', '.join((*NEEDED, *ALSO))}.",
            f"{file} memiliki kolom yang tidak dikenal: {', '.join(unknown)}; yang dikenal {', '.join((*NEEDED, *ALSO))}.",
        )
    rows, faults = [], []
    for number, line in enumerate(lines, 2):
        cells = {name: (value or "").strip() for name, value in line.items()}
        try:
            rows.append(_row(number, {"decree": decree, "decree_date": decree_date} | _filled(cells), edition))
        except Invalid as invalid:
            faults.append((f"{file}:{number}: {invalid.en}", f"{file}:{number}: {invalid.id}"))
    if faults:
        raise Refused("\n".join(en for en, _ in faults), "\n".join(id for _, id in faults))
    return rows


def _filled(cells: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in cells.items() if value}


def _row(number: int, cells: Mapping[str, str], edition: str) -> Row:
    """Raises Invalid."""
    if not cells.get("name"):
        raise Invalid("the name is missing", "nama belum diisi")
    if not cells.get("email") and not cells.get("nip"):
        raise Invalid("give an e-mail address, or the NIP of who has none", "isi alamat surel, atau NIP bila tidak memilikinya")
    person = {name: cells[name] for name in ("name", "email", "nip", "phone") if name in cells}
    if "role" not in cells:
        return Row(number, person, {})
    try:
        dated = date.fromisoformat(cells["decree_date"]) if cells.get("decree_date") else None
    except ValueError:
        raise Invalid(f"{cells['decree_date']} is no date; write 2023-01-31", "tanggal ditulis 2023-01-31") from None
    role: dict[str, Any] = {
        "role": cells["role"],
        "edition": edition if cells["role"] != "administrator" else "",
        "institutions": tuple(cells.get("institutions", "").split()),
        "employer": cells.get("employer", ""),
        "decree": cells.get("decree", ""),
        "decree_date": dated,
    }
    check(GrantRole(person="", by="", **role))
    return Row(number, person, {**role, "decree_date": dated.isoformat() if dated else None})


def admit(here: SignedIn, rows: list[Row]) -> Iterator[dict[str, str]]:
    """What each of them is to be told (TOLD), once for each person who has no active account yet.

    The same file again repeats nothing: a person and his invitation stay the same, a role that is held is held.
    """
    invited: set[str] = set()
    for row in rows:
        person = str(answer(_sent(here, "/identity/v1/persons", row.person))["person"])
        if person not in invited:
            invited.add(person)
            found = _sent(here, "/identity/v1/accounts", {"person": person})
            if found.status_code != REFUSED_OF_AN_ACTIVE_ACCOUNT:
                told = {**row.person, **answer(found)}
                yield {name: str(told.get(name, "")) for name in TOLD}
        if row.role:
            answer(here.send("/identity/v1/roles", os.urandom(16).hex(), json={"person": person, **row.role}))


def _sent(here: SignedIn, path: str, body: Mapping[str, Any]) -> httpx.Response:
    """Its key follows from what is sent: the same again is the same request."""
    return here.send(path, request_key("account import", path, json.dumps(body, sort_keys=True)), json=dict(body))


def keep(file: Path, invitations: list[dict[str, str]]) -> None:
    """For its owner's eyes alone: whoever has an invitation chooses the password."""
    text = io.StringIO()
    writer = csv.DictWriter(text, TOLD)
    writer.writeheader()
    writer.writerows(invitations)
    write_durably(file, text.getvalue().encode(), private=True)
