"""Where a service finds its parts: everything comes from the environment, so that a container and a forked process are alike."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


class Misconfigured(Exception):
    """A setting is missing or cannot be used. The sentence names it."""


@dataclass(frozen=True)
class Settings:
    log: str
    """Name of the log: one per authority (`MAKMAL_LOG`)."""
    broker_url: str
    """`redis://user:password@host:port` or `unix://user:password@/path` (`MAKMAL_BROKER_URL`)."""
    database_url: str
    """SQLAlchemy URL of the service's own database (`MAKMAL_DATABASE_URL`)."""
    data: Path
    """The service's own directory, for keys, tiles and files (`MAKMAL_DATA`)."""
    public_url: str
    """What people and other systems reach the gateway at (`MAKMAL_PUBLIC_URL`)."""
    smtp_url: str
    """`smtp://user:password@host:port`; empty: mail waits in the outbox (`MAKMAL_SMTP_URL`)."""
    identity_url: str
    """Where notification asks the vault for an address: an HTTP URL, or `unix:/path` (`MAKMAL_IDENTITY_URL`)."""
    vault_secret: str
    """What notification shows the vault (`MAKMAL_VAULT_SECRET`)."""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Raises Misconfigured."""
        env = os.environ if environment is None else environment

        def need(name: str) -> str:
            if value := env.get(name, ""):
                return value
            raise Misconfigured(f"{name} is not set")

        return cls(
            log=need("MAKMAL_LOG"),
            broker_url=need("MAKMAL_BROKER_URL"),
            database_url=need("MAKMAL_DATABASE_URL"),
            data=Path(need("MAKMAL_DATA")),
            public_url=env.get("MAKMAL_PUBLIC_URL", "http://localhost:8000"),
            smtp_url=env.get("MAKMAL_SMTP_URL", ""),
            identity_url=env.get("MAKMAL_IDENTITY_URL", ""),
            vault_secret=env.get("MAKMAL_VAULT_SECRET", ""),
            environment=dict(env),
        )
