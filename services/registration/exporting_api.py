"""Exporting the institutions, innovations and PICs of an edition: what can be imported again, into another edition as well."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import msgspec
from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection, select

from services.registration import listings
from services.registration.api_innovations import seen_by
from services.registration.bodies import EditionId
from services.registration.exporting import MEDIA_TYPES, Cell, Form, written
from services.registration.importing import ImportKind
from services.registration.importing_columns import KINDS, is_date, is_list, joined
from services.registration.innovation_projection import InnovationRow, PicRow
from services.registration.institution_projection import EnrolmentRow
from shared.database import table
from shared.refusals import Unknown
from shared.web.asking import PartsHere, SignedIn, reached

router = APIRouter(tags=["import and export"])

_enrolments, _innovations, _pics = table(EnrolmentRow), table(InnovationRow), table(PicRow)
Found = Sequence[dict[str, Any]]
"""Rows by column."""


@router.get(
    "/editions/{edition}/exports/{kind}.{form}",
    dependencies=[Depends(reached)],
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}}},
)
async def export(edition: EditionId, kind: ImportKind, form: Form, parts: PartsHere, principal: SignedIn) -> Response:
    """The institutions, the innovations that stand, or who answers for them (by their IDs), as far as the caller may see them."""
    seen = seen_by(principal, edition)
    if await parts.database.read(listings.edition(edition)) is None:
        raise Unknown(
            f"there is no edition {edition}; GET /v1/editions lists them",
            f"tidak ada gelaran {edition}; lihat daftarnya di GET /v1/editions",
        )
    rows = await parts.database.read(_QUERIES[kind](edition, seen))
    content = await asyncio.to_thread(_written, kind, form, rows)
    headers = {
        "Content-Disposition": f'attachment; filename="{edition}-{kind}.{form}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)


def _written(kind: ImportKind, form: Form, rows: Found) -> bytes:
    columns = KINDS[kind].columns
    return written(form, columns, ([_cell(column, row.get(column)) for column in columns] for row in rows))


def _cell(column: str, value: Any) -> Cell:
    if value is None:
        return ""
    if is_list(column):
        return joined(value)
    return date.fromisoformat(value) if is_date(column) and value else str(value)


def _institutions(edition: str, seen: listings.Institutions) -> Callable[[Connection], Found]:
    query = select(_enrolments, _enrolments.c.institution.label("code")).where(_enrolments.c.edition == edition)
    if seen is not None:
        query = query.where(_enrolments.c.institution.in_(seen))
    query = query.order_by(_enrolments.c.institution)
    return lambda connection: [dict(row._mapping) for row in connection.execute(query)]


def _submitted(edition: str, seen: listings.Institutions) -> Callable[[Connection], Found]:
    query = select(_innovations).where(_innovations.c.edition == edition, _innovations.c.withdrawn.is_(False))
    if seen is not None:
        query = query.where(_innovations.c.institution.in_(seen))
    query = query.order_by(_innovations.c.institution, _innovations.c.name)
    return lambda connection: [{**row._mapping, **msgspec.json.decode(row.record)} for row in connection.execute(query)]


def _answering(edition: str, seen: listings.Institutions) -> Callable[[Connection], Found]:
    query = (
        select(_innovations.c.institution, _innovations.c.name.label("innovation"), _pics.c.person)
        .join(_pics, _pics.c.innovation == _innovations.c.innovation)
        .where(_innovations.c.edition == edition, _innovations.c.withdrawn.is_(False))
    )
    if seen is not None:
        query = query.where(_innovations.c.institution.in_(seen))
    query = query.order_by(_innovations.c.institution, _innovations.c.name)
    return lambda connection: [dict(row._mapping) for row in connection.execute(query)]


_QUERIES = {"institutions": _institutions, "innovations": _submitted, "pics": _answering}
