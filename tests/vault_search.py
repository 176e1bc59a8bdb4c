"""Looking for personal data where none may stand: in the bytes of events."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

FIELDS = ("name", "email", "login", "phone", "nip")
SHORTEST_NUMBER = 8
"""Digits: shorter ones stand in any time or digest by chance."""


def found_in(raws: Iterable[bytes], vault: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, int]]:
    """Field, value and place (from 0) of everything of the vault that an event holds, whatever its case or escapes.

    Numbers count as found without their spaces and signs as well.
    """
    wanted = {_plain(str(row[field])): (field, str(row[field])) for row in vault for field in FIELDS if row[field]}
    digits = {
        number: (field, str(row[field]))
        for row in vault
        for field in ("phone", "nip")
        if len(number := "".join(filter(str.isdigit, str(row[field])))) >= SHORTEST_NUMBER
    }
    found = []
    for place, raw in enumerate(raws):
        text = _plain(json.dumps(json.loads(raw), ensure_ascii=False))
        found += [(*what, place) for value, what in (wanted | digits).items() if value in text]
    return found


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
