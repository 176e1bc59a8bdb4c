"""Who may ask identity for what, where no single edition is meant."""

from collections.abc import Sequence

from services.identity.retention import RETENTION
from shared.eventlog import LogUnavailable
from shared.parts import Parts
from shared.refusals import Forbidden
from shared.security import Grant, Principal

MAY_REGISTER = ("committee", "administrator", "head", "operator", "service")
MAY_INVITE = ("committee", "administrator")
MAY_READ_PEOPLE = ("committee",)
MAY_READ_ROLES = ("committee", "administrator")


def must_hold_anywhere(principal: Principal, *roles: str, scope: str = "") -> None:
    """Raises Forbidden unless he holds one of the roles in any edition. An API client needs the scope besides."""
    _first(_held(principal, roles), principal, roles, scope)


async def must_be_at_work(parts: Parts, principal: Principal, *roles: str, scope: str = "") -> None:
    """Raises Forbidden unless he holds one of the roles in an edition that is not over (it need not have opened), or outside of all.
    An API client needs the scope besides.

    While the log is away, what the token says is enough, as it is everywhere.
    """
    held = _held(principal, roles)
    going_on = [grant for grant in held if not grant.edition or not await _is_over(parts, grant.edition)]
    if held and not going_on:
        editions = ", ".join(sorted({grant.edition for grant in held}))
        raise Forbidden(
            f"{editions} is over, and your role ended with its work; ask an administrator, or somebody of an edition that goes on",
            f"{editions} sudah selesai dan peran Anda berakhir bersamanya; mintalah administrator, atau panitia gelaran yang berjalan",
        )
    _first(going_on, principal, roles, scope)


async def _is_over(parts: Parts, edition: str) -> bool:
    try:
        state, _ = await parts.desk.state(RETENTION(edition))
    except LogUnavailable:
        return False
    return state.concluded


def editions_of(principal: Principal, *roles: str) -> set[str]:
    return {grant.edition for grant in _held(principal, roles)}


def _held(principal: Principal, roles: Sequence[str]) -> list[Grant]:
    return [grant for grant in principal.grants if grant.role in roles]


def _first(held: Sequence[Grant], principal: Principal, roles: Sequence[str], scope: str) -> None:
    if not held:
        raise Forbidden(
            f"this needs the role {' or '.join(roles)} in any edition",
            f"ini memerlukan peran {' atau '.join(roles)} pada salah satu gelaran",
        )
    principal.must_hold(held[0].edition, *roles, scope=scope)
