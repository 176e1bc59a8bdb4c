"""Importing institutions, innovations and PICs from CSV or XLSX: templates, a dry run that lists every fault, and the import."""

import asyncio
import hashlib
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from services.registration.bodies import EditionId
from services.registration.exporting import MEDIA_TYPES, Form, written
from services.registration.importing import IMPORT, AcceptImport, ImportKind
from services.registration.importing_columns import KINDS, read
from services.registration.importing_rows import IMPORTERS, Clerk, Entry
from services.registration.importing_tables import LARGEST, RowFault
from shared.deciding import Act
from shared.refusals import Refused
from shared.web.asking import Asked, Asking, public
from shared.web.guard import takes
from shared.web.problems import problem

AT_ONCE = 16
"""Rows that are recorded at the same time."""
TOLD = 1_000
"""Faults that an answer lists at most."""

router = APIRouter(tags=["import and export"])


class FaultShown(BaseModel):
    """`row` as a spreadsheet counts, the header being row 1; `column` may be empty."""

    row: int
    column: str
    en: str
    id: str


class Imported(BaseModel):
    """`rows` were read; what stands against some of them is in `faults`. `sha256` is the file's."""

    kind: ImportKind
    dry_run: bool
    sha256: str
    rows: int
    faults: list[FaultShown]
    position: int


@router.get("/editions/{edition}/imports/{kind}/template.{form}", dependencies=[Depends(public)], response_class=Response)
async def template(edition: EditionId, kind: ImportKind, form: Form) -> Response:
    """An empty file with the right columns."""
    content = await asyncio.to_thread(written, form, KINDS[kind].columns, [])
    headers = {"Content-Disposition": f'attachment; filename="{kind}.{form}"', "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)


@router.post(
    "/editions/{edition}/imports/{kind}",
    response_model=Imported,
    openapi_extra=takes(*MEDIA_TYPES.values(), "application/octet-stream", at_most=LARGEST),
)
async def import_file(
    edition: EditionId,
    kind: ImportKind,
    request: Request,
    asked: Asked,
    dry_run: Annotated[bool, Query(description="Record nothing; list every fault by row and column")] = False,
) -> Response:
    """Take in a CSV or XLSX file, each row in an append of its own. A file with faults is refused as a whole (422), all listed.

    The same file again goes on where it stopped, and repeats nothing. Institutions: committee. Innovations and PICs: operator
    or head of the institutions in the file, committee.
    """
    if kind == "institutions":
        asked.principal.must_hold(edition, "committee")
    else:
        asked.principal.must_hold(edition, *IMPORTERS)
    content = await request.body()
    sha256 = hashlib.sha256(content).hexdigest()
    wanted, faults = await asyncio.to_thread(read, kind, content)
    clerk = Clerk(asked.parts.desk, asked.principal, edition, kind, asked.parts.event_log.now())
    entries = await clerk.entries(wanted)
    faults += clerk.faults
    told = {"kind": kind, "dry_run": dry_run, "sha256": sha256, "rows": len(wanted)}
    if faults and not dry_run:
        en = f"the file has {len(faults)} faults; mend what `faults` lists and send it again. Nothing of it was recorded"
        id = f"berkas memuat {len(faults)} kesalahan; perbaiki yang tercantum di `faults` lalu kirim lagi. Belum ada yang dicatat"
        return problem("invalid", en, id, faults=[f.model_dump() for f in _shown(faults)])
    position = asked.parts.event_log.seen
    if not dry_run:
        position, refused = await _record(asked, edition, AcceptImport(kind, sha256, len(wanted)), entries)
        faults += refused
    answer = Imported(**told, faults=_shown(faults), position=position)
    return JSONResponse(answer.model_dump(), headers={"Makmal-Position": str(position)})


async def _record(asked: Asking, edition: str, accept: AcceptImport, entries: list[Entry]) -> tuple[int, list[RowFault]]:
    """The last position, and the rows that were refused after all, because something changed since they were looked at."""
    file = IMPORT(f"{edition}.{accept.kind}.{accept.sha256[:32]}")
    position = (await asked.carry_out(Act(file, accept), edition=edition)).position
    desk, actor = asked.parts.desk, asked.principal.id

    async def one(entry: Entry) -> int | RowFault:
        try:
            outcome = await desk.carry_out(*entry.acts, actor=actor, edition=edition, request=entry.key, body=entry.key)
        except Refused as refused:
            return RowFault(entry.number, entry.column, refused.en, refused.id)
        return outcome.position

    refused: list[RowFault] = []
    for start in range(0, len(entries), AT_ONCE):
        results = await asyncio.gather(*map(one, entries[start : start + AT_ONCE]), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result  # such as a broker that is away: the same request again goes on from here
            if isinstance(result, RowFault):
                refused.append(result)
            else:
                position = max(position, result)
        asked.parts.runner.wake()
    return position, refused


def _shown(faults: Iterable[RowFault]) -> list[FaultShown]:
    return [FaultShown(row=f.row, column=f.column, en=f.en, id=f.id) for f in sorted(faults)[:TOLD]]
