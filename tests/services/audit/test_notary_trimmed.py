"""Live: what the broker loses of what was signed is noticed within five seconds, and put back with one command."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from redis import Redis

from services.audit.notary import SECONDS_BETWEEN_CHECKPOINTS
from shared.events.audit import InconsistencyFound
from tests.services.audit.test_notary import SHEET, a_notary, published, score, signs, stops
from tests.world import World

Loss = Callable[[Redis, World], object]


def _trimmed(kept: int) -> Loss:
    return lambda rogue, world: rogue.xtrim(world.keys.stream("judging"), maxlen=kept, approximate=False)


def _deleted(service: str) -> Loss:
    return lambda rogue, world: rogue.delete(world.keys.stream(service))


def _dropped(rogue: Redis, world: World) -> None:
    rogue.xdel(world.keys.stream("judging"), "4-0")


def _set_back(rogue: Redis, world: World) -> None:
    rogue.set(world.keys.position, 3)


def _without_counter(rogue: Redis, world: World) -> None:
    rogue.delete(world.keys.position)


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        pytest.param(_trimmed(2), "position 2 was signed and is missing", id="trimmed"),
        pytest.param(_trimmed(0), "position 2 was signed and is missing", id="trimmed to nothing"),
        pytest.param(_dropped, "position 4 was signed and is missing", id="an entry dropped"),
        pytest.param(_deleted("judging"), "position 2 was signed and is missing", id="deleted"),
        pytest.param(_deleted("audit"), "position 1 was signed and is missing", id="the notary's own deleted"),
        pytest.param(_set_back, "the log is shorter than the 6 events", id="counter set back"),
        pytest.param(_without_counter, "the log is shorter than the 6 events", id="counter deleted"),
    ],
)
async def test_a_loss_is_noticed_within_five_seconds_and_mended_with_one_command(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loss: Loss, told: str
) -> None:
    async with a_notary(world, tmp_path, between=SECONDS_BETWEEN_CHECKPOINTS) as notary:
        await signs(notary, 1)
        await world.record(SHEET, *(score(points) for points in range(1, 6)))
        await signs(notary, 6)
        before = published(world, tmp_path)
        with Redis.from_url(world.broker_url) as rogue:
            loss(rogue, world)
        lost = time.monotonic()
        await stops(notary, told)
        assert time.monotonic() - lost < 5
        await asyncio.sleep(0.3)
        assert told in notary.failure, "it stays down, and names the same position"
        assert published(world, tmp_path) == before
        await _mend(world, tmp_path, monkeypatch)
        await signs(notary, 6)
    events = await world.all_events()
    assert [event.position for event in events] == [*range(1, len(events) + 1)]
    on_record = {event.event.position for event in events if isinstance(event.event, InconsistencyFound)}
    assert on_record <= {int(told.split()[1])} if told.startswith("position") else on_record == set()


async def test_what_is_appended_after_a_loss_is_not_signed_before_it_is_mended(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_notary(world, tmp_path) as notary:
        await signs(notary, 1)
        await world.record(SHEET, score(1), score(2))
        await signs(notary, 3)
    with Redis.from_url(world.broker_url) as rogue:
        rogue.xdel(world.keys.stream("judging"), "2-0")
    await world.record(f"{SHEET}2", score(3))
    async with a_notary(world, tmp_path) as notary:
        await stops(notary, "was signed and is missing from all streams")
        await asyncio.sleep(0.2)
        assert published(world, tmp_path).size == 3
        await _mend(world, tmp_path, monkeypatch)
        await signs(notary, 4)


async def _mend(world: World, audit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`makmal audit restore --mend`, where the audit service runs."""
    from makmal.bundle_commands import restore_command

    variables = {"BROKER_URL": world.broker_url, "LOG": world.keys.log, "SERVICE": "audit", "DATA": str(audit)}
    for name, value in variables.items():
        monkeypatch.setenv(f"MAKMAL_{name}", value)
    await asyncio.to_thread(restore_command, None, put_back=True)
