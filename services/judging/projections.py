"""What judging shows: jurors, categories with their entries and panels, scoresheets, and results."""

from typing import Any

import msgspec
from sqlalchemy import Delete, Table, bindparam, delete, insert, update

from services.judging.naming import sheet_of
from services.judging.publications import RESULTS, names
from services.judging.tables import (
    CategoryRow,
    ConflictRow,
    EntryRow,
    JurorRow,
    PanelRow,
    ProposedConflictRow,
    RecusalRow,
    ScoreRow,
    SheetRow,
    StruckRow,
)
from shared.database import table
from shared.eventlog import Recorded
from shared.events.judging import (
    ConflictDeclared,
    ConflictDismissed,
    ConflictProposed,
    DecisionConfirmed,
    DecisionReopened,
    EntryAdmitted,
    EntryExcluded,
    InnovationReinstated,
    InnovationStruck,
    JudgingClosed,
    JudgingOpened,
    JurorAppointed,
    JurorRecused,
    JurorReplaced,
    PanelAssigned,
    ResultCorrected,
    ResultsAnnounced,
    RubricLocked,
    ScoreRecorded,
    ScoresheetConfirmed,
    ScoresheetOpened,
    ScoresheetReopened,
    ScoresheetSubmitted,
    ScoresheetVoided,
    WinnersDecided,
)
from shared.runner import Changes, Projection

# -- jurors


JURORS = Projection("judging_jurors", 2, JurorRow, ConflictRow, ProposedConflictRow, RecusalRow)

_jurors, _conflicts, _proposals = table(JurorRow), table(ConflictRow), table(ProposedConflictRow)
_APPOINT = insert(_jurors)
_RECUSE = insert(table(RecusalRow))
_DECLARE = insert(_conflicts)


def _tie(of: Table) -> Delete:
    return delete(of).where(
        of.c.edition == bindparam("e"),
        of.c.person == bindparam("p"),
        of.c.institution == bindparam("i"),
        of.c.relation == bindparam("r"),
    )


_FORGET_NOTE, _SETTLE = _tie(_conflicts), _tie(_proposals)
_PROPOSE = insert(_proposals)
_REPLACE = (
    update(_jurors)
    .where(_jurors.c.edition == bindparam("e"), _jurors.c.person == bindparam("p"))
    .values(replaced_by=bindparam("to"))
)


@JURORS.on(JurorAppointed)
def _appointed(recorded: Recorded, event: JurorAppointed) -> Changes:
    edition, person = names(recorded)
    yield _APPOINT, {"edition": edition, "person": person, "university": event.university, "replaced_by": ""}


@JURORS.on(JurorReplaced)
def _replaced(recorded: Recorded, event: JurorReplaced) -> Changes:
    edition, person = names(recorded)
    yield _REPLACE, {"e": edition, "p": person, "to": event.successor}


@JURORS.on(ConflictProposed)
def _proposed(recorded: Recorded, event: ConflictProposed) -> Changes:
    edition, person = names(recorded)
    tie = {"institution": event.institution, "relation": event.relation, "note": event.note}
    yield _PROPOSE, {"edition": edition, "person": person, "proposed_by": event.proposed_by, **tie}


@JURORS.on(ConflictDismissed)
def _dismissed(recorded: Recorded, event: ConflictDismissed) -> Changes:
    edition, person = names(recorded)
    yield _SETTLE, {"e": edition, "p": person, "i": event.institution, "r": event.relation}


@JURORS.on(ConflictDeclared)
def _conflict(recorded: Recorded, event: ConflictDeclared) -> Changes:
    """The same relation to the same institution again: its note was corrected."""
    edition, person = names(recorded)
    of = {"institution": event.institution, "relation": event.relation}
    yield _FORGET_NOTE, {"e": edition, "p": person, "i": event.institution, "r": event.relation}
    yield _SETTLE, {"e": edition, "p": person, "i": event.institution, "r": event.relation}
    yield _DECLARE, {"edition": edition, "person": person, "note": event.note, **of}


@JURORS.on(JurorRecused)
def _recused(recorded: Recorded, event: JurorRecused) -> Changes:
    edition, person = names(recorded)
    yield _RECUSE, {"entry": event.entry, "person": person, "edition": edition, "reason": event.reason}


# -- categories, entries, panels, scoresheets


SHEETS = Projection("judging_sheets", 2, CategoryRow, EntryRow, StruckRow, PanelRow, SheetRow, ScoreRow)

_categories, _entries, _panels, _sheets = table(CategoryRow), table(EntryRow), table(PanelRow), table(SheetRow)
_LOCK = insert(_categories)
_MOVE_ON = (
    update(_categories)
    .where(_categories.c.edition == bindparam("e"), _categories.c.category == bindparam("c"))
    .values(situation=bindparam("to"))
)
_ADMIT = insert(_entries)
_DISSOLVE = delete(_panels).where(_panels.c.entry == bindparam("of"))
_SEAT = insert(_panels)
_OPEN_SHEET = insert(_sheets)
_SHEET_IS = (
    update(_sheets)
    .where(_sheets.c.entry == bindparam("of"), _sheets.c.person == bindparam("by"))
    .values(state=bindparam("to"), note=bindparam("why"), recorded_by=bindparam("typist"))
)
_CONFIRM_SHEET = (
    update(_sheets).where(_sheets.c.entry == bindparam("of"), _sheets.c.person == bindparam("by")).values(state="submitted")
)
_EXCLUDE = update(_entries).where(_entries.c.entry == bindparam("of")).values(excluded=bindparam("why"))
_struck_out = table(StruckRow)
_STRIKE = insert(_struck_out)
_TAKE_BACK = delete(_struck_out).where(_struck_out.c.entry == bindparam("of"), _struck_out.c.innovation == bindparam("i"))
_SCORE = insert(table(ScoreRow))


@SHEETS.on(RubricLocked)
def _locked(recorded: Recorded, event: RubricLocked) -> Changes:
    edition, category = names(recorded)
    rules = msgspec.json.encode(event).decode()
    yield _LOCK, {"edition": edition, "category": category, "situation": "preparing", "rules": rules}


@SHEETS.on(EntryAdmitted)
def _admitted(recorded: Recorded, event: EntryAdmitted) -> Changes:
    edition, category = names(recorded)
    yield (
        _ADMIT,
        {
            "entry": event.entry,
            "edition": edition,
            "category": category,
            "institution": event.institution,
            "name": event.name,
            "dossier": msgspec.json.encode(event.dossier).decode(),
            "excluded": "",
        },
    )


@SHEETS.on(EntryExcluded)
def _excluded(recorded: Recorded, event: EntryExcluded) -> Changes:
    yield _EXCLUDE, {"of": event.entry, "why": event.reason}


@SHEETS.on(InnovationStruck)
def _struck(recorded: Recorded, event: InnovationStruck) -> Changes:
    yield _STRIKE, {"entry": event.entry, "innovation": event.innovation, "reason": event.reason}


@SHEETS.on(PanelAssigned)
def _assigned(recorded: Recorded, event: PanelAssigned) -> Changes:
    yield _DISSOLVE, {"of": event.entry}
    for juror in event.jurors:
        yield _SEAT, {"entry": event.entry, "person": juror}


@SHEETS.on(InnovationReinstated)
def _reinstated(recorded: Recorded, event: InnovationReinstated) -> Changes:
    yield _TAKE_BACK, {"of": event.entry, "i": event.innovation}
    yield _EXCLUDE, {"of": event.entry, "why": ""}


def _moves_on(recorded: Recorded, situation: str) -> Changes:
    edition, category = names(recorded)
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


@SHEETS.on(DecisionConfirmed)
def _confirmed(recorded: Recorded, event: DecisionConfirmed) -> Changes:
    return _moves_on(recorded, "confirmed")


@SHEETS.on(DecisionReopened)
def _reopened(recorded: Recorded, event: DecisionReopened) -> Changes:
    return _moves_on(recorded, "closed")


@SHEETS.on(ResultsAnnounced)
def _announced(recorded: Recorded, event: ResultsAnnounced) -> Changes:
    return _moves_on(recorded, "announced")


@SHEETS.on(ResultCorrected)
def _corrected(recorded: Recorded, event: ResultCorrected) -> Changes:
    return _moves_on(recorded, "announced")


@SHEETS.on(ScoresheetOpened)
def _sheet_opened(recorded: Recorded, event: ScoresheetOpened) -> Changes:
    yield _OPEN_SHEET, {"entry": event.entry, "person": event.juror, "state": "open", "note": "", "recorded_by": ""}


@SHEETS.on(ScoreRecorded)
def _scored(recorded: Recorded, event: ScoreRecorded) -> Changes:
    entry, person = sheet_of(recorded.subject)
    score: dict[str, Any] = {"criterion": event.criterion, "score": str(event.score), "comment": event.comment}
    yield _SCORE, {"position": recorded.position, "entry": entry, "person": person, **score}


@SHEETS.on(ScoresheetSubmitted)
def _sheet_submitted(recorded: Recorded, event: ScoresheetSubmitted) -> Changes:
    to = "unconfirmed" if event.recorded_by else "submitted"
    yield _SHEET_IS, {"of": event.entry, "by": event.juror, "to": to, "why": "", "typist": event.recorded_by}


@SHEETS.on(ScoresheetConfirmed)
def _sheet_confirmed(recorded: Recorded, event: ScoresheetConfirmed) -> Changes:
    yield _CONFIRM_SHEET, {"of": event.entry, "by": event.juror}


@SHEETS.on(ScoresheetReopened)
def _sheet_reopened(recorded: Recorded, event: ScoresheetReopened) -> Changes:
    yield _SHEET_IS, {"of": event.entry, "by": event.juror, "to": "open", "why": event.reason, "typist": ""}


@SHEETS.on(ScoresheetVoided)
def _sheet_voided(recorded: Recorded, event: ScoresheetVoided) -> Changes:
    yield _SHEET_IS, {"of": event.entry, "by": event.juror, "to": "void", "why": event.reason, "typist": ""}


PROJECTIONS = (JURORS, SHEETS, RESULTS)
