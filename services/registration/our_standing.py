"""How each innovation of an institution stands, for the institution itself: what registration knows, and what screening said."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from shared.decider import Fold
from shared.eventlog import Wanted
from shared.events.screening import (
    EligibilityAssessed,
    InnovationDisqualified,
    ObjectionUpheld,
    RevisionRequested,
)
from shared.parts import Parts
from shared.rulebook import Rulebook

Situation = Literal[
    "withdrawn", "disqualified", "returned", "overdue", "revised", "waiting", "ineligible", "admitted", "endorsed", "submitted"
]


class Screened(Struct, frozen=True):
    """What screening said of an innovation, as far as it concerns its institution."""

    returned: RevisionRequested | None = None
    assessed: EligibilityAssessed | None = None
    out: InnovationDisqualified | None = None


def _screened(state: Screened, event: Any) -> Screened:
    match event:
        case RevisionRequested():
            return replace(state, returned=event)
        case EligibilityAssessed():
            return replace(state, assessed=event, returned=None)
        case InnovationDisqualified():
            return replace(state, out=event, returned=None)
        case ObjectionUpheld():
            return replace(state, out=None)
    return state


SCREENED = Fold("screening", "assessment", Screened(), _screened)
"""`assessment/<innovation>`"""


async def screened(parts: Parts, innovations: Sequence[str]) -> dict[str, Screened]:
    """Of all of these at once, from the log itself."""
    if not innovations:
        return {}
    wanted = [Wanted(SCREENED.service, SCREENED(id).subject) for id in innovations]
    found: dict[str, Screened] = {}
    for id, history in zip(innovations, (await parts.event_log.load(wanted)).histories, strict=True):
        state = Screened()
        for recorded in history.events:
            state = _screened(state, recorded.event)
        found[id] = state
    return found


class Ours(Struct, frozen=True):
    """An innovation of the institution. `row` is as `listings.innovations` gives it."""

    row: Any
    situation: Situation
    screened: Screened

    @property
    def id(self) -> str:
        return str(self.row.innovation)

    @property
    def until(self) -> datetime | None:
        """By when it is to be revised, if it is returned."""
        return self.screened.returned.deadline if self.screened.returned else None


def standing(rows: Iterable[Any], said: dict[str, Screened], rules: Rulebook, now: datetime) -> list[Ours]:
    return [Ours(row, _situation(row, said[row.innovation], rules, now), said[row.innovation]) for row in rows]


def _situation(row: Any, said: Screened, rules: Rulebook, now: datetime) -> Situation:
    returned = said.returned
    if row.withdrawn:
        return "withdrawn"
    if said.out:
        return "disqualified"
    if returned and row.revision <= returned.revision:
        return "returned" if now <= returned.deadline else "overdue"
    if rules.endorsement and not row.endorsed:
        return "waiting"
    if returned:
        return "revised"
    if said.assessed:
        return "admitted" if said.assessed.eligible else "ineligible"
    return "endorsed" if rules.endorsement else "submitted"
