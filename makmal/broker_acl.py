"""The ACL file and the passwords for a broker that Makmal does not start itself, as in docker-compose.yml."""

import os
import secrets
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


def fresh_environment(log: str, public_url: str, smtp_url: str) -> str:
    """The text of a `.env` file for docker-compose.yml, with a fresh password for everyone."""
    settings = {"MAKMAL_LOG": log, "MAKMAL_PUBLIC_URL": public_url, "MAKMAL_SMTP_URL": smtp_url}
    names = (*(password_variable(user) for user in (*SERVICES, OPERATOR)), "MAKMAL_VAULT_SECRET")
    settings |= {name: secrets.token_urlsafe(32) for name in names}
    return "".join(f"{name}={value}\n" for name, value in settings.items())
