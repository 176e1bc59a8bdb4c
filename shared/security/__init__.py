"""Who is asking, and what he may do."""

from shared.security.principal import ROLES, Grant, Principal
from shared.security.scopes import SCOPES
from shared.security.tokens import TokenRefused, Verifier

__all__ = ["ROLES", "SCOPES", "Grant", "Principal", "TokenRefused", "Verifier"]
