"""The committee's pages of judging: jurors and panels, and each category from its opening to its awards."""

from asyncio import gather
from collections.abc import Mapping
from typing import Any

from fastapi import Response

from services.judging import docket, listings
from services.judging.answers import CategoryShown
from services.judging.api_categories import assign_panels, open_judging, show_category
from services.judging.api_dossier import show_dossier
from services.judging.api_jurors import appoint, replace
from services.judging.api_objections import rule_on_objection
from services.judging.api_results import show_results
from services.judging.api_sealed import propose_disclosure
from services.judging.api_verdict import announce, confer_award, confirm_decision, propose_for_national_award, reopen_decision
from services.judging.bodies import (
    AppointmentBody,
    AwardBody,
    CategoryId,
    DisclosureBody,
    EditionId,
    EntryId,
    NationalBody,
    ObjectionId,
    PanelsBody,
    ReasonBody,
    ReplacementBody,
    RulingBody,
)
from services.judging.category import CATEGORY
from services.judging.jurors_seen import JurorSeen, jurors_seen, quorate
from services.judging.naming import category_id, home_of
from services.judging.national import NATIONAL_AWARD
from services.judging.results_seen import preview
from shared.events.judging import ResultObjectionUpheld
from shared.refusals import Refused, Unknown
from shared.web.pages import Member, PageRouter, Visit
from shared.web.pages.asking_identity import person_with

pages = PageRouter()


@pages.get("/e/{edition}/decisions")
async def decisions_page(visit: Member, edition: EditionId) -> Response:
    return await _overview(visit, edition)


async def _overview(visit: Visit, edition: str, refused: Refused | None = None) -> Response:
    visit.me.must_hold(edition, "committee")
    read, rules, position = visit.parts.database.read, await visit.rules(), visit.parts.runner.position
    prepared = {row.category: row for row in await read(listings.categories(edition))}
    waiting = [row for row in await read(listings.objections(edition)) if not row.ruling]
    return await visit.render(
        "decisions/overview.html",
        status=409 if refused else 200,
        refused=refused,
        rooms=[(category, prepared.get(category.id)) for category in rules.categories],
        objections={category.id: sum(row.category == category.id for row in waiting) for category in rules.categories},
        quorate=await read(quorate(edition)),
        jurors=await read(jurors_seen(edition)),
        position=position,
    )


@pages.post("/e/{edition}/decisions/jurors")
async def appoint_juror(visit: Member, edition: EditionId) -> Response:
    """Appoint, or put into another's place: by the e-mail address that stands in the vault."""
    visit.me.must_hold(edition, "committee")
    former = visit.form["former"]
    try:
        person = await person_with(visit, visit.form["email"])
        if former:
            await replace(edition, former, visit.form.read(ReplacementBody, person=person), visit.asked())
        else:
            await appoint(edition, visit.form.read(AppointmentBody, person=person), visit.asked())
    except Refused as refused:
        return await _overview(visit, edition, refused)
    told = visit._("The successor sits on the panels now.") if former else visit._("The juror is appointed.")
    return await visit.go(f"/judging/e/{edition}/decisions", told)


@pages.get("/e/{edition}/decisions/{category}")
async def category_page(visit: Member, edition: EditionId, category: CategoryId) -> Response:
    return await _category(visit, edition, category)


async def _category(visit: Visit, edition: str, category: str, refused: Refused | None = None) -> Response:
    visit.me.must_hold(edition, "committee")
    read, position = visit.parts.database.read, visit.parts.runner.position
    shown = await show_category(edition, category, visit.parts, visit.me)
    state, _ = await visit.parts.desk.state(CATEGORY(category_id(edition, category)))
    facts, now = await visit.facts(), visit.parts.event_log.now()
    institutions, people = await read(listings.institution_names(edition)), await read(jurors_seen(edition))
    public = {one.category: one for one in (await show_results(edition, visit.parts)).categories}.get(category)
    return await visit.render(
        "decisions/category.html",
        status=409 if refused else 200,
        refused=refused,
        shown=shown,
        docket=(listed := docket.listed(state)),
        locked=listed.rules,
        decision=getattr(state, "decision", None),
        jurors=people,
        ticked=_ticked(visit, shown, people),
        institutions=institutions,
        names={entry.entry: entry.name for entry in shown.entries},
        preview=preview(state, facts, institutions, now) if isinstance(state, docket.Confirmed) else None,
        public=public,
        awards=await _awards(visit, edition, state),
        upheld=[o.ruling for o in listed.objections.values() if isinstance(o.ruling, ResultObjectionUpheld)],
        now=now,
        rules=facts.rulebook,
        position=position,
    )


def _ticked(visit: Visit, shown: CategoryShown, people: Mapping[str, JurorSeen]) -> set[str]:
    """The jurors whom the form of the panels has ticked: as it was sent, as the panels are, or everybody while there are none."""
    if "jurors" in visit.form:
        return set(visit.form.all("jurors"))
    seated = {person for entry in shown.entries for person in entry.panel}
    return seated or {one.person for one in people.values() if not one.replaced}


async def _awards(visit: Visit, edition: str, state: docket.State) -> list[dict[str, Any]]:
    """The winners of a result that stands, each with its decree and what of it is proposed for the national award."""
    if not isinstance(state, docket.Announced) or state.docket.published is None:
        return []
    standing = [winner for winner in state.docket.published.winners if winner.entry in state.docket.entries]
    dossiers = await gather(*(show_dossier(winner.entry, visit.parts, visit.me) for winner in standing))
    awards = await gather(*(visit.parts.desk.state(NATIONAL_AWARD(dossier.institution)) for dossier in dossiers))
    rows = []
    for winner, dossier, (made, _) in zip(standing, dossiers, awards, strict=True):
        names = {one.innovation: str(one.record["name"]) for one in dossier.innovations}
        proposed = [p.name for p in made.made if p.edition == edition and p.innovation in names]
        conferred = state.docket.awards.get(winner.entry)
        rows.append({"winner": winner, "conferred": conferred, "innovations": names, "proposed": proposed})
    return rows


@pages.post("/e/{edition}/decisions/{category}/{step}")
async def take_step(visit: Member, edition: EditionId, category: CategoryId, step: str) -> Response:
    """What the committee does with a category: each button of its page names one step."""
    visit.me.must_hold(edition, "committee")
    try:
        told = await _step(visit, edition, category, step)
    except Refused as refused:
        return await _category(visit, edition, category, refused)
    return await visit.go(f"/judging/e/{edition}/decisions/{category}", told)


async def _step(visit: Visit, edition: str, category: str, step: str) -> str:
    form, asked = visit.form, visit.asked()
    match step:
        case "panels":
            await assign_panels(edition, category, asked, PanelsBody(jurors=form.all("jurors")))
            return visit._("The panels are set.")
        case "opening":
            await open_judging(edition, category, asked)
            return visit._("Judging is open; the jurors find their entries on their page.")
        case "confirmation":
            await confirm_decision(edition, category, asked)
            return visit._("The decision is confirmed. Look at the preview, then announce it.")
        case "reopening":
            await reopen_decision(edition, category, form.read(ReasonBody), asked)
            return visit._("The decision is open again; the chair decides the winners anew.")
        case "announcement":
            await announce(edition, category, asked)
            return visit._("The result is public.")
        case "disclosure":
            body = form.read(DisclosureBody, to=await person_with(visit, form["email"]))
            await propose_disclosure(edition, category, body, asked)
            return visit._("The chair is asked to open the scores to that person.")
    raise Unknown("a category has no such step", "kategori tidak memiliki langkah itu")


@pages.post("/e/{edition}/decisions/{category}/objections/{objection}")
async def rule(visit: Member, edition: EditionId, category: CategoryId, objection: ObjectionId) -> Response:
    visit.me.must_hold(edition, "committee")
    upheld = visit.form["do"] == "uphold"
    try:
        body = visit.form.read(RulingBody, upheld=upheld)
        await rule_on_objection(edition, category, objection, body, visit.asked())
    except Refused as refused:
        return await _category(visit, edition, category, refused)
    told = visit._("Upheld: the decision is open again.") if upheld else visit._("Rejected: the result stands.")
    return await visit.go(f"/judging/e/{edition}/decisions/{category}", told)


@pages.post("/e/{edition}/decisions/{category}/entries/{entry}/award")
async def put_award_on_record(visit: Member, edition: EditionId, category: CategoryId, entry: EntryId) -> Response:
    visit.me.must_hold(edition, "committee")
    try:
        _at_home(entry, edition, category)
        await confer_award(entry, visit.form.read(AwardBody), visit.asked())
    except Refused as refused:
        return await _category(visit, edition, category, refused)
    told = visit._("The award is on record, with its decree.")
    return await visit.go(f"/judging/e/{edition}/decisions/{category}", told)


@pages.post("/e/{edition}/decisions/{category}/entries/{entry}/national-award")
async def propose_to_the_nation(visit: Member, edition: EditionId, category: CategoryId, entry: EntryId) -> Response:
    visit.me.must_hold(edition, "committee")
    try:
        _at_home(entry, edition, category)
        await propose_for_national_award(entry, visit.form.read(NationalBody), visit.asked())
    except Refused as refused:
        return await _category(visit, edition, category, refused)
    return await visit.go(f"/judging/e/{edition}/decisions/{category}", visit._("It is proposed for the national award."))


def _at_home(entry: str, edition: str, category: str) -> None:
    if home_of(entry) != (edition, category):
        raise Unknown("choose a winner of this category", "pilih pemenang kategori ini")
