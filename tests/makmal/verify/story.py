"""A small edition, told event by event through the deciders, without a broker: what the verifier is tested on.

Acts are put together as the services' endpoints do it, each decided on the states as they are; `forge` writes past the deciders, as
somebody could who has the broker and knows the format. Versions, times and causes are right in either case, so bytes tell nothing.
"""

import os
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from makmal.verify.bytes import Entry
from makmal.verify.proving import Proof, prove
from shared.decider import Aggregate, Key
from shared.deciding import Act
from shared.eventlog import Draft, Recorded, parse
from shared.events import Event
from shared.transparency.checkpoint import Checkpoint
from shared.transparency.merkle import leaf_hash, root
from shared.transparency.note import Signer

S = TypeVar("S")

ORIGIN = "makmal/test"
NOTARY = Signer(ORIGIN, bytes(range(32)))
EDITION = "kota-2023"


def at_once(coroutine: Coroutine[Any, Any, S]) -> S:
    """What is asynchronous only because a desk is."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        value: S = done.value
        return value
    raise AssertionError("nothing is waited for here")


class Story:
    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.now = datetime(2023, 3, 1, 1, 0, tzinfo=UTC)
        self._histories: dict[tuple[str, str], list[Event]] = {}

    # -- as a desk

    def stands(self, aggregate: Aggregate[S]) -> S:
        state = aggregate.fold.initial
        for event in self._histories.get(aggregate.place, ()):
            state = aggregate.fold.evolve(state, event)
        return state

    async def state(self, aggregate: Aggregate[S]) -> tuple[S, int]:
        return self.stands(aggregate), len(self._histories.get(aggregate.place, ()))

    def does(self, actor: str, *acts: Act, edition: str | None = EDITION, cause: Recorded | None = None) -> list[Recorded]:
        """Carry out the acts in one append. Raises refusals, and nothing is recorded then."""
        self.now += timedelta(seconds=1)
        states: dict[Key, Any] = {a.key: self.stands(a) for act in acts for a in (act.aggregate, *act.others)}
        decided = [(act.aggregate.subject, event) for act in acts for event in act.decide(self.now, states)]
        return self._append(actor, decided, edition, cause)

    def forge(
        self, actor: str, *written: tuple[str, Event], edition: str | None = EDITION, cause: Recorded | None = None
    ) -> list[Recorded]:
        """Write events (subject, event) that nothing was decided on."""
        self.now += timedelta(seconds=1)
        return self._append(actor, written, edition, cause)

    def _append(
        self, actor: str, written: Sequence[tuple[str, Event]], edition: str | None, cause: Recorded | None
    ) -> list[Recorded]:
        request, recorded = os.urandom(16).hex(), []
        for subject, event in written:
            history = self._histories.setdefault((event.owner(), subject), [])
            history.append(event)
            draft = Draft(
                event=event,
                subject=subject,
                version=len(history),
                time=self.now,
                actor=actor,
                request=request,
                edition=edition,
                correlation=cause.envelope.correlationid if cause else None,
                causation=cause.envelope.id if cause else None,
            )
            position = len(self.entries) + 1
            entry = event.owner(), position, draft.encode()
            self.entries.append(entry)
            recorded.append(parse(entry[0], position, entry[2]))
        return recorded

    # -- as a log

    @property
    def end(self) -> int:
        return len(self.entries)

    def event(self, kind: type[Event], nth: int = -1) -> Recorded:
        """The last event of a type, or another one."""
        found = [each for each in (parse(*entry) for entry in self.entries) if each.type == kind.__name__]
        return found[nth]

    def proved(self) -> Proof:
        """The whole log, signed by a notary who saw nothing amiss."""
        hashes = [leaf_hash(raw) for _, _, raw in self.entries]
        note = Checkpoint(ORIGIN, len(hashes), root(hashes)).sign(NOTARY)
        return prove(self.entries, note, NOTARY.verifier.vkey, hashes, counter=len(hashes))
