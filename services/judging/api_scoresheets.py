"""JSON endpoints of a juror at work: his entries, his scoresheets, his scores. Sealed from everybody else."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from services.judging import apart, docket, juror, listings, sheet
from services.judging.answers import (
    DossierShown,
    EntryDone,
    MyEntry,
    Name,
    ScoresDone,
    ScoreShown,
    SheetShown,
    SheetState,
    criteria_shown,
)
from services.judging.bodies import Empty, EntryId, PaperSheetBody, ReopeningBody, ScoresBody
from services.judging.category import CATEGORY
from services.judging.juror import JUROR
from services.judging.naming import category_id, home_of, juror_id, sheet_id
from services.judging.scoresheet import (
    SCORESHEET,
    ConfirmScoresheet,
    EnterPaperSheet,
    OpenScoresheet,
    RecordScore,
    ReopenScoresheet,
    SubmitScoresheet,
)
from shared.deciding import Act, Outcome
from shared.events.judging import RubricLocked, ScoreRecorded
from shared.web.asking import Asked, Asking, PartsHere, SignedIn, reached
from shared.web.paging import Limit, page

router = APIRouter(tags=["scoresheets"])

_STATES: dict[type[sheet.State], SheetState] = {
    sheet.Unopened: "unopened",
    sheet.Open: "open",
    sheet.Submitted: "submitted",
    sheet.Unconfirmed: "unconfirmed",
    sheet.Voided: "void",
}


@router.post("/entries/{entry}/scoresheet", status_code=201)
async def open_scoresheet(entry: EntryId, asked: Asked, body: Empty | None = None) -> EntryDone:
    """A juror of the entry's panel opens his sheet."""
    await on_own_sheet(asked, entry, OpenScoresheet(entry, asked.principal.person))
    return EntryDone(entry=entry, juror=asked.principal.person)


@router.post("/entries/{entry}/scores")
async def record_scores(entry: EntryId, body: ScoresBody, asked: Asked) -> ScoresDone:
    """Record scores on one's open sheet, all of them or none. A score given before is changed."""
    commands = [RecordScore(score.criterion, score.score, score.comment) for score in body.scores]
    outcome = await on_own_sheet(asked, entry, *commands)
    events = [recorded.event for recorded in outcome.events]
    return ScoresDone(
        entry=entry,
        juror=asked.principal.person,
        recorded=[_score(event) for event in events if isinstance(event, ScoreRecorded)],
    )


@router.post("/entries/{entry}/scoresheet/submission")
async def submit_scoresheet(entry: EntryId, asked: Asked, body: Empty | None = None) -> EntryDone:
    """Hand the sheet in, complete. Its scores stand from then on."""
    await on_own_sheet(asked, entry, SubmitScoresheet())
    return EntryDone(entry=entry, juror=asked.principal.person)


@router.post("/entries/{entry}/scoresheet/confirmation")
async def confirm_scoresheet(entry: EntryId, asked: Asked, body: Empty | None = None) -> EntryDone:
    """Confirm that what was typed for one is what stands on one's paper; from then on the sheet counts."""
    await on_own_sheet(asked, entry, ConfirmScoresheet())
    return EntryDone(entry=entry, juror=asked.principal.person)


async def on_own_sheet(asked: Asking, entry: str, *commands: Any) -> Outcome:
    """All of these commands or none, on the caller's own sheet."""
    edition, _ = home_of(entry)
    asked.principal.must_hold(edition, "juror", "chair")
    return await _on_sheet(asked, entry, asked.principal.person, *commands)


async def _on_sheet(asked: Asking, entry: str, person: str, *commands: Any) -> Outcome:
    edition, category = home_of(entry)
    await apart.from_entry(asked.parts, asked.principal, entry)
    of = SCORESHEET(sheet_id(entry, person))
    judging, by = CATEGORY(category_id(edition, category)), JUROR(juror_id(edition, person))
    return await asked.carry_out(*(Act(of, command, judging, by) for command in commands), edition=edition)


@router.post("/entries/{entry}/paper-sheets", status_code=201)
async def enter_paper_sheet(entry: EntryId, body: PaperSheetBody, asked: Asked) -> EntryDone:
    """Type a whole sheet that a juror filled in on paper, with the digest of its scan. It counts once he confirms it. Committee."""
    edition, _ = home_of(entry)
    asked.principal.must_hold(edition, "committee")
    person, scan = body.on_behalf_of.person, body.on_behalf_of.scan_digest
    scores = tuple(RecordScore(score.criterion, score.score, score.comment) for score in body.scores)
    await _on_sheet(asked, entry, person, EnterPaperSheet(entry, person, scores, asked.principal.id, scan))
    return EntryDone(entry=entry, juror=person)


@router.post("/entries/{entry}/scoresheet/reopening")
async def reopen_scoresheet(entry: EntryId, body: ReopeningBody, asked: Asked) -> EntryDone:
    """Let a juror change a submitted sheet, with the reason on record, while judging is open. Chair, who does not see the scores."""
    edition, _ = home_of(entry)
    asked.principal.must_hold(edition, "chair")
    await _on_sheet(asked, entry, body.juror, ReopenScoresheet(body.reason, asked.principal.id))
    return EntryDone(entry=entry, juror=body.juror)


@router.get("/entries/{entry}/scoresheet")
async def show_scoresheet(entry: EntryId, parts: PartsHere, principal: SignedIn) -> SheetShown:
    """One's own sheet as it stands in the log, with what is to be read and scored. Nobody else's can be asked for."""
    edition, category = home_of(entry)
    principal.must_hold(edition, "juror", "chair")
    person = principal.person
    judging, _ = await parts.desk.state(CATEGORY(category_id(edition, category)))
    by, _ = await parts.desk.state(JUROR(juror_id(edition, person)))
    own, _ = await parts.desk.state(SCORESHEET(sheet_id(entry, person)))
    admitted = docket.admitted(judging, entry)
    why = juror.bar(by, admitted)
    return SheetShown(
        entry=entry,
        juror=person,
        name=admitted.name,
        institution=admitted.institution,
        dossier=[DossierShown(**msgspec.structs.asdict(item)) for item in admitted.dossier],
        state=_STATES[type(own)],
        criteria=criteria_shown(docket.listed(judging).rules.rubric.scored),
        scores=[] if isinstance(own, sheet.Unopened) else [_score(recorded) for recorded in own.scores.values()],
        barred=Name(en=why[0], id=why[1]) if why else None,
    )


@router.get("/my/entries", dependencies=[Depends(reached)])
async def my_entries(
    request: Request,
    response: Response,
    parts: PartsHere,
    principal: SignedIn,
    edition: Annotated[str, Query(max_length=40, description="Left out: of all editions")] = "",
    after: str = "",
    limit: Limit = 100,
) -> list[MyEntry]:
    """The entries whose panels the caller sits on, and how far his sheets are."""
    rows = await parts.database.read(listings.entries_of_juror(principal.person, edition, after, limit + 1))
    struck = await parts.database.read(listings.struck(edition))
    rows = page(request, response, rows, limit, lambda row: row.entry)
    return [_mine(row, struck.get(row.entry, set())) for row in rows]


def _mine(row: Any, struck: set[str]) -> MyEntry:
    rules = msgspec.json.decode(row.rules, type=RubricLocked)
    return MyEntry(
        entry=row.entry,
        edition=row.edition,
        category=row.category,
        situation=row.situation,
        name=row.name,
        institution=row.institution,
        institution_name=row.institution_name,
        dossier=[
            DossierShown(**item)
            for item in msgspec.json.decode(row.dossier, type=list[dict[str, Any]])
            if item["innovation"] not in struck
        ],
        excluded=row.excluded or None,
        state=row.state or "unopened",
        scored=row.scored,
        criteria=len(rules.rubric.scored),
        barred="conflict" if row.related else "recusal" if row.recused is not None else None,
    )


def _score(recorded: ScoreRecorded) -> ScoreShown:
    return ScoreShown(criterion=recorded.criterion, score=recorded.score, comment=recorded.comment)
