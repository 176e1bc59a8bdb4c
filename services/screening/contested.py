"""The disqualifications of an edition that may still fall. Decider: it follows the assessments, in the same append.

So whether a category's shortlist may be confirmed is known exactly, without asking after every innovation of the edition.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from services.screening.categories import chosen, competes
from services.screening.rulebook import rules_of
from services.screening.standing import Disqualified, submitted
from services.screening.standing import State as Standing
from shared.decider import Decider
from shared.events import Event
from shared.events.screening import DisqualificationPending, DisqualificationSettled
from shared.facts import EditionFacts, EnrolmentFacts, InnovationFacts


class FollowDisqualification(Struct, frozen=True):
    innovation: str


class Contested(Struct, frozen=True):
    pending: dict[str, DisqualificationPending] = {}
    """By innovation."""

    def open(self, category: str, at: datetime) -> tuple[str, ...]:
        """The innovations of the category whose disqualification may still fall: the period for an objection runs, or one is
        filed and not decided."""
        return tuple(
            innovation
            for innovation, pending in self.pending.items()
            if category in pending.categories and (pending.until is None or pending.until >= at)
        )


def decide(
    state: Contested,
    command: FollowDisqualification,
    standing: Standing,
    edition: EditionFacts,
    innovation: InnovationFacts,
    enrolment: EnrolmentFacts,
) -> Sequence[Event]:
    id = command.innovation
    match standing:
        case Disqualified(rejected=None):
            fields = chosen(submitted(innovation))
            pending = DisqualificationPending(
                innovation=id,
                categories=tuple(c.id for c in rules_of(edition).categories if competes(c, enrolment.kind, fields)),
                until=None if standing.objection else standing.disqualification.objections_until,
            )
            return [] if state.pending.get(id) == pending else [pending]
    return [DisqualificationSettled(innovation=id)] if id in state.pending else []


def evolve(state: Contested, event: Event) -> Contested:
    match event:
        case DisqualificationPending(innovation=innovation):
            return Contested({**state.pending, innovation: event})
        case DisqualificationSettled(innovation=innovation) if innovation in state.pending:
            return Contested({known: pending for known, pending in state.pending.items() if known != innovation})
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Event], by: str, at: datetime) -> FollowDisqualification:
    match events:
        case [(DisqualificationPending() | DisqualificationSettled()) as event]:
            return FollowDisqualification(event.innovation)
    raise ValueError(f"no command of contested disqualifications leads to {events!r}")


CONTESTED: Decider[Contested] = Decider("screening", "contested", Contested(), evolve, decide, command_of)
"""`contested/<edition>`"""
