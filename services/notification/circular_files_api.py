"""JSON endpoints: the signed document of a circular, handed in by its digest before the circular is issued, and out again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi import Path as InPath
from fastapi.responses import FileResponse

from services.notification.circular_bodies import FileTaken
from services.notification.circular_files import files_of
from services.notification.circulars_api import circular_for
from shared.refusals import Unknown
from shared.stored_files import SUFFIXES
from shared.web.asking import PartsHere, SignedIn, reached
from shared.web.stored_files import DIGEST, UPLOAD, hand_in, hand_out

router = APIRouter(tags=["circulars"])

InAddress = Annotated[str, InPath(pattern=DIGEST, description="SHA-256 of the file, in hex")]


@router.put(
    "/editions/{edition}/circular-files/{sha256}",
    response_model=FileTaken,
    openapi_extra=UPLOAD,
    responses={413: {"description": "Too large"}, 415: {"description": "Neither PDF, PNG, JPEG nor MP4"}},
)
async def upload_circular(edition: str, sha256: InAddress, request: Request, parts: PartsHere, principal: SignedIn) -> Response:
    """Upload the signed document (at most 10 MiB) under its SHA-256, to issue a circular with it then. The same again changes
    nothing. Committee."""
    principal.must_hold(edition, "committee")
    stored = await hand_in(request, files_of(parts), sha256)
    if isinstance(stored, Response):
        return stored
    taken = FileTaken(sha256=stored.sha256, media_type=stored.media_type, size=stored.size)
    return Response(taken.model_dump_json(), media_type="application/json")


@router.get(
    "/circulars/{id}/file",
    dependencies=[Depends(reached)],
    response_class=FileResponse,
    responses={200: {"content": {kind: {} for kind in SUFFIXES}}, 304: {"description": "Not changed"}},
)
async def fetch_circular(id: str, request: Request, parts: PartsHere, principal: SignedIn) -> Response:
    """Its signed document, for those who may read the circular. Always a download, never a page."""
    row, _ = await circular_for(request, principal, id)
    files = files_of(parts)
    stored = await files.find(row["file"]) if row["file"] else None
    if stored is None:
        raise Unknown(
            "this circular has no signed document here; what it says stands in its text",
            "surat edaran ini tidak memiliki dokumen di sini; isinya ada pada teksnya",
        )
    return hand_out(request, files, stored.sha256, stored.media_type)
