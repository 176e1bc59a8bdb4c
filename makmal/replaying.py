"""The log replayed up to a moment: counters, and the ranking of every category as it stood."""

from collections import Counter
from typing import Any

from msgspec import Struct

from services.judging import docket
from services.judging.category import CATEGORY
from services.judging.juror import JUROR
from services.judging.scoresheet import SCORESHEET
from services.judging.seats import judged_by
from services.judging.tally import tally
from shared.decider import Decider
from shared.eventlog import Recorded
from shared.refusals import Refused

_FOLDED: dict[str, Decider[Any]] = {decider.kind: decider for decider in (CATEGORY, SCORESHEET, JUROR)}


class Stood(Struct, frozen=True):
    """One entry in a ranking."""

    place: int | None
    entry: str
    name: str
    score: str
    sheets: int
    """Scoresheets that counted then."""


class Replayed(Struct, frozen=True):
    position: int
    time: str | None
    """Of the last event."""
    events: int
    by_type: dict[str, int]
    by_subject: dict[str, int]
    """Kind of subject -> number of aggregates."""
    categories: dict[str, str]
    """Subject -> how far its judging had come."""
    rankings: dict[str, list[Stood]]
    """Subject of the category -> its ranking by the sheets submitted then; only where there is one."""


class Replay:
    """Takes events in the order of the log."""

    def __init__(self) -> None:
        self._last: Recorded | None = None
        self._events = 0
        self._types: Counter[str] = Counter()
        self._subjects: set[tuple[str, str]] = set()
        self._states: dict[str, Any] = {}

    def take(self, recorded: Recorded) -> None:
        self._last = recorded
        self._events += 1
        self._types[recorded.type] += 1
        kind = recorded.subject.partition("/")[0]
        self._subjects.add((kind, recorded.subject))
        decider = _FOLDED.get(kind)
        if decider is not None and recorded.service == decider.service:
            state = self._states.get(recorded.subject, decider.initial)
            self._states[recorded.subject] = decider.evolve(state, recorded.event)

    def result(self) -> Replayed:
        categories = {s: state for s, state in sorted(self._states.items()) if s.startswith(f"{CATEGORY.kind}/")}
        rankings = {subject: self._ranking(subject, state) for subject, state in categories.items()}
        return Replayed(
            position=self._last.position if self._last else 0,
            time=self._last.envelope.time.isoformat() if self._last else None,
            events=self._events,
            by_type=dict(self._types.most_common()),
            by_subject=dict(Counter(kind for kind, _ in sorted(self._subjects)).most_common()),
            categories={subject: type(state).__name__.lower() for subject, state in categories.items()},
            rankings={subject: ranking for subject, ranking in rankings.items() if ranking},
        )

    def _ranking(self, subject: str, state: docket.State) -> list[Stood]:
        if isinstance(state, docket.Unlocked | docket.Preparing):
            return []
        edition = subject.partition("/")[2].rpartition(".")[0]
        aggregates = judged_by(edition, state)
        states = tuple(self._states.get(each.subject, each.fold.initial) for each in aggregates)
        votes = () if isinstance(state, docket.Judging) else state.votes
        try:
            ranking = tally(state.docket, votes, states)
        except Refused:  # nothing can be ranked yet
            return []
        return [
            Stood(s.place, s.entry, state.docket.entries[s.entry].name, str(s.shown), len(s.jurors)) for s in ranking.standings
        ]


def describe(replayed: Replayed) -> str:
    """For people."""
    lines = [f"{replayed.events:,} events up to position {replayed.position:,}, {replayed.time or 'none'}", ""]
    lines += [f"{number:>9,}  {type}" for type, number in replayed.by_type.items()]
    lines += ["", *(f"{number:>9,}  {kind}" for kind, number in replayed.by_subject.items())]
    for subject, situation in replayed.categories.items():
        lines += ["", f"{subject}: {situation}"]
        lines += [
            f"{stood.place or '-':>5}  {stood.score:>8}  {stood.name} ({stood.sheets} scoresheets)"
            for stood in replayed.rankings.get(subject, [])
        ]
    return "\n".join(lines)
