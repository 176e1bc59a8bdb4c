"""Deciding: the one function that loads, decides, appends and retries for every command."""

import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from shared.decider import Aggregate, Decider, Key, States
from shared.eventlog import (
    Append,
    Conflicted,
    Draft,
    EventLog,
    History,
    Loaded,
    LogWentBack,
    OutOfTime,
    Recorded,
    RequestReused,
    Wanted,
    parse,
)
from shared.eventlog.answers import ANY_BODY
from shared.events import Event
from shared.refusals import ChangedMeanwhile, Refused
from shared.turns import Turns

S = TypeVar("S")

TRIES = 5


class Act:
    """One aggregate, the command to it, and the other aggregates whose states its rules need.

    The command may be a function of the time, which is the broker's and known only once the aggregates are loaded.
    """

    def __init__(self, aggregate: Aggregate[Any], command: Any, *others: Aggregate[Any]):
        self.aggregate = aggregate
        self.command = command
        self.others = others

    def decide(self, at: datetime, states: States) -> Sequence[Event]:
        """The events, with every view of the aggregate moved on by them, so that a later act of the same append sees it."""
        decider = self.aggregate.fold
        if not isinstance(decider, Decider):
            raise TypeError(f"{self.aggregate.subject} belongs to another service")
        command = self.command(at) if callable(self.command) else self.command
        events = decider.decide(states[self.aggregate.key], command, *(states[o.key] for o in self.others))
        views = [(fold, subject) for fold, subject in states if (fold.service, subject) == self.aggregate.place]
        for event in events:
            for view in views:
                states[view] = view[0].evolve(states[view], event)
        return events


Guard = tuple[Aggregate[Any], Callable[[Any], None]]
"""An aggregate that no act is about, and what raises a refusal where its state stands against all of them."""


@dataclass(frozen=True)
class Outcome:
    """What a command led to. `events` is empty where nothing had to change."""

    events: tuple[Recorded, ...]
    position: int
    """Position of the last event, or of the log when nothing had to change."""
    repeated: bool
    """The request stood already: this is its first answer."""

    def first(self, kind: type[Event]) -> Recorded | None:
        return next((e for e in self.events if e.type == kind.__name__), None)


class _Said:
    """A request to the desk, as it was put. `involved`: the first act's aggregate first, each but once."""

    __slots__ = ("actor", "acts", "body", "cause", "edition", "guards", "if_match", "involved", "request")

    def __init__(
        self,
        acts: tuple[Act, ...],
        actor: str,
        edition: str | None,
        request: str,
        body: str,
        cause: Recorded | None,
        if_match: int | None,
        guards: Sequence[Guard],
    ):
        self.acts = acts
        self.actor = actor
        self.edition = edition
        self.request = request
        self.body = body
        self.cause = cause
        self.if_match = if_match
        self.guards = guards
        named = [a for act in acts for a in (act.aggregate, *act.others)] + [guarding for guarding, _ in guards]
        self.involved = list({a.key: a for a in named}.values())


def request_key(*parts: str) -> str:
    """The key under which a request stands on record (hex)."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


class Desk:
    """Where a service's commands are decided. Keeps the states of recently used aggregates; versions keep them honest."""

    def __init__(self, log: EventLog, kept: int = 10_000):
        self.log = log
        self._kept = kept
        self._turns = Turns()
        self._states: OrderedDict[Key, tuple[int, Any]] = OrderedDict()

    async def carry_out(
        self,
        *acts: Act,
        actor: str,
        edition: str | None = None,
        request: str = "",
        body: str = "",
        cause: Recorded | None = None,
        if_match: int | None = None,
        guards: Sequence[Guard] = (),
    ) -> Outcome:
        """Decide all acts and append their events at once.

        `guards` may refuse all of it.
        `request` and `body` are the request's key and digest, if it may be repeated. `cause` is the event that a reaction answers.
        `if_match` is the version that the first act's aggregate must have. Raises refusals, ChangedMeanwhile after five conflicts or
        at once with `if_match`, RequestReused, LogWentBack, LogUnavailable.
        """
        said = _Said(acts, actor, edition, request or os.urandom(16).hex(), body, cause, if_match, guards)
        written = {act.aggregate.subject for act in acts}
        contended: set[str] = set()
        if if_match is None and not self._turns.queued(written):
            try:
                if outcome := await self._from_memory(said):
                    return outcome
            except Conflicted as conflict:
                contended.add(conflict.subject)
        for attempt in range(TRIES):
            async with self._turns.of(contended | self._turns.queued(written)):
                try:
                    return await self._from_the_log(said)
                except Conflicted as conflict:
                    if attempt == TRIES - 1 or if_match is not None:
                        raise ChangedMeanwhile(conflict.subject, conflict.version) from conflict
                    contended.add(conflict.subject)
                except OutOfTime:
                    if attempt == TRIES - 1:
                        raise
        raise AssertionError("unreachable")

    async def _from_memory(self, said: "_Said") -> Outcome | None:
        """Decide on the states kept, if all are: the append proves them right, and saves the load. None if they do not do:
        a refusal, and that there is nothing to change, may rest on what is no longer so. Raises Conflicted."""
        kept = [self._states.get(a.key) or ((0, a.fold.initial) if a.new else None) for a in said.involved]
        known = [one for one in kept if one is not None]
        if len(known) < len(kept):
            return None
        states = {a.key: state for a, (_, state) in zip(said.involved, known, strict=True)}
        histories = tuple(History(version, ()) for version, _ in known)
        try:
            return await self._decide(said, Loaded(self.log.now(), self.log.seen, None, histories), states, sure=False)
        except (Refused, OutOfTime):
            return None

    async def _from_the_log(self, said: "_Said") -> Outcome:
        loaded, states = await self._load(said.involved, said.request)
        if loaded.answered is not None:
            first, last, body = loaded.answered
            if body not in (said.body, ANY_BODY):
                raise RequestReused
            return await self._recorded(first, last)
        version, target = loaded.histories[0].version, said.involved[0].subject
        if said.if_match is not None and version != said.if_match:
            raise ChangedMeanwhile(target, version)
        outcome = await self._decide(said, loaded, states, sure=True)
        if outcome is None:
            raise AssertionError("a decision on what the log says stands")
        return outcome

    async def _decide(self, said: "_Said", loaded: Loaded, states: States, *, sure: bool) -> Outcome | None:
        """Decide and append. None: nothing is to be changed, going by states that are not `sure`."""
        versions = {a.place: h.version for a, h in zip(said.involved, loaded.histories, strict=True)}
        for guarding, must_allow in said.guards:
            must_allow(states[guarding.key])
        entries: list[tuple[str, bytes]] = []
        reached = dict(versions)
        for act in said.acts:
            subject = act.aggregate.subject
            for event in act.decide(loaded.now, states):
                reached[act.aggregate.place] += 1
                draft = Draft(
                    event=event,
                    subject=subject,
                    version=reached[act.aggregate.place],
                    time=loaded.now,
                    actor=said.actor,
                    request=said.request,
                    edition=said.edition,
                    correlation=said.cause.envelope.correlationid if said.cause else None,
                    causation=said.cause.envelope.id if said.cause else None,
                )
                entries.append((subject, draft.encode()))
        if not entries and not sure:
            return None
        if not entries and not said.body:
            return Outcome((), loaded.position, False)
        expected = tuple((*place, version) for place, version in versions.items())
        appended = await self.log.append(Append(loaded.now, said.request, said.body, expected, tuple(entries)))
        if appended.repeated:
            return await self._recorded(appended.first, appended.last)
        for act in said.acts:
            self._keep(act.aggregate, reached[act.aggregate.place], states[act.aggregate.key])
        service = self.log.service
        events = tuple(parse(service, appended.first + i, raw) for i, (_, raw) in enumerate(entries))
        return Outcome(events, appended.last, False)

    async def _recorded(self, first: int, last: int) -> Outcome:
        events = await self.log.at(self.log.service, first, last) if first <= last else ()
        return Outcome(events, last, True)

    async def state(self, aggregate: Aggregate[S]) -> tuple[S, int]:
        """The state and version of one aggregate, as of now."""
        loaded, states = await self._load([aggregate], "")
        return states[aggregate.key], loaded.histories[0].version

    async def _load(self, aggregates: Sequence[Aggregate[Any]], request: str) -> tuple[Loaded, States]:
        kept = [self._states.get(a.key) or (0, a.fold.initial) for a in aggregates]
        wanted = [Wanted(a.fold.service, a.subject, version) for a, (version, _) in zip(aggregates, kept, strict=True)]
        loaded = await self.log.load(wanted, request)
        states: States = {}
        for aggregate, (version, state), history in zip(aggregates, kept, loaded.histories, strict=True):
            if history.version < version:
                raise LogWentBack(f"{aggregate.subject} has gone back from version {version} to {history.version}")
            for recorded in history.events:
                state = aggregate.fold.evolve(state, recorded.event)
            states[aggregate.key] = state
            self._keep(aggregate, history.version, state)
        return loaded, states

    def _keep(self, aggregate: Aggregate[Any], version: int, state: Any) -> None:
        known = self._states.get(aggregate.key)
        if known is None or known[0] <= version:
            self._states[aggregate.key] = (version, state)
            self._states.move_to_end(aggregate.key)
        if len(self._states) > self._kept:
            self._states.popitem(last=False)
