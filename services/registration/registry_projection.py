"""The register of institutions as they are called now, whatever they are called in an edition."""

from sqlalchemy import bindparam, insert, update
from sqlmodel import Field, SQLModel

from services.registration.rows import id_of
from shared.database import table
from shared.eventlog import Recorded
from shared.events.registration import InstitutionMerged, InstitutionRegistered, InstitutionRenamed
from shared.runner import Changes, Projection


class InstitutionRow(SQLModel, table=True):
    __tablename__ = "registration_register_v1"

    institution: str = Field(primary_key=True)
    kind: str
    name: str
    abbreviation: str
    first_name: str
    """As first registered."""
    merged_into: str
    """Empty: it goes on."""


REGISTER = Projection("registration_register", 1, InstitutionRow)

_register = table(InstitutionRow)
_this = update(_register).where(_register.c.institution == bindparam("of"))
_ADD = insert(_register)
_RENAME = _this.values(name=bindparam("new_name"), abbreviation=bindparam("new_abbreviation"))
_MERGE = _this.values(merged_into=bindparam("into"))


@REGISTER.on(InstitutionRegistered)
def _registered(recorded: Recorded, event: InstitutionRegistered) -> Changes:
    row = {"institution": event.code, "kind": event.kind, "name": event.name, "abbreviation": event.abbreviation}
    yield _ADD, {**row, "first_name": event.name, "merged_into": ""}


@REGISTER.on(InstitutionRenamed)
def _renamed(recorded: Recorded, event: InstitutionRenamed) -> Changes:
    yield _RENAME, {"of": id_of(recorded), "new_name": event.name, "new_abbreviation": event.abbreviation}


@REGISTER.on(InstitutionMerged)
def _merged(recorded: Recorded, event: InstitutionMerged) -> Changes:
    yield _MERGE, {"of": id_of(recorded), "into": event.into}
