"""What the screeners and the committee look at: the worklist of innovations, and the shortlist of each category."""

from typing import Any

import msgspec
from sqlalchemy import JSON, Column, bindparam, delete, insert, update
from sqlmodel import Field, SQLModel

from services.screening.categories import chosen
from shared.database import table
from shared.eventlog import Recorded
from shared.events.registration import (
    InnovationRevised,
    InnovationSubmitted,
    InnovationWithdrawn,
    InstitutionEnrolled,
    RulebookPublished,
)
from shared.events.screening import (
    DeskScoreRecorded,
    EligibilityAssessed,
    InnovationDisqualified,
    Nominated,
    NominationRevoked,
    ShortlistConfirmed,
)
from shared.runner import Projection
from shared.runner.projection import Changes


class InnovationRow(SQLModel, table=True):
    """One innovation on the desk. `state`: unassessed, eligible, ineligible or disqualified."""

    __tablename__ = "screening_innovations_v1"

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


class DeskScoreRow(SQLModel, table=True):
    __tablename__ = "screening_desk_scores_v1"

    innovation: str = Field(primary_key=True)
    screener: str = Field(primary_key=True)
    score: str
    """A decimal, as text: SQLite would make it a binary float."""


class CategoryRow(SQLModel, table=True):
    __tablename__ = "screening_categories_v1"

    edition: str = Field(primary_key=True)
    category: str = Field(primary_key=True)
    rules: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """The category as the rulebook has it."""
    confirmed: bool


class InstitutionRow(SQLModel, table=True):
    __tablename__ = "screening_institutions_v1"

    edition: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    kind: str
    name: str


class NominationRow(SQLModel, table=True):
    __tablename__ = "screening_nominations_v1"

    entry: str = Field(primary_key=True)
    edition: str = Field(index=True)
    category: str
    entrant: str
    position: int
    nominated: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """The event's data."""


WORKLIST = Projection("screening_worklist", 1, InnovationRow, DeskScoreRow)
SHORTLISTS = Projection("screening_shortlists", 1, CategoryRow, InstitutionRow, NominationRow)

_innovations, _scores = table(InnovationRow), table(DeskScoreRow)
_categories, _institutions, _nominations = table(CategoryRow), table(InstitutionRow), table(NominationRow)
_this = _innovations.c.innovation == bindparam("of")

SUBMITTED = insert(_innovations)
REVISED = (
    update(_innovations)
    .where(_this)
    .values(revision=_innovations.c.revision + 1, name=bindparam("named"), fields=bindparam("chosen"))
)
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
    )
)
DISQUALIFIED = (
    update(_innovations).where(_this).values(state="disqualified", reasons=bindparam("codes"), note=bindparam("said"))
)
SCORE_GONE = delete(_scores).where(_scores.c.innovation == bindparam("of"), _scores.c.screener == bindparam("who"))
SCORED = insert(_scores)
CATEGORY = insert(_categories)
CONFIRMED = (
    update(_categories)
    .where(_categories.c.edition == bindparam("in_edition"), _categories.c.category == bindparam("of"))
    .values(confirmed=True)
)
ENROLLED = insert(_institutions)
NOMINATED = insert(_nominations)
REVOKED = delete(_nominations).where(_nominations.c.entry == bindparam("of"))


def _id(recorded: Recorded) -> str:
    return recorded.subject.partition("/")[2]


@WORKLIST.on(InnovationSubmitted)
def _submitted(recorded: Recorded, event: InnovationSubmitted) -> Changes:
    yield (
        SUBMITTED,
        {
            "innovation": _id(recorded),
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
        },
    )


@WORKLIST.on(InnovationRevised)
def _revised(recorded: Recorded, event: InnovationRevised) -> Changes:
    yield REVISED, {"of": _id(recorded), "named": event.record.name, "chosen": chosen(event.record)}


@WORKLIST.on(InnovationWithdrawn)
def _withdrawn(recorded: Recorded, event: InnovationWithdrawn) -> Changes:
    yield WITHDRAWN, {"of": _id(recorded)}


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
    yield DISQUALIFIED, {"of": event.innovation, "codes": [event.reason], "said": event.explanation}


@WORKLIST.on(DeskScoreRecorded)
def _scored(recorded: Recorded, event: DeskScoreRecorded) -> Changes:
    yield SCORE_GONE, {"of": event.innovation, "who": event.screener}
    yield SCORED, {"innovation": event.innovation, "screener": event.screener, "score": str(event.score)}


@SHORTLISTS.on(RulebookPublished)
def _published(recorded: Recorded, event: RulebookPublished) -> Changes:
    for category in event.rulebook.categories:
        yield (
            CATEGORY,
            {
                "edition": event.rulebook.edition,
                "category": category.id,
                "rules": msgspec.to_builtins(category),
                "confirmed": False,
            },
        )


@SHORTLISTS.on(InstitutionEnrolled)
def _enrolled(recorded: Recorded, event: InstitutionEnrolled) -> Changes:
    edition = _id(recorded).removesuffix(f".{event.institution}")
    yield ENROLLED, {"edition": edition, "institution": event.institution, "kind": event.kind, "name": event.name}


@SHORTLISTS.on(Nominated)
def _nominated(recorded: Recorded, event: Nominated) -> Changes:
    yield (
        NOMINATED,
        {
            "entry": event.entry,
            "edition": _id(recorded).removesuffix(f".{event.category}"),
            "category": event.category,
            "entrant": event.entrant,
            "position": recorded.position,
            "nominated": msgspec.to_builtins(event),
        },
    )


@SHORTLISTS.on(NominationRevoked)
def _revoked(recorded: Recorded, event: NominationRevoked) -> Changes:
    yield REVOKED, {"of": event.entry}


@SHORTLISTS.on(ShortlistConfirmed)
def _confirmed(recorded: Recorded, event: ShortlistConfirmed) -> Changes:
    yield CONFIRMED, {"in_edition": _id(recorded).removesuffix(f".{event.category}"), "of": event.category}
