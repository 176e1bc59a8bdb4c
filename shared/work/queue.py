"""A queue of jobs on a stream of the broker, worked off by FastStream subscribers in one consumer group.

What a plain subscriber would lose is seen to here: jobs put before any worker lived (the group starts at 0), jobs of a worker that
died (a claimer), jobs that never succeed (dead letters), a group that somebody deleted (made anew at 0), a broker that restarts.
A job may be handed out twice, so whatever it leads to must be idempotent.
"""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import structlog
from faststream import AckPolicy
from faststream.message.message import AckStatus
from faststream.redis import RedisBroker, StreamSub
from faststream.redis.annotations import RedisStreamMessage
from msgspec import Struct
from prometheus_client import Counter
from redis.exceptions import RedisError, ResponseError

from shared.eventlog.connection import connect
from shared.eventlog.groupcommit import GroupCommit
from shared.eventlog.keys import Keys

log = structlog.get_logger()

GROUP = "workers"
FIELD = "__data__"
FORGOTTEN_AFTER = 3600
"""Seconds after which a consumer that took nothing along is a dead one: a living one asks ten times a second."""

JOBS = Counter("makmal_work_jobs", "Jobs by what became of them: done, failed (it comes back), buried", ["queue", "outcome"])

Job = dict[str, Any]


class Dead(Struct, frozen=True):
    """A job that was given up, as it lies among the dead letters."""

    job: Any
    deliveries: int
    why: str


class WorkQueue:
    """Jobs on the stream `{log}:work:<name>`; their dead letters on `{log}:work:<name>:dead`.

    `handle(job)` has done the job when it returns; if it raises, or takes longer than `seconds`, the job comes back later, to any
    worker, and after `deliveries` in all it is buried: `buried(job, why)` is told first. `readers` jobs are handled at once.
    """

    def __init__(
        self,
        url: str,
        keys: Keys,
        name: str,
        handle: Callable[[Job], Awaitable[None]],
        *,
        buried: Callable[[Job, str], Awaitable[None]] | None = None,
        readers: int = 4,
        seconds: float = 30.0,
        deliveries: int = 5,
    ):
        self.name = name
        self.key = keys.work(name)
        self.dead_key = f"{self.key}:dead"
        self.deliveries = deliveries
        self._handle = handle
        self._buried = buried
        self._seconds = seconds
        self._client = connect(url)
        self._finished: GroupCommit[str, None] = GroupCommit(self._clear_away, items=100, size=100, size_of=lambda _: 1)
        self._broker = RedisBroker(url, logger=logging.getLogger("makmal.work"), log_level=logging.DEBUG)
        self._why: dict[str, str] = {}
        self.consumer = f"{socket.gethostname()}-{os.getpid()}-{os.urandom(4).hex()}"
        # A reader takes one job at a time, so what is under way is never idle longer than `seconds`: only the dead leave more.
        idle = int(seconds * 1000) + max(50, min(5_000, int(seconds * 200)))
        self._subscribers = [
            self._subscribe(
                StreamSub(
                    self.key,
                    group=GROUP,
                    consumer=f"{self.consumer}-{number}",
                    last_id=">",
                    max_records=1,
                    polling_interval=100,
                )
            )
            for number in range(readers)
        ]
        claimer = StreamSub(
            self.key,
            group=GROUP,
            consumer=f"{self.consumer}-claimer",
            last_id=">",
            min_idle_time=idle,
            polling_interval=min(1000, idle // 2),
        )
        self._subscribers.append(self._subscribe(claimer))

    # -- putting jobs in, and what became of the hopeless

    async def put(self, *jobs: Mapping[str, Any]) -> None:
        """Put jobs (JSON objects) into the queue, with one call. Raises RedisError; some of them may stand then."""
        async with self._client.pipeline(transaction=False) as pipe:
            for job in jobs:
                await self._broker.publish(dict(job), stream=self.key, pipeline=pipe)
            await pipe.execute()

    async def dead(self, limit: int = 100) -> list[Dead]:
        """The oldest dead letters."""
        entries: Any = await self._client.xrange(self.dead_key, count=limit)  # as on the wire: [ID, [field, value]]
        return [msgspec.json.decode(fields[1], type=Dead) for _, fields in entries]

    # -- life

    @asynccontextmanager
    async def running(self) -> AsyncIterator["WorkQueue"]:
        """Work jobs off for as long as the context lasts. On leaving, jobs under way get 15 s; later they are another's."""
        try:
            await self._create_group()
            await self._forget_consumers()
            await self._broker.start()
            keeper = asyncio.create_task(self._keep(), name=f"{self.name} keeper")
            try:
                yield self
            finally:
                keeper.cancel()
                await asyncio.gather(keeper, return_exceptions=True)
                await self._broker.stop()
        finally:
            await self._client.aclose()

    async def _create_group(self) -> None:
        """At 0, not at `$`: jobs that were put before the group existed are jobs all the same."""
        try:
            await self._client.xgroup_create(self.key, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    async def _keep(self) -> None:
        """A deleted group stops the subscribers for good: make it anew and start them again."""
        while True:
            await asyncio.sleep(0.25)
            stopped = [subscriber for subscriber in self._subscribers if not subscriber.running]
            if not stopped:
                continue
            log.warning("the workers' group was deleted; it is made anew", queue=self.name)
            try:
                await self._create_group()
                for subscriber in stopped:
                    await subscriber.start()
            except (RedisError, OSError) as error:
                log.warning("the workers' group cannot be made anew yet", queue=self.name, why=str(error))

    async def _forget_consumers(self) -> None:
        for consumer in await self._client.xinfo_consumers(self.key, GROUP):
            if consumer["pending"] == 0 and consumer["idle"] > FORGOTTEN_AFTER * 1000:
                await self._client.xgroup_delconsumer(self.key, GROUP, consumer["name"])

    # -- work

    def _subscribe(self, stream: StreamSub) -> Any:
        subscriber = self._broker.subscriber(stream=stream, ack_policy=AckPolicy.NACK_ON_ERROR, decoder=_as_it_is)
        subscriber(self._work if stream.min_idle_time is None else self._work_again)
        return subscriber

    async def _work(self, message: RedisStreamMessage) -> None:
        """A job that no worker has had before."""
        id = message.raw_message["message_ids"][0].decode()
        job = _job(message.body)
        if job is None:
            await self._bury(id, message.body.decode(errors="replace"), 1, "it is no JSON object")
            return
        try:
            async with asyncio.timeout(self._seconds):
                await self._handle(job)
        except Exception as error:
            self._why[id] = f"{type(error).__name__}: {error}"[:500]
            JOBS.labels(self.name, "failed").inc()
            log.warning("job failed", queue=self.name, id=id, why=self._why[id])
            raise
        self._why.pop(id, None)
        JOBS.labels(self.name, "done").inc()
        await self._finished(id)
        message.committed = AckStatus.ACKED  # together with others' above; FastStream need not do it again

    async def _clear_away(self, ids: Sequence[str]) -> Sequence[None]:
        """Done jobs leave the stream, so that it holds only what is to be done."""
        async with self._client.pipeline(transaction=False) as pipe:
            pipe.xack(self.key, GROUP, *ids)
            pipe.xdel(self.key, *ids)
            await pipe.execute()
        return [None] * len(ids)

    async def _work_again(self, message: RedisStreamMessage) -> None:
        """A job that failed, or whose worker died."""
        count = await message.get_delivery_count()
        job = _job(message.body)
        if count <= self.deliveries or job is None:
            await self._work(message)
            return
        id = message.raw_message["message_ids"][0].decode()
        why = self._why.pop(id, "its worker died each time")
        if self._buried is not None:
            await self._buried(job, why)
        await self._bury(id, job, count - 1, why)

    async def _bury(self, id: str, job: Any, deliveries: int, why: str) -> None:
        JOBS.labels(self.name, "buried").inc()
        log.error("job buried", queue=self.name, id=id, deliveries=deliveries, why=why)
        async with self._client.pipeline(transaction=True) as pipe:
            pipe.xadd(self.dead_key, {FIELD: msgspec.json.encode(Dead(job, deliveries, why))})
            pipe.xack(self.key, GROUP, id)
            pipe.xdel(self.key, id)
            await pipe.execute()


async def _as_it_is(message: Any) -> Any:
    """FastStream's own decoding fails before our code is reached, which would leave a broken job pending for ever."""
    return message.body


def _job(body: bytes) -> Job | None:
    try:
        job = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return job if isinstance(job, dict) else None
