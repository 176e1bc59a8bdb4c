"""The rules of roles: what a grant must say, which roles go together, what a revocation needs."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from shared.events.identity import RoleGranted, RoleRevoked
from shared.refusals import Invalid, Refused
from shared.security.principal import ROLES

ADMINISTRATOR = "administrator"
HELD_BY_CLIENTS = "service"
FOR_INSTITUTIONS = ("head", "operator")
"""Roles held for institutions: a head for one, an operator for one or several."""

Roles = dict[tuple[str, str], RoleGranted]
"""(role, edition) → how it was granted."""


class GrantRole(Struct, frozen=True, kw_only=True):
    """`by` is the actor who asks, `person/<id>`."""

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


def grant(roles: Roles, command: GrantRole) -> Sequence[RoleGranted]:
    """To somebody who holds `roles`."""
    check(command)
    if command.role == ADMINISTRATOR:
        held = sorted(f"{role} ({edition})" for role, edition in roles if role != ADMINISTRATOR)
        if held:
            raise Refused(
                f"an administrator holds no role in a competition; this person is {', '.join(held)}: revoke that first",
                f"administrator tidak memegang peran dalam lomba; orang ini adalah {', '.join(held)}: cabut dahulu peran itu",
            )
    elif (ADMINISTRATOR, "") in roles:
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
    return [] if roles.get((command.role, command.edition)) == granted else [granted]


def revoke(roles: Roles, command: RevokeRole) -> Sequence[RoleRevoked]:
    """From somebody who holds `roles`."""
    if (command.role, command.edition) not in roles:
        return []
    if command.role == ADMINISTRATOR and command.by == f"person/{command.person}":
        raise Refused(
            "you cannot revoke your own role of administrator; ask another administrator to do it",
            "Anda tidak dapat mencabut peran administrator Anda sendiri; mintalah administrator lain",
        )
    if not command.reason.strip():
        raise Invalid("say why the role is revoked", "sebutkan alasan pencabutan peran ini")
    return [RoleRevoked(person=command.person, role=command.role, edition=command.edition, reason=command.reason)]


def check(command: GrantRole) -> None:
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
