"""What is shown of identity: who held which role from when to when, by which decree. Tokens do not follow from it; they are
issued from the log itself."""

import json
from collections.abc import Iterator
from datetime import UTC, date
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlmodel import Field, SQLModel

from shared.database import table
from shared.eventlog import Recorded
from shared.events.identity import ClientRegistered, ClientRevoked, PersonErased, RoleGranted, RoleRevoked
from shared.runner import Projection
from shared.runner.projection import Change, Changes


class MandateRow(SQLModel, table=True):
    """A role as it was held for some time. A later grant of the same role ends it and begins another."""

    __tablename__ = "identity_mandates_v1"

    position: int = Field(primary_key=True)
    """Of the event that granted it."""
    holder: str = Field(index=True)
    """`person/<id>` or `client/<id>`."""
    role: str
    edition: str = Field(index=True)
    """Empty for `administrator`."""
    institutions: str
    """Their codes, a JSON array."""
    decree: str
    decree_date: date | None
    employer: str
    since: str
    """ISO 8601, UTC, to the microsecond, so that texts compare as times do."""
    granted_by: str
    until: str | None = None
    ended_by: str = ""
    ended_position: int | None = None
    reason: str = ""


mandates = Projection("identity_mandates", 1, MandateRow)

_mandates = table(MandateRow)
ADD = insert(_mandates)
END_ALL = (
    update(_mandates)
    .where(_mandates.c.until.is_(None), _mandates.c.holder == bindparam("of_holder"))
    .values({name: bindparam(f"new_{name}") for name in ("until", "ended_by", "ended_position", "reason")})
)
END = END_ALL.where(_mandates.c.role == bindparam("of_role"), _mandates.c.edition == bindparam("of_edition"))


def time_of(recorded: Recorded) -> str:
    return recorded.envelope.time.astimezone(UTC).isoformat(timespec="microseconds")


def _begun(recorded: Recorded, holder: str, role: str, edition: str, **more: Any) -> Change:
    row = {"decree": "", "decree_date": None, "employer": "", **more, "institutions": json.dumps(more["institutions"])}
    return ADD, {
        "position": recorded.position,
        "holder": holder,
        "role": role,
        "edition": edition,
        "since": time_of(recorded),
        "granted_by": recorded.envelope.actor,
        "until": None,
        "ended_by": "",
        "ended_position": None,
        "reason": "",
        **row,
    }


def _ended_all(recorded: Recorded, holder: str, reason: str) -> Iterator[Change]:
    yield (
        END_ALL,
        {
            "of_holder": holder,
            "new_until": time_of(recorded),
            "new_ended_by": recorded.envelope.actor,
            "new_ended_position": recorded.position,
            "new_reason": reason,
        },
    )


def _ended(recorded: Recorded, holder: str, role: str, edition: str, reason: str) -> Iterator[Change]:
    yield (
        END,
        {
            "of_holder": holder,
            "of_role": role,
            "of_edition": edition,
            "new_until": time_of(recorded),
            "new_ended_by": recorded.envelope.actor,
            "new_ended_position": recorded.position,
            "new_reason": reason,
        },
    )


@mandates.on(RoleGranted)
def granted(recorded: Recorded, event: RoleGranted) -> Changes:
    holder = f"person/{event.person}"
    yield from _ended(recorded, holder, event.role, event.edition, "")
    yield _begun(
        recorded,
        holder,
        event.role,
        event.edition,
        institutions=event.institutions,
        decree=event.decree,
        decree_date=event.decree_date,
        employer=event.employer,
    )


@mandates.on(RoleRevoked)
def revoked(recorded: Recorded, event: RoleRevoked) -> Changes:
    return _ended(recorded, f"person/{event.person}", event.role, event.edition, event.reason)


@mandates.on(ClientRegistered)
def registered(recorded: Recorded, event: ClientRegistered) -> Changes:
    yield _begun(recorded, f"client/{event.client}", "service", event.edition, institutions=event.institutions)


@mandates.on(ClientRevoked)
def client_revoked(recorded: Recorded, event: ClientRevoked) -> Changes:
    return _ended_all(recorded, f"client/{event.client}", event.reason)


@mandates.on(PersonErased)
def erased(recorded: Recorded, event: PersonErased) -> Changes:
    return _ended_all(recorded, f"person/{event.person}", "")


PROJECTIONS = (mandates,)
