"""JSON endpoints of a juror at work: his entries, his scoresheets, his scores. Sealed from everybody else."""

from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from services.judging import docket, juror, listings, scoresheet
from services.judging.answers import (
    DossierShown,
    EntryDone,
    MyEntry,
    Name,
    OpenedSheet,
    ScoresDone,
    ScoreShown,
    SheetShown,
    criteria_shown,
)
from services.judging.bodies import Empty, EntryId, ScoresBody
from services.judging.category import CATEGORY
from services.judging.juror import JUROR
from services.judging.naming import category_id, home_of, juror_id, sheet_id
from services.judging.scoresheet import SCORESHEET, OpenScoresheet, RecordScore, SubmitScoresheet, Unopened
from shared.deciding import Act, Outcome
from shared.events.judging import RubricLocked, ScoreRecorded
from shared.refusals import Forbidden
from shared.web.asking import Asked, Asking, PartsHere, SignedIn, reached
from shared.web.paging import Limit, page

router = APIRouter(tags=["scoresheets"])

_STATES: dict[type[scoresheet.State], Literal["unopened", "open", "submitted"]] = {
    scoresheet.Unopened: "unopened",
    scoresheet.Open: "open",
    scoresheet.Submitted: "submitted",
}


@router.post("/entries/{entry}/scoresheet", status_code=201)
async def open_scoresheet(entry: EntryId, asked: Asked, body: Empty | None = None) -> EntryDone:
    """A juror of the entry's panel opens his sheet."""
    await _on_own_sheet(asked, entry, OpenScoresheet(entry, asked.principal.person))
    return EntryDone(entry=entry, juror=asked.principal.person)


@router.post("/entries/{entry}/scores")
async def record_scores(entry: EntryId, body: ScoresBody, asked: Asked) -> ScoresDone:
    """Record scores on one's open sheet, all of them or none. A score given before is changed."""
    commands = [RecordScore(score.criterion, score.score, score.comment) for score in body.scores]
    outcome = await _on_own_sheet(asked, entry, *commands)
    events = [recorded.event for recorded in outcome.events]
    return ScoresDone(
        entry=entry,
        juror=asked.principal.person,
        recorded=[_score(event) for event in events if isinstance(event, ScoreRecorded)],
    )


@router.post("/entries/{entry}/scoresheet/submission")
async def submit_scoresheet(entry: EntryId, asked: Asked, body: Empty | None = None) -> EntryDone:
    """Hand the sheet in, complete. Its scores stand from then on."""
    await _on_own_sheet(asked, entry, SubmitScoresheet())
    return EntryDone(entry=entry, juror=asked.principal.person)


async def _on_own_sheet(asked: Asking, entry: str, *commands: Any) -> Outcome:
    edition, category = home_of(entry)
    asked.principal.must_hold(edition, "juror", "chair")
    person = asked.principal.person
    sheet = SCORESHEET(sheet_id(entry, person))
    judging, by = CATEGORY(category_id(edition, category)), JUROR(juror_id(edition, person))
    return await asked.carry_out(*(Act(sheet, command, judging, by) for command in commands), edition=edition)


@router.get("/entries/{entry}/scoresheet")
async def show_scoresheet(entry: EntryId, parts: PartsHere, principal: SignedIn) -> SheetShown:
    """One's own sheet as it stands in the log, with what is to be read and scored. Nobody else's can be asked for."""
    edition, category = home_of(entry)
    principal.must_hold(edition, "juror", "chair")
    person = principal.person
    judging, _ = await parts.desk.state(CATEGORY(category_id(edition, category)))
    by, _ = await parts.desk.state(JUROR(juror_id(edition, person)))
    sheet, _ = await parts.desk.state(SCORESHEET(sheet_id(entry, person)))
    admitted = docket.admitted(judging, entry)
    why = juror.bar(by, admitted)
    return SheetShown(
        entry=entry,
        juror=person,
        name=admitted.name,
        institution=admitted.institution,
        dossier=[DossierShown(**msgspec.structs.asdict(item)) for item in admitted.dossier],
        state=_STATES[type(sheet)],
        criteria=criteria_shown(docket.listed(judging).rules.rubric.scored),
        scores=[] if isinstance(sheet, Unopened) else [_score(recorded) for recorded in sheet.scores.values()],
        barred=Name(en=why[0], id=why[1]) if why else None,
    )


@router.get("/entries/{entry}/scoresheets", dependencies=[Depends(reached)])
async def list_scoresheets(entry: EntryId, parts: PartsHere, principal: SignedIn) -> list[OpenedSheet]:
    """All sheets of an entry, once its category's results are announced. Committee, chair, auditor."""
    edition, category = home_of(entry)
    principal.must_hold(edition, "committee", "chair", "auditor")
    row = await parts.database.read(listings.category(edition, category))
    if row is None or row.situation != "announced":
        raise Forbidden(
            "scores are sealed until the results of the category are announced",
            "nilai disegel sampai hasil kategori ini diumumkan",
        )
    sheets = await parts.database.read(listings.sheets(entry))
    standing = {(s.person, s.criterion): s for s in await parts.database.read(listings.scores(entry))}
    return [
        OpenedSheet(
            juror=sheet.person,
            submitted=sheet.submitted,
            scores=[
                ScoreShown(criterion=criterion, score=Decimal(score.score), comment=score.comment)
                for (person, criterion), score in standing.items()
                if person == sheet.person
            ],
        )
        for sheet in sheets
    ]


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
    return [_mine(row) for row in page(request, response, rows, limit, lambda row: row.entry)]


def _mine(row: Any) -> MyEntry:
    rules = msgspec.json.decode(row.rules, type=RubricLocked)
    return MyEntry(
        entry=row.entry,
        edition=row.edition,
        category=row.category,
        situation=row.situation,
        name=row.name,
        institution=row.institution,
        institution_name=row.institution_name,
        dossier=msgspec.json.decode(row.dossier, type=list[dict[str, Any]]),
        state="unopened" if row.submitted is None else "submitted" if row.submitted else "open",
        scored=row.scored,
        criteria=len(rules.rubric.scored),
        barred="conflict" if row.related else "recusal" if row.recused is not None else None,
    )


def _score(recorded: ScoreRecorded) -> ScoreShown:
    return ScoreShown(criterion=recorded.criterion, score=recorded.score, comment=recorded.comment)
