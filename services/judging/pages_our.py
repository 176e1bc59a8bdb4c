"""An institution's own results: places, scores and comments as far as the edition tells them, and how to object."""

import asyncio

from fastapi import Response

from services.judging import docket, listings
from services.judging.api_objections import confirm_objection, file_objection
from services.judging.api_results import my_results
from services.judging.bodies import CategoryId, EditionId, ObjectionBody, ObjectionId
from services.judging.category import CATEGORY
from services.judging.naming import category_id, home_of
from shared.events.judging import ResultObjectionUpheld
from shared.refusals import Refused, Unknown
from shared.web.pages import Member, PageRouter, Visit

pages = PageRouter()


@pages.get("/e/{edition}/our/{institution}")
async def our_page(visit: Member, edition: EditionId, institution: str) -> Response:
    return await _ours(visit, edition, institution)


async def _ours(visit: Visit, edition: str, institution: str, refused: Refused | None = None) -> Response:
    visit.me.must_hold(edition, "head", "operator", institution=institution)
    rules, names = await visit.rules(), await visit.parts.database.read(listings.institution_names(edition))
    results = await my_results(edition, visit.parts, visit.me)
    homes = [CATEGORY(category_id(edition, category.id)) for category in rules.categories]
    loaded = await asyncio.gather(*(visit.parts.desk.state(home) for home in homes))
    states = {category.id: state for category, (state, _) in zip(rules.categories, loaded, strict=True)}
    judged = [state.docket for state in states.values() if not isinstance(state, docket.Unlocked)]
    objections: dict[str, list[tuple[str, docket.Objection]]] = {}
    for listed in judged:
        for id, objection in listed.objections.items():
            if objection.filed.institution == institution:
                objections.setdefault(objection.filed.entry, []).append((id, objection))
    return await visit.render(
        "our.html",
        status=409 if refused else 200,
        refused=refused,
        institution=institution,
        name=names.get(institution, institution),
        entries=[entry for entry in results.entries if entry.institution == institution],
        categories={category.id: category for category in rules.categories},
        rubrics={category.id: rules.rubric(category.rubric) for category in rules.categories},
        periods={
            id: state.docket.published.objections_until
            for id, state in states.items()
            if not isinstance(state, docket.Unlocked) and state.docket.published
        },
        waiting=[
            entry
            for state in states.values()
            if not isinstance(state, docket.Unlocked) and state.docket.published is None
            for entry in state.docket.entries.values()
            if entry.institution == institution
        ],
        objections=objections,
        upheld=[o.ruling for some in objections.values() for _, o in some if isinstance(o.ruling, ResultObjectionUpheld)],
        now=visit.parts.event_log.now(),
    )


@pages.post("/e/{edition}/our/{institution}/objections/{entry}")
async def object_to_result(visit: Member, edition: EditionId, institution: str, entry: str) -> Response:
    visit.me.must_hold(edition, "head", "operator", institution=institution)
    try:
        if home_of(entry)[0] != edition:
            raise Unknown("choose one of your entries", "pilih salah satu peserta Anda")
        await file_objection(entry, visit.form.read(ObjectionBody), visit.asked())
    except Refused as refused:
        return await _ours(visit, edition, institution, refused)
    told = visit._("Your objection is filed; the committee rules on it, and the ruling will stand here.")
    return await visit.go(f"/judging/e/{edition}/our/{institution}", told)


@pages.post("/e/{edition}/our/{institution}/confirmations/{category}/{objection}")
async def confirm_typed(
    visit: Member, edition: EditionId, institution: str, category: CategoryId, objection: ObjectionId
) -> Response:
    """What the committee typed from paper is confirmed as one's own."""
    visit.me.must_hold(edition, "head", "operator", institution=institution)
    try:
        await confirm_objection(edition, category, objection, visit.asked())
    except Refused as refused:
        return await _ours(visit, edition, institution, refused)
    return await visit.go(f"/judging/e/{edition}/our/{institution}", visit._("Your objection is confirmed."))
