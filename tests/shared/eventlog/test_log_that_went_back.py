"""A log restored from an older copy is refused by every service that has seen more, however it has grown since."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from shared.broker.embedded import EmbeddedBroker
from shared.database import Database
from shared.eventlog import EventLog, Keys, LogUnavailable, LogWentBack
from shared.eventlog.connection import connect
from shared.runner import Runner
from tests.shared.eventlog.conftest import binary_of
from tests.shared.eventlog.writing import Clerk
from tests.world import eventually

KEYS = Keys("batam")
LISTENS = ("registration", "judging")


class House:
    """A broker whose directory can be copied and restored, and services with databases of their own."""

    def __init__(self, directory: Path, kind: str):
        self.directory = directory
        self.broker = EmbeddedBroker(directory / "broker", binary=binary_of(kind), lifelong=True)
        self.copy = directory / "copy"

    def take_copy(self) -> None:
        self.broker.stop()
        shutil.copytree(self.broker.directory, self.copy, ignore=shutil.ignore_patterns("*.sock"))
        self.broker.start()

    def restore_copy(self) -> None:
        self.broker.stop()
        shutil.rmtree(self.broker.directory)
        shutil.copytree(self.copy, self.broker.directory)
        self.broker.start()

    @asynccontextmanager
    async def log(self, service: str) -> AsyncIterator[EventLog]:
        log = EventLog(connect(self.broker.url()), KEYS, service)
        try:
            yield log
        finally:
            await log.client.aclose()

    @asynccontextmanager
    async def running(self, service: str, listens: tuple[str, ...] = LISTENS) -> AsyncIterator[Runner]:
        """A service's runner, as after a start of its process."""
        database = Database(f"sqlite:///{self.directory}/{service}.db")
        async with self.log(service) as log:
            runner = Runner(log, database, listens=listens, projections=[])
            runner.prepare()
            await runner.compare()
            task = asyncio.create_task(runner.run())
            try:
                yield runner
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
                database.close()

    async def write(self, service: str, *notes: str, subject: str = "a") -> None:
        async with self.log(service) as log:
            await Clerk(log).append(*((subject, note) for note in notes))


@pytest.fixture(params=["valkey", "redis"])
def house(request: pytest.FixtureRequest, tmp_path: Path):  # type: ignore[no-untyped-def]
    house = House(tmp_path, request.param)
    house.broker.start()
    yield house
    house.broker.stop()


async def caught_up(runner: Runner, position: int) -> None:
    assert await runner.reached(position, 10), runner.failure


async def refuses(runner: Runner) -> None:
    """It says so, and appends nothing."""

    async def says_so() -> bool:
        return "the log went back" in runner.failure

    await eventually(says_so, 10)
    with pytest.raises(LogWentBack):
        await Clerk(runner.event_log).append(("b", "x"))


async def test_a_shorter_log_is_refused_while_running_and_after_a_restart(house: House) -> None:
    await house.write("registration", "1", "2")
    house.take_copy()
    async with house.running("judging") as runner:
        await house.write("registration", "3")
        await caught_up(runner, 3)
        house.restore_copy()
        await refuses(runner)
    async with house.running("judging") as runner:
        await refuses(runner)


async def test_a_log_that_grew_past_what_was_seen_is_refused_after_a_restart(house: House) -> None:
    house.take_copy()
    async with house.running("judging") as runner:
        await house.write("registration", "1", "2")
        await caught_up(runner, 2)
    house.restore_copy()
    await house.write("registration", "others", "grew", "on")
    async with house.running("judging") as runner:
        with pytest.raises(LogWentBack):
            await Clerk(runner.event_log).append(("b", "x"))
        await refuses(runner)
        assert runner.position == 2, "nothing of the other log is counted"


async def test_a_log_that_grew_past_what_was_seen_is_refused_while_running(house: House) -> None:
    house.take_copy()
    async with house.running("judging") as runner:
        await house.write("registration", "1", "2")
        await caught_up(runner, 2)
        house.restore_copy()
        await house.write("registration", "others", "grew", "on")
        await refuses(runner)
        assert runner.position == 2


async def test_an_event_that_appears_where_none_was_seen_is_refused(house: House) -> None:
    """The last event counted is still there, but what followed in other streams was replaced by events for this service."""
    await house.write("registration", "1")
    house.take_copy()
    async with house.running("judging") as runner:
        await house.write("screening", "2", "3", "4")
        await caught_up(runner, 4)
    house.restore_copy()
    await house.write("registration", "others", subject="b")
    await house.write("screening", "3", "4")
    async with house.running("judging") as runner:
        with pytest.raises(LogWentBack):
            await Clerk(runner.event_log).append(("b", "x"))
        await refuses(runner)


async def test_a_service_that_has_seen_no_more_than_the_copy_goes_on(house: House) -> None:
    await house.write("registration", "1", "2")
    async with house.running("audit") as runner:
        await caught_up(runner, 2)
    house.take_copy()
    await house.write("registration", "3")
    house.restore_copy()
    await house.write("judging", "new")
    async with house.running("audit") as runner:
        await caught_up(runner, 3)
        await Clerk(runner.event_log).append(("b", "x"))


async def test_the_right_log_brought_back_is_taken_again(house: House) -> None:
    house.take_copy()
    async with house.running("judging") as runner:
        await house.write("registration", "1", "2")
        await caught_up(runner, 2)
        right = house.directory / "right"
        house.broker.stop()
        shutil.copytree(house.broker.directory, right, ignore=shutil.ignore_patterns("*.sock"))
        house.broker.start()
        house.restore_copy()
        await refuses(runner)
        house.copy = right
        house.restore_copy()

        async def goes_on() -> bool:
            return runner.failure == ""

        await eventually(goes_on, 10)
        await Clerk(runner.event_log).append(("b", "x"))
        await caught_up(runner, 3)


async def test_a_service_that_hears_of_more_streams_than_before_is_not_alarmed(house: House) -> None:
    await house.write("registration", "1")
    await house.write("screening", "2")
    async with house.running("judging") as runner:
        await caught_up(runner, 2)
    async with house.running("judging", (*LISTENS, "screening")) as runner:
        await house.write("screening", "3")
        await caught_up(runner, 3)
        assert runner.failure == ""


async def test_while_the_broker_is_away_a_starting_service_takes_no_command(house: House) -> None:
    async with house.running("judging") as runner:
        await caught_up(runner, 0)
    house.broker.stop()
    async with house.running("judging") as runner:
        with pytest.raises(LogUnavailable):
            await Clerk(runner.event_log).append(("a", "x"))
        house.broker.start()

        async def goes_on() -> bool:
            return runner.caught_up and not runner.failure

        await eventually(goes_on, 10)
        await Clerk(runner.event_log).append(("a", "x"))
