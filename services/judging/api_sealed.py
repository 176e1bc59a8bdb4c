"""JSON endpoints around the seal: who is shown single scores before the announcement, and the sheets of an entry."""

from decimal import Decimal

from fastapi import APIRouter, Depends

from services.judging import apart, listings
from services.judging.answers import OpenedSheet, ScoreShown
from services.judging.bodies import ApprovalBody, CategoryId, DisclosureBody, EditionId, EntryId
from services.judging.category import CATEGORY
from services.judging.disclosure import Disclose, ProposeDisclosure, may_see
from services.judging.docket import listed
from services.judging.naming import category_id, home_of
from services.judging.outcomes import DisclosureDone
from shared.deciding import Act
from shared.refusals import Forbidden
from shared.web.asking import Asked, PartsHere, SignedIn, reached

router = APIRouter(tags=["seal"])


@router.post("/editions/{edition}/categories/{category}/disclosures", status_code=201)
async def propose_disclosure(edition: EditionId, category: CategoryId, body: DisclosureBody, asked: Asked) -> DisclosureDone:
    """Ask that a person see sealed scores, with the reason. Committee; the chair decides on it."""
    asked.principal.must_hold(edition, "committee")
    await apart.from_category(asked.parts, asked.principal, edition, category)
    command = ProposeDisclosure(body.entry, body.to, body.reason, asked.principal.id)
    await asked.carry_out(Act(CATEGORY(category_id(edition, category)), command), edition=edition)
    return DisclosureDone(edition=edition, category=category, entry=body.entry or None, to=body.to)


@router.post("/editions/{edition}/categories/{category}/disclosures/approval", status_code=201)
async def disclose(edition: EditionId, category: CategoryId, body: ApprovalBody, asked: Asked) -> DisclosureDone:
    """Open the sealed scores to the person for whom it was asked. Chair, who is neither that person nor the one who asked."""
    asked.principal.must_hold(edition, "chair")
    await apart.from_category(asked.parts, asked.principal, edition, category)
    command = Disclose(body.entry, body.to, asked.principal.id)
    await asked.carry_out(Act(CATEGORY(category_id(edition, category)), command), edition=edition)
    return DisclosureDone(edition=edition, category=category, entry=body.entry or None, to=body.to)


@router.get("/entries/{entry}/scoresheets", dependencies=[Depends(reached)])
async def list_scoresheets(entry: EntryId, parts: PartsHere, principal: SignedIn) -> list[OpenedSheet]:
    """All sheets of an entry. Committee, chair, auditor: once its category's results are announced; before that whoever the
    scores were disclosed to."""
    edition, category = home_of(entry)
    docket = listed((await parts.desk.state(CATEGORY(category_id(edition, category))))[0])
    if not may_see(docket, entry, principal.person):
        principal.must_hold(edition, "committee", "chair", "auditor")
        if docket.published is None:
            raise Forbidden(
                "scores are sealed until the results of the category are announced, or the chair discloses them to you",
                "nilai disegel sampai hasil kategori ini diumumkan, atau ketua membukanya untuk Anda",
            )
    sheets = await parts.database.read(listings.sheets(entry))
    standing = {(s.person, s.criterion): s for s in await parts.database.read(listings.scores(entry))}
    return [
        OpenedSheet(
            juror=sheet.person,
            state=sheet.state,
            submitted=sheet.state == "submitted",
            note=sheet.note or None,
            recorded_by=sheet.recorded_by or None,
            scores=[
                ScoreShown(criterion=criterion, score=Decimal(score.score), comment=score.comment)
                for (person, criterion), score in standing.items()
                if person == sheet.person
            ],
        )
        for sheet in sheets
    ]
