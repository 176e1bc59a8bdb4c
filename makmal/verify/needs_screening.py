"""Which other states screening's commands were decided on: what its own acts name (`services/screening/acts.py`)."""

from collections.abc import Coroutine
from decimal import Decimal
from typing import Any, cast

from makmal.verify.book import Book, States
from services.screening import acts, assignments, contested, portfolio, shortlist
from services.screening.nomination import NominateInnovation, NominateInstitution
from services.screening.rulebook import rules_of
from services.screening.scoring import RecordDeskScore
from services.screening.verification import VerifyEvidence
from shared import facts
from shared.deciding import Act, Desk
from shared.rulebook import Rulebook


def _rules(book: Book, edition: str) -> Rulebook:
    return rules_of(book.of(facts.EDITION, edition))


def _named(book: Book, act: Act) -> States:
    return tuple(book.at(other) for other in act.others)


def _at_once(coroutine: Coroutine[Any, Any, Act]) -> Act:
    """What needs a desk only to look something up, which the book does without waiting."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        act: Act = done.value
        return act
    raise AssertionError("the book does not wait")


def assessed(book: Book, id: str, command: Any, actor: str) -> States:
    known = book.of(facts.INNOVATION, id)
    return _named(book, acts.assess(id, command, known, _rules(book, known.edition))[0])


def returned(book: Book, id: str, command: Any, actor: str) -> States:
    known = book.of(facts.INNOVATION, id)
    return _named(book, acts.request_revision(id, command, known, _rules(book, known.edition)))


def scored(book: Book, id: str, command: Any, actor: str) -> States:
    known = book.of(facts.INNOVATION, id)
    return _named(book, acts.score(command, known, _rules(book, known.edition), ())[0])


def verified(book: Book, id: str, command: VerifyEvidence, actor: str) -> States:
    known = book.of(facts.INNOVATION, id)
    return _named(book, acts.verify(command, known, _rules(book, known.edition)))


def disqualified(book: Book, id: str, command: Any, actor: str) -> States:
    return _named(book, acts.disqualify(id, command, book.of(facts.INNOVATION, id))[0])


def assigned(book: Book, id: str, command: Any, actor: str) -> States:
    screeners = book.screeners.get(id, ())
    if isinstance(command, assignments.CallAnother):
        known, score = book.of(facts.INNOVATION, command.innovation), RecordDeskScore(command.innovation, "", Decimal(0))
        return _named(book, acts.score(score, known, _rules(book, id), screeners)[1])
    return _named(book, acts.assign(id, command, screeners))


def portfolio_followed(book: Book, id: str, command: portfolio.FollowAssessment, actor: str) -> States:
    return _named(book, acts.disqualify(command.innovation, None, book.of(facts.INNOVATION, command.innovation))[1])


def contest_followed(book: Book, id: str, command: contested.FollowDisqualification, actor: str) -> States:
    return _named(book, acts.disqualify(command.innovation, None, book.of(facts.INNOVATION, command.innovation))[2])


def nominated_innovation(book: Book, id: str, command: NominateInnovation, actor: str) -> States:
    institution = book.of(facts.INNOVATION, command.entrant).institution
    return _named(book, acts.nominate_innovation(id.partition(".")[0], command, institution))


def nominated_institution(book: Book, id: str, command: NominateInstitution, actor: str) -> States:
    return _named(book, _at_once(acts.nominate_institution(_desk(book), id.partition(".")[0], command)))


def confirmed(book: Book, id: str, command: shortlist.ConfirmShortlist, actor: str) -> States:
    return _named(book, _at_once(acts.confirm(_desk(book), id.partition(".")[0], id.partition(".")[2], command)))


def _desk(book: Book) -> Desk:
    return cast(Desk, book)  # these acts ask it for states and for nothing else
