"""Who screens what in an edition. Decider: screeners are assigned evenly, and never to what is of their own institution.

Each innovation goes to those who have the fewest so far; equals are told apart by a digest of innovation and person, so that the
same edition always leads to the same panels, and the pairs are well mixed.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from services.screening.panel import Assignments, Panel
from services.screening.rulebook import rules_of
from services.screening.standing import Eligible
from services.screening.standing import State as Standing
from shared.decider import Decider
from shared.events import Event
from shared.events.screening import ScreenerAssigned, ScreenerRecused
from shared.facts import AccountFacts, EditionFacts
from shared.refusals import Invalid, Refused
from shared.rulebook import Rulebook

LONGEST_REASON = 2_000
"""Characters."""


# Commands


class Work(Struct, frozen=True):
    """An innovation and its institution, which never changes."""

    innovation: str
    institution: str


class AssignScreeners(Struct, frozen=True):
    """Fills the panel of each of these innovations that has not its full number of screeners."""

    innovations: tuple[Work, ...]


class RecuseScreener(Struct, frozen=True):
    innovation: str
    screener: str
    reason: str


class CallAnother(Struct, frozen=True):
    """One more screener, if all have scored and their scores lie too far apart."""

    innovation: str


Command = AssignScreeners | RecuseScreener | CallAnother
State = Assignments


def decide(state: State, command: Command, edition: EditionFacts, *others: Any) -> Sequence[Event]:
    """Others: the edition; for another screener the assessment; and the accounts of all who may be asked to screen."""
    rules = rules_of(edition)
    roster = _Roster(state, rules, [other for other in others if isinstance(other, AccountFacts)])
    match command:
        case AssignScreeners(innovations):
            return _assign(state, innovations, roster, rules)
        case RecuseScreener():
            return _recuse(state, command, roster)
        case CallAnother(innovation):
            return _call(state, innovation, others[0], roster, rules)


class _Roster:
    """The screeners of the edition, and how many innovations each has."""

    def __init__(self, state: State, rules: Rulebook, accounts: Sequence[AccountFacts]):
        self._own = {
            granted.person: account.concerned_with(rules.edition)
            for account in accounts
            if (granted := account.holds("screener", rules.edition))
        }
        self._load = Counter(who for panel in state.panels.values() for who in panel.screeners)

    def fill(self, panel: Panel, innovation: str, wanted: int) -> tuple[str, ...]:
        """The panel's screeners with those added who have the fewest; fewer than wanted where there is nobody else."""
        free = [
            who
            for who, own in self._own.items()
            if panel.institution not in own and who not in panel.screeners and who not in panel.recused
        ]
        free.sort(key=lambda who: (self._load[who], hashlib.sha256(f"{innovation}/{who}".encode()).digest()))
        added = free[: max(0, wanted - len(panel.screeners))]
        self._load.update(added)
        return (*panel.screeners, *added)


def _assign(state: State, innovations: Sequence[Work], roster: _Roster, rules: Rulebook) -> Sequence[Event]:
    events: list[Event] = []
    for work in innovations:
        panel = state.panels.get(work.innovation, Panel(work.institution, ()))
        wanted = rules.screeners_per_innovation + panel.called
        if len(panel.screeners) >= wanted:
            continue
        screeners = roster.fill(panel, work.innovation, wanted)
        if len(screeners) < wanted:
            raise Refused(
                f"an innovation of {panel.institution} needs {wanted} screeners who have nothing to do with it, and there are "
                f"{len(screeners)}; have more screeners appointed",
                f"inovasi dari {panel.institution} memerlukan {wanted} penilai yang tidak terkait dengannya, baru ada "
                f"{len(screeners)}; mintalah pengangkatan penilai tambahan",
            )
        events.append(_assigned(work.innovation, panel, screeners, "edition"))
    return events


def _recuse(state: State, command: RecuseScreener, roster: _Roster) -> Sequence[Event]:
    reason = command.reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Invalid(
            f"say why the screener steps back, in at most {LONGEST_REASON} characters",
            f"jelaskan mengapa penilai mengundurkan diri, paling panjang {LONGEST_REASON} karakter",
        )
    panel = state.panels.get(command.innovation, Panel("", ()))
    if command.screener in panel.recused:
        return []
    if command.screener not in panel.screeners:
        raise Refused(
            "this innovation is not assigned to that screener; see the worklist for what is",
            "inovasi ini tidak ditugaskan kepada penilai tersebut; lihat daftar kerja untuk penugasannya",
        )
    recused = ScreenerRecused(innovation=command.innovation, screener=command.screener, reason=reason)
    without = _without(panel, command.screener, reason)
    screeners = roster.fill(without, command.innovation, len(panel.screeners))
    if screeners == without.screeners:  # Nobody else is there: the panel stays short until the committee assigns again.
        return [recused]
    return [recused, _assigned(command.innovation, panel, screeners, "recusal")]


def _call(state: State, innovation: str, assessed: Standing, roster: _Roster, rules: Rulebook) -> Sequence[ScreenerAssigned]:
    panel = state.panels.get(innovation)
    if panel is None or panel.called or not isinstance(assessed, Eligible):
        return []
    if not state.complete(innovation, assessed.scores) or not apart(panel, assessed, rules):
        return []
    screeners = roster.fill(panel, innovation, len(panel.screeners) + 1)
    return [] if screeners == panel.screeners else [_assigned(innovation, panel, screeners, "gap")]


def apart(panel: Panel, assessed: Eligible, rules: Rulebook) -> bool:
    """Whether the counting scores lie further apart than the edition lets pass."""
    points = [recorded.score for recorded in panel.counting(assessed.scores).values()]
    return bool(points) and max(points) - min(points) > rules.desk_gap


def _assigned(
    innovation: str, panel: Panel, screeners: tuple[str, ...], cause: Literal["edition", "recusal", "gap"]
) -> ScreenerAssigned:
    return ScreenerAssigned(innovation=innovation, institution=panel.institution, screeners=screeners, cause=cause)


def _without(panel: Panel, screener: str, reason: str) -> Panel:
    left = tuple(who for who in panel.screeners if who != screener)
    return Panel(panel.institution, left, {**panel.recused, screener: reason}, panel.called)


def evolve(state: State, event: Event) -> State:
    match event:
        case ScreenerAssigned(innovation=innovation, institution=institution, screeners=screeners, cause=cause):
            known = state.panels.get(innovation, Panel(institution, ()))
            panel = Panel(institution, screeners, known.recused, known.called or cause == "gap")
            return Assignments({**state.panels, innovation: panel})
        case ScreenerRecused(innovation=innovation, screener=screener, reason=reason) if innovation in state.panels:
            return Assignments({**state.panels, innovation: _without(state.panels[innovation], screener, reason)})
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Event], by: str, at: datetime) -> Command:
    match events:
        case [ScreenerRecused(innovation=innovation, screener=screener, reason=reason), *_]:
            return RecuseScreener(innovation, screener, reason)
        case [ScreenerAssigned(innovation=innovation, cause="gap")]:
            return CallAnother(innovation)
        case [ScreenerAssigned(cause="edition"), *_]:
            assigned = [event for event in events if isinstance(event, ScreenerAssigned)]
            return AssignScreeners(tuple(Work(event.innovation, event.institution) for event in assigned))
    raise ValueError(f"no command of assignments leads to {events!r}")


ASSIGNMENTS: Decider[State] = Decider("screening", "assignments", Assignments(), evolve, decide, command_of)
"""`assignments/<edition>`"""
