"""Drafts of innovations: working state of whoever writes them, incomplete as they may be, and what each still lacks.

A draft is no fact of the competition, so the log knows nothing of it; its ID becomes the innovation's when it is submitted.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, or_, select, update
from sqlmodel import Field, SQLModel

from services.registration.innovation_record import long_enough, tried_before_applied
from shared.database import table
from shared.events.registration import InnovationRecord
from shared.rulebook import Rulebook


class DraftRow(SQLModel, table=True):
    __tablename__ = "registration_drafts"

    draft: str = Field(primary_key=True)
    edition: str = Field(index=True)
    institution: str
    owner: str
    """The actor who began it."""
    begun_with: str
    """Digest of the request's body."""
    version: int
    content: str
    """JSON: what the form has so far."""
    created: str
    changed: str
    submitted: bool


_drafts = table(DraftRow)
_ADD = insert(_drafts)


def of(draft: str, edition: str) -> Callable[[Connection], dict[str, Any] | None]:
    query = select(_drafts).where(_drafts.c.draft == draft, _drafts.c.edition == edition)

    def read(connection: Connection) -> dict[str, Any] | None:
        found = connection.execute(query).mappings().first()
        return dict(**found) if found else None

    return read


def begin(row: Mapping[str, Any]) -> Callable[[Connection], Mapping[str, Any]]:
    """Add it, unless it is there already; what is there then."""

    def write(connection: Connection) -> Mapping[str, Any]:
        if there := of(row["draft"], row["edition"])(connection):
            return there
        connection.execute(_ADD, dict(row))
        return row

    return write


def change(draft: str, version: int | None, values: Mapping[str, Any]) -> Callable[[Connection], bool]:
    """Whether it was changed: it still has that version and is not submitted."""
    query = update(_drafts).where(_drafts.c.draft == draft, _drafts.c.submitted.is_(False))
    if version is not None:
        query = query.where(_drafts.c.version == version)
    changed = query.values(**values, version=_drafts.c.version + 1)
    return lambda connection: connection.execute(changed).rowcount == 1


def mark_submitted(draft: str) -> Callable[[Connection], None]:
    def write(connection: Connection) -> None:
        connection.execute(update(_drafts).where(_drafts.c.draft == draft).values(submitted=True))

    return write


def drop(draft: str, version: int | None) -> Callable[[Connection], bool]:
    query = delete(_drafts).where(_drafts.c.draft == draft)
    if version is not None:
        query = query.where(_drafts.c.version == version)
    return lambda connection: connection.execute(query).rowcount == 1


def listed(
    edition: str, institutions: Sequence[str] | None, owner: str, after: str, rows: int
) -> Callable[[Connection], Sequence[dict[str, Any]]]:
    """By ID: those of these institutions (None: all), and one's own."""
    query = select(_drafts).where(_drafts.c.edition == edition, _drafts.c.draft > after)
    if institutions is not None:
        query = query.where(or_(_drafts.c.institution.in_(institutions), _drafts.c.owner == owner))
    query = query.order_by(_drafts.c.draft).limit(rows)
    return lambda connection: [dict(**row) for row in connection.execute(query).mappings()]


def outstanding(edition: str) -> Callable[[Connection], Sequence[Any]]:
    """(institution, n): how many drafts of each are not submitted."""
    query = (
        select(_drafts.c.institution, func.count().label("n"))
        .where(_drafts.c.edition == edition, _drafts.c.submitted.is_(False))
        .group_by(_drafts.c.institution)
        .order_by(_drafts.c.institution)
    )
    return lambda connection: connection.execute(query).all()


FIELDS = {
    "name": ("the name", "nama inovasi"),
    "stage": ("the stage", "tahapan"),
    "initiator": ("the initiator", "inisiator"),
    "type": ("the type: digital or not", "jenis: digital atau non digital"),
    "form": ("the form", "bentuk"),
    "theme": ("the theme", "tematik"),
    "main_affair": ("the main affair of government", "urusan pemerintahan utama"),
    "trial_date": ("the date of the trial", "waktu uji coba"),
    "implementation_date": ("the date of implementation", "waktu penerapan"),
    "design": ("the design", "rancang bangun"),
    "purpose": ("the purpose", "tujuan"),
    "benefit": ("the benefit", "manfaat"),
    "result": ("the result", "hasil"),
}
"""Fields that a complete record has, as people call them."""

_BLANK = InnovationRecord(
    name="",
    main_affair="",
    design="",
    purpose="",
    benefit="",
    result="",
    stage="inisiatif",
    initiator="ASN",
    type="digital",
    form="pelayanan publik",
    theme="non tematik",
    trial_date=date.min,
    implementation_date=date.min,
)


def missing(record: Mapping[str, Any], rulebook: Rulebook) -> Iterator[tuple[str, str, str]]:
    """(field, what is missing or wrong and right in English, in Indonesian) of a record that has some fields so far."""
    there = {field: value for field, value in record.items() if value is not None and str(value).strip()}
    for field, (en, id) in FIELDS.items():
        if field not in there:
            yield field, f"{en} is still to be filled in", f"{id} masih perlu diisi"
    so_far = msgspec.structs.replace(_BLANK, **there)
    if "design" in there and (fault := long_enough(so_far, rulebook)):
        yield "design", *fault
    if {"trial_date", "implementation_date"} <= there.keys() and (fault := tried_before_applied(so_far, rulebook)):
        yield "implementation_date", *fault
