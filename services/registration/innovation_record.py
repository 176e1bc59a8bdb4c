"""What an innovation's record must be: rules of the national reporting form and of the log."""

from collections.abc import Callable

import msgspec

from services.registration.edition_rules import CLOSED_FIELDS
from shared.events.registration import InnovationRecord
from shared.refusals import Invalid
from shared.rulebook import Rulebook

LARGEST_RECORD = 60_000
"""Bytes of JSON: an event has at most 65,535 (DESIGN, the log)."""


def long_enough(record: InnovationRecord, rulebook: Rulebook) -> tuple[str, str] | None:
    """The national reporting form asks for a design (rancang bangun) of at least so many words."""
    words = len(record.design.split())
    if words >= rulebook.minimum_words:
        return None
    return (
        f"the design has {words} words; write at least {rulebook.minimum_words}",
        f"rancang bangun berisi {words} kata; tulis sedikitnya {rulebook.minimum_words}",
    )


def tried_before_applied(record: InnovationRecord, rulebook: Rulebook) -> tuple[str, str] | None:
    if record.implementation_date >= record.trial_date:
        return None
    return (
        f"implementation on {record.implementation_date} lies before the trial on {record.trial_date}; "
        "it comes on the same day or later",
        f"penerapan pada {record.implementation_date} mendahului uji coba pada {record.trial_date}; "
        "tulis hari yang sama atau sesudahnya",
    )


def in_the_vocabulary(record: InnovationRecord, rulebook: Rulebook) -> tuple[str, str] | None:
    for field, values in CLOSED_FIELDS.items():
        if (value := getattr(record, field)) not in values:
            known = ", ".join(values)
            return f"{field}: {value} is not known; write one of {known}", f"{field}: {value} tidak dikenal; pilih {known}"
    return None


def filled_in(record: InnovationRecord, rulebook: Rulebook) -> tuple[str, str] | None:
    for field in ("name", "main_affair", "purpose", "benefit", "result"):
        if not getattr(record, field).strip():
            return f"{field} is empty; fill it in", f"{field} masih kosong; silakan diisi"
    return None


def short_enough(record: InnovationRecord, rulebook: Rulebook) -> tuple[str, str] | None:
    size = len(msgspec.json.encode(record))
    if size <= LARGEST_RECORD:
        return None
    return (
        f"the texts take {size} bytes together; shorten them to {LARGEST_RECORD}",
        f"seluruh teks memakan {size} bita; persingkat menjadi {LARGEST_RECORD}",
    )


Rule = Callable[[InnovationRecord, Rulebook], tuple[str, str] | None]
RECORD_RULES: tuple[Rule, ...] = (filled_in, in_the_vocabulary, tried_before_applied, long_enough, short_enough)
"""What a record must be: each rule gives what is wrong and right in English and Indonesian, or None."""


def must_be_sound(record: InnovationRecord, rulebook: Rulebook) -> None:
    """Raises Invalid with everything that is wrong with it."""
    if faults := [fault for rule in RECORD_RULES if (fault := rule(record, rulebook))]:
        raise Invalid("; ".join(en for en, _ in faults), "; ".join(id for _, id in faults))
