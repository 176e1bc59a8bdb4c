"""A log under its ACL, on both servers that the log must run on; every test finds it empty."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from shared.broker.embedded import EmbeddedBroker
from shared.eventlog import SERVICES, EventLog, Keys
from shared.eventlog.acl import OPERATOR, render
from shared.eventlog.connection import connect
from tests.shared.eventlog.writing import PASSWORD, Clerk

LOG = "batam"


def binary_of(kind: str) -> Path | None:
    """None: the embedded Valkey."""
    if kind == "valkey":
        return None
    found = shutil.which("redis-server")
    assert found, "Debian's redis-server is missing; ./dev test installs it"
    return Path(found)


@pytest.fixture(scope="session", params=["valkey", "redis"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def acl() -> str:
    return render(LOG, {user: f"{PASSWORD}{user}" for user in (*SERVICES, OPERATOR)})


@pytest.fixture(scope="session")
def shared_server(kind: str, acl: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker(tmp_path_factory.mktemp(kind), binary=binary_of(kind), acl=acl, lifelong=True) as running:
        yield running


@pytest.fixture
def server(shared_server: EmbeddedBroker) -> EmbeddedBroker:
    """The server, emptied."""
    with Redis.from_url(shared_server.url(OPERATOR, PASSWORD + OPERATOR)) as operator:
        operator.flushall()
    return shared_server


@pytest.fixture
def operator(server: EmbeddedBroker) -> Iterator[Redis]:
    with Redis.from_url(server.url(OPERATOR, PASSWORD + OPERATOR), decode_responses=True) as client:
        yield client


@pytest.fixture
def keys() -> Keys:
    return Keys(LOG)


@pytest.fixture
async def open_log(server: EmbeddedBroker, keys: Keys) -> AsyncIterator[Callable[..., EventLog]]:
    """`open_log(service, seen=0)`: a log client of its own, as that service's user."""
    opened: list[EventLog] = []

    def open(service: str, seen: int = 0) -> EventLog:
        log = EventLog(connect(server.url(service, PASSWORD + service)), keys, service, seen)
        opened.append(log)
        return log

    yield open
    for log in opened:
        await log.client.aclose()


@pytest.fixture
def registration(open_log: Callable[..., EventLog]) -> Clerk:
    return Clerk(open_log("registration"))


@pytest.fixture
def judging(open_log: Callable[..., EventLog]) -> Clerk:
    return Clerk(open_log("judging"))
