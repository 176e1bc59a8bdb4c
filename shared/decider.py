"""What a decider is: pure functions of states, commands and events, and the aggregates that they are about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from shared.events import Event

S = TypeVar("S")


@dataclass(frozen=True, eq=False)
class Fold(Generic[S]):
    """How the events of one kind of aggregate become its state. A service may fold another service's aggregates as well."""

    service: str
    kind: str
    initial: S
    evolve: Callable[[S, Any], S]

    def __call__(self, id: str) -> "Aggregate[S]":
        return Aggregate(self, f"{self.kind}/{id}" if id else self.kind)

    def new(self, id: str) -> "Aggregate[S]":
        """One that the caller is about to create and that nobody can have created before, such as one of a fresh ID."""
        return Aggregate(self, f"{self.kind}/{id}", new=True)


@dataclass(frozen=True, eq=False)
class Decider(Fold[S]):
    """A kind of aggregate with its rules.

    `decide(state, command, *others) -> events` is pure and idempotent: a repeated command yields no events.
    `command_of(events, by, at)` gives back the command whose decision these events are.
    """

    decide: Callable[..., Sequence[Event]]
    command_of: Callable[[Sequence[Any], str, datetime], Any]


class Aggregate(Generic[S]):
    """`key`: two folds of one aggregate (its owner's and another service's view) have different states.
    `place`: where its events stand, the service and the subject."""

    __slots__ = ("fold", "key", "new", "place", "subject")

    def __init__(self, fold: Fold[S], subject: str, *, new: bool = False):
        self.fold = fold
        self.subject = subject
        self.new = new
        self.key: Key = (fold, subject)
        self.place = (fold.service, subject)


Key = tuple[Fold[Any], str]
States = dict[Key, Any]
"""The states that a decision looks at, by the key of their aggregates."""
