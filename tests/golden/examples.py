"""An example of any event type, made from its annotations: the same one every time, every field filled."""

import types
import typing
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct

S = TypeVar("S", bound=Struct)


def example(kind: type[S]) -> S:
    """An instance whose texts name their field; it went through JSON, so it is what a reader gets."""
    values = {f.name: _value(f.type, f.name) for f in msgspec.structs.fields(kind)}
    return msgspec.json.decode(msgspec.json.encode(kind(**values)), type=kind)


def _value(annotation: Any, name: str) -> Any:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _constrained(arguments[0], arguments[1:], name)
    if origin is Literal:
        return arguments[0]
    if origin in (typing.Union, types.UnionType):
        return _value(next(a for a in arguments if a is not type(None)), name)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return (_value(arguments[0], f"{name} 1"), _value(arguments[0], f"{name} 2"))
    if origin is tuple:
        return tuple(_value(a, f"{name} {number}") for number, a in enumerate(arguments, 1))
    if origin in (list, set, frozenset, Sequence):
        kind = {Sequence: tuple}.get(origin, origin)
        return kind([_value(arguments[0], f"{name} 1")])
    if origin in (dict, Mapping):
        return {_value(arguments[0], f"{name} key"): _value(arguments[1], f"{name} value")}
    if isinstance(annotation, type):
        if issubclass(annotation, Struct):
            return example(annotation)
        if issubclass(annotation, Enum):
            return next(iter(annotation))
        if annotation in _PLAIN:
            return _PLAIN[annotation](name)
    if annotation is Any:
        return f"{name} é"
    raise TypeError(f"{name}: no example of {annotation!r} can be made; say here how")


def _constrained(annotation: Any, constraints: Sequence[Any], name: str) -> Any:
    for constraint in constraints:
        if isinstance(constraint, msgspec.Meta) and constraint.examples:
            return constraint.examples[0]
    value = _value(annotation, name)
    return msgspec.convert(msgspec.to_builtins(value), annotation, strict=False)


_PLAIN: Mapping[Any, Any] = {
    str: lambda name: f"{name} é",
    int: lambda name: 1 + sum(map(ord, name)) % 97,
    bool: lambda name: True,
    float: lambda name: 1.5,
    bytes: lambda name: name.encode(),
    Decimal: lambda name: Decimal("78.50"),
    datetime: lambda name: datetime(2023, 3, 1, 12, 30, 15, 250_000, tzinfo=UTC),
    date: lambda name: date(2023, 3, 1),
    time: lambda name: time(12, 30),
}
