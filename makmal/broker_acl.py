"""The ACL file for a broker that Makmal does not start itself, from passwords in the environment."""

import os
from collections.abc import Mapping

from shared.eventlog.acl import OPERATOR, render
from shared.eventlog.keys import SERVICES
from shared.refusals import Refused


def password_variable(user: str) -> str:
    return f"MAKMAL_{user.upper()}_PASSWORD"


def from_environment(environment: Mapping[str, str] = os.environ) -> str:
    """The text of the ACL file. Refused if the log's name or a password is missing."""
    variables = {user: password_variable(user) for user in (*SERVICES, OPERATOR)}
    missing = [name for name in ("MAKMAL_LOG", *variables.values()) if not environment.get(name)]
    if missing:
        raise Refused(en=f"Set {', '.join(missing)} in the environment.", id=f"Isi {', '.join(missing)} di lingkungan.")
    return render(environment["MAKMAL_LOG"], {user: environment[name] for user, name in variables.items()})
