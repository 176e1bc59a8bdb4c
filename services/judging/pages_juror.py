"""A juror's pages: his entries and how far he is; one entry to read beside the rubric; a tie declared in two clicks."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

import msgspec
from fastapi import Response
from fastapi.responses import JSONResponse

from services.judging import docket, listings
from services.judging.answers import SheetShown
from services.judging.api_conflicts import declare_conflict, state_ties
from services.judging.api_dossier import show_dossier
from services.judging.api_scoresheets import (
    confirm_scoresheet,
    open_scoresheet,
    record_scores,
    show_scoresheet,
    submit_scoresheet,
)
from services.judging.bodies import ConflictBody, EntryId, ScoreBody, ScoresBody
from services.judging.category import CATEGORY
from services.judging.naming import category_id, home_of
from shared.events.judging import RubricLocked
from shared.refusals import Forbidden, Invalid, Refused, Unknown
from shared.rulebook import Rubric
from shared.web.pages import Member, PageRouter, Visit

pages = PageRouter()

SCORE, COMMENT = "score-", "comment-"


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
    by_script = "application/json" in visit.request.headers.get("accept", "")
    try:
        scores = _typed(visit, await _rubric(visit, entry))
        if scores:
            await open_scoresheet(entry, visit.asked("open"))
            await record_scores(entry, ScoresBody(scores=scores), visit.asked("scores"))
        if visit.form["do"] == "submit":
            await submit_scoresheet(entry, visit.asked("submit"))
    except Refused as refused:
        if by_script:
            raise
        return await _sheet(visit, edition, entry, refused)
    if by_script:
        return JSONResponse({"saved": [score.criterion for score in scores]})
    if visit.form["do"] == "submit":
        return await visit.go(f"/judging/e/{edition}/entries", visit._("The scoresheet is handed in. Thank you."))
    return await visit.go(f"/judging/e/{edition}/entries/{entry}", visit._("Saved."))


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
    try:
        dossier = await show_dossier(entry, visit.parts, visit.me) if shown.barred is None else None
    except Forbidden as barred:
        dossier, refused = None, refused or barred
    category = rules.category(home_of(entry)[1])
    return await visit.render(
        "juror/sheet.html",
        status=409 if refused else 200,
        refused=refused,
        sheet=shown,
        rubric=rubric,
        category=category,
        dossier=dossier,
        given={score.criterion: score for score in shown.scores},
        next=await _next_one(visit, edition, entry),
        base=_base(shown),
    )


def _base(shown: SheetShown) -> str:
    """Changes when the recorded sheet does: what a browser kept on top of an older one is not put over a newer."""
    return f"{shown.state}:{len(shown.scores)}"


async def _next_one(visit: Visit, edition: str, entry: str) -> str:
    """The next entry that this juror has still to hand in."""
    rows: Sequence[Any] = await visit.parts.database.read(listings.entries_of_juror(visit.me.person, edition, "", 1_000))
    waiting = [
        row.entry
        for row in rows
        if row.state not in ("submitted", "void") and row.situation == "judging" and not row.related and row.recused is None
    ]
    return next((one for one in waiting if one > entry), next((one for one in waiting if one != entry), ""))


async def _rubric(visit: Visit, entry: str) -> Rubric:
    edition, category = home_of(entry)
    judging, _ = await visit.parts.desk.state(CATEGORY(category_id(edition, category)))
    return docket.listed(judging).rules.rubric


def _typed(visit: Visit, rubric: Rubric) -> list[ScoreBody]:
    """Of the criteria for which a score was typed. Raises Invalid, naming the criterion."""
    scores = []
    for criterion in rubric.scored:
        typed, comment = visit.form[SCORE + criterion.id].replace(",", "."), visit.form[COMMENT + criterion.id]
        name = criterion.name
        if not typed:
            if comment and visit.form["do"] == "submit":
                raise Invalid(f"{name.en}: give a score from 0 to 100", f"{name.id}: beri nilai dari 0 sampai 100")
            continue
        try:
            score = Decimal(typed)
        except InvalidOperation:
            visit.form.faults[SCORE + criterion.id] = visit._("a number from 0 to 100")
            raise Invalid(
                f"{name.en}: {typed} is no number; give a score from 0 to 100",
                f"{name.id}: {typed} bukan angka; beri nilai dari 0 sampai 100",
            ) from None
        scores.append(ScoreBody(criterion=criterion.id, score=score, comment=comment.replace("\r\n", "\n")))
    return scores


def _at_home(edition: str, entry: str) -> None:
    if home_of(entry)[0] != edition:
        raise Unknown(f"{edition} has no entry {entry}", f"{edition} tidak memiliki peserta {entry}")
