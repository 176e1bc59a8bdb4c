"""The notification service in a process of its own, for the test to kill. Arguments: log, broker, directory, SMTP, vault."""

import asyncio
import sys
from pathlib import Path

from services.notification.app import create_app
from shared.settings import Settings


async def main(log: str, broker: str, directory: str, smtp: str, vault: str) -> None:
    settings = Settings(
        log=log,
        broker_url=broker,
        database_url=f"sqlite:///{directory}/notification.db",
        data=Path(directory),
        public_url="http://makmal.test",
        smtp_url=smtp,
        identity_url=vault,
        vault_secret="vault-secret",
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        await asyncio.sleep(3600)


asyncio.run(main(*sys.argv[1:]))
