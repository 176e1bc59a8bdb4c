"""Who may ask identity for what, where no single edition is meant."""

from shared.refusals import Forbidden
from shared.security import Principal

MAY_REGISTER = ("committee", "administrator", "operator", "service")
MAY_INVITE = ("committee", "administrator")
MAY_READ_PEOPLE = ("committee",)
MAY_READ_ROLES = ("committee", "administrator")


def must_hold_anywhere(principal: Principal, *roles: str, scope: str = "") -> None:
    """Raises Forbidden unless he holds one of the roles in any edition. An API client needs the scope besides."""
    held = next((grant for grant in principal.grants if grant.role in roles), None)
    if held is None:
        raise Forbidden(
            f"this needs the role {' or '.join(roles)} in any edition",
            f"ini memerlukan peran {' atau '.join(roles)} pada salah satu gelaran",
        )
    principal.must_hold(held.edition, *roles, scope=scope)
