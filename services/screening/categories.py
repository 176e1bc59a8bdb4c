"""Which categories an innovation or an institution competes in."""

from collections.abc import Mapping
from typing import Literal, get_origin, get_type_hints

from shared.events.registration import InnovationRecord
from shared.rulebook import Category

CHOSEN_FIELDS = tuple(field for field, hint in get_type_hints(InnovationRecord).items() if get_origin(hint) is Literal)
"""The fields of an innovation that take one value of a short list: those that a category's `where` may name."""


def chosen(record: InnovationRecord) -> dict[str, str]:
    """The record's values of those fields."""
    return {field: getattr(record, field) for field in CHOSEN_FIELDS}


def competes(category: Category, kind: str, fields: Mapping[str, str]) -> bool:
    """Whether an innovation with these chosen fields, of an institution of this kind, can be (part of) an entry here.

    An institution enters with all its innovations, whatever they are: there only its kind counts.
    """
    if kind not in category.kinds:
        return False
    return category.entrant == "institution" or all(fields.get(field) == value for field, value in category.where.items())
