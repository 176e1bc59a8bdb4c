"""What follows when a juror is barred from entries or replaced: which of his sheets become void, and whose decision is reopened.

The acts name every sheet that can be meant; whether one is void is decided in the append, by the states as they are then.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from services.judging import docket
from services.judging.category import CATEGORY
from services.judging.juror import JUROR
from services.judging.naming import category_id, juror_id, sheet_id
from services.judging.scoresheet import SCORESHEET, VoidScoresheet
from services.judging.verdict import ReopenForVoided
from shared.deciding import Act, Desk
from shared.events.judging import EntryAdmitted
from shared.facts import EDITION


@dataclass(frozen=True)
class Seated:
    """A category, and the juror's seats in it on entries that compete."""

    category: str
    state: docket.State
    entries: tuple[EntryAdmitted, ...]


async def seats_of(
    desk: Desk, edition: str, person: str, meant: Callable[[EntryAdmitted], bool] = lambda entry: True
) -> list[Seated]:
    """Where the juror sits or sat, on entries that are meant; categories without such an entry are left out."""
    rulebook = (await desk.state(EDITION(edition)))[0].rulebook
    names = [category.id for category in rulebook.categories] if rulebook else []
    states = await asyncio.gather(*(desk.state(CATEGORY(category_id(edition, name))) for name in names))
    found = []
    for name, (state, _) in zip(names, states, strict=True):
        if isinstance(state, docket.Unlocked):
            continue
        listed = state.docket
        entries = tuple(e for id, e in listed.entries.items() if (id, person) in listed.seats and meant(e))
        if entries:
            found.append(Seated(name, state, entries))
    return found


def acts(edition: str, person: str, by: str, reason: str, seated: list[Seated]) -> list[Act]:
    """To follow the act that bars or replaces the juror. The sheets come last, so that the decision is judged by what stood."""
    juror = JUROR(juror_id(edition, person))
    reopening, voiding = [], []
    for seat in seated:
        category = CATEGORY(category_id(edition, seat.category))
        sheets = [SCORESHEET(sheet_id(entry.entry, person)) for entry in seat.entries]
        reopening.append(Act(category, ReopenForVoided(reason, by), juror, *sheets))
        voiding += [Act(sheet, VoidScoresheet(), category, juror) for sheet in sheets]
    return [*reopening, *voiding]
