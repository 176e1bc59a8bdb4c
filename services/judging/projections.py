"""What judging shows: jurors, categories with their entries and panels, scoresheets, and results."""

from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, insert, update

from services.judging.naming import sheet_of
from services.judging.tables import (
    CategoryRow,
    ConflictRow,
    EntryRow,
    InstitutionRow,
    JurorRow,
    PanelRow,
    RecusalRow,
    ResultRow,
    ScoreRow,
    SheetRow,
)
from shared.database import table
from shared.eventlog import Recorded
from shared.events.judging import (
    ConflictDeclared,
    EntryAdmitted,
    JudgingClosed,
    JudgingOpened,
    JurorAppointed,
    JurorRecused,
    PanelAssigned,
    ResultsAnnounced,
    RubricLocked,
    ScoreRecorded,
    ScoresheetOpened,
    ScoresheetSubmitted,
    WinnersDecided,
)
from shared.events.registration import InstitutionEnrolled
from shared.runner import Changes, Projection


def _names(recorded: Recorded) -> tuple[str, str]:
    """Edition, and juror or category, of a subject `<kind>/<edition>.<name>`."""
    edition, _, name = recorded.subject.partition("/")[2].partition(".")
    return edition, name


# -- jurors


JURORS = Projection("judging_jurors", 1, JurorRow, ConflictRow, RecusalRow)

_conflicts = table(ConflictRow)
_APPOINT = insert(table(JurorRow))
_RECUSE = insert(table(RecusalRow))
_DECLARE = insert(_conflicts)
_FORGET_NOTE = delete(_conflicts).where(
    _conflicts.c.edition == bindparam("e"),
    _conflicts.c.person == bindparam("p"),
    _conflicts.c.institution == bindparam("i"),
    _conflicts.c.relation == bindparam("r"),
)


@JURORS.on(JurorAppointed)
def _appointed(recorded: Recorded, event: JurorAppointed) -> Changes:
    edition, person = _names(recorded)
    yield _APPOINT, {"edition": edition, "person": person, "university": event.university}


@JURORS.on(ConflictDeclared)
def _conflict(recorded: Recorded, event: ConflictDeclared) -> Changes:
    """The same relation to the same institution again: its note was corrected."""
    edition, person = _names(recorded)
    of = {"institution": event.institution, "relation": event.relation}
    yield _FORGET_NOTE, {"e": edition, "p": person, "i": event.institution, "r": event.relation}
    yield _DECLARE, {"edition": edition, "person": person, "note": event.note, **of}


@JURORS.on(JurorRecused)
def _recused(recorded: Recorded, event: JurorRecused) -> Changes:
    edition, person = _names(recorded)
    yield _RECUSE, {"entry": event.entry, "person": person, "edition": edition, "reason": event.reason}


# -- categories, entries, panels, scoresheets


SHEETS = Projection("judging_sheets", 1, CategoryRow, EntryRow, PanelRow, SheetRow, ScoreRow)

_categories, _panels, _sheets = table(CategoryRow), table(PanelRow), table(SheetRow)
_LOCK = insert(_categories)
_MOVE_ON = (
    update(_categories)
    .where(_categories.c.edition == bindparam("e"), _categories.c.category == bindparam("c"))
    .values(situation=bindparam("to"))
)
_ADMIT = insert(table(EntryRow))
_DISSOLVE = delete(_panels).where(_panels.c.entry == bindparam("of"))
_SEAT = insert(_panels)
_OPEN_SHEET = insert(_sheets)
_SUBMIT_SHEET = (
    update(_sheets).where(_sheets.c.entry == bindparam("of"), _sheets.c.person == bindparam("by")).values(submitted=True)
)
_SCORE = insert(table(ScoreRow))


@SHEETS.on(RubricLocked)
def _locked(recorded: Recorded, event: RubricLocked) -> Changes:
    edition, category = _names(recorded)
    rules = msgspec.json.encode(event).decode()
    yield _LOCK, {"edition": edition, "category": category, "situation": "preparing", "rules": rules}


@SHEETS.on(EntryAdmitted)
def _admitted(recorded: Recorded, event: EntryAdmitted) -> Changes:
    edition, category = _names(recorded)
    yield (
        _ADMIT,
        {
            "entry": event.entry,
            "edition": edition,
            "category": category,
            "institution": event.institution,
            "name": event.name,
            "dossier": msgspec.json.encode(event.dossier).decode(),
        },
    )


@SHEETS.on(PanelAssigned)
def _assigned(recorded: Recorded, event: PanelAssigned) -> Changes:
    yield _DISSOLVE, {"of": event.entry}
    for juror in event.jurors:
        yield _SEAT, {"entry": event.entry, "person": juror}


def _moves_on(recorded: Recorded, situation: str) -> Changes:
    edition, category = _names(recorded)
    yield _MOVE_ON, {"e": edition, "c": category, "to": situation}


@SHEETS.on(JudgingOpened)
def _opened(recorded: Recorded, event: JudgingOpened) -> Changes:
    return _moves_on(recorded, "judging")


@SHEETS.on(JudgingClosed)
def _closed(recorded: Recorded, event: JudgingClosed) -> Changes:
    return _moves_on(recorded, "closed")


@SHEETS.on(WinnersDecided)
def _decided(recorded: Recorded, event: WinnersDecided) -> Changes:
    return _moves_on(recorded, "decided")


@SHEETS.on(ResultsAnnounced)
def _announced(recorded: Recorded, event: ResultsAnnounced) -> Changes:
    return _moves_on(recorded, "announced")


@SHEETS.on(ScoresheetOpened)
def _sheet_opened(recorded: Recorded, event: ScoresheetOpened) -> Changes:
    yield _OPEN_SHEET, {"entry": event.entry, "person": event.juror, "submitted": False}


@SHEETS.on(ScoreRecorded)
def _scored(recorded: Recorded, event: ScoreRecorded) -> Changes:
    entry, person = sheet_of(recorded.subject)
    score: dict[str, Any] = {"criterion": event.criterion, "score": str(event.score), "comment": event.comment}
    yield _SCORE, {"position": recorded.position, "entry": entry, "person": person, **score}


@SHEETS.on(ScoresheetSubmitted)
def _sheet_submitted(recorded: Recorded, event: ScoresheetSubmitted) -> Changes:
    yield _SUBMIT_SHEET, {"of": event.entry, "by": event.juror}


# -- results, with the institutions' names as they are in the edition


RESULTS = Projection("judging_results", 1, ResultRow, InstitutionRow)

_institutions = table(InstitutionRow)
_WIN = insert(table(ResultRow))
_ENROL = insert(_institutions)
_LEAVE = delete(_institutions).where(_institutions.c.edition == bindparam("e"), _institutions.c.institution == bindparam("i"))


@RESULTS.on(InstitutionEnrolled)
def _enrolled(recorded: Recorded, event: InstitutionEnrolled) -> Changes:
    edition, institution = _names(recorded)
    yield _LEAVE, {"e": edition, "i": institution}
    yield _ENROL, {"edition": edition, "institution": institution, "name": event.name}


@RESULTS.on(ResultsAnnounced)
def _won(recorded: Recorded, event: ResultsAnnounced) -> Changes:
    edition, category = _names(recorded)
    for rank, placed in enumerate(event.winners, 1):
        yield (
            _WIN,
            {
                "entry": placed.entry,
                "edition": edition,
                "category": category,
                "place": placed.place,
                "rank": rank,
                "name": placed.name,
                "score": str(placed.shown),
                "exact": placed.exact,
                "resolved_by": placed.resolved_by or "",
                "announced": recorded.envelope.time.isoformat(),
            },
        )


PROJECTIONS = (JURORS, SHEETS, RESULTS)
