"""The dispatcher: hands due messages from the outbox to the work queue, once the service has counted the whole log."""

import asyncio

import structlog
from redis.exceptions import RedisError

from services.notification.courier import Courier
from services.notification.outbox import hand_out, take_back
from services.notification.sending import Patience
from shared.database import Database
from shared.runner import Runner
from shared.work import WorkQueue

log = structlog.get_logger()

MOST_AT_ONCE = 400
"""Messages in the workers' hands."""
LOOK_EVERY = 0.5
"""Seconds; a message that is put off becomes due without anything happening in the log."""
PAUSE = 0.02
"""Seconds; while events pour in, several are looked at together."""


class Dispatcher:
    def __init__(self, runner: Runner, database: Database, queue: WorkQueue, courier: Courier, patience: Patience):
        self._runner = runner
        self._database = database
        self._queue = queue
        self._courier = courier
        self._patience = patience

    async def run(self) -> None:
        """Run until cancelled. Before the runner has caught up, a message that was sent long ago may still look queued."""
        seen = -1
        while True:
            seen = await self._news(seen)
            if not self._runner.caught_up or self._runner.failure:
                await asyncio.sleep(0.1)
                continue
            await self.step()
            await self._courier.rest()
            await asyncio.sleep(PAUSE)

    async def step(self) -> int:
        """Hand out what is due; how many messages that were."""
        handed = await self._database.write(lambda c: hand_out(c, MOST_AT_ONCE, self._patience.hand_again))
        if not handed:
            return 0
        try:
            await self._queue.put(*({"message": message, "attempt": attempt} for message, attempt in handed))
        except (RedisError, OSError) as error:
            log.warning("messages wait for the work queue", number=len(handed), why=str(error))
            await self._database.write(lambda c: take_back(c, handed))
            await asyncio.sleep(1.0)
        return len(handed)

    async def _news(self, seen: int) -> int:
        """Wait until the runner has counted more, at most half a second; its position."""
        if self._runner.position <= seen:
            await self._runner.reached(seen + 1, LOOK_EVERY)
        return self._runner.position
