"""Who holds the role of a screener: those whom the committee can assign."""

from sqlalchemy import Connection, bindparam, delete, insert, select
from sqlmodel import Field, SQLModel

from shared.database import table
from shared.eventlog import Recorded
from shared.events.identity import RoleGranted, RoleRevoked
from shared.runner import Projection
from shared.runner.projection import Changes

SCREENER = "screener"


class ScreenerRow(SQLModel, table=True):
    __tablename__ = "screening_screeners_v1"

    edition: str = Field(primary_key=True)
    person: str = Field(primary_key=True)


ROSTER = Projection("screening_roster", 1, ScreenerRow)

_screeners = table(ScreenerRow)
GONE = delete(_screeners).where(_screeners.c.edition == bindparam("of"), _screeners.c.person == bindparam("who"))
GRANTED = insert(_screeners)


@ROSTER.on(RoleGranted)
def _granted(recorded: Recorded, event: RoleGranted) -> Changes:
    if event.role == SCREENER:
        yield GONE, {"of": event.edition, "who": event.person}
        yield GRANTED, {"edition": event.edition, "person": event.person}


@ROSTER.on(RoleRevoked)
def _revoked(recorded: Recorded, event: RoleRevoked) -> Changes:
    if event.role == SCREENER:
        yield GONE, {"of": event.edition, "who": event.person}


def screeners(connection: Connection, edition: str) -> list[str]:
    """Persons, by ID. Whether they still hold the role, and for whom they act besides, their accounts say when it is decided."""
    return list(connection.scalars(select(_screeners.c.person).where(_screeners.c.edition == edition).order_by("person")))
