"""What the committee looks at: the shortlist of each category."""

from typing import Any

import msgspec
from sqlalchemy import JSON, Column, bindparam, delete, insert, update
from sqlmodel import Field, SQLModel

from services.screening.projections import id_of
from shared.database import table
from shared.eventlog import Recorded
from shared.events.registration import InstitutionEnrolled, RulebookAmended, RulebookPublished
from shared.events.screening import Nominated, NominationRevoked, ShortlistConfirmed
from shared.rulebook import Rulebook
from shared.runner import Projection
from shared.runner.projection import Changes


class CategoryRow(SQLModel, table=True):
    __tablename__ = "screening_categories_v2"

    edition: str = Field(primary_key=True)
    category: str = Field(primary_key=True)
    rules: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """The category as the rulebook has it."""
    confirmed: bool
    despite: str
    """Why it was confirmed although a disqualification might still fall."""


class InstitutionRow(SQLModel, table=True):
    __tablename__ = "screening_institutions_v2"

    edition: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    kind: str
    name: str


class NominationRow(SQLModel, table=True):
    __tablename__ = "screening_nominations_v2"

    entry: str = Field(primary_key=True)
    edition: str = Field(index=True)
    category: str
    entrant: str
    position: int
    nominated: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """The event's data."""
    revoked: str
    """Why it was revoked; empty: it stands."""


SHORTLISTS = Projection("screening_shortlists", 2, CategoryRow, InstitutionRow, NominationRow)

_categories, _institutions, _nominations = table(CategoryRow), table(InstitutionRow), table(NominationRow)

CATEGORY = insert(_categories)
CATEGORIES_GONE = delete(_categories).where(_categories.c.edition == bindparam("in_edition"))
CONFIRMED = (
    update(_categories)
    .where(_categories.c.edition == bindparam("in_edition"), _categories.c.category == bindparam("of"))
    .values(confirmed=True, despite=bindparam("why"))
)
ENROLLED = insert(_institutions)
NOMINATED = insert(_nominations)
NOMINATION_GONE = delete(_nominations).where(_nominations.c.entry == bindparam("of"))
REVOKED = update(_nominations).where(_nominations.c.entry == bindparam("of")).values(revoked=bindparam("why"))


@SHORTLISTS.on(RulebookPublished)
def _published(recorded: Recorded, event: RulebookPublished) -> Changes:
    yield from _categories_of(event.rulebook)


def _categories_of(rulebook: Rulebook) -> Changes:
    for category in rulebook.categories:
        yield (
            CATEGORY,
            {
                "edition": rulebook.edition,
                "category": category.id,
                "rules": msgspec.to_builtins(category),
                "confirmed": False,
                "despite": "",
            },
        )


@SHORTLISTS.on(RulebookAmended)
def _amended(recorded: Recorded, event: RulebookAmended) -> Changes:
    """Before any shortlist is begun."""
    yield CATEGORIES_GONE, {"in_edition": event.rulebook.edition}
    yield from _categories_of(event.rulebook)


@SHORTLISTS.on(InstitutionEnrolled)
def _enrolled(recorded: Recorded, event: InstitutionEnrolled) -> Changes:
    edition = id_of(recorded).removesuffix(f".{event.institution}")
    yield ENROLLED, {"edition": edition, "institution": event.institution, "kind": event.kind, "name": event.name}


@SHORTLISTS.on(Nominated)
def _nominated(recorded: Recorded, event: Nominated) -> Changes:
    yield NOMINATION_GONE, {"of": event.entry}
    yield (
        NOMINATED,
        {
            "entry": event.entry,
            "edition": id_of(recorded).removesuffix(f".{event.category}"),
            "category": event.category,
            "entrant": event.entrant,
            "position": recorded.position,
            "nominated": msgspec.to_builtins(event),
            "revoked": "",
        },
    )


@SHORTLISTS.on(NominationRevoked)
def _revoked(recorded: Recorded, event: NominationRevoked) -> Changes:
    yield REVOKED, {"of": event.entry, "why": event.reason}


@SHORTLISTS.on(ShortlistConfirmed)
def _confirmed(recorded: Recorded, event: ShortlistConfirmed) -> Changes:
    edition = id_of(recorded).removesuffix(f".{event.category}")
    yield CONFIRMED, {"in_edition": edition, "of": event.category, "why": event.despite}
