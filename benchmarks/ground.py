"""What benchmarks stand on: a durable broker of their own under the ACL that Makmal runs with."""

import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from redis import Redis

from makmal.house import House
from shared.broker.embedded import EmbeddedBroker
from shared.eventlog import EventLog, Keys
from shared.eventlog.acl import OPERATOR
from shared.eventlog.connection import connect


class Ground:
    """A data directory with its broker running: `appendfsync always`, a user for each service."""

    def __init__(self, house: House, broker: EmbeddedBroker):
        self.house = house
        self.broker = broker

    def url(self, user: str = OPERATOR) -> str:
        return self.broker.url(user, self.house.secrets.passwords[user])

    @asynccontextmanager
    async def log(self, service: str, name: str = "") -> AsyncIterator[EventLog]:
        """A service's own hold of the house's log; of another one, by name, as the operator."""
        url = self.url(OPERATOR if name else service)
        log = EventLog(connect(url), Keys(name or self.house.secrets.log), service)
        try:
            yield log
        finally:
            await log.client.aclose()

    def settle(self) -> None:
        """Wait until the broker rewrites its append-only file no longer: that is the filling's cost, not what follows."""
        with Redis.from_url(self.url()) as operator:
            while _rewriting(operator.info("persistence")):
                time.sleep(0.05)


def _rewriting(persistence: Any) -> bool:
    return bool(persistence["aof_rewrite_in_progress"] or persistence["aof_rewrite_scheduled"])


@contextmanager
def ground() -> Iterator[Ground]:
    """In a temporary directory; the broker ends with it."""
    with tempfile.TemporaryDirectory(prefix="makmal-bench-") as directory:
        house = House(Path(directory) / "data")
        with house.broker(lifelong=True) as broker:
            yield Ground(house, broker)
