"""Who held which role when: the grants and clients as identity's events have them, and how long an older token may still have served."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from shared.events.identity import (
    ClientRegistered,
    ClientRevoked,
    PersonErased,
    RoleGranted,
    RoleRevoked,
)

LATE = timedelta(seconds=60)
"""Every service refuses outdated tokens within half a minute; as long again for a request that was under way."""


class Held(Struct, frozen=True):
    role: str
    edition: str
    institutions: frozenset[str] = frozenset()
    """Whom it is held for; empty: not bound to any."""
    own: frozenset[str] = frozenset()
    """The institutions that he works or acts for by it."""
    scopes: frozenset[str] = frozenset()

    def covers(self, institutions: Collection[str], scope: str) -> bool:
        """Whether it lets its holder act for one of these institutions (none: for none in particular)."""
        if self.role == "service" and scope not in self.scopes:
            return False
        if not institutions or self.role == "committee" or (self.role == "service" and not self.institutions):
            return True
        return not self.institutions.isdisjoint(institutions)


Grants = dict[tuple[str, str], Held]


class Offices:
    """A token shows its holder's grants as they were when it was given; it is refused once they have become less, or others."""

    def __init__(self) -> None:
        self._tokens: dict[str, list[tuple[datetime | None, Grants]]] = {}
        """Actor -> the grants that a token of his may show, each with the time until which (None: still)."""
        self.administrated = False
        """Somebody was administrator."""

    def take(self, event: Any, at: datetime) -> None:
        match event:
            case RoleGranted(person=person, role=role, edition=edition):
                self.administrated = self.administrated or role == "administrator"
                bound = frozenset(event.institutions)
                held = Held(role, edition, bound, bound | {event.employer} - {""})
                known = self._now(f"person/{person}")
                again = (role, edition) in known
                self._becomes(f"person/{person}", {**known, (role, edition): held}, at, outdated=again)
            case RoleRevoked(person=person, role=role, edition=edition):
                known = self._now(f"person/{person}")
                left = {name: held for name, held in known.items() if name != (role, edition)}
                self._becomes(f"person/{person}", left, at, outdated=True)
            case PersonErased(person=person):
                self._becomes(f"person/{person}", {}, at, outdated=True)
            case ClientRegistered(client=client, edition=edition, scopes=scopes, institutions=institutions):
                held = Held("service", edition, frozenset(institutions), frozenset(institutions), frozenset(scopes))
                self._becomes(f"client/{client}", {("service", edition): held}, at, outdated=True)
            case ClientRevoked(client=client):
                self._becomes(f"client/{client}", {}, at, outdated=True)

    def _now(self, actor: str) -> Grants:
        tokens = self._tokens.get(actor)
        return tokens[-1][1] if tokens else {}

    def _becomes(self, actor: str, grants: Grants, at: datetime, *, outdated: bool) -> None:
        kept = [(until, known) for until, known in self._tokens.get(actor, ()) if until is None or until >= at]
        if outdated:
            kept = [(until or at + LATE, known) for until, known in kept]
        self._tokens[actor] = [*kept, (None, grants)]

    def refusal(
        self,
        actor: str,
        at: datetime,
        edition: str | None,
        roles: Collection[str],
        *,
        institutions: Collection[str] = (),
        scope: str = "",
        apart: Collection[str] = (),
    ) -> str:
        """Empty: he may act so. Else `role`: he held none of the roles; or the institution that is his own.

        `edition` None: in any. `apart`: institutions that he must have nothing to do with.
        """
        why = "role"
        for until, grants in self._tokens.get(actor, ()):
            if until is not None and until < at:
                continue
            if not any(
                held.role in roles and (edition is None or held.edition == edition) and held.covers(institutions, scope)
                for held in grants.values()
            ):
                continue
            own = next((one for held in grants.values() if held.edition == edition for one in held.own if one in apart), "")
            if not own:
                return ""
            why = own
        return why

    def speaks_for(self, person: str, edition: str, institution: str) -> bool:
        """Whether he is head of the institution, or enters for it, as of now."""
        held = self._now(f"person/{person}")
        return any(
            grant is not None and institution in grant.institutions
            for grant in (held.get((role, edition)) for role in ("head", "operator"))
        )
