"""JSON endpoints of objections to announced results: filed by the institution, ruled on by the committee."""

from fastapi import APIRouter, Depends

from services.judging import apart, listings
from services.judging.bodies import CategoryId, EditionId, Empty, EntryId, ObjectionBody, ObjectionId, RulingBody
from services.judging.category import CATEGORY
from services.judging.docket import listed
from services.judging.naming import category_id, home_of
from services.judging.objections import ConfirmObjection, FileObjection, RuleOnObjection, nominated
from services.judging.outcomes import ObjectionDone, ObjectionShown
from shared.deciding import Act
from shared.facts import ACCOUNT
from shared.refusals import Refused
from shared.web.asking import Asked, Asking, PartsHere, SignedIn, reached

router = APIRouter(tags=["objections"])


@router.post("/entries/{entry}/objections", status_code=201)
async def file_objection(entry: EntryId, body: ObjectionBody, asked: Asked) -> ObjectionDone:
    """Object to the announced result of the entry's category, within the edition's period. Head or operator of its institution;
    what comes on paper the committee types on that person's behalf, and he confirms it."""
    edition, category = home_of(entry)
    judging, id, behalf = CATEGORY(category_id(edition, category)), asked.new_id(), body.on_behalf_of
    if behalf is None:
        asked.principal.must_hold(edition, "head", "operator")
    else:
        asked.principal.must_hold(edition, "committee")
    institution = nominated(listed((await asked.parts.desk.state(judging))[0]), entry).institution
    by, recorded_by, scan = asked.principal.id, "", ""
    if behalf is None:
        asked.principal.must_hold(edition, "head", "operator", institution=institution)
    else:
        asked.principal.must_not_concern(edition, institution)
        by, recorded_by, scan = f"person/{behalf.person}", asked.principal.id, behalf.scan_digest
        await _must_speak_for(asked, behalf.person, edition, institution)
    act = Act(judging, lambda at: FileObjection(id, entry, body.grounds, by, at, recorded_by, scan))
    await asked.carry_out(act, edition=edition)
    return ObjectionDone(edition=edition, category=category, objection=id)


async def _must_speak_for(asked: Asking, person: str, edition: str, institution: str) -> None:
    account, _ = await asked.parts.desk.state(ACCOUNT(person))
    granted = (account.holds(role, edition) for role in ("head", "operator"))
    if not any(grant and institution in grant.institutions for grant in granted):
        raise Refused(
            f"this person does not speak for {institution}; name its head or who enters for it",
            f"orang ini tidak mewakili {institution}; sebutkan kepala atau operatornya",
        )


@router.post("/editions/{edition}/categories/{category}/objections/{objection}/confirmation")
async def confirm_objection(
    edition: EditionId, category: CategoryId, objection: ObjectionId, asked: Asked, body: Empty | None = None
) -> ObjectionDone:
    """Confirm that an objection which was typed from paper is one's own."""
    asked.principal.must_hold(edition, "head", "operator")
    command = ConfirmObjection(objection, asked.principal.id)
    await asked.carry_out(Act(CATEGORY(category_id(edition, category)), command), edition=edition)
    return ObjectionDone(edition=edition, category=category, objection=objection)


@router.post("/editions/{edition}/categories/{category}/objections/{objection}/ruling")
async def rule_on_objection(
    edition: EditionId, category: CategoryId, objection: ObjectionId, body: RulingBody, asked: Asked
) -> ObjectionDone:
    """Uphold an objection, which reopens the decision, or reject it. Committee, nobody of an institution that competes."""
    asked.principal.must_hold(edition, "committee")
    await apart.from_category(asked.parts, asked.principal, edition, category)
    command = RuleOnObjection(objection, body.upheld, body.reason, asked.principal.id)
    await asked.carry_out(Act(CATEGORY(category_id(edition, category)), command), edition=edition)
    return ObjectionDone(edition=edition, category=category, objection=objection)


@router.get("/editions/{edition}/categories/{category}/objections", dependencies=[Depends(reached)])
async def list_objections(
    edition: EditionId, category: CategoryId, parts: PartsHere, principal: SignedIn
) -> list[ObjectionShown]:
    """Committee, chair and auditor see all; heads and operators those of their institutions."""
    principal.must_hold(edition, "committee", "chair", "auditor", "head", "operator")
    sees_all = any(principal.holds(role, edition) for role in ("committee", "chair", "auditor"))
    own = {i for g in principal.grants if g.edition == edition and g.role in ("head", "operator") for i in g.institutions}
    return [
        ObjectionShown(
            objection=row.objection,
            entry=row.entry,
            institution=row.institution,
            grounds=row.grounds,
            filed=row.filed,
            ruling=row.ruling or None,
            reason=row.reason or None,
        )
        for row in await parts.database.read(listings.objections(edition, category))
        if sees_all or row.institution in own
    ]
