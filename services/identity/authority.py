"""Who may ask identity for what, where no single edition is meant."""

from shared.refusals import Forbidden
from shared.security import Principal

MAY_REGISTER = ("committee", "administrator", "operator", "service")
MAY_INVITE = ("committee", "administrator")
MAY_READ_PEOPLE = ("committee",)
MAY_READ_ROLES = ("committee", "administrator")


def must_hold_anywhere(principal: Principal, *roles: str) -> None:
    """Raises Forbidden unless he holds one of the roles in any edition."""
    if not any(grant.role in roles for grant in principal.grants):
        raise Forbidden(
            f"this needs the role {' or '.join(roles)} in any edition",
            f"ini memerlukan peran {' atau '.join(roles)} pada salah satu gelaran",
        )
