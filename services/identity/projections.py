"""What is shown of identity: who holds which role. Tokens do not follow from it; they are issued from the log itself."""

import json
from datetime import UTC, date

from sqlalchemy import bindparam, delete, insert
from sqlmodel import Field, SQLModel

from shared.database import table
from shared.eventlog import Recorded
from shared.events.identity import RoleGranted, RoleRevoked
from shared.runner import Projection
from shared.runner.projection import Changes


class RoleRow(SQLModel, table=True):
    __tablename__ = "identity_roles_v1"

    person: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    edition: str = Field(primary_key=True)
    """Empty for `administrator`."""
    institutions: str
    """Their codes, a JSON array."""
    decree: str
    decree_date: date | None
    since: str
    """ISO 8601, UTC."""


roles = Projection("identity_roles", 1, RoleRow)

_held = table(RoleRow)
ADD = insert(_held)
REMOVE = delete(_held).where(
    _held.c.person == bindparam("of_person"), _held.c.role == bindparam("of_role"), _held.c.edition == bindparam("of_edition")
)


@roles.on(RoleGranted)
def granted(recorded: Recorded, event: RoleGranted) -> Changes:
    yield REMOVE, {"of_person": event.person, "of_role": event.role, "of_edition": event.edition}
    yield (
        ADD,
        {
            "person": event.person,
            "role": event.role,
            "edition": event.edition,
            "institutions": json.dumps(event.institutions),
            "decree": event.decree,
            "decree_date": event.decree_date,
            "since": recorded.envelope.time.astimezone(UTC).isoformat(),
        },
    )


@roles.on(RoleRevoked)
def revoked(recorded: Recorded, event: RoleRevoked) -> Changes:
    yield REMOVE, {"of_person": event.person, "of_role": event.role, "of_edition": event.edition}


PROJECTIONS = (roles,)
