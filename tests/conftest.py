"""Real parts for all tests: a Valkey (the embedded one), and a world with a log of its own for each test."""

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.broker.embedded import EmbeddedBroker
from tests.postgres import Postgres, running_postgres
from tests.world import World

LONGEST = (
    "tests/test_conformance.py",
    "tests/makmal/demo/test_demo.py",
    "tests/docs/test_examples.py",
    "tests/browser/",
    "tests/benchmarks/",
    "tests/access/",
    "tests/shared/runner/test_killed.py",
    "tests/shared/eventlog/test_faults.py",
)
"""What takes longest, in this order, comes first: begun last, it would leave a core without work."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {item: next((n for n, start in enumerate(LONGEST) if start in item.nodeid), len(LONGEST)) for item in items}
    items.sort(key=places.__getitem__)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    """A durable Valkey for the whole session, without ACL; every test takes a log of its own on it."""
    running = EmbeddedBroker(tmp_path_factory.mktemp("broker"), lifelong=True)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL for the whole session; `new_database()` gives an empty database."""
    with running_postgres() as server:
        yield server


@pytest.fixture
async def world(broker: EmbeddedBroker, tmp_path: Path) -> AsyncIterator[World]:
    here = World(broker.url(), f"t{secrets.token_hex(6)}", tmp_path)
    yield here
    await here.close()
