"""Real parts for all tests: a Valkey (the embedded one), and a world with a log of its own for each test."""

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.broker.embedded import EmbeddedBroker
from tests.world import World


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    """A durable Valkey for the whole session, without ACL; every test takes a log of its own on it."""
    running = EmbeddedBroker(tmp_path_factory.mktemp("broker"), lifelong=True)
    running.start()
    yield running
    running.stop()


@pytest.fixture
async def world(broker: EmbeddedBroker, tmp_path: Path) -> AsyncIterator[World]:
    here = World(broker.url(), f"t{secrets.token_hex(6)}", tmp_path)
    yield here
    await here.close()
