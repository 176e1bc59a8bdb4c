"""Carrying out what an institution does while it may enter, also by a late permission, which ends when nominations begin."""

from collections.abc import Callable, Sequence
from typing import Any

from services.registration.edition import EDITION
from services.registration.edition_state import published
from services.registration.innovation_state import ComesLate
from shared.decider import Aggregate
from shared.deciding import Act, Outcome
from shared.facts import SHORTLIST, ShortlistFacts
from shared.rulebook import Rulebook
from shared.web.asking import Asking

Shortlists = tuple[Aggregate[ShortlistFacts], ...]


def shortlists_of(rulebook: Rulebook) -> Shortlists:
    """Of all categories of the edition."""
    return tuple(SHORTLIST(f"{rulebook.edition}.{category.id}") for category in rulebook.categories)


async def entering(asked: Asking, edition: str, acts: Callable[[tuple[Aggregate[Any], ...]], Sequence[Act]]) -> Outcome:
    """`acts` is given the shortlists to look at: none at first, for whoever is in time needs none; all of them for who comes late."""
    try:
        return await asked.carry_out(*acts(()), edition=edition)
    except ComesLate:
        rulebook = published((await asked.parts.desk.state(EDITION(edition)))[0])
        return await asked.carry_out(*acts(shortlists_of(rulebook)), edition=edition)
