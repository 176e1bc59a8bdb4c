"""A juror's pages: his entries and how far he is; one entry to read beside the rubric; a tie declared in two clicks."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

import msgspec
from fastapi import Response
from fastapi.responses import JSONResponse

from services.judging import docket, listings, sheet_typed
from services.judging.answers import SheetShown
from services.judging.api_conflicts import declare_conflict, state_ties
from services.judging.api_dossier import show_dossier
from services.judging.api_scoresheets import confirm_scoresheet, on_own_sheet, show_scoresheet
from services.judging.bodies import ConflictBody, EntryId
from services.judging.category import CATEGORY
from services.judging.naming import category_id, home_of, sheet_id
from services.judging.scoresheet import SCORESHEET, OpenScoresheet, RecordScore, SubmitScoresheet
from shared.events.judging import RubricLocked
from shared.refusals import ChangedMeanwhile, Forbidden, Refused, Unknown
from shared.rulebook import Rubric
from shared.web.pages import Member, PageRouter, Visit
from shared.web.pages.forms import VERSION

pages = PageRouter()


@pages.get("/e/{edition}/entries")
async def entries_page(visit: Member, edition: str) -> Response:
    """What this juror's panels judge, by category."""
    visit.me.must_hold(edition, "juror", "chair")
    rules = await visit.rules()
    rows = await visit.parts.database.read(listings.entries_of_juror(visit.me.person, edition, "", 1_000))
    rooms = [
        {
            "category": rules.category(category),
            "situation": (found := list(of))[0].situation,
            "criteria": len(msgspec.json.decode(found[0].rules, type=RubricLocked).rubric.scored),
            "entries": found,
            "submitted": sum(row.state == "submitted" for row in found),
            "mine": sum(not (row.related or row.recused is not None or row.excluded) for row in found),
            "next": next((row.entry for row in found if _waits(row)), ""),
        }
        for category, of in groupby(sorted(rows, key=lambda row: row.category), key=lambda row: row.category)
    ]
    return await visit.render("juror/entries.html", rooms=rooms, rules=rules)


@pages.get("/e/{edition}/entries/{entry}")
async def sheet_page(visit: Member, edition: str, entry: EntryId) -> Response:
    return await _sheet(visit, edition, entry)


@pages.post("/e/{edition}/entries/{entry}")
async def save_sheet(visit: Member, edition: str, entry: EntryId) -> Response:
    """Save what was typed, and hand it in if that button was pressed. A script that saves as one types is answered in JSON."""
    _at_home(edition, entry)
    visit.me.must_hold(edition, "juror", "chair")
    by_script = "application/json" in visit.request.headers.get("accept", "")
    last = visit.form["do"] == "submit"
    version = visit.form[VERSION]
    try:
        typed = sheet_typed.read(visit.form, await _rubric(visit, entry), visit._("a number from 0 to 100"))
        if lacking := typed.unscored if last else () if by_script else typed.commented:
            visit.form.faults[sheet_typed.SCORE + lacking[0].id] = visit._("a number from 0 to 100")
            raise sheet_typed.lacks_score(lacking[0])
        commands = [RecordScore(score.criterion, score.score, score.comment) for score in typed.scores]
        if commands or last:
            handing_in = [SubmitScoresheet()] if last else []
            opening = OpenScoresheet(entry, visit.me.person)
            try:
                outcome = await on_own_sheet(visit.asked(), entry, opening, *commands, *handing_in)
            except ChangedMeanwhile:
                raise sheet_typed.changed_elsewhere() from None
            version = str(outcome.events[-1].envelope.version) if outcome.events else version
    except Refused as refused:
        if by_script:
            raise
        return await _sheet(visit, edition, entry, refused)
    here = f"/judging/e/{edition}/entries"
    if last:
        away = await visit.go(await _after(visit, edition, entry), visit._("The scoresheet is handed in. Thank you."))
    else:
        away = await visit.go(f"{here}/{entry}", visit._("Saved.")) if not by_script else Response()
    if not by_script:
        return away
    told = {
        "version": version,
        "waiting": [criterion.id for criterion in typed.commented],
        "next": away.headers.get("location", ""),
    }
    answer = JSONResponse(told)
    for cookie in away.headers.getlist("set-cookie"):
        answer.headers.append("set-cookie", cookie)
    return answer


@pages.post("/e/{edition}/entries/{entry}/confirmation")
async def confirm_paper(visit: Member, edition: str, entry: EntryId) -> Response:
    _at_home(edition, entry)
    try:
        await confirm_scoresheet(entry, visit.asked())
    except Refused as refused:
        return await _sheet(visit, edition, entry, refused)
    return await visit.go(f"/judging/e/{edition}/entries", visit._("What was typed from your paper is confirmed and counts."))


@pages.post("/e/{edition}/entries/{entry}/tie")
async def declare_tie(visit: Member, edition: str, entry: EntryId) -> Response:
    """A tie to the entry's institution: from then on all its entries are barred to this juror."""
    _at_home(edition, entry)
    sheet = await show_scoresheet(entry, visit.parts, visit.me)
    try:
        body = visit.form.read(ConflictBody, institution=sheet.institution)
        await declare_conflict(edition, visit.me.person, body, visit.asked())
    except Refused as refused:
        return await _sheet(visit, edition, entry, refused)
    return await visit.go(
        f"/judging/e/{edition}/entries",
        visit._("Your tie is on record. You do not judge this institution's entries; others do."),
    )


@pages.post("/e/{edition}/ties-stated")
async def all_ties_stated(visit: Member, edition: str) -> Response:
    await state_ties(edition, visit.me.person, visit.asked())
    return await visit.go(f"/judging/e/{edition}/entries", visit._("It is on record that you have no other ties."))


async def _sheet(visit: Visit, edition: str, entry: str, refused: Refused | None = None) -> Response:
    _at_home(edition, entry)
    shown = await show_scoresheet(entry, visit.parts, visit.me)
    rubric, rules = await _rubric(visit, entry), await visit.rules()
    _, version = await visit.parts.desk.state(SCORESHEET(sheet_id(entry, visit.me.person)))
    try:
        dossier = await show_dossier(entry, visit.parts, visit.me) if shown.barred is None else None
    except Forbidden as barred:
        dossier, refused = None, refused or barred
    mine = await _mine(visit, edition)
    at = next((n for n, row in enumerate(mine) if row.entry == entry), 0)
    return await visit.render(
        "juror/sheet.html",
        status=409 if refused else 200,
        refused=refused,
        sheet=shown,
        rubric=rubric,
        category=rules.category(home_of(entry)[1]),
        indicators={i.number: i for i in rules.catalogue.indicators} if rules.catalogue else {},
        dossier=dossier,
        given={score.criterion: score for score in shown.scores},
        version=version,
        weighted=_weighted(rubric, shown),
        place=(at + 1, len(mine)),
        before=mine[at - 1].entry if at else "",
        after=mine[at + 1].entry if at + 1 < len(mine) else "",
        next=_next_of(mine, entry),
    )


def _weighted(rubric: Rubric, sheet: SheetShown) -> Decimal | None:
    """What the scores come to by the weights of the criteria that jurors score; None while one is missing."""
    given = {score.criterion: score.score for score in sheet.scores}
    if given.keys() != {criterion.id for criterion in rubric.scored} or not given:
        return None
    weights = {criterion.id: criterion.weight for criterion in rubric.scored}
    return sum((given[id] * weight for id, weight in weights.items()), Decimal(0)) / sum(weights.values())


async def _mine(visit: Visit, edition: str) -> Sequence[Any]:
    """The entries that this juror's panels judge, in the order of his list."""
    rows = await visit.parts.database.read(listings.entries_of_juror(visit.me.person, edition, "", 1_000))
    return sorted(rows, key=lambda row: row.category)


def _waits(row: Any) -> bool:
    """Whether he has still to hand it in."""
    barred = row.related or row.recused is not None or row.excluded
    return row.state not in ("submitted", "void") and row.situation == "judging" and not barred


def _next_of(mine: Sequence[Any], entry: str) -> str:
    """The next that he has still to hand in, after this one and then from the top."""
    at = next((n for n, row in enumerate(mine) if row.entry == entry), 0)
    return next((row.entry for row in [*mine[at + 1 :], *mine[:at]] if _waits(row)), "")


async def _after(visit: Visit, edition: str, entry: str) -> str:
    """Where a juror goes on who has handed a sheet in: to the next, or to his list when all are in."""
    following = _next_of(await _mine(visit, edition), entry)
    return f"/judging/e/{edition}/entries{'/' + following if following else ''}"


async def _rubric(visit: Visit, entry: str) -> Rubric:
    edition, category = home_of(entry)
    judging, _ = await visit.parts.desk.state(CATEGORY(category_id(edition, category)))
    return docket.listed(judging).rules.rubric


def _at_home(edition: str, entry: str) -> None:
    if home_of(entry)[0] != edition:
        raise Unknown(f"{edition} has no entry {entry}", f"{edition} tidak memiliki peserta {entry}")
