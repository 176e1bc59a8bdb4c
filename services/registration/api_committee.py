"""The JSON API of registration: what the committee decides beyond the ordinary course, each with its reason and decree."""

from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath

from services.registration.amendment import AmendRulebook, MergeCategories
from services.registration.api import rulebook_in, to_edition
from services.registration.bodies import Code, Done, EditionId, InstitutionCode
from services.registration.bodies_committee import (
    AmendmentBody,
    CancellationBody,
    ConclusionBody,
    InstitutionDone,
    LateBody,
    MergerBody,
    WaiverBody,
)
from services.registration.coming_late import shortlists_of
from services.registration.edition import EDITION, CancelEdition, ConcludeEdition
from services.registration.edition_state import published
from services.registration.enrolment import ENROLMENT, PermitLateSubmission, WaiveObligation
from shared.deciding import Act
from shared.web.asking import Asked

router = APIRouter(tags=["editions"])
CategoryId = Annotated[Code, InPath(examples=["digital"])]


@router.post("/editions/{edition}/cancellation")
async def cancel_edition(edition: EditionId, body: CancellationBody, asked: Asked) -> Done:
    """End the edition before its time. Its record stays; nothing is done in it any more. Committee."""
    asked.principal.must_hold(edition, "committee")
    outcome = await to_edition(asked, edition, CancelEdition(body.reason, body.effective, body.by()))
    return Done(edition=edition, position=outcome.position)


@router.post("/editions/{edition}/conclusion")
async def conclude_edition(edition: EditionId, body: ConclusionBody, asked: Asked) -> Done:
    """Say that the edition is over and its record complete. Committee."""
    asked.principal.must_hold(edition, "committee")
    outcome = await to_edition(asked, edition, ConcludeEdition(body.effective, body.by()))
    return Done(edition=edition, position=outcome.position)


@router.post("/editions/{edition}/rulebook/amendment")
async def amend_rulebook(edition: EditionId, body: AmendmentBody, asked: Asked) -> Done:
    """Change categories, rubrics or the rules of screening and judging, while registration is open. Committee."""
    asked.principal.must_hold(edition, "committee")
    rulebook = rulebook_in(body.rulebook)
    outcome = await to_edition(asked, edition, lambda at: AmendRulebook(rulebook, body.reason, at, body.by()))
    return Done(edition=edition, position=outcome.position)


@router.post("/editions/{edition}/categories/{category}/merger")
async def merge_categories(edition: EditionId, category: CategoryId, body: MergerBody, asked: Asked) -> Done:
    """Let those who would compete in this category compete in another, while registration is open. Committee."""
    asked.principal.must_hold(edition, "committee")
    outcome = await to_edition(asked, edition, lambda at: MergeCategories(category, body.into, body.reason, at, body.by()))
    return Done(edition=edition, position=outcome.position)


@router.post("/editions/{edition}/institutions/{institution}/late-permission")
async def permit_late_submission(
    edition: EditionId, institution: InstitutionCode, body: LateBody, asked: Asked
) -> InstitutionDone:
    """Let one institution enter and revise until a time after the deadline, or until nominations begin. Committee, not of that
    institution."""
    asked.principal.must_hold(edition, "committee")
    asked.principal.must_not_concern(edition, institution)
    rulebook = published((await asked.parts.desk.state(EDITION(edition)))[0])
    outcome = await asked.carry_out(
        Act(
            ENROLMENT(f"{edition}.{institution}"),
            lambda at: PermitLateSubmission(body.until, body.reason, at, body.by()),
            EDITION(edition),
            *shortlists_of(rulebook),
        ),
        edition=edition,
    )
    return InstitutionDone(edition=edition, institution=institution, position=outcome.position)


@router.post("/editions/{edition}/institutions/{institution}/waiver")
async def waive_obligation(edition: EditionId, institution: InstitutionCode, body: WaiverBody, asked: Asked) -> InstitutionDone:
    """Release one institution from what it owes. Committee, not of that institution."""
    asked.principal.must_hold(edition, "committee")
    asked.principal.must_not_concern(edition, institution)
    outcome = await asked.carry_out(
        Act(ENROLMENT(f"{edition}.{institution}"), WaiveObligation(body.reason, body.by()), EDITION(edition)), edition=edition
    )
    return InstitutionDone(edition=edition, institution=institution, position=outcome.position)
