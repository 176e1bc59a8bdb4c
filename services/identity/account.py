"""A person's account and the roles held with it. Decider: who may sign in, and as what.

`decide` takes, after the account, the account of the person who asks: what he may do depends on what he holds at that moment,
exactly, and two administrators can never revoke each other at once. For an erasure it takes the editions as well.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from services.identity import erasure, roles
from services.identity.erasure import ErasePerson
from services.identity.retention import Retention
from services.identity.roles import ADMINISTRATOR, GrantRole, RevokeRole, Roles
from shared.decider import Decider
from shared.events.identity import (
    AccountActivated,
    AccountInvited,
    PasswordChanged,
    PasswordResetOffered,
    PersonErased,
    RoleGranted,
    RoleRevoked,
    SessionEnded,
)
from shared.refusals import Forbidden, Refused

Event = (
    AccountInvited
    | AccountActivated
    | RoleGranted
    | RoleRevoked
    | SessionEnded
    | PasswordResetOffered
    | PasswordChanged
    | PersonErased
)


# Commands. `by` is the actor who asks, `person/<id>`.
class InviteAccount(Struct, frozen=True):
    person: str
    by: str


class ActivateAccount(Struct, frozen=True):
    person: str


class AppointFirstAdministrator(Struct, frozen=True):
    """Asked by the service itself when a log begins."""

    person: str


class OfferReset(Struct, frozen=True):
    """`reset` is an ID of the link, which says nothing about it. To himself he may offer one, having shown his password."""

    person: str
    reset: str
    by: str


class ChangePassword(Struct, frozen=True):
    """Asked with the link of that reset."""

    person: str
    reset: str


class EndSessions(Struct, frozen=True):
    person: str
    sessions: tuple[tuple[str, datetime], ...]
    """Each with the time when its token ends by itself."""
    by: str


Command = (
    InviteAccount
    | ActivateAccount
    | AppointFirstAdministrator
    | GrantRole
    | RevokeRole
    | OfferReset
    | ChangePassword
    | EndSessions
    | ErasePerson
)


class Absent(Struct, frozen=True):
    pass


class Invited(Struct, frozen=True):
    """Not signed in yet; roles can be granted already."""

    roles: Roles = {}


class Active(Struct, frozen=True):
    roles: Roles = {}
    ended: frozenset[str] = frozenset()
    """Sessions that were ended."""
    offered: str = ""
    """The reset whose link serves now."""
    changed: str = ""
    """The reset by which the password was changed last."""


class Erased(Struct, frozen=True):
    pass


State = Absent | Invited | Active | Erased


def holds(state: State, role: str, edition: str = "") -> bool:
    return (role, edition) in roles_of(state)


def roles_of(state: State) -> Roles:
    return state.roles if isinstance(state, Invited | Active) else {}


def decide(state: State, command: Command, asking: State = Absent(), *editions: Retention) -> Sequence[Event]:
    match state, command:
        case Absent(), InviteAccount(person):
            return [AccountInvited(person=person)]
        case Invited(held), InviteAccount():
            if held and not holds(asking, ADMINISTRATOR):
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
        case Absent(), AppointFirstAdministrator(person):
            granted = RoleGranted(person=person, role=ADMINISTRATOR)
            return [AccountInvited(person=person), granted, AccountActivated(person=person)]
        case _, AppointFirstAdministrator():
            return []
        case Active(), OfferReset(person, reset, by):
            if by != f"person/{person}":
                _must_be_administrator(asking)
            return [] if state.offered == reset else [PasswordResetOffered(person=person, reset=reset)]
        case Active(), ChangePassword(person, reset):
            return _change_password(state, person, reset)
        case Active(_, ended), EndSessions(person, sessions, by):
            if by != f"person/{person}":
                _must_be_administrator(asking)
            open_ones = [(session, expires) for session, expires in sessions if session not in ended]
            return [SessionEnded(person=person, session=session, expires=expires) for session, expires in open_ones]
        case Erased(), ErasePerson():
            return []
        case _, ErasePerson():
            _must_be_administrator(asking)
            return erasure.erase(roles_of(state), command, editions)
        case Erased(), _:
            raise Refused(
                "this person was erased; register him anew, as a new person",
                "data orang ini sudah dihapus; daftarkan kembali sebagai orang baru",
            )
        case _, GrantRole():
            _must_be_administrator(asking)
            roles.check(command)
            if isinstance(state, Absent):
                raise Refused(
                    "this person has no account; invite him first, then grant the role",
                    "orang ini belum memiliki akun; undang dahulu, lalu berikan perannya",
                )
            return roles.grant(roles_of(state), command)
        case _, RevokeRole():
            _must_be_administrator(asking)
            return roles.revoke(roles_of(state), command)
        case Absent(), _:
            raise Refused(
                "nobody has invited this person; ask the committee for an invitation",
                "orang ini belum diundang; mintalah undangan kepada panitia",
            )
        case Invited(), OfferReset() | ChangePassword() | EndSessions():
            raise Refused(
                "this person has not taken up his invitation; invite him again instead",
                "orang ini belum menggunakan undangannya; undang kembali sebagai gantinya",
            )
    raise ValueError(f"{command!r} is not for an account")


def _change_password(state: Active, person: str, reset: str) -> Sequence[PasswordChanged]:
    if state.changed == reset:
        return []
    if state.offered != reset:
        raise Refused(
            "a newer link has replaced this one; use the newest",
            "tautan ini sudah diganti dengan yang lebih baru; gunakan yang terbaru",
        )
    return [PasswordChanged(person=person, reset=reset)]


def _must_be_administrator(asking: State) -> None:
    if not holds(asking, ADMINISTRATOR):
        raise Forbidden(
            "roles are granted and revoked, and other people's accounts changed, by an administrator",
            "peran diberikan dan dicabut, dan akun orang lain diubah, oleh administrator",
        )


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Absent(), AccountInvited():
            return Invited()
        case Invited(held), AccountActivated():
            return Active(held)
        case ((Invited() | Active()), RoleGranted(role=role, edition=edition)):
            return replace(state, roles={**state.roles, (role, edition): event})
        case ((Invited() | Active()), RoleRevoked(role=role, edition=edition)) if (role, edition) in state.roles:
            return replace(state, roles={held: grant for held, grant in state.roles.items() if held != (role, edition)})
        case Active(), SessionEnded(session=session):
            return replace(state, ended=state.ended | {session})
        case Active(), PasswordResetOffered(reset=reset):
            return replace(state, offered=reset)
        case Active(), PasswordChanged(reset=reset):
            return replace(state, offered="", changed=reset)
        case ((Absent() | Invited() | Active()), PersonErased()):
            return Erased()
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
        case [PasswordResetOffered(person=person, reset=reset)]:
            return OfferReset(person, reset, by)
        case [PasswordChanged(person=person, reset=reset)]:
            return ChangePassword(person, reset)
        case [PersonErased(person=person, editions=editions)]:
            return ErasePerson(person, editions, at)
        case [SessionEnded(person=person), *_]:
            ended = [event for event in events if isinstance(event, SessionEnded)]
            return EndSessions(person, tuple((event.session, event.expires) for event in ended), by)
    raise ValueError(f"no command leads to {events!r}")


def _fields(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event.__struct_fields__}


ACCOUNT: Decider[State] = Decider("identity", "account", Absent(), evolve, decide, command_of)
"""`account/<person>`"""
