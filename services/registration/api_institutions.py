"""The JSON API of registration: institutions as such, renamed and merged, beside what an edition calls them."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, StringConstraints
from sqlalchemy import Connection, select

from services.registration import listings
from services.registration.bodies import ByDecree, Code, EditionId, InstitutionCode, Line, Reason
from services.registration.bodies_committee import InstitutionDone
from services.registration.edition import EDITION
from services.registration.enrolment import ENROLMENT, CarryOver, Enrolled, TakeOver
from services.registration.institution import INSTITUTION, MergeInstitution, RenameInstitution
from services.registration.registry_projection import InstitutionRow
from shared.database import table
from shared.deciding import Act
from shared.web.asking import Asked, PartsHere, public, reached
from shared.web.paging import Limit, page

router = APIRouter(tags=["institutions"])


class RenamingBody(ByDecree):
    name: Annotated[Line, StringConstraints(min_length=1)]
    abbreviation: Line = ""
    reason: Reason


class MergingBody(ByDecree):
    into: Code
    reason: Reason


class MergingDone(InstitutionDone):
    into: str
    elsewhere: list[str]
    """Other editions that go on and in which it stands by itself as yet: the committee of each merges it there as well."""


class RegisteredShown(BaseModel):
    institution: str
    kind: str
    name: str
    """As it is called now."""
    abbreviation: str
    first_name: str
    merged_into: str
    """Its successor; empty: it goes on."""


@router.post("/editions/{edition}/institutions/{institution}/renaming")
async def rename_institution(
    edition: EditionId, institution: InstitutionCode, body: RenamingBody, asked: Asked
) -> InstitutionDone:
    """Call it otherwise from now on. Enrolments, of this edition as well, keep the name that they have. Committee, not of it."""
    asked.principal.must_hold(edition, "committee")
    asked.principal.must_not_concern(edition, institution)
    command = RenameInstitution(body.name, body.abbreviation, body.reason, body.by())
    outcome = await asked.carry_out(Act(INSTITUTION(institution), command), edition=edition)
    return InstitutionDone(edition=edition, institution=institution, position=outcome.position)


@router.post("/editions/{edition}/institutions/{institution}/merger")
async def merge_institution(edition: EditionId, institution: InstitutionCode, body: MergingBody, asked: Asked) -> MergingDone:
    """Merge it into its successor, which takes over in this edition what it owes, and answers for the innovations that it entered,
    with their PICs. The answer names the editions in which this is still to be done. Committee, of neither of the two."""
    asked.principal.must_hold(edition, "committee")
    for one in (institution, body.into):
        asked.principal.must_not_concern(edition, one)
    old, new = ENROLMENT(f"{edition}.{institution}"), ENROLMENT(f"{edition}.{body.into}")
    await asked.parts.runner.reached(await asked.parts.event_log.position())
    elsewhere = await asked.parts.database.read(listings.other_editions_of(institution, edition))
    outcome = await asked.carry_out(
        Act(new, TakeOver(institution), EDITION(edition), old),
        Act(old, CarryOver(body.into, elsewhere), EDITION(edition), new),
        Act(INSTITUTION(institution), MergeInstitution(body.into, body.reason, body.by()), INSTITUTION(body.into)),
        edition=edition,
    )
    state, _ = await asked.parts.desk.state(
        old
    )  # as it was carried over, once and for all: a repeated request is answered alike
    left = state.merged.elsewhere if isinstance(state, Enrolled) and state.merged else ()
    told = {"edition": edition, "institution": institution, "position": outcome.position}
    return MergingDone(**told, into=body.into, elsewhere=list(left))


@router.get("/institutions", dependencies=[Depends(public), Depends(reached)])
async def list_register(
    request: Request, response: Response, parts: PartsHere, after: str = "", limit: Limit = 100
) -> list[RegisteredShown]:
    """All institutions by code, as they are called now."""
    rows = await parts.database.read(_register(after, limit + 1))
    return [RegisteredShown(**row._mapping) for row in page(request, response, rows, limit, lambda row: row.institution)]


def _register(after: str, rows: int) -> Callable[[Connection], Sequence[Any]]:
    known = table(InstitutionRow)
    query = select(known).where(known.c.institution > after).order_by(known.c.institution).limit(rows)
    return lambda connection: connection.execute(query).all()
