"""The golden files: `<Type>.<schema>.json` holds the `data` of one event, `schemas.json` what each type's data looked like.

An event type is added or gets a new schema version: `python -m tests.golden` writes what is missing. Written files never change,
because old events never do; `--anew` rewrites those of the current schema versions and is for types that no log holds yet.
"""

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from shared.events import Event, catalogue
from tests.golden.examples import example

DIRECTORY = Path(__file__).parent
SCHEMAS = DIRECTORY / "schemas.json"


def name_of(kind: type[Event]) -> str:
    return f"{kind.__name__}.{kind.schema}"


def pretty(event: Event) -> bytes:
    return msgspec.json.format(msgspec.json.encode(event), indent=2) + b"\n"


def fingerprint(kind: type[Event]) -> str:
    """SHA-256 (hex) of the JSON Schema of the type's data, descriptions and titles left out."""

    def bare(node: Any) -> Any:
        match node:
            case dict():
                return {k: bare(v) for k, v in node.items() if not (k in {"description", "title"} and isinstance(v, str))}
            case list():
                return [bare(item) for item in node]
        return node

    return hashlib.sha256(msgspec.json.encode(bare(msgspec.json.schema(kind)), order="deterministic")).hexdigest()


def recorded() -> dict[str, str]:
    """Fingerprints by name as they were when the golden files were written."""
    return msgspec.json.decode(SCHEMAS.read_bytes(), type=dict[str, str]) if SCHEMAS.exists() else {}


def write(anew: bool) -> list[str]:
    """Write what is missing; the names of what was written."""
    prints, written = recorded(), []
    for kind in catalogue().values():
        name = name_of(kind)
        file = DIRECTORY / f"{name}.json"
        if anew or not file.exists() or name not in prints:
            content = pretty(example(kind))
            if not file.exists() or file.read_bytes() != content or prints.get(name) != fingerprint(kind):
                file.write_bytes(content)
                prints[name] = fingerprint(kind)
                written.append(name)
    SCHEMAS.write_bytes(msgspec.json.format(msgspec.json.encode(prints, order="deterministic"), indent=2) + b"\n")
    return written
