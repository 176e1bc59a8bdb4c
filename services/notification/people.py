"""Who holds which role, who answers for which innovation, and which institutions take part: for choosing whom a letter goes to.

Opaque IDs only. `AUDIENCE` (audience.py) asks these questions; no rule does.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, literal, select, union
from sqlmodel import Field, SQLModel

from services.notification.rows import id_of
from shared.database import table
from shared.eventlog import Recorded
from shared.events.identity import RoleGranted, RoleRevoked
from shared.events.registration import InnovationWithdrawn, InstitutionEnrolled, PicAppointed, PicReplaced
from shared.runner import Projection
from shared.runner.projection import Changes

OFFICES = ("head", "operator")
"""Roles that answer for an institution."""


class HolderRow(SQLModel, table=True):
    """A person who holds a role; `institution` is empty where it is bound to none."""

    __tablename__ = "notification_holders_v1"

    edition: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    person: str = Field(primary_key=True)


class PicRow(SQLModel, table=True):
    __tablename__ = "notification_pics_v1"

    innovation: str = Field(primary_key=True)
    edition: str = Field(index=True)
    institution: str
    person: str


class EnrolledRow(SQLModel, table=True):
    __tablename__ = "notification_enrolled_v1"

    edition: str = Field(primary_key=True)
    institution: str = Field(primary_key=True)
    kind: str
    name: str


PEOPLE = Projection("notification_people", 1, HolderRow, PicRow, EnrolledRow)

_holders, _pics, _enrolled = table(HolderRow), table(PicRow), table(EnrolledRow)
_ADD_HOLDER = insert(_holders)
_DROP_HOLDER = delete(_holders).where(
    _holders.c.edition == bindparam("_edition"),
    _holders.c.person == bindparam("_person"),
    _holders.c.role == bindparam("_role"),
)
_ADD_PIC = insert(_pics)
_DROP_PIC = delete(_pics).where(_pics.c.innovation == bindparam("_innovation"))
_ADD_ENROLLED = insert(_enrolled)
_DROP_ENROLLED = delete(_enrolled).where(
    _enrolled.c.edition == bindparam("_edition"), _enrolled.c.institution == bindparam("_institution")
)


@PEOPLE.on(RoleGranted)
def _takes_office(recorded: Recorded, event: RoleGranted) -> Changes:
    yield _DROP_HOLDER, {"_edition": event.edition, "_person": event.person, "_role": event.role}
    for institution in dict.fromkeys(event.institutions) or ("",):
        holder = {"edition": event.edition, "role": event.role, "institution": institution, "person": event.person}
        yield _ADD_HOLDER, holder


@PEOPLE.on(RoleRevoked)
def _leaves_office(recorded: Recorded, event: RoleRevoked) -> Changes:
    yield _DROP_HOLDER, {"_edition": event.edition, "_person": event.person, "_role": event.role}


def _answers(recorded: Recorded, event: PicAppointed | PicReplaced) -> Changes:
    innovation = id_of(recorded)
    yield _DROP_PIC, {"_innovation": innovation}
    edition = recorded.envelope.edition or ""
    yield (
        _ADD_PIC,
        {"innovation": innovation, "edition": edition, "institution": event.institution, "person": event.person},
    )


PEOPLE.on(PicAppointed)(_answers)
PEOPLE.on(PicReplaced)(_answers)


@PEOPLE.on(InnovationWithdrawn)
def _answers_no_more(recorded: Recorded, event: InnovationWithdrawn) -> Changes:
    yield _DROP_PIC, {"_innovation": id_of(recorded)}


@PEOPLE.on(InstitutionEnrolled)
def _takes_part(recorded: Recorded, event: InstitutionEnrolled) -> Changes:
    edition = recorded.envelope.edition or ""
    yield _DROP_ENROLLED, {"_edition": edition, "_institution": event.institution}
    yield _ADD_ENROLLED, {"edition": edition, "institution": event.institution, "kind": event.kind, "name": event.name}


def holders(connection: Connection, edition: str, *roles: str) -> list[str]:
    """Persons who hold one of the roles, whatever institution for."""
    held = select(_holders.c.person).where(_holders.c.edition == edition, _holders.c.role.in_(roles))
    return list(connection.execute(held.distinct().order_by(_holders.c.person)).scalars())


def offices(connection: Connection, edition: str, institutions: Iterable[str]) -> Sequence[Any]:
    """(person, institution) of the heads and operators."""
    of = list(institutions)
    wanted = select(_holders.c.person, _holders.c.institution).where(
        _holders.c.edition == edition, _holders.c.role.in_(OFFICES), _holders.c.institution.in_(of)
    )
    return connection.execute(wanted.distinct().order_by(_holders.c.person, _holders.c.institution)).all()


def offices_and_pics(connection: Connection, edition: str, institutions: Iterable[str]) -> Sequence[Any]:
    """(person, institution) of the heads, the operators, and the persons in charge of its innovations."""
    of = list(institutions)
    hold = select(_holders.c.person, _holders.c.institution).where(
        _holders.c.edition == edition, _holders.c.role.in_(OFFICES), _holders.c.institution.in_(of)
    )
    answer = select(_pics.c.person, _pics.c.institution).where(_pics.c.edition == edition, _pics.c.institution.in_(of))
    both = union(hold, answer).subquery()
    return connection.execute(select(both).order_by(both.c.person, both.c.institution)).all()


def mandates(connection: Connection, edition: str) -> Sequence[Any]:
    """(person, role, institution) of everybody in the edition; the role of who is in charge of an innovation is `pic`."""
    hold = select(_holders.c.person, _holders.c.role, _holders.c.institution).where(_holders.c.edition == edition)
    answer = select(_pics.c.person, literal("pic").label("role"), _pics.c.institution).where(_pics.c.edition == edition)
    both = union(hold, answer).subquery()
    return connection.execute(select(both).order_by(both.c.person, both.c.role, both.c.institution)).all()


def enrolled(connection: Connection, edition: str, kinds: Iterable[str]) -> list[str]:
    """Codes of the institutions of these kinds that take part."""
    wanted = select(_enrolled.c.institution).where(_enrolled.c.edition == edition, _enrolled.c.kind.in_(list(kinds)))
    return list(connection.execute(wanted.order_by(_enrolled.c.institution)).scalars())


def names(connection: Connection, edition: str) -> dict[str, str]:
    """Code → name of every institution that takes part."""
    wanted = select(_enrolled.c.institution, _enrolled.c.name).where(_enrolled.c.edition == edition)
    return {row.institution: row.name for row in connection.execute(wanted)}
