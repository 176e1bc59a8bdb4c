"""The innovations of one institution that are in the competition. Decider: it follows their assessments, in the same append.

So the list by which an institution is nominated is exact: whoever decides with it expects its version.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from services.screening import standing
from shared.decider import Decider
from shared.events import Event
from shared.events.screening import PortfolioAdmitted, PortfolioRemoved


class FollowAssessment(Struct, frozen=True):
    innovation: str


class Portfolio(Struct, frozen=True):
    """Innovations found eligible and not disqualified. A withdrawn one stays: that is for registration to say."""

    admitted: frozenset[str] = frozenset()


def decide(state: Portfolio, command: FollowAssessment, assessed: standing.State) -> Sequence[Event]:
    innovation = command.innovation
    match isinstance(assessed, standing.Eligible), innovation in state.admitted:
        case True, False:
            return [PortfolioAdmitted(innovation=innovation)]
        case False, True:
            return [PortfolioRemoved(innovation=innovation)]
    return []


def evolve(state: Portfolio, event: Event) -> Portfolio:
    match event:
        case PortfolioAdmitted(innovation=innovation) if innovation not in state.admitted:
            return Portfolio(state.admitted | {innovation})
        case PortfolioRemoved(innovation=innovation) if innovation in state.admitted:
            return Portfolio(state.admitted - {innovation})
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Event], by: str, at: datetime) -> FollowAssessment:
    match events:
        case [(PortfolioAdmitted() | PortfolioRemoved()) as event]:
            return FollowAssessment(event.innovation)
    raise ValueError(f"no command of a portfolio leads to {events!r}")


PORTFOLIO: Decider[Portfolio] = Decider("screening", "portfolio", Portfolio(), evolve, decide, command_of)
"""`portfolio/<edition>.<institution>`"""
