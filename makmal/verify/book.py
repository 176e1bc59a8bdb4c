"""The states of all aggregates as the log makes them, event by event: what every decision of the log was taken on."""

from collections.abc import Callable
from typing import Any, TypeVar

from services.audit.on_record import NOTARY
from services.identity.account import ACCOUNT
from services.identity.client import CLIENT
from services.identity.retention import RETENTION
from services.identity.signing_keys import SIGNING_KEYS
from services.judging.category import CATEGORY
from services.judging.juror import JUROR
from services.judging.national import NATIONAL_AWARD
from services.judging.scoresheet import SCORESHEET
from services.notification.circular import CIRCULAR
from services.notification.deadline import DEADLINE
from services.notification.message import MESSAGE
from services.registration.edition import EDITION
from services.registration.enrolment import ENROLMENT
from services.registration.evidence import EVIDENCE
from services.registration.importing import IMPORT
from services.registration.innovation import INNOVATION
from services.registration.institution import INSTITUTION
from services.registration.names import NAMES
from services.registration.outstanding import OUTSTANDING
from services.screening.assessment import ASSESSMENT
from services.screening.assignments import ASSIGNMENTS
from services.screening.contested import CONTESTED
from services.screening.portfolio import PORTFOLIO
from services.screening.shortlist import SHORTLIST
from services.screening.verification import VERIFICATION
from shared import facts
from shared.decider import Aggregate, Decider, Fold
from shared.events import Event
from shared.rulebook import RULES_VERSION

S = TypeVar("S")

RULES: dict[int, tuple[Decider[Any], ...]] = {
    RULES_VERSION: (
        *(EDITION, INSTITUTION, ENROLMENT, INNOVATION, NAMES, EVIDENCE, IMPORT, OUTSTANDING),
        *(ASSIGNMENTS, ASSESSMENT, VERIFICATION, PORTFOLIO, CONTESTED, SHORTLIST),
        *(JUROR, CATEGORY, SCORESHEET, NATIONAL_AWARD),
        *(CIRCULAR, DEADLINE, MESSAGE),
        *(ACCOUNT, CLIENT, SIGNING_KEYS),
        NOTARY,
    )
}
"""The deciders by the version of the rules that `EditionOpened` names. A version stays here for ever: when rules change in a way
that an old log shows, the deciders as they were are kept beside the new ones."""

DECIDERS: dict[tuple[str, str], Decider[Any]] = {(d.service, d.kind): d for d in RULES[RULES_VERSION]}
"""By service and kind of aggregate."""

VIEWS: tuple[Fold[Any], ...] = (*(value for value in vars(facts).values() if type(value) is Fold), RETENTION)
"""What rules know of other services' aggregates."""

States = tuple[Any, ...]

Kept = tuple[Callable[[Any, Any], Any], dict[str, Any], Any]
"""A fold's `evolve`, the states by ID, the initial state."""


class Book:
    def __init__(self) -> None:
        self._states: dict[Fold[Any], dict[str, Any]] = {fold: {} for fold in (*DECIDERS.values(), *VIEWS)}
        self._kept: dict[tuple[str, str], list[Kept]] = {}
        for fold, states in self._states.items():
            self._kept.setdefault((fold.service, fold.kind), []).append((fold.evolve, states, fold.initial))
        self.screeners: dict[str, list[str]] = {}
        """Edition -> whoever was ever granted the role there, in the order of the first grants."""

    def of(self, fold: Fold[S], id: str) -> S:
        """The state of one aggregate as of now."""
        state: S = self._states[fold].get(id, fold.initial)
        return state

    def at(self, aggregate: Aggregate[S]) -> S:
        """The state of an aggregate that an act names."""
        state: S = self._states[aggregate.fold].get(aggregate.subject.partition("/")[2], aggregate.fold.initial)
        return state

    async def state(self, aggregate: Aggregate[S]) -> tuple[S, int]:
        """As a desk gives it, for the acts that look something up to name what they need; the version says nothing here."""
        return self.at(aggregate), 0

    def take(self, service: str, subject: str, event: Event) -> None:
        """Move every view of the aggregate on. Raises what `evolve` raises for an impossible event."""
        kind, _, id = subject.partition("/")
        for evolve, states, initial in self._kept.get((service, kind), ()):
            states[id] = evolve(states.get(id, initial), event)

    def sheets(self, edition: str, judging: Any) -> tuple[Any, ...]:
        """What winners follow from besides the category: the scoresheet of every seat, and every seated juror (`seats.judged_by`)."""
        seats = sorted(judging.docket.seats)
        people = sorted({person for _, person in seats})
        return (
            *(self.of(SCORESHEET, f"{entry}.{person}") for entry, person in seats),
            *(self.of(JUROR, f"{edition}.{person}") for person in people),
        )
