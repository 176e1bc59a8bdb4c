"""All event types by name, and the reading of recorded ones, old schemas included."""

import importlib
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec

from shared.events.event import Event

OWNERS = ("registration", "screening", "judging", "notification", "identity", "audit")

Upcast = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTS: dict[str, Upcast] = {}
"""From an old `dataschema` to the function that brings its data one version further. Pure; kept for ever."""


@cache
def catalogue() -> dict[str, type[Event]]:
    """Event types by name."""
    found: dict[str, type[Event]] = {}
    for owner in OWNERS:
        module = importlib.import_module(f"shared.events.{owner}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Event) and value.__module__ == module.__name__:
                if value.__name__ in found:
                    raise ValueError(f"{value.__name__} is defined twice")
                found[value.__name__] = value
    return found


@cache
def _decoder(name: str) -> "msgspec.json.Decoder[Event]":
    return msgspec.json.Decoder(catalogue()[name])


def decode(name: str, dataschema: str, data: bytes | msgspec.Raw) -> Event:
    """The event in its newest schema. Raises LookupError for an unknown type or schema, msgspec.ValidationError for bad data."""
    kind = catalogue().get(name)
    if kind is None:
        raise LookupError(f"no event type {name}")
    current = kind.dataschema()
    if dataschema == current:
        return _decoder(name).decode(data)
    old = msgspec.json.decode(data)
    stem, _, number = dataschema.rpartition(":")
    version = int(number) if number.isdecimal() else 0
    while f"{stem}:{version}" != current:
        upcast = UPCASTS.get(f"{stem}:{version}")
        if upcast is None:
            raise LookupError(f"no way to read {dataschema}")
        old = upcast(old)
        version += 1
    return msgspec.convert(old, kind, strict=False)
