"""Every event type and schema version has a golden file, and stays readable for ever."""

from pathlib import Path

import msgspec
import pytest

from shared.events import UPCASTS, Event, catalogue, decode
from tests.golden.examples import example
from tests.golden.files import DIRECTORY, fingerprint, name_of, pretty, recorded

KINDS = sorted(catalogue().values(), key=lambda kind: kind.__name__)
FILES = sorted(file for file in DIRECTORY.glob("*.*.json"))
HOW = "run `python -m tests.golden`"


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_every_event_type_has_a_golden_file_of_its_schema(kind: type[Event]) -> None:
    file = DIRECTORY / f"{name_of(kind)}.json"
    assert file.exists(), f"{kind.__name__} has no golden file of schema {kind.schema}: {HOW}"
    event = decode(kind.__name__, kind.dataschema(), file.read_bytes())
    assert event == example(kind)
    assert pretty(event) == file.read_bytes(), f"{kind.__name__} has changed: raise its `schema` and write an upcast"


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_no_event_type_changes_without_a_new_schema_version(kind: type[Event]) -> None:
    known = recorded().get(name_of(kind))
    assert known is not None, f"{kind.__name__} has no fingerprint of schema {kind.schema}: {HOW}"
    assert known == fingerprint(kind), f"{kind.__name__} has changed: raise its `schema`, write an upcast, then {HOW}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_was_ever_written_can_be_read(file: Path) -> None:
    name, _, version = file.stem.rpartition(".")
    kind = catalogue()[name]
    assert isinstance(decode(name, f"urn:makmal:{kind.owner()}:{name}:{version}", file.read_bytes()), kind)


def test_no_golden_file_and_no_fingerprint_stands_alone() -> None:
    assert {file.stem for file in FILES} == recorded().keys()


class Renamed(Event, frozen=True, kw_only=True):
    schema = 3
    name: str
    places: int


def test_an_old_event_is_brought_to_the_newest_schema_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalogue(), "Renamed", Renamed)
    stem = f"urn:makmal:{Renamed.owner()}:Renamed"
    monkeypatch.setitem(UPCASTS, f"{stem}:1", lambda old: {"name": old["title"]})
    monkeypatch.setitem(UPCASTS, f"{stem}:2", lambda old: {**old, "places": 3})
    assert decode("Renamed", f"{stem}:1", b'{"title":"x"}') == Renamed(name="x", places=3)
    assert decode("Renamed", f"{stem}:2", b'{"name":"x"}') == Renamed(name="x", places=3)
    assert decode("Renamed", f"{stem}:3", b'{"name":"x","places":5}') == Renamed(name="x", places=5)
    with pytest.raises(LookupError, match="no way to read"):
        decode("Renamed", f"{stem}:4", b"{}")


def test_a_change_of_a_type_changes_its_fingerprint() -> None:
    class Before(msgspec.Struct):
        name: str

    class After(msgspec.Struct):
        name: str
        note: str = ""

    Before.__name__ = After.__name__ = "Same"
    assert fingerprint(Before) != fingerprint(After)  # type: ignore[arg-type]
