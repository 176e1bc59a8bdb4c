"""Faults on the real server: it is killed, writers are killed, replies are lost. Nothing acknowledged is lost, nothing happens twice."""

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.broker.embedded import EmbeddedBroker
from shared.eventlog import Append, Appended, Conflicted, EventLog, Keys, LogUnavailable, Recorded, Wanted
from shared.eventlog.connection import connect
from tests.shared.eventlog.conftest import binary_of
from tests.shared.eventlog.swallowing import Proxy
from tests.shared.eventlog.writing import Clerk, event_bytes, everything, note_of
from tests.world import eventually

KEYS = Keys("batam")
KILLS = 20


@pytest.fixture
def broker(kind: str, tmp_path: Path) -> Iterator[EmbeddedBroker]:
    running = EmbeddedBroker(tmp_path, binary=binary_of(kind))
    running.start()
    yield running
    running.stop()


def assert_sound(events: list[Recorded], position: int) -> None:
    """No gap, and versions in step."""
    assert [e.position for e in events] == list(range(1, position + 1))
    versions: Counter[tuple[str, str]] = Counter()
    for event in events:
        versions[event.service, event.subject] += 1
        assert event.envelope.version == versions[event.service, event.subject]


async def test_a_broker_killed_twenty_times_in_the_middle_of_load(broker: EmbeddedBroker) -> None:
    logs = [EventLog(connect(broker.url()), KEYS, service) for service in ("registration", "judging") for _ in range(2)]
    acknowledged: list[tuple[str, str, Appended]] = []
    refusals: Counter[str] = Counter()
    over = asyncio.Event()

    async def write(log: EventLog, subject: str) -> None:
        number = 0
        while not over.is_set():
            number += 1
            note, size = f"{subject}.{number}", random.choice((1, 1, 3))
            while True:  # until it is answered, by the same request
                try:
                    loaded = await log.load([Wanted(log.service, subject)])
                    version = loaded.histories[0].version
                    raws = [event_bytes(log.service, subject, version + n, f"{note}/{n}") for n in range(1, size + 1)]
                    expected = ((log.service, subject, version),)
                    append = Append(loaded.now, note, "", expected, tuple((subject, raw) for raw in raws))
                    acknowledged.append((log.service, note, await log.append(append)))
                    break
                except (LogUnavailable, Conflicted) as error:
                    refusals[type(error).__name__] += 1

    writers = [asyncio.create_task(write(log, f"s/{n}.{i}")) for n, log in enumerate(logs) for i in range(4)]
    for _ in range(KILLS):
        await asyncio.sleep(0.05 + random.random() * 0.1)
        enough = len(acknowledged) + 10
        await asyncio.to_thread(broker.kill)
        await asyncio.sleep(random.choice((0, 0, 0, 0.5)))
        await asyncio.to_thread(broker.start)
        await eventually(lambda enough=enough: asyncio.sleep(0, len(acknowledged) >= enough), 20)
    over.set()
    await asyncio.gather(*writers)

    events = await everything(logs[0], ("registration", "judging"))
    assert_sound(events, await logs[0].position())
    at = {e.position: e for e in events}
    for service, note, appended in acknowledged:
        for number, position in enumerate(range(appended.first, appended.last + 1), 1):
            assert (at[position].service, note_of(at[position])) == (service, f"{note}/{number}")
    assert sum(a.last - a.first + 1 for _, _, a in acknowledged) == len(events), "nothing stands there that nobody was told of"
    assert len({note_of(e) for e in events}) == len(events), "nothing happened twice"
    for log in logs:
        await log.client.aclose()


async def test_a_broker_that_stays_away_is_told_honestly_and_soon(broker: EmbeddedBroker) -> None:
    log = EventLog(connect(broker.url()), KEYS, "judging")
    clerk = Clerk(log)
    await clerk.append(("a", "1"))
    broker.kill()
    raw = event_bytes("judging", "a", 2, "2")
    append = Append(datetime.now(UTC), "r", "", (("judging", "a", 1),), (("a", raw),))
    async with asyncio.timeout(8):
        with pytest.raises(LogUnavailable):
            await log.append(append)
    broker.start()
    assert await log.append(append) == Appended(2, 2, False)
    assert await clerk.notes("a") == ["1", "2"]
    await log.client.aclose()


async def test_twenty_writers_killed_in_the_middle_of_load(broker: EmbeddedBroker, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.touch()
    command = (sys.executable, "-m", "tests.shared.eventlog.killed_writers", broker.url(), str(notes), str(KILLS))
    process = await asyncio.create_subprocess_exec(*command, cwd=Path(__file__).parents[3])
    assert await asyncio.wait_for(process.wait(), 100) == 0

    lines = [line.split() for line in notes.read_text().splitlines()]
    log = EventLog(connect(broker.url()), KEYS, "judging")
    events = await everything(log, ["judging"])
    await log.client.aclose()
    assert_sound(events, len(events))
    assert len(events) > 6 * KILLS
    found = Counter((e.subject, note_of(e)) for e in events)
    assert set(found.values()) == {1}, "nothing happened twice"
    assert found.keys() == {(subject, number) for word, subject, number, *_ in lines if word == "meant"}
    at = {e.position: (e.subject, note_of(e)) for e in events}
    for word, subject, number, *position in lines:
        if word == "told":
            assert at[int(position[0])] == (subject, number)


async def test_a_reply_lost_with_its_connection_is_asked_for_again_and_nothing_happens_twice(broker: EmbeddedBroker) -> None:
    async with Proxy(broker.socket).serving() as proxy:
        log = EventLog(connect(proxy.url()), KEYS, "judging")
        clerk = Clerk(log)
        await clerk.append(("a", "1"))
        losses = iter([True])
        proxy.lose = lambda: next(losses, False)
        assert await clerk.append(("a", "2"), ("a", "3")) == Appended(2, 3, True)
        assert proxy.lost == 1
        assert await clerk.notes("a") == ["1", "2", "3"]
        await log.client.aclose()


async def test_a_reply_that_never_comes_is_an_honest_error_and_the_repeated_request_the_right_answer(
    broker: EmbeddedBroker,
) -> None:
    async with Proxy(broker.socket).serving() as proxy:
        proxy.hang_up = False
        log = EventLog(connect(proxy.url(timeout=0.3)), KEYS, "judging")
        clerk = Clerk(log)
        await clerk.append(("a", "1"))
        losses = iter([True])
        proxy.lose = lambda: next(losses, False)
        with pytest.raises(LogUnavailable):
            await clerk.append(("a", "2"), request="r", body="b")
        assert await clerk.append(("a", "2"), request="r", body="b") == Appended(2, 2, True)
        assert (await log.load([], "r")).answered == (2, 2, "b")
        assert await clerk.notes("a") == ["1", "2"]
        await log.client.aclose()


async def test_every_third_reply_lost_under_load(broker: EmbeddedBroker) -> None:
    dice = random.Random(3)
    async with Proxy(broker.socket).serving() as proxy:
        logs = [EventLog(connect(proxy.url()), KEYS, "judging") for _ in range(4)]
        await Clerk(logs[0]).append(("warm", "up"))
        proxy.lose = lambda: dice.random() < 0.33

        async def write(log: EventLog, subject: str) -> list[Appended]:
            answers = []
            for number in range(1, 16):
                at = datetime.now(UTC)
                raw = event_bytes("judging", subject, number, str(number))
                append = Append(at, f"{subject}.{number}", "", (("judging", subject, number - 1),), ((subject, raw),))
                answers.append(await log.append(append))
            return answers

        told = await asyncio.gather(*(write(log, f"s/{n}.{i}") for n, log in enumerate(logs) for i in range(4)))
        assert proxy.lost > 5
        events = await everything(logs[0], ["judging"])
        assert_sound(events, await logs[0].position())
        assert sorted(answer.first for answers in told for answer in answers) == [e.position for e in events[1:]]
        for log in logs:
            await log.client.aclose()
