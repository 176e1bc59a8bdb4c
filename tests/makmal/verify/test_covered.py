"""Nothing of the catalogue is left out: a new event type, command or decider has its line in the verifier."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, get_args

import pytest

from makmal.verify.book import DECIDERS
from makmal.verify.needs import NEEDS
from makmal.verify.permitted import FOLLOWS, PERMITS
from shared.decider import Decider
from shared.events import catalogue

WITHIN = {"RulebookPublished", "PositionVoided"}
"""Never first of an act: the rulebook behind its edition's opening; and the operator's, which no decider knows."""


def test_whoever_may_record_it_is_known_of_every_event_type() -> None:
    missing = catalogue().keys() - PERMITS.keys() - FOLLOWS.keys() - WITHIN
    assert not missing, f"say in makmal/verify/permitted.py who may record {', '.join(sorted(missing))}"
    strange = (
        PERMITS.keys() | FOLLOWS.keys() | {leader for leaders in FOLLOWS.values() for leader in leaders}
    ) - catalogue().keys()
    assert not strange, f"there is no event {', '.join(sorted(strange))}"


def commands_of(decider: Decider[Any]) -> Iterator[type[Any]]:
    found = getattr(importlib.import_module(decider.decide.__module__), "Command", None)
    hints = decider.decide.__annotations__["command"] if found is None else found
    yield from get_args(hints) if isinstance(hints, UnionType) else (hints,)


@pytest.mark.parametrize("decider", DECIDERS.values(), ids=lambda d: f"{d.service}-{d.kind}")
def test_what_every_command_was_decided_on_is_known(decider: Decider[Any]) -> None:
    within = {"ReopenForVoided"}  # decided on what the juror's own act names (`needs.reopened_for_voided`)
    missing = {command.__name__ for command in commands_of(decider) if command not in NEEDS} - within
    assert not missing, f"say in makmal/verify/needs.py which states {', '.join(sorted(missing))} is decided on"


def test_every_decider_of_the_house_is_asked() -> None:
    declared = re.compile(r"= Decider\(\s*\"([a-z]+)\", \"([a-z-]+)\"")
    files = (Path(__file__).parents[3] / "services").rglob("*.py")
    found = {place for file in files for place in declared.findall(file.read_text())}
    assert found == DECIDERS.keys(), "makmal/verify/book.py lists the deciders"
