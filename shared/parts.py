"""The real parts of one running service, wired in its composition root."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from shared.database import Database
from shared.deciding import Desk
from shared.eventlog import EventLog
from shared.runner import Runner
from shared.security import Verifier
from shared.settings import Settings


@dataclass
class Parts:
    settings: Settings
    event_log: EventLog
    desk: Desk
    database: Database
    runner: Runner
    verifier: Verifier
    own: dict[str, Any] = field(default_factory=dict)
    """What one service alone has, by name (its vault, its outbox)."""
    checks: list[Callable[[], str]] = field(default_factory=list)
    """What else must be well for the service to be ready: each says why not, or nothing."""
