"""A post office and a vault for the notification service's tests."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from services.notification.app import create_app
from services.notification.sending import Patience
from shared.settings import Settings
from tests.services.notification.post import PostOffice, VaultDesk
from tests.services.notification.registrar import Registrar
from tests.world import World


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with PostOffice() as office:
        yield office


@pytest.fixture
def vault() -> Iterator[VaultDesk]:
    with tempfile.TemporaryDirectory() as short, VaultDesk(Path(short) / "vault.sock") as desk:
        yield desk


@pytest.fixture
def settings(world: World, post: PostOffice, vault: VaultDesk) -> Settings:
    return world.settings("notification", smtp_url=post.url, identity_url=vault.url)


@pytest.fixture
def hasty() -> Patience:
    """Waits for nothing long."""
    return Patience(job=1.0, retry=0.1, longest_retry=0.2, give_up=3600, hand_again=3.0)


@pytest.fixture
async def registrar(world: World) -> AsyncIterator[Registrar]:
    """The service hears what the registrar records; without an SMTP server, nothing is sent."""
    here = Registrar(world)
    async with world.running(create_app(world.settings("notification"))):
        await here.open()
        yield here
