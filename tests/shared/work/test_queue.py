"""Work queues on a real Valkey, as the user that the ACL gives to the notification service."""

import asyncio
import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from shared.broker.embedded import EmbeddedBroker
from shared.eventlog.acl import OPERATOR, render
from shared.eventlog.connection import connect
from shared.eventlog.keys import SERVICES, Keys
from shared.work import Dead, WorkQueue
from tests.world import eventually

ROOT = Path(__file__).resolve().parents[3]
LOG = "worktest"
SHORT = 0.4
"""Seconds that a job may take here; a dead worker's job is another's after about half a second."""

Job = dict[str, Any]


@pytest.fixture(scope="module")
def passwords() -> dict[str, str]:
    return {user: secrets.token_hex(8) for user in (*SERVICES, OPERATOR)}


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory, passwords: dict[str, str]) -> Iterator[EmbeddedBroker]:
    running = EmbeddedBroker(tmp_path_factory.mktemp("work"), acl=render(LOG, passwords), lifelong=True)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def url(valkey: EmbeddedBroker, passwords: dict[str, str]) -> str:
    return valkey.url("notification", passwords["notification"])


@pytest.fixture
async def operator(valkey: EmbeddedBroker, passwords: dict[str, str]) -> AsyncIterator[Redis]:
    """Sees and spoils what no service may; each test begins on an empty broker."""
    client = connect(valkey.url(OPERATOR, passwords[OPERATOR]))
    await client.flushall()
    yield client
    await client.aclose()


class Worker:
    """Does jobs by writing them down; fails as often as it is told to."""

    def __init__(self, failures: int = 0):
        self.failures = failures
        self.tries = 0
        self.done: list[Job] = []
        self.given_up: list[tuple[Job, str]] = []

    async def handle(self, job: Job) -> None:
        self.tries += 1
        if self.tries <= self.failures:
            raise RuntimeError(f"try {self.tries} fails")
        self.done.append(job)

    async def buried(self, job: Job, why: str) -> None:
        self.given_up.append((job, why))


@pytest.fixture
def queue_of(url: str, operator: Redis) -> Callable[..., WorkQueue]:
    def make(worker: Worker, **how: Any) -> WorkQueue:
        how = {"seconds": SHORT, "readers": 2, **how}
        return WorkQueue(url, Keys(LOG), "mail", worker.handle, buried=worker.buried, **how)

    return make


Make = Callable[..., WorkQueue]


async def left_over(operator: Redis, queue: WorkQueue) -> tuple[int, int]:
    """Entries in the stream, and deliveries not acknowledged."""
    return await operator.xlen(queue.key), (await operator.xpending(queue.key, "workers"))["pending"]


async def finished(operator: Redis, queue: WorkQueue) -> bool:
    return await left_over(operator, queue) == (0, 0)


async def test_a_job_arrives_as_it_was_put_also_where_it_is_not_ascii(queue_of: Make, operator: Redis) -> None:
    job = {"data": "naik – menuju ‘juara’ 賞", "subject": "Penghargaan Inovasi Daerah é", "n": [1, {"x": None}]}
    worker = Worker()
    queue = queue_of(worker)
    async with queue.running():
        await queue.put(job)
        await eventually(lambda: finished(operator, queue))
    assert worker.done == [job]


async def test_jobs_put_before_any_worker_lived_are_done_once(queue_of: Make, operator: Redis) -> None:
    worker = Worker()
    queue = queue_of(worker)
    await queue.put(*({"n": n} for n in range(300)))
    async with queue.running():
        await eventually(lambda: finished(operator, queue))
    assert sorted(job["n"] for job in worker.done) == list(range(300))


async def test_a_worker_never_holds_more_than_it_works_on(queue_of: Make, operator: Redis) -> None:
    """What a worker has taken is stranded when it dies: of forty waiting jobs, two readers take two."""
    here = asyncio.Event()

    class Slow(Worker):
        async def handle(self, job: Job) -> None:
            await here.wait()
            self.done.append(job)

    worker = Slow()
    queue = queue_of(worker, seconds=30)
    await queue.put(*({"n": n} for n in range(40)))
    async with queue.running():

        async def two_taken() -> bool:
            return (await left_over(operator, queue))[1] == 2

        await eventually(two_taken)
        await asyncio.sleep(0.3)
        assert await two_taken()
        here.set()
        await eventually(lambda: finished(operator, queue))
    assert len(worker.done) == 40


async def test_a_job_that_fails_comes_back_without_holding_up_others(queue_of: Make, operator: Redis) -> None:
    worker = Worker(failures=2)
    queue = queue_of(worker, readers=1)
    async with queue.running():
        await queue.put({"n": 1}, {"n": 2}, {"n": 3})
        await eventually(lambda: finished(operator, queue))
    assert worker.done[0] == {"n": 3} and sorted(job["n"] for job in worker.done) == [1, 2, 3]
    assert not worker.given_up


async def test_a_job_that_takes_too_long_counts_as_failed(queue_of: Make, operator: Redis) -> None:
    class Stuck(Worker):
        async def handle(self, job: Job) -> None:
            self.tries += 1
            if self.tries == 1:
                await asyncio.sleep(3600)
            self.done.append(job)

    worker = Stuck()
    queue = queue_of(worker)
    async with queue.running():
        await queue.put({"n": 1})
        await eventually(lambda: finished(operator, queue))
    assert (worker.tries, worker.done) == (2, [{"n": 1}])


def doomed(url: str) -> "subprocess.Popen[str]":
    """A worker process that has taken the one job there is."""
    command = [sys.executable, str(Path(__file__).with_name("doomed_worker.py")), url, LOG, "30"]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "took\n"
    return process


async def test_a_job_whose_worker_was_killed_is_done_by_another(queue_of: Make, operator: Redis, url: str) -> None:
    worker = Worker()
    queue = queue_of(worker)
    await queue.put({"n": 1})
    with await asyncio.to_thread(doomed, url) as process:
        process.kill()
    assert await left_over(operator, queue) == (1, 1)
    async with queue.running():
        await eventually(lambda: finished(operator, queue))
    assert worker.done == [{"n": 1}]


async def test_a_job_under_way_is_not_taken_from_a_living_worker(queue_of: Make, operator: Redis, url: str) -> None:
    """It may take its time up to `seconds`; only what has been idle for longer is claimed."""
    worker, other = Worker(), Worker()

    async def slow(job: Job) -> None:
        await asyncio.sleep(SHORT * 0.9)
        worker.done.append(job)

    worker.handle = slow  # type: ignore[method-assign]
    queue, second = queue_of(worker, readers=1), queue_of(other, readers=0)
    await queue.put({"n": 1})
    async with queue.running(), second.running():
        await eventually(lambda: finished(operator, queue))
    assert (worker.done, other.done) == ([{"n": 1}], [])


async def test_a_poisonous_job_is_buried_after_its_deliveries_and_told_of(queue_of: Make, operator: Redis) -> None:
    worker = Worker(failures=1000)
    queue = queue_of(worker, deliveries=3)
    async with queue.running():
        await queue.put({"kabar": "buruk é"})
        await eventually(lambda: finished(operator, queue))
        assert worker.tries == 3
        assert worker.given_up == [({"kabar": "buruk é"}, "RuntimeError: try 3 fails")]
        assert await queue.dead() == [Dead({"kabar": "buruk é"}, 3, "RuntimeError: try 3 fails")]


async def test_what_is_no_job_is_buried_at_once(queue_of: Make, operator: Redis) -> None:
    worker = Worker()
    queue = queue_of(worker, readers=1)
    async with queue.running():
        await operator.xadd(queue.key, {"__data__": "{broken"})
        await operator.xadd(queue.key, {"__data__": "[1, 2]"})
        await queue.put({"n": 1})
        await eventually(lambda: finished(operator, queue))
        assert [letter.job for letter in await queue.dead()] == ["{broken", "[1, 2]"]
    assert worker.done == [{"n": 1}]


async def test_a_deleted_group_is_made_anew_and_loses_no_job(queue_of: Make, operator: Redis) -> None:
    worker = Worker()
    queue = queue_of(worker)
    async with queue.running():
        await queue.put({"n": 1})
        await eventually(lambda: finished(operator, queue))
        await operator.xgroup_destroy(queue.key, "workers")
        await queue.put({"n": 2})

        async def both() -> bool:
            return len(worker.done) == 2

        await eventually(both)
        await operator.delete(queue.key)
        await queue.put({"n": 3})

        async def all_three() -> bool:
            return worker.done[2:] == [{"n": 3}]

        await eventually(all_three)


async def test_the_queue_goes_on_when_the_broker_was_killed(queue_of: Make, operator: Redis, valkey: EmbeddedBroker) -> None:
    worker = Worker()
    queue = queue_of(worker)
    async with queue.running():
        await queue.put(*({"n": n} for n in range(20)))
        valkey.kill()
        valkey.start()
        await queue.put({"n": 20})

        async def all_done() -> bool:
            return {job["n"] for job in worker.done} == set(range(21)) and await finished(operator, queue)

        await eventually(all_done, timeout=15)


async def test_dead_workers_are_forgotten_once_they_hold_nothing(
    queue_of: Make, operator: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with queue_of(Worker()).running():
        pass
    second = queue_of(Worker())
    monkeypatch.setattr("shared.work.queue.FORGOTTEN_AFTER", 0.05)
    await operator.xgroup_createconsumer(second.key, "workers", "holder")
    await second.put({"n": 1})
    await operator.xreadgroup("workers", "holder", {second.key: ">"})
    await asyncio.sleep(0.1)
    async with second.running():
        names = {consumer["name"].decode() for consumer in await operator.xinfo_consumers(second.key, "workers")}
    assert "holder" in names
    assert {name for name in names if name != "holder"} <= {f"{second.consumer}-{n}" for n in ("0", "1", "claimer")}
