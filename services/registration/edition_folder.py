"""An edition folder: `edition.toml`, the rulebook as people write it, and `institutions.csv`, the roster."""

import tomllib
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from pydantic import ValidationError

from services.registration.catalogue import read_catalogue
from services.registration.edition_faults import Fault, FaultyEdition, text_of
from services.registration.edition_form import EditionForm, Finding, findings_of
from services.registration.edition_rules import OFFSETS, RULES, Part
from services.registration.roster import Institution, read_roster
from services.registration.rulebook_check import LARGEST_RULEBOOK as LARGEST_RULEBOOK
from services.registration.toml_lines import lines_of
from shared.refusals import Unknown
from shared.rulebook import Rulebook

RULEBOOK_FILE = "edition.toml"
ROSTER_FILE = "institutions.csv"


class Edition(Struct, frozen=True, kw_only=True):
    """An edition as its folder describes it: sound in itself, not yet opened."""

    rulebook: Rulebook
    roster: tuple[Institution, ...]
    timezone: str
    """WIB, WITA or WIT; the rulebook's times carry its offset."""


def read_edition(folder: Path) -> Edition:
    """Reads and checks the whole folder. Raises `FaultyEdition` with every fault of both files."""
    form, kinds, faults = _read_form(folder)
    roster, more = _read_institutions(folder, kinds)
    faults += more
    if form is None or faults:
        raise FaultyEdition(faults)
    rulebook = _rulebook(form)
    if (size := len(msgspec.json.encode(rulebook))) >= LARGEST_RULEBOOK:
        en = f"the rulebook takes {size} bytes as JSON; shorten its texts to less than {LARGEST_RULEBOOK}"
        id = f"aturan gelaran memakan {size} bita JSON; persingkat teksnya hingga kurang dari {LARGEST_RULEBOOK}"
        raise FaultyEdition([Fault(RULEBOOK_FILE, 1, "", en, id)])
    return Edition(rulebook=rulebook, roster=tuple(roster), timezone=form.timezone)


def _read_form(folder: Path) -> tuple[EditionForm | None, set[str] | None, list[Fault]]:
    """The checked form, the kinds that the edition means to define (None: unknown), and the faults."""
    text = _read(folder, RULEBOOK_FILE)
    if isinstance(text, Fault):
        return None, None, [text]
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        return None, None, [_syntax_fault(text, str(error))]
    edition = Part(document)
    findings = [finding for rule in RULES for finding in rule(edition)]
    form = None
    try:
        form = EditionForm.model_validate(document)
    except ValidationError as error:
        findings += findings_of(error)
    lines = lines_of(text)
    findings += _catalogue_findings(edition)
    faults = [Fault(RULEBOOK_FILE, lines.at(path), "", en, id) for path, en, id in findings]
    return form, set(edition.ids("kind")) or None, faults


def _catalogue_findings(edition: Part) -> list[Finding]:
    name = edition.part("catalogue")
    if not isinstance(name.value, str):
        return []
    try:
        read_catalogue(name.value)
    except Unknown as unknown:
        return [(name.path, f"catalogue: {unknown.en}", f"catalogue: {unknown.id}")]
    return []


def _read_institutions(folder: Path, kinds: set[str] | None) -> tuple[list[Institution], list[Fault]]:
    text = _read(folder, ROSTER_FILE)
    return ([], [text]) if isinstance(text, Fault) else read_roster(ROSTER_FILE, text, kinds)


def _read(folder: Path, file: str) -> str | Fault:
    try:
        return text_of(file, (folder / file).read_bytes())
    except OSError as error:
        en = f"{folder / file} cannot be read ({error.strerror}); put the file there"
        return Fault(file, 1, "", en, f"{folder / file} tidak dapat dibaca ({error.strerror}); letakkan berkasnya di sana")


def _syntax_fault(text: str, message: str) -> Fault:
    """`tomllib` says where only within its message: *(at line 3, column 7)* or *(at end of document)*."""
    what, _, where = message.rpartition(" (at ")
    line = int(where.split()[1].rstrip(",")) if where.startswith("line ") else text.rstrip().count("\n") + 1
    return Fault(
        RULEBOOK_FILE,
        line,
        "",
        f"not TOML: {what}; see toml.io for the right form (at {where}",
        f"bukan TOML: {what}; lihat toml.io untuk bentuk yang benar (at {where}",
    )


def _rulebook(form: EditionForm) -> Rulebook:
    content: dict[str, Any] = form.model_dump(exclude={"timezone"})
    content["catalogue"] = read_catalogue(form.catalogue) if form.catalogue else None
    zone = timezone(timedelta(hours=OFFSETS[form.timezone]))
    content["calendar"] = {
        key: time.replace(tzinfo=zone) if isinstance(time, datetime) else time for key, time in content["calendar"].items()
    }
    return msgspec.convert(content, Rulebook)
