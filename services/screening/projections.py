"""What the screeners look at: the worklist of innovations, with whom each is assigned to and what was found."""

from sqlalchemy import JSON, Column, bindparam, delete, insert, update
from sqlmodel import Field, SQLModel

from services.screening.categories import chosen
from shared.database import table
from shared.eventlog import Recorded
from shared.events.registration import (
    InnovationReclassified,
    InnovationRevised,
    InnovationSubmitted,
    InnovationWithdrawn,
)
from shared.events.screening import (
    DeskScoreRecorded,
    EligibilityAssessed,
    InnovationDisqualified,
    ObjectionFiled,
    ObjectionRejected,
    ObjectionUpheld,
    RevisionRequested,
    ScreenerAssigned,
    ScreenerRecused,
)
from shared.runner import Projection
from shared.runner.projection import Changes


class InnovationRow(SQLModel, table=True):
    """One innovation on the desk. `state`: unassessed, eligible, ineligible or disqualified."""

    __tablename__ = "screening_innovations_v3"

    innovation: str = Field(primary_key=True)
    position: int = Field(index=True)
    """Of its submission: the order of the worklist."""
    edition: str = Field(index=True)
    institution: str
    name: str
    fields: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    """The chosen fields, by which categories tell whom they are for."""
    revision: int
    withdrawn: bool
    state: str
    assessed_revision: int
    """0: not assessed."""
    criteria: dict[str, bool] = Field(sa_column=Column(JSON, nullable=False))
    reasons: list[str] = Field(sa_column=Column(JSON, nullable=False))
    note: str
    called: bool
    """One more screener was called, because scores lay far apart."""
    returned: str
    """What its institution is to revise; empty: it is not returned, or assessed since."""
    returned_until: str
    """ISO time."""
    returned_revision: int
    """The revision that was returned last; 0: none ever was."""
    objection: str
    """Of a disqualified one: none, open or rejected; upheld of one that came back in by it."""
    objections_until: str
    """ISO time."""


class SeatRow(SQLModel, table=True):
    """A screener to whom an innovation is assigned."""

    __tablename__ = "screening_seats_v3"

    innovation: str = Field(primary_key=True)
    screener: str = Field(primary_key=True, index=True)
    place: int


class DeskScoreRow(SQLModel, table=True):
    __tablename__ = "screening_desk_scores_v3"

    innovation: str = Field(primary_key=True)
    screener: str = Field(primary_key=True)
    score: str
    """A decimal, as text: SQLite would make it a binary float."""


WORKLIST = Projection("screening_worklist", 3, InnovationRow, DeskScoreRow, SeatRow)

_innovations, _scores = table(InnovationRow), table(DeskScoreRow)
_seats = table(SeatRow)
_this = _innovations.c.innovation == bindparam("of")

SUBMITTED = insert(_innovations)
REVISED = (
    update(_innovations)
    .where(_this)
    .values(revision=_innovations.c.revision + 1, name=bindparam("named"), fields=bindparam("chosen"))
)
RECLASSIFIED = update(_innovations).where(_this).values(fields=bindparam("chosen"))
WITHDRAWN = update(_innovations).where(_this).values(withdrawn=True)
ASSESSED = (
    update(_innovations)
    .where(_this)
    .values(
        state=bindparam("found"),
        assessed_revision=bindparam("assessed"),
        criteria=bindparam("answers"),
        reasons=bindparam("codes"),
        note=bindparam("said"),
        returned="",
        returned_until="",
        objection="none",
        objections_until="",
    )
)
RETURNED = (
    update(_innovations)
    .where(_this)
    .values(returned=bindparam("what"), returned_until=bindparam("until"), returned_revision=bindparam("revised"))
)
DISQUALIFIED = (
    update(_innovations)
    .where(_this)
    .values(
        state="disqualified",
        reasons=bindparam("codes"),
        note=bindparam("said"),
        objection="none",
        objections_until=bindparam("until"),
    )
)
OBJECTED = update(_innovations).where(_this).values(objection=bindparam("now"))
UPHELD = update(_innovations).where(_this).values(state="eligible", objection="upheld", reasons=[], note=bindparam("said"))
CALLED = update(_innovations).where(_this).values(called=True)
SEATS_GONE = delete(_seats).where(_seats.c.innovation == bindparam("of"))
SEAT_GONE = delete(_seats).where(_seats.c.innovation == bindparam("of"), _seats.c.screener == bindparam("who"))
SEATED = insert(_seats)
SCORE_GONE = delete(_scores).where(_scores.c.innovation == bindparam("of"), _scores.c.screener == bindparam("who"))
SCORED = insert(_scores)


def id_of(recorded: Recorded) -> str:
    """The ID in the event's subject."""
    return recorded.subject.partition("/")[2]


@WORKLIST.on(InnovationSubmitted)
def _submitted(recorded: Recorded, event: InnovationSubmitted) -> Changes:
    yield (
        SUBMITTED,
        {
            "innovation": id_of(recorded),
            "position": recorded.position,
            "edition": event.edition,
            "institution": event.institution,
            "name": event.record.name,
            "fields": chosen(event.record),
            "revision": 1,
            "withdrawn": False,
            "state": "unassessed",
            "assessed_revision": 0,
            "criteria": {},
            "reasons": [],
            "note": "",
            "called": False,
            "returned": "",
            "returned_until": "",
            "returned_revision": 0,
            "objection": "none",
            "objections_until": "",
        },
    )


@WORKLIST.on(InnovationRevised)
def _revised(recorded: Recorded, event: InnovationRevised) -> Changes:
    yield REVISED, {"of": id_of(recorded), "named": event.record.name, "chosen": chosen(event.record)}


@WORKLIST.on(InnovationReclassified)
def _reclassified(recorded: Recorded, event: InnovationReclassified) -> Changes:
    """What the institution wrote is as it was, and so is what was found of it."""
    yield RECLASSIFIED, {"of": id_of(recorded), "chosen": chosen(event.record)}


@WORKLIST.on(InnovationWithdrawn)
def _withdrawn(recorded: Recorded, event: InnovationWithdrawn) -> Changes:
    yield WITHDRAWN, {"of": id_of(recorded)}


@WORKLIST.on(EligibilityAssessed)
def _assessed(recorded: Recorded, event: EligibilityAssessed) -> Changes:
    yield (
        ASSESSED,
        {
            "of": event.innovation,
            "found": "eligible" if event.eligible else "ineligible",
            "assessed": event.revision,
            "answers": event.criteria,
            "codes": list(event.reasons),
            "said": event.note,
        },
    )


@WORKLIST.on(InnovationDisqualified)
def _disqualified(recorded: Recorded, event: InnovationDisqualified) -> Changes:
    until = event.objections_until.isoformat() if event.objections_until else ""
    yield DISQUALIFIED, {"of": event.innovation, "codes": [event.reason], "said": event.explanation, "until": until}


@WORKLIST.on(RevisionRequested)
def _returned(recorded: Recorded, event: RevisionRequested) -> Changes:
    until = event.deadline.isoformat()
    yield RETURNED, {"of": event.innovation, "what": event.what, "until": until, "revised": event.revision}


@WORKLIST.on(ObjectionFiled)
def _objected(recorded: Recorded, event: ObjectionFiled) -> Changes:
    yield OBJECTED, {"of": event.innovation, "now": "open"}


@WORKLIST.on(ObjectionRejected)
def _rejected(recorded: Recorded, event: ObjectionRejected) -> Changes:
    yield OBJECTED, {"of": event.innovation, "now": "rejected"}


@WORKLIST.on(ObjectionUpheld)
def _upheld(recorded: Recorded, event: ObjectionUpheld) -> Changes:
    yield UPHELD, {"of": event.innovation, "said": event.explanation}


@WORKLIST.on(ScreenerAssigned)
def _assigned(recorded: Recorded, event: ScreenerAssigned) -> Changes:
    if event.cause == "gap":
        yield CALLED, {"of": event.innovation}
    yield SEATS_GONE, {"of": event.innovation}
    for place, screener in enumerate(event.screeners):
        yield SEATED, {"innovation": event.innovation, "screener": screener, "place": place}


@WORKLIST.on(ScreenerRecused)
def _recused(recorded: Recorded, event: ScreenerRecused) -> Changes:
    yield SEAT_GONE, {"of": event.innovation, "who": event.screener}


@WORKLIST.on(DeskScoreRecorded)
def _scored(recorded: Recorded, event: DeskScoreRecorded) -> Changes:
    yield SCORE_GONE, {"of": event.innovation, "who": event.screener}
    yield SCORED, {"innovation": event.innovation, "screener": event.screener, "score": str(event.score)}
