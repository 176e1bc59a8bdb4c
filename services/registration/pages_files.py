"""The documents behind an innovation's evidence, for those who read them on a page: the desk, the committee, the jurors."""

from uuid import UUID

from fastapi import Request, Response

from services.registration.bodies import EditionId
from services.registration.evidence_api import Sha256, fetch_evidence
from shared.facts import INNOVATION
from shared.refusals import Unknown
from shared.web.pages import Member, PageRouter

pages = PageRouter()


@pages.get("/e/{edition}/innovations/{innovation}/files/{sha256}")
async def read_file(request: Request, visit: Member, edition: EditionId, innovation: UUID, sha256: Sha256) -> Response:
    """As the API hands it out, and to the same people."""
    facts, _ = await visit.parts.desk.state(INNOVATION(str(innovation)))
    if facts.edition != edition:
        raise Unknown(f"{edition} has no such innovation", f"{edition} tidak memiliki inovasi tersebut")
    return await fetch_evidence(innovation, sha256, request, visit.parts, visit.me)
