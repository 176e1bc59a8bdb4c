"""An act as it stands in the log, and what is asked of whoever recorded it."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from msgspec import Struct

from makmal.verify.book import Book
from makmal.verify.offices import Offices
from shared.eventlog.envelope import Envelope

Refusal = tuple[str, dict[str, str]]
"""A kind of finding, and what its sentence tells."""


class Deed(Struct):
    """An act as it stands in the log."""

    envelope: Envelope
    events: Sequence[Any]
    id: str
    """Of its aggregate, without the kind."""
    edition: str
    """In which it was done, as its aggregate has it."""
    leader: str
    """Type of the first event of its append."""
    cause: str
    """Type of the event that it answers; empty: none."""
    cause_position: int
    book: Book
    offices: Offices

    @property
    def event(self) -> Any:
        """The first."""
        return self.events[0]

    def by(self, *roles: str, of: Collection[str] = (), scope: str = "", apart: Collection[str] = ()) -> Refusal | None:
        """Somebody who held one of the roles in the edition then, for one of the institutions `of`, apart from others."""
        return self._by(self.edition, roles, of, scope, apart)

    def by_anywhere(self, *roles: str) -> Refusal | None:
        return self._by(None, roles, (), "", ())

    def by_system(self, *roles: str) -> Refusal | None:
        """Of a role that is held outside of any edition."""
        return self._by("", roles, (), "", ())

    def _by(
        self, edition: str | None, roles: Collection[str], of: Collection[str], scope: str, apart: Collection[str]
    ) -> Refusal | None:
        actor, at = self.envelope.actor, self.envelope.time
        why = self.offices.refusal(actor, at, edition, roles, institutions=of, scope=scope, apart=apart)
        if not why:
            return None
        if why != "role":
            return "own", {"actor": actor, "institution": why}
        place = "any edition" if edition is None else edition or "the system"
        return "role", {
            "actor": actor,
            "roles": " / ".join(roles),
            "edition": place,
            "whom": f" ({', '.join(of)})" if of else "",
        }

    def is_of(self, said: str) -> Refusal | None:
        """What the event says of its author must be who recorded it: his ID, or the actor."""
        actor = self.envelope.actor
        return None if said in (actor, actor.partition("/")[2]) else ("actor", {"actor": actor, "said": said or "-"})

    def is_machine(self, *actors: str) -> Refusal | None:
        actor = self.envelope.actor
        return None if actor in actors else ("actor", {"actor": actor, "said": " / ".join(actors)})

    def answers(self, reaction: str, *causes: str) -> Refusal | None:
        if refusal := self.is_machine(reaction):
            return refusal
        return None if self.cause in causes else ("unfounded", {"causes": " / ".join(causes), "cause": self.cause or "-"})


Permit = Callable[[Deed], Refusal | None]
