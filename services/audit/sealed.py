"""Who may have the bytes of an event. A receipt proves without them; they are what it is about, and may hold a sealed score."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from services.audit.projections import TrailLine
from shared.database import table
from shared.decider import Fold
from shared.eventlog import Recorded
from shared.events.judging import ResultsAnnounced, WinnersDecided
from shared.events.screening import Nominated
from shared.facts import EDITION
from shared.parts import Parts
from shared.security import Principal

_trail = table(TrailLine)

OF_OTHERS = (WinnersDecided, Nominated)
"""Acts whose events hold what came of others' scores: until the announcement not even who did them gets their bytes."""
ACTS_FOR_IT = ("head", "operator", "service")
"""Roles held for institutions: what was registered for the institution is theirs."""


def _announced(state: bool, event: Any) -> bool:
    return state or isinstance(event, ResultsAnnounced)


ANNOUNCED = Fold("judging", "category", False, _announced)
"""`category/<edition>.<category>`: whether its results were ever announced."""


async def announced(parts: Parts, edition: str) -> bool:
    """Whether every category of the edition has its results announced: nothing in it is sealed any more."""
    rulebook = (await parts.desk.state(EDITION(edition)))[0].rulebook
    if rulebook is None or not rulebook.categories:
        return False
    for category in rulebook.categories:
        if not (await parts.desk.state(ANNOUNCED(f"{edition}.{category.id}")))[0]:
            return False
    return True


async def open_to_all(parts: Parts, edition: str | None) -> bool:
    """Whether anybody may have the edition's events: its rulebook says so, and all its results are announced.

    What belongs to no edition (accounts by their opaque IDs, keys) is open as soon as any edition is: without it a copy of the
    log has holes.
    """
    if edition is None:
        query = select(_trail.c.edition).where(_trail.c.edition.is_not(None)).distinct()
        editions = await parts.database.read(lambda connection: connection.execute(query).scalars().all())
        return any([await open_to_all(parts, each) for each in editions])
    rulebook = (await parts.desk.state(EDITION(edition)))[0].rulebook
    return rulebook is not None and rulebook.publish.events and await announced(parts, edition)


def audits(principal: Principal, edition: str | None) -> bool:
    """An auditor of the edition; what belongs to none is for every auditor."""
    return any(grant.role == "auditor" and edition in (None, grant.edition) for grant in principal.grants)


async def may_have(parts: Parts, recorded: Recorded, principal: Principal | None) -> bool:
    """Whether he may have the event's bytes: auditors, who did it himself, whose institution it is about, and later everybody."""
    edition = recorded.envelope.edition
    if principal is not None:
        if audits(principal, edition) or _is_of_his_institution(recorded, principal):
            return True
        if recorded.envelope.actor == principal.id:
            return not isinstance(recorded.event, OF_OTHERS) or (edition is not None and await announced(parts, edition))
    return await open_to_all(parts, edition)


async def all_may_be_had(parts: Parts, events: Sequence[Recorded], principal: Principal | None) -> bool:
    """Whether he may have a run of events whole: as an auditor of every edition in it that is not open to all."""
    editions: Iterable[str | None] = {recorded.envelope.edition for recorded in events}
    for edition in editions:
        if not (principal is not None and audits(principal, edition)) and not await open_to_all(parts, edition):
            return False
    return True


def _is_of_his_institution(recorded: Recorded, principal: Principal) -> bool:
    if recorded.service != "registration" or recorded.envelope.edition is None:
        return False
    institution = getattr(recorded.event, "institution", None)
    return institution is not None and any(
        grant.role in ACTS_FOR_IT and grant.edition == recorded.envelope.edition and institution in grant.institutions
        for grant in principal.grants
    )
