"""A person's account and the roles held with it. Decider: who may sign in, and as what.

`decide` takes, after the account, the account of the person who asks: what he may do depends on what he holds at that moment,
exactly, and two administrators can never revoke each other at once.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from shared.decider import Decider
from shared.events.identity import AccountActivated, AccountInvited, RoleGranted, RoleRevoked
from shared.refusals import Forbidden, Invalid, Refused
from shared.security.principal import ROLES

Event = AccountInvited | AccountActivated | RoleGranted | RoleRevoked

ADMINISTRATOR = "administrator"
HELD_BY_CLIENTS = "service"
FOR_INSTITUTIONS = ("head", "operator")
"""Roles held for institutions: a head for one, an operator for one or several."""

Roles = dict[tuple[str, str], RoleGranted]
"""(role, edition) → how it was granted."""


# Commands. `by` is the actor who asks, `person/<id>`.
class InviteAccount(Struct, frozen=True):
    person: str
    by: str


class ActivateAccount(Struct, frozen=True):
    person: str


class AppointFirstAdministrator(Struct, frozen=True):
    """Asked by the service itself when a log begins."""

    person: str


class GrantRole(Struct, frozen=True, kw_only=True):
    person: str
    role: str
    edition: str = ""
    institutions: tuple[str, ...] = ()
    decree: str = ""
    decree_date: date | None = None
    employer: str = ""
    by: str


class RevokeRole(Struct, frozen=True, kw_only=True):
    person: str
    role: str
    edition: str = ""
    reason: str = ""
    by: str


Command = InviteAccount | ActivateAccount | AppointFirstAdministrator | GrantRole | RevokeRole


class Absent(Struct, frozen=True):
    pass


class Invited(Struct, frozen=True):
    """Not signed in yet; roles can be granted already."""

    roles: Roles = {}


class Active(Struct, frozen=True):
    roles: Roles = {}


State = Absent | Invited | Active


def holds(state: State, role: str, edition: str = "") -> bool:
    return not isinstance(state, Absent) and (role, edition) in state.roles


def decide(state: State, command: Command, asking: State = Absent()) -> Sequence[Event]:
    match state, command:
        case Absent(), InviteAccount(person):
            return [AccountInvited(person=person)]
        case Invited(roles), InviteAccount():
            if roles and not holds(asking, ADMINISTRATOR):
                raise Forbidden(
                    "this person holds roles already; only an administrator can renew the invitation",
                    "orang ini sudah memegang peran; hanya administrator yang dapat memperbarui undangan",
                )
            return []
        case Active(), InviteAccount():
            raise Refused(
                "this account is active; its holder signs in with his password",
                "akun ini sudah aktif; pemiliknya masuk dengan kata sandinya",
            )
        case Invited(), ActivateAccount(person):
            return [AccountActivated(person=person)]
        case Active(), ActivateAccount():
            return []
        case Absent(), ActivateAccount():
            raise Refused(
                "nobody has invited this person; ask the committee for an invitation",
                "orang ini belum diundang; mintalah undangan kepada panitia",
            )
        case Absent(), AppointFirstAdministrator(person):
            granted = RoleGranted(person=person, role=ADMINISTRATOR)
            return [AccountInvited(person=person), granted, AccountActivated(person=person)]
        case _, AppointFirstAdministrator():
            return []
        case _, GrantRole():
            return _grant(state, command, asking)
        case _, RevokeRole():
            return _revoke(state, command, asking)
    raise ValueError(f"{command!r} is not for an account")


def _grant(state: State, command: GrantRole, asking: State) -> Sequence[Event]:
    _must_be_administrator(asking)
    _check_the_grant(command)
    if isinstance(state, Absent):
        raise Refused(
            "this person has no account; invite him first, then grant the role",
            "orang ini belum memiliki akun; undang dahulu, lalu berikan perannya",
        )
    if command.role == ADMINISTRATOR:
        held = sorted(f"{role} ({edition})" for role, edition in state.roles if role != ADMINISTRATOR)
        if held:
            raise Refused(
                f"an administrator holds no role in a competition; this person is {', '.join(held)}: revoke that first",
                f"administrator tidak memegang peran dalam lomba; orang ini adalah {', '.join(held)}: cabut dahulu peran itu",
            )
    elif holds(state, ADMINISTRATOR):
        raise Refused(
            "this person is an administrator, who grants roles and holds none in a competition; choose somebody else",
            "orang ini administrator, yang memberikan peran dan tidak memegang peran dalam lomba; pilih orang lain",
        )
    granted = RoleGranted(
        person=command.person,
        role=command.role,
        edition=command.edition,
        institutions=tuple(sorted(set(command.institutions))),
        decree=command.decree,
        decree_date=command.decree_date,
        employer=command.employer,
    )
    return [] if state.roles.get((command.role, command.edition)) == granted else [granted]


def _revoke(state: State, command: RevokeRole, asking: State) -> Sequence[Event]:
    _must_be_administrator(asking)
    if not holds(state, command.role, command.edition):
        return []
    if command.role == ADMINISTRATOR and command.by == f"person/{command.person}":
        raise Refused(
            "you cannot revoke your own role of administrator; ask another administrator to do it",
            "Anda tidak dapat mencabut peran administrator Anda sendiri; mintalah administrator lain",
        )
    if not command.reason.strip():
        raise Invalid("say why the role is revoked", "sebutkan alasan pencabutan peran ini")
    return [RoleRevoked(person=command.person, role=command.role, edition=command.edition, reason=command.reason)]


def _must_be_administrator(asking: State) -> None:
    if not holds(asking, ADMINISTRATOR):
        raise Forbidden(
            "roles are granted and revoked by an administrator",
            "peran diberikan dan dicabut oleh administrator",
        )


def _check_the_grant(command: GrantRole) -> None:
    """What a grant must say, whoever it is for. Raises Invalid."""
    role, institutions = command.role, set(command.institutions)
    if role == HELD_BY_CLIENTS:
        raise Invalid(
            "the role service is held by API clients; register a client instead",
            "peran service dipegang klien API; daftarkan klien sebagai gantinya",
        )
    if role not in ROLES:
        known = ", ".join(r for r in ROLES if r != HELD_BY_CLIENTS)
        raise Invalid(f"there is no role {role}; the roles are {known}", f"tidak ada peran {role}; peran yang ada: {known}")
    if role == ADMINISTRATOR:
        if command.edition or institutions or command.employer:
            raise Invalid(
                "administrator is held outside of any edition and for no institution; "
                "leave edition, institutions and employer empty",
                "administrator tidak terikat pada gelaran atau instansi; kosongkan gelaran, instansi, dan tempat kerjanya",
            )
        return
    if not command.edition:
        raise Invalid(f"say in which edition {role} is held", f"sebutkan pada gelaran mana peran {role} dipegang")
    if not command.decree.strip() or command.decree_date is None:
        raise Invalid(
            f"{role} is held by decree; give its number and its date",
            f"peran {role} dipegang berdasarkan surat keputusan; isi nomor dan tanggalnya",
        )
    if role not in FOR_INSTITUTIONS and institutions:
        raise Invalid(
            f"{role} is not held for institutions; only head and operator are",
            f"peran {role} tidak terikat pada instansi; hanya head dan operator yang terikat",
        )
    if role == "head" and len(institutions) != 1:
        raise Invalid("a head is the head of exactly one institution", "head adalah kepala tepat satu instansi")
    if role == "operator" and not institutions:
        raise Invalid("say for which institutions the operator enters", "sebutkan instansi yang diwakili operator")


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Absent(), AccountInvited():
            return Invited()
        case Invited(roles), AccountActivated():
            return Active(roles)
        case ((Invited() | Active()), RoleGranted(role=role, edition=edition)):
            return type(state)({**state.roles, (role, edition): event})
        case ((Invited() | Active()), RoleRevoked(role=role, edition=edition)) if (role, edition) in state.roles:
            return type(state)({held: grant for held, grant in state.roles.items() if held != (role, edition)})
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Event], by: str, at: datetime) -> Command:
    match events:
        case [AccountInvited(person=person)]:
            return InviteAccount(person, by)
        case [AccountInvited(person=person), RoleGranted(), AccountActivated()]:
            return AppointFirstAdministrator(person)
        case [AccountActivated(person=person)]:
            return ActivateAccount(person)
        case [RoleGranted() as granted]:
            return GrantRole(**_fields(granted), by=by)
        case [RoleRevoked() as revoked]:
            return RevokeRole(**_fields(revoked), by=by)
    raise ValueError(f"no command leads to {events!r}")


def _fields(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event.__struct_fields__}


ACCOUNT: Decider[State] = Decider("identity", "account", Absent(), evolve, decide, command_of)
"""`account/<person>`"""
