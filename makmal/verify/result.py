"""The result pass: every announced result is computed anew from the scores on record, and compared with what was announced.

By judging's own pure functions (which sheets count, exact arithmetic, the ladder), on the states as they were at the announcement.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from makmal.verify.book import Book
from makmal.verify.findings import Finding, found
from services.judging import tally
from services.judging.category import CATEGORY
from services.judging.docket import Docket, Unlocked
from shared.eventlog.envelope import Envelope
from shared.events.judging import Placed, ResultCorrected, ResultsAnnounced
from shared.refusals import Refused


class Announcement(Struct, frozen=True):
    """A result as it was announced, and all that it should follow from."""

    position: int
    category: str
    """`<edition>.<category>`"""
    event: ResultsAnnounced | ResultCorrected
    docket: Docket | None
    votes: tuple[tuple[str, ...], ...]
    states: tuple[Any, ...]
    """The scoresheets of all seats and their jurors."""


class Recomputed(Struct, frozen=True):
    """A category's result as it follows from the scores."""

    category: str
    position: int
    """Of the announcement."""
    method: str
    entries: int
    sheets: int
    """That count."""
    winners: tuple[Placed, ...]
    deviation: str
    holds: bool
    """What was announced is what follows, or deviates from it with a reason on record."""


def announced(position: int, envelope: Envelope, event: ResultsAnnounced | ResultCorrected, book: Book) -> Announcement:
    id = envelope.subject.partition("/")[2]
    state = book.of(CATEGORY, id)
    docket = None if isinstance(state, Unlocked) else state.docket
    states = () if docket is None else book.sheets(id.partition(".")[0], state)
    return Announcement(position, id, event, docket, getattr(state, "votes", ()), states)


def recompute(announcements: Iterable[Announcement], findings: list[Finding]) -> Iterator[Recomputed]:
    """Each announcement computed anew; what does not follow goes into `findings`."""
    for each in announcements:
        problems: list[Finding] = []
        yield _recomputed(each, problems)
        findings += problems


def _recomputed(each: Announcement, problems: list[Finding]) -> Recomputed:
    event, told = each.event, {"category": each.category}

    def wrong(kind: str, **facts: object) -> None:
        problems.append(found(kind, each.position, **told, **facts))

    if each.docket is None:
        wrong("unjudged")
        return Recomputed(each.category, each.position, "-", 0, 0, (), event.deviation, False)
    docket = each.docket
    try:
        ranking = tally.tally(docket, each.votes, each.states)
        order = tuple(placed.entry for placed in event.winners) if event.deviation else ()
        right = tally.decision(docket, ranking, "", order, event.deviation)
    except (Refused, LookupError, ValueError, ArithmeticError) as error:
        wrong("uncounted", why=str(error)[:300])
        return Recomputed(each.category, each.position, "-", len(docket.entries), 0, (), event.deviation, False)
    for standing, placed in zip(right.winners, event.winners, strict=False):
        if standing != placed:
            wrong("winner", place=placed.place, stands=_said(placed), follows=_said(standing))
            break
    else:
        if len(right.winners) != len(event.winners):
            wrong("winners", stands=len(event.winners), follows=len(right.winners))
    won = {placed.entry for placed in event.winners}
    others = tuple(placed for placed in right.ranking if placed.entry not in won)
    if not problems and event.others and event.others != others:
        wrong("others")
    sheets = sum(len(standing.jurors) for standing in ranking.standings)
    return Recomputed(
        each.category,
        each.position,
        ranking.method,
        len(docket.entries),
        sheets,
        tuple(right.ranking[: len(right.winners)]),
        event.deviation,
        not problems,
    )


def _said(placed: Placed) -> str:
    return f"{placed.name} ({placed.entry}) {placed.shown}"
