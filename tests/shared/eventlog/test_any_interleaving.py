"""Whatever several clients do to one log in whatever order, it keeps its promises. A model says what must stand in it."""

import asyncio
import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from redis import Redis

from shared.broker.embedded import EmbeddedBroker
from shared.eventlog import Append, Appended, Conflicted, EventLog, Keys, RequestReused, Wanted
from shared.eventlog.connection import connect
from tests.shared.eventlog.conftest import binary_of
from tests.shared.eventlog.writing import event_bytes

SERVICES = ("registration", "judging", "audit")
SUBJECTS = ("a", "b", "c")
CLIENTS = 2
"""Processes of each service; each has a log client of its own."""

services = st.sampled_from(SERVICES)
clients = st.integers(0, CLIENTS - 1)
subjects = st.lists(st.sampled_from(SUBJECTS), max_size=4)
places = st.lists(st.tuples(services, st.sampled_from(SUBJECTS)), max_size=2)
asked = st.tuples(services, clients, subjects, places, st.sampled_from(["right", "right", "right", "stale"]))


class Log(RuleBasedStateMachine):
    server: EmbeddedBroker
    number = itertools.count()

    @initialize()
    def begin(self) -> None:
        self.runner = asyncio.Runner()
        self.keys = Keys(f"m{next(self.number)}")
        self.logs = {(s, n): EventLog(connect(self.server.url()), self.keys, s) for s in SERVICES for n in range(CLIENTS)}
        self.raw: Any = Redis.from_url(self.server.url(), decode_responses=True)
        self.events: list[tuple[str, str, int, bytes]] = []
        """The model: service, subject, version and bytes of each position."""
        self.requests: dict[tuple[str, str], tuple[str, int, int]] = {}
        """Service and request key → body and first answer."""
        self.given: list[tuple[str, int, Append]] = []
        self.cursors = dict.fromkeys(self.logs, 0)

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.runner.run(self.close())
            self.runner.close()
            self.raw.close()

    async def close(self) -> None:
        for log in self.logs.values():
            await log.client.aclose()

    def version(self, service: str, subject: str) -> int:
        return sum(e[:2] == (service, subject) for e in self.events)

    def make(self, request: str, wish: Any) -> Append:
        service, _, wanted, guards, how = wish
        versions = {(service, subject): self.version(service, subject) for subject in wanted}
        versions |= {place: self.version(*place) for place in guards}
        reached, entries = dict(versions), []
        for subject in wanted:
            reached[service, subject] += 1
            entries.append((subject, event_bytes(service, subject, reached[service, subject], request)))
        stale = 1 if how == "stale" else 0
        expected = tuple((*place, max(0, version - stale)) for place, version in versions.items())
        return Append(self.logs[service, 0].now(), request, f"body of {request}", expected, tuple(entries))

    def predict(self, service: str, append: Append) -> Any:
        """What must be answered, with the model moved on by it."""
        if stands := self.requests.get((service, append.request)):
            body, first, last = stands
            return Appended(first, last, True) if body == append.body else RequestReused
        for owner, subject, version in append.expected:
            if self.version(owner, subject) != version:
                return Conflicted
        first = len(self.events) + 1
        for subject, raw in append.events:
            self.events.append((service, subject, self.version(service, subject) + 1, raw))
        self.requests[service, append.request] = (append.body, first, len(self.events))
        return Appended(first, len(self.events), False)

    async def together(self, orders: list[tuple[str, int, Append]]) -> list[Any]:
        return await asyncio.gather(*(self.logs[s, n].append(append) for s, n, append in orders), return_exceptions=True)

    def order(self, orders: list[tuple[str, int, Append]]) -> None:
        """All through one client, so that the order in which they are answered is known."""
        answers = self.runner.run(self.together(orders))
        for (service, client, append), answer in zip(orders, answers, strict=True):
            predicted = self.predict(service, append)
            assert answer == predicted or type(answer) is predicted, (answer, predicted)
            self.given.append((service, client, append))

    @rule(wish=asked, request=st.integers(0, 10**9).map(str))
    def append(self, wish: Any, request: str) -> None:
        self.order([(wish[0], wish[1], self.make(request, wish))])

    @rule(service=services, client=clients, wishes=st.lists(asked, min_size=2, max_size=6), same=st.booleans())
    def append_in_one_call(self, service: str, client: int, wishes: list[Any], same: bool) -> None:
        """A group: all are made knowing the same versions, so that they conflict with each other; some share a request key."""
        made = [self.make(f"g{len(self.given)}.{0 if same else n}", (service, *wish[1:])) for n, wish in enumerate(wishes)]
        self.order([(service, client, append) for append in made])

    @precondition(lambda self: self.given)
    @rule(data=st.data(), client=clients, changed=st.sampled_from([False, False, True]))
    def repeat(self, data: st.DataObject, client: int, changed: bool) -> None:
        service, _, append = data.draw(st.sampled_from(self.given))
        body = "another" if changed else append.body
        at = self.logs[service, client].now()
        self.order([(service, client, Append(at, append.request, body, append.expected, append.events))])

    @rule(wishes=st.lists(asked, min_size=2, max_size=6))
    def append_at_once_from_everywhere(self, wishes: list[Any]) -> None:
        """In which order they arrive is open: the answers tell it, and must then agree with the model."""
        orders = [(w[0], w[1], self.make(f"e{len(self.given)}.{n}", w)) for n, w in enumerate(wishes)]
        answers = self.runner.run(self.together(orders))
        refused = []
        done = sorted((a.first, a.last, n) for n, a in enumerate(answers) if isinstance(a, Appended))
        for _, _, n in sorted(done, key=lambda d: (d[0], d[1])):
            service, _, append = orders[n]
            assert self.predict(service, append) == answers[n]
        for (service, client, append), answer in zip(orders, answers, strict=True):
            self.given.append((service, client, append))
            if not isinstance(answer, Appended):
                assert isinstance(answer, Conflicted), answer
                refused.append(append)
        for append in refused:  # it conflicts for good: versions only grow
            assert any(self.version(owner, subject) != version for owner, subject, version in append.expected)

    @rule(service=services, client=clients, of=places, known=st.integers(0, 3))
    def load(self, service: str, client: int, of: list[tuple[str, str]], known: int) -> None:
        request = self.given[-1][2].request if self.given else ""
        wanted = [Wanted(owner, subject, min(known, self.version(owner, subject))) for owner, subject in of]
        loaded = self.runner.run(self.logs[service, client].load(wanted, request))
        assert loaded.position == len(self.events)
        stands = self.requests.get((service, request))
        assert loaded.answered == ((*stands[1:], stands[0]) if stands else None)
        for want, history in zip(wanted, loaded.histories, strict=True):
            own = [(p, *e[2:]) for p, e in enumerate(self.events, 1) if e[:2] == (want.service, want.subject)]
            assert history.version == len(own)
            assert [(e.position, e.envelope.version, e.raw) for e in history.events] == own[want.known :]

    @rule(service=services, client=clients, limit=st.sampled_from([1, 2, 500]))
    def read_on(self, service: str, client: int, limit: int) -> None:
        after = self.cursors[service, client]
        page = self.runner.run(self.logs[service, client].read(after, SERVICES, limit))
        assert [(e.position, e.raw) for e in page.events] == [
            (p, e[3]) for p, e in enumerate(self.events, 1) if after < p <= page.horizon
        ]
        assert page.horizon > after or after == len(self.events)
        self.cursors[service, client] = page.horizon

    @invariant()
    def the_log_is_what_the_model_says(self) -> None:
        if not hasattr(self, "events"):
            return
        assert int(self.raw.get(self.keys.position) or 0) == len(self.events)
        found: dict[int, tuple[str, str]] = {}
        for service in SERVICES:
            for id, fields in self.raw.xrange(self.keys.stream(service)):
                found[int(id[:-2])] = (service, fields["__data__"])
        assert found == {p: (e[0], e[3].decode()) for p, e in enumerate(self.events, 1)}
        for service in SERVICES:
            for subject in SUBJECTS:
                index = self.raw.lrange(self.keys.index(service, subject), 0, -1)
                own = [p for p, e in enumerate(self.events, 1) if e[:2] == (service, subject)]
                assert [int(position) for position in index] == own


@pytest.mark.parametrize("kind", ["valkey", "redis"])
def test_any_interleaving_of_appends_conflicts_repetitions_and_reads_keeps_the_promises(kind: str, tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path, binary=binary_of(kind), lifelong=True) as server:
        machine = type("OneServersLog", (Log,), {"server": server})
        checked = settings(
            max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
        )
        run_state_machine_as_test(machine, settings=checked)
