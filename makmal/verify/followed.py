"""What must stand in the same append as an event, so that nobody can leave it out: a name taken, a portfolio that follows.

Deciders are idempotent. So once an append is counted, the command that should have been in it must lead to nothing more.
"""

from collections.abc import Callable, Iterator
from typing import Any

from makmal.verify.book import Book
from makmal.verify.needs import NEEDS
from services.registration.enrolment import ENROLMENT, Enrolled
from services.registration.institution import INSTITUTION, RegisterInstitution
from services.registration.names import NAMES, FreeName, TakeName
from services.screening.contested import CONTESTED, FollowDisqualification
from services.screening.portfolio import PORTFOLIO, FollowAssessment
from shared import facts
from shared.decider import Decider
from shared.refusals import Refused

Command = tuple[Decider[Any], str, Any]
"""To which aggregate, and what."""


def _named(book: Book, id: str, event: Any) -> Iterator[Command]:
    known = book.of(facts.INNOVATION, id)
    yield NAMES, f"{known.edition}.{known.institution}", TakeName(event.record.name, id)


def _freed(book: Book, id: str, event: Any) -> Iterator[Command]:
    known = book.of(facts.INNOVATION, id)
    yield NAMES, f"{known.edition}.{known.institution}", FreeName(id)


def _portfolio(book: Book, id: str, event: Any) -> Iterator[Command]:
    known = book.of(facts.INNOVATION, id)
    yield PORTFOLIO, f"{known.edition}.{known.institution}", FollowAssessment(id)


def _contested(book: Book, id: str, event: Any) -> Iterator[Command]:
    yield from _portfolio(book, id, event)
    yield CONTESTED, book.of(facts.INNOVATION, id).edition, FollowDisqualification(id)


def _registered(book: Book, id: str, event: Any) -> Iterator[Command]:
    enrolled = book.of(ENROLMENT, id)
    if isinstance(enrolled, Enrolled):
        told = enrolled.enrolled
        command = RegisterInstitution(told.institution, told.kind, told.name, told.abbreviation, told.parent)
        yield INSTITUTION, told.institution, command


FOLLOWED: dict[str, Callable[[Book, str, Any], Iterator[Command]]] = {
    **dict.fromkeys(("InnovationSubmitted", "InnovationRevised"), _named),
    "InnovationWithdrawn": _freed,
    "InstitutionEnrolled": _registered,
    "EligibilityAssessed": _portfolio,
    **dict.fromkeys(("InnovationDisqualified", "ObjectionFiled", "ObjectionUpheld", "ObjectionRejected"), _contested),
}


def lacking(book: Book, type: str, id: str, event: Any, actor: str) -> str:
    """The type of an event that should stand behind this one and does not; empty: all is there."""
    how = FOLLOWED.get(type)
    for decider, of, command in how(book, id, event) if how else ():
        try:
            more = decider.decide(book.of(decider, of), command, *NEEDS[command.__class__](book, of, command, actor))
        except Refused:
            return str(command.__class__.__name__)
        if more:
            return str(more[0].__class__.__name__)
    return ""
