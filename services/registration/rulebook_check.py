"""Whether a rulebook that came as JSON is sound: the same form and rules that an edition folder is held to."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
from pydantic import ValidationError

from services.registration.edition_form import EditionForm, findings_of
from services.registration.edition_rules import RULES, Part
from shared.rulebook import RULES_VERSION, Catalogue, Rulebook

LARGEST_RULEBOOK = 60_000
"""Bytes of JSON: `RulebookPublished` carries the whole rulebook, and an event has at most 65,535 (DESIGN, the log)."""

PARAMETERS = 3
"""Of each indicator: points are its weight times the parameter, 1 to 3."""

_SINGULAR = {
    "edition": "id",
    "kinds": "kind",
    "obligations": "obligation",
    "categories": "category",
    "rubrics": "rubric",
    "reasons": "reason",
}
"""Names of the rulebook's fields in `edition.toml`, where they differ."""


def faults_in(rulebook: Rulebook) -> tuple[tuple[str, str], ...]:
    """Every fault, each in English and Indonesian; empty: the rulebook can be opened as an edition."""
    if any(time is not None and time.tzinfo is None for time in _times(rulebook)):
        en = "calendar: write every time with its offset, like 2023-03-31T16:00:00+07:00"
        return ((en, "calendar: tulis setiap waktu beserta selisihnya, mis. 2023-03-31T16:00:00+07:00"),)
    document = _document(rulebook)
    edition = Part(document)
    found = [(en, id) for rule in RULES for _, en, id in rule(edition)]
    try:
        # The document's times are in UTC by now; the form wants some zone, and none of its fields is checked against it.
        EditionForm.model_validate({**document, "timezone": "WIB"})
    except ValidationError as error:
        found += [(en, id) for _, en, id in findings_of(error)]
    found += catalogue_faults(rulebook.catalogue) if rulebook.catalogue else ()
    if rulebook.rules_version != RULES_VERSION:
        en = f"rules_version: this house plays by version {RULES_VERSION}; write {RULES_VERSION}"
        found.append((en, f"rules_version: sistem ini memakai versi {RULES_VERSION}; tulis {RULES_VERSION}"))
    if (size := len(msgspec.json.encode(rulebook))) >= LARGEST_RULEBOOK:
        en = f"the rulebook takes {size} bytes as JSON; shorten its texts to less than {LARGEST_RULEBOOK}"
        found.append((en, f"aturan gelaran memakan {size} bita JSON; persingkat teksnya hingga kurang dari {LARGEST_RULEBOOK}"))
    return tuple(dict.fromkeys(found))


def catalogue_faults(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """What is wrong with a catalogue, in English and Indonesian."""
    numbers = [indicator.number for indicator in catalogue.indicators]
    if numbers != list(range(1, len(numbers) + 1)) or not numbers:
        yield (
            f"catalogue {catalogue.id}: number the indicators 1, 2, 3 and so on",
            f"katalog {catalogue.id}: nomori indikator 1, 2, 3 dan seterusnya",
        )
    for indicator in catalogue.indicators:
        said = f"{catalogue.id}, indicator {indicator.number}", f"{catalogue.id}, indikator {indicator.number}"
        if len(indicator.parameters) != PARAMETERS:
            yield f"{said[0]}: write {PARAMETERS} parameters", f"{said[1]}: tulis {PARAMETERS} parameter"
        if not (indicator.weight.is_finite() and indicator.weight > 0):
            yield f"{said[0]}: write a weight above 0", f"{said[1]}: tulis bobot di atas 0"


def _times(rulebook: Rulebook) -> Iterable[datetime | None]:
    calendar = rulebook.calendar
    return calendar.registration_opens, calendar.registration_closes, calendar.judging_closes


def _document(rulebook: Rulebook) -> dict[str, Any]:
    """The rulebook as `edition.toml` would hold it. What the file leaves out (None, a scored criterion's `full_at`) is out."""
    plain: dict[str, Any] = _plain(msgspec.to_builtins(rulebook, builtin_types=(Decimal, datetime)))
    del plain["rules_version"]
    if rulebook.catalogue:
        plain["catalogue"] = rulebook.catalogue.id  # the file only names it
    for rubric in plain["rubrics"]:
        for criterion in rubric["criteria"]:
            if "computed" not in criterion:
                del criterion["full_at"]
            criterion["anchor"] = criterion.pop("anchors")
        rubric["criterion"] = rubric.pop("criteria")
    return {_SINGULAR.get(field, field): value for field, value in plain.items()}


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(inner) for key, inner in value.items() if inner is not None}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case datetime():
            return value.astimezone(UTC)
    return value
