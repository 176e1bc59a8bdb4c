"""The log replayed up to a moment: counters, what institutions owed, and the ranking of every category as it stood."""

from collections import Counter
from typing import Any

from msgspec import Struct

from makmal.owing import Owed, owed
from makmal.whatif import Changed, WhatIf, changes
from services.judging import docket
from services.judging.as_of import Course, Stood
from services.registration.enrolment import ENROLMENT
from shared import facts
from shared.decider import Fold
from shared.eventlog import Recorded

_FOLDED: dict[tuple[str, str], Fold[Any]] = {
    (fold.service, fold.kind): fold for fold in (ENROLMENT, facts.EDITION, facts.INNOVATION)
}


class Replayed(Struct, frozen=True):
    position: int
    time: str | None
    """Of the last event."""
    events: int
    by_type: dict[str, int]
    by_subject: dict[str, int]
    """Kind of subject -> number of aggregates."""
    obligations: dict[str, list[Owed]]
    """Edition -> what each institution owed then and how it was met."""
    categories: dict[str, str]
    """Subject -> how far its judging had come."""
    rankings: dict[str, list[Stood]]
    """Subject of the category -> its ranking by the sheets submitted then; only where there is one."""
    what_if: dict[str, list[Changed]] = {}
    """Subject of the category -> what other rules would have made of the same sheets; only where it was asked for."""


class Replay:
    """Takes events in the order of the log. `category`: this one alone is ranked, like `digital` or `batam-2023.digital`."""

    def __init__(self, category: str = "") -> None:
        self._last: Recorded | None = None
        self._events = 0
        self._types: Counter[str] = Counter()
        self._subjects: set[tuple[str, str]] = set()
        self._states: dict[str, Any] = {}
        self._judging = Course()
        self._category = category

    def take(self, recorded: Recorded) -> None:
        self._last = recorded
        self._events += 1
        self._types[recorded.type] += 1
        kind = recorded.subject.partition("/")[0]
        self._subjects.add((kind, recorded.subject))
        self._judging.take(recorded)
        fold = _FOLDED.get((recorded.service, kind))
        if fold is not None:
            state = self._states.get(recorded.subject, fold.initial)
            self._states[recorded.subject] = fold.evolve(state, recorded.event)

    def result(self, what_if: WhatIf | None = None) -> Replayed:
        """`what_if`: the same sheets under other rules. Raises Invalid where these do not fit a category that is asked for."""
        categories = {f"category/{id}": self._judging.known(id) for id in self._judging.categories() if self._meant(id)}
        rankings = {subject: known.standings() for subject, known in categories.items()}
        changed = {}
        for subject, known in categories.items() if what_if else ():
            if what_if is not None and rankings[subject]:
                listed = docket.listed(known.category)
                changed[subject] = changes(what_if, subject.partition(".")[2], listed, known.votes, known.states)
        return Replayed(
            position=self._last.position if self._last else 0,
            time=self._last.envelope.time.isoformat() if self._last else None,
            events=self._events,
            by_type=dict(self._types.most_common()),
            by_subject=dict(Counter(kind for kind, _ in sorted(self._subjects)).most_common()),
            obligations=owed(self._of("edition"), self._of("enrolment"), self._of("innovation")),
            categories={subject: type(known.category).__name__.lower() for subject, known in categories.items()},
            rankings={subject: ranking for subject, ranking in rankings.items() if ranking},
            what_if=changed,
        )

    def _of(self, kind: str) -> dict[str, Any]:
        return {subject: state for subject, state in self._states.items() if subject.startswith(f"{kind}/")}

    def _meant(self, id: str) -> bool:
        return self._category in ("", id, id.partition(".")[2])


def describe(replayed: Replayed) -> str:
    """For people."""
    lines = [f"{replayed.events:,} events up to position {replayed.position:,}, {replayed.time or 'none'}", ""]
    lines += [f"{number:>9,}  {type}" for type, number in replayed.by_type.items()]
    lines += ["", *(f"{number:>9,}  {kind}" for kind, number in replayed.by_subject.items())]
    for edition, duties in replayed.obligations.items():
        missing = [duty for duty in duties if not duty.met]
        lines += ["", f"{edition}: {len(duties) - len(missing)} of {len(duties)} institutions have met what they owe"]
        lines += [f"{duty.registered:>5} of {duty.owed}  {duty.name} ({duty.institution})" for duty in missing]
    for subject, situation in replayed.categories.items():
        lines += ["", f"{subject}: {situation}"]
        lines += [
            f"{stood.place or '-':>5}  {stood.score:>8}  {stood.name} ({stood.sheets} scoresheets)"
            for stood in replayed.rankings.get(subject, [])
        ]
        if subject in replayed.what_if:
            lines += ["", *_what_if(replayed.what_if[subject])]
    return "\n".join(lines)


def _what_if(changed: list[Changed]) -> list[str]:
    moved = [one for one in changed if one.place != one.would_be]
    if not moved:
        return ["      What if: every place stays"]
    lines = ["      What if: place, would be, score, would be"]
    for one in moved:
        lines.append(f"{one.place or '-':>7} → {one.would_be or '-':<3} {one.score:>7} → {one.would_score:<7}  {one.name}")
    return lines
