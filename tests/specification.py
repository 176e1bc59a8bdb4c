"""Specifications of deciders: given these events, when this command, then those events.

Whatever is specified is checked twice more: the same command again must change nothing, and the command that `command_of` reads
back from the events must lead to the same events.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.decider import Decider
from shared.events import Event
from shared.refusals import Refused

NOON = datetime(2023, 3, 1, 12, 0, tzinfo=UTC)


class When:
    def __init__(self, decider: Decider[Any], state: Any, command: Any, others: tuple[Any, ...]):
        self._decider = decider
        self._state = state
        self._command = command
        self._others = others

    def then(self, *expected: Event) -> None:
        """Exactly these events follow."""
        decider, state, others = self._decider, self._state, self._others
        events = decider.decide(state, self._command, *others)
        assert tuple(events) == expected
        if not expected:
            return
        by, at = getattr(self._command, "by", ""), getattr(self._command, "at", NOON)
        read_back = decider.command_of(events, by, at)
        assert tuple(decider.decide(state, read_back, *others)) == expected, f"command_of gave {read_back!r}"
        for event in events:
            state = decider.evolve(state, event)
        assert tuple(decider.decide(state, self._command, *others)) == (), "the same command again changes something"

    def is_refused(self, sentence: str, kind: type[Refused] = Refused) -> None:
        """The command is refused with this English sentence; there is an Indonesian one as well."""
        with pytest.raises(Refused) as refusal:
            self._decider.decide(self._state, self._command, *self._others)
        assert refusal.value.en == sentence
        assert refusal.value.id.strip() and refusal.value.id != refusal.value.en
        assert isinstance(refusal.value, kind)


class Given:
    def __init__(self, decider: Decider[Any], events: tuple[Event, ...], others: tuple[Any, ...]):
        self._decider = decider
        self._others = others
        self.state = decider.initial
        for event in events:
            self.state = decider.evolve(self.state, event)

    def when(self, command: Any) -> When:
        return When(self._decider, self.state, command, self._others)


def specification(decider: Decider[Any], others: Callable[..., tuple[Any, ...]] = lambda: ()) -> Callable[..., Given]:
    """`given(*events, **others)` for one decider; `others` gives the other aggregates' states, with defaults."""

    def given(*events: Event, **situation: Any) -> Given:
        return Given(decider, events, others(**situation))

    return given
