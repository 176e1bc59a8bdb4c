"""What is public of judging: every announced result and its corrections, objections, awards, and the institutions' names."""

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, insert, update

from services.judging.tables import AwardRow, InstitutionRow, ObjectionRow, PublicationRow, ResultRow
from shared.database import table
from shared.eventlog import Recorded
from shared.events.judging import (
    AwardConferred,
    Placed,
    ResultCorrected,
    ResultObjectionFiled,
    ResultObjectionRejected,
    ResultObjectionUpheld,
    ResultsAnnounced,
)
from shared.events.registration import InstitutionEnrolled
from shared.runner import Changes, Projection


def names(recorded: Recorded) -> tuple[str, str]:
    """Edition, and juror or category, of a subject `<kind>/<edition>.<name>`."""
    edition, _, name = recorded.subject.partition("/")[2].partition(".")
    return edition, name


RESULTS = Projection("judging_results", 2, PublicationRow, ResultRow, AwardRow, ObjectionRow, InstitutionRow)

_institutions, _objections = table(InstitutionRow), table(ObjectionRow)
_PUBLISH = insert(table(PublicationRow))
_PLACE = insert(table(ResultRow))
_CONFER = insert(table(AwardRow))
_OBJECT = insert(_objections)
_RULE = (
    update(_objections)
    .where(_objections.c.objection == bindparam("o"))
    .values(ruling=bindparam("ruled"), reason=bindparam("why"))
)
_ENROL = insert(_institutions)
_LEAVE = delete(_institutions).where(_institutions.c.edition == bindparam("e"), _institutions.c.institution == bindparam("i"))


@RESULTS.on(InstitutionEnrolled)
def _enrolled(recorded: Recorded, event: InstitutionEnrolled) -> Changes:
    edition, institution = names(recorded)
    yield _LEAVE, {"e": edition, "i": institution}
    yield _ENROL, {"edition": edition, "institution": institution, "name": event.name}


@RESULTS.on(ResultsAnnounced)
def _announced(recorded: Recorded, event: ResultsAnnounced) -> Changes:
    return _published(recorded, event, "")


@RESULTS.on(ResultCorrected)
def _corrected(recorded: Recorded, event: ResultCorrected) -> Changes:
    return _published(recorded, event, event.reason)


def _published(recorded: Recorded, event: ResultsAnnounced | ResultCorrected, correction: str) -> Changes:
    edition, category = names(recorded)
    yield (
        _PUBLISH,
        {
            "position": recorded.position,
            "edition": edition,
            "category": category,
            "announced": recorded.envelope.time.isoformat(),
            "objections_until": event.objections_until.isoformat() if event.objections_until else "",
            "deviation": event.deviation,
            "correction": correction,
        },
    )
    yield from _places(recorded, event.winners, 1, True)
    yield from _places(recorded, event.others, len(event.winners) + 1, False)


def _places(recorded: Recorded, entries: Iterable[Placed], first: int, winner: bool) -> Changes:
    edition, category = names(recorded)
    for rank, placed in enumerate(entries, first):
        yield (
            _PLACE,
            {
                "position": recorded.position,
                "entry": placed.entry,
                "edition": edition,
                "category": category,
                "winner": winner,
                "place": placed.place,
                "rank": rank,
                "name": placed.name,
                "score": str(placed.shown),
                "exact": placed.exact,
                "resolved_by": placed.resolved_by or "",
            },
        )


@RESULTS.on(AwardConferred)
def _conferred(recorded: Recorded, event: AwardConferred) -> Changes:
    decree = {"decree": event.decree, "decree_date": event.decree_date.isoformat()}
    yield _CONFER, {"entry": event.entry, "edition": names(recorded)[0], **decree}


@RESULTS.on(ResultObjectionFiled)
def _filed(recorded: Recorded, event: ResultObjectionFiled) -> Changes:
    edition, category = names(recorded)
    yield (
        _OBJECT,
        {
            "objection": event.objection,
            "edition": edition,
            "category": category,
            "entry": event.entry,
            "institution": event.institution,
            "grounds": event.grounds,
            "filed": recorded.envelope.time.isoformat(),
            "filed_by": event.filed_by,
            "ruling": "",
            "reason": "",
        },
    )


@RESULTS.on(ResultObjectionUpheld)
def _upheld(recorded: Recorded, event: ResultObjectionUpheld) -> Changes:
    yield _RULE, {"o": event.objection, "ruled": "upheld", "why": event.reason}


@RESULTS.on(ResultObjectionRejected)
def _rejected(recorded: Recorded, event: ResultObjectionRejected) -> Changes:
    yield _RULE, {"o": event.objection, "ruled": "rejected", "why": event.reason}
