"""The chair's pages: how far every category and every juror is, ties to settle, and a category from its sheets to its winners."""

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from services.judging import docket, listings
from services.judging.api_categories import close_judging, show_category
from services.judging.api_conflicts import declare_conflict, dismiss_conflict
from services.judging.api_scoresheets import reopen_scoresheet
from services.judging.api_sealed import disclose
from services.judging.api_verdict import decide_winners, reopen_decision, resolve_tie
from services.judging.bodies import (
    ApprovalBody,
    CategoryId,
    ConflictBody,
    DecisionBody,
    DismissalBody,
    EditionId,
    ReasonBody,
    ReopeningBody,
    VoteBody,
)
from services.judging.category import CATEGORY
from services.judging.chair_seen import figures_of, ranking_of
from services.judging.jurors_seen import jurors_seen, quorate
from services.judging.naming import category_id, home_of
from shared.facts import ACCOUNT
from shared.refusals import Invalid, Refused, Unknown
from shared.web.pages import Member, PageRouter, Visit
from shared.web.pages.live import happenings

pages = PageRouter()

_SEEN: dict[str, Callable[[str], Callable[[Connection], Any]]] = {
    "categories": listings.categories,
    "quorate": quorate,
    "jurors": jurors_seen,
    "conflicts": listings.conflicts,
    "proposed": listings.proposed_conflicts,
    "recusals": listings.recusals,
    "institutions": listings.institution_names,
}
"""What the overview shows of the edition."""


@pages.get("/e/{edition}/live")
async def live(visit: Member, edition: EditionId) -> Response:
    """That something of judging was recorded; what it was, the pages ask for."""
    visit.me.must_hold(edition, "chair", "committee", "juror", "auditor")
    return happenings(visit.request, visit.parts, edition, ("judging",))


@pages.get("/e/{edition}/chair")
async def chair_page(visit: Member, edition: EditionId) -> Response:
    return await _overview(visit, edition)


async def _overview(visit: Visit, edition: str, refused: Refused | None = None) -> Response:
    visit.me.must_hold(edition, "chair")
    position, rules, desk = visit.parts.runner.position, await visit.rules(), visit.parts.desk
    # Asked for at once, the log answers all of them at once.
    states = await asyncio.gather(*(desk.state(CATEGORY(category_id(edition, category.id))) for category in rules.categories))
    asked_for = [
        (category, proposal, await _who(visit, edition, proposal.to))
        for category, (state, _) in zip(rules.categories, states, strict=True)
        if not isinstance(state, docket.Unlocked)
        for key, proposal in state.docket.proposed.items()
        if key not in state.docket.disclosed
    ]
    seen = await visit.parts.database.read(lambda connection: {name: read(edition)(connection) for name, read in _SEEN.items()})
    prepared = {row.category: row for row in seen.pop("categories")}
    return await visit.render(
        "chair/overview.html",
        status=409 if refused else 200,
        refused=refused,
        rooms=[(category, prepared.get(category.id)) for category in rules.categories],
        disclosures=asked_for,
        position=position,
        **seen,
    )


async def _who(visit: Visit, edition: str, person: str) -> list[str]:
    """What somebody is in the edition: his name is not judging's to know."""
    account, _ = await visit.parts.desk.state(ACCOUNT(person))
    return sorted({grant.role for grant in account.grants if grant.edition == edition})


@pages.post("/e/{edition}/chair/ties")
async def settle_tie(visit: Member, edition: EditionId) -> Response:
    """A tie that somebody says a juror has: confirmed, or dismissed with the reason."""
    person = visit.form["juror"]
    try:
        if visit.form["do"] == "confirm":
            await declare_conflict(edition, person, visit.form.read(ConflictBody), visit.asked())
            told = visit._("The tie is on record; the juror judges none of that institution's entries.")
        else:
            await dismiss_conflict(edition, person, visit.form.read(DismissalBody), visit.asked())
            told = visit._("It is on record that this is no tie.")
    except Refused as refused:
        return await _overview(visit, edition, refused)
    return await visit.go(f"/judging/e/{edition}/chair", told)


@pages.post("/e/{edition}/chair/{category}/disclosure")
async def approve_disclosure(visit: Member, edition: EditionId, category: CategoryId) -> Response:
    try:
        await disclose(edition, category, visit.form.read(ApprovalBody), visit.asked())
    except Refused as refused:
        return await _overview(visit, edition, refused)
    return await visit.go(f"/judging/e/{edition}/chair", visit._("The sealed scores are open to that person; it is on record."))


@pages.get("/e/{edition}/chair/{category}")
async def category_page(visit: Member, edition: EditionId, category: CategoryId) -> Response:
    return await _category(visit, edition, category)


async def _category(visit: Visit, edition: str, category: str, refused: Refused | None = None) -> Response:
    visit.me.must_hold(edition, "chair")
    position = visit.parts.runner.position
    shown = await show_category(edition, category, visit.parts, visit.me)
    state, _ = await visit.parts.desk.state(CATEGORY(category_id(edition, category)))
    people, sheets = await visit.parts.database.read(
        lambda c: (jurors_seen(edition)(c), listings.sheets_of(edition, category)(c))
    )
    ranking = await ranking_of(visit, edition, category, state)
    return await visit.render(
        "chair/category.html",
        status=409 if refused else 200,
        refused=refused,
        shown=shown,
        locked=docket.listed(state).rules,
        docket=docket.listed(state),
        state=state,
        jurors=people,
        submitted=[row for row in sheets if row.state in ("submitted", "unconfirmed")],
        states={(row.entry, row.person): row for row in sheets},
        ranking=ranking,
        figures=figures_of(visit, ranking, people) if ranking else None,
        names={entry.entry: entry.name for entry in shown.entries},
        position=position,
    )


@pages.post("/e/{edition}/chair/{category}/closing")
async def close(visit: Member, edition: EditionId, category: CategoryId) -> Response:
    visit.me.must_hold(edition, "chair")
    try:
        await close_judging(edition, category, visit.asked())
    except Refused as refused:
        return await _category(visit, edition, category, refused)
    return await _back(visit, edition, category, visit._("Judging is closed; the ranking stands here."))


@pages.post("/e/{edition}/chair/{category}/reopened-sheets")
async def reopen_sheet(visit: Member, edition: EditionId, category: CategoryId) -> Response:
    """The form names the sheet as entry and juror."""
    entry, _, juror = visit.form["sheet"].partition("|")
    try:
        if home_of(entry) != (edition, category):
            raise Unknown("choose a sheet of this category", "pilih lembar dari kategori ini")
        await reopen_scoresheet(entry, visit.form.read(ReopeningBody, juror=juror), visit.asked())
    except Refused as refused:
        return await _category(visit, edition, category, refused)
    return await _back(visit, edition, category, visit._("The sheet is open again for its juror, and the reason is on record."))


@pages.post("/e/{edition}/chair/{category}/votes")
async def record_vote(visit: Member, edition: EditionId, category: CategoryId) -> Response:
    try:
        await resolve_tie(edition, category, visit.form.read(VoteBody, order=_order(visit)), visit.asked())
    except Refused as refused:
        return await _category(visit, edition, category, refused)
    return await _back(visit, edition, category, visit._("The panel's vote is on record and has settled the tie."))


@pages.post("/e/{edition}/chair/{category}/decision")
async def decide(visit: Member, edition: EditionId, category: CategoryId) -> Response:
    """By the ranking, unless other winners are named."""
    deviates = visit.form["do"] == "deviate"
    order = _order(visit) if deviates else []
    try:
        if deviates and not order:
            raise Invalid("choose the winners, place by place", "pilih pemenangnya, juara demi juara")
        await decide_winners(edition, category, visit.asked(), visit.form.read(DecisionBody, order=order))
    except Refused as refused:
        return await _category(visit, edition, category, refused)
    return await _back(
        visit, edition, category, visit._("The winners are decided. A member of the committee confirms and announces them.")
    )


@pages.post("/e/{edition}/chair/{category}/reopened-decision")
async def decide_anew(visit: Member, edition: EditionId, category: CategoryId) -> Response:
    try:
        await reopen_decision(edition, category, visit.form.read(ReasonBody), visit.asked())
    except Refused as refused:
        return await _category(visit, edition, category, refused)
    return await _back(visit, edition, category, visit._("The decision is open again; decide the winners anew."))


def _order(visit: Visit) -> list[str]:
    """The entries by the places that the form's choices give them."""
    places = sorted((int(name[6:]), value) for name, value in visit.form if name.startswith("place-") and name[6:].isdecimal())
    return [entry for _, entry in places if entry]


async def _back(visit: Visit, edition: str, category: str, said: str) -> Response:
    return await visit.go(f"/judging/e/{edition}/chair/{category}", said)
