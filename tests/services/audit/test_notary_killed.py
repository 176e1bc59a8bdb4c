import asyncio
import os
import random
import signal
import time
from decimal import Decimal
from pathlib import Path

from services.audit.ledger import Ledger, origin_of, public_directory
from services.audit.notary import Notary
from shared.broker.embedded import EmbeddedBroker
from shared.deciding import Desk
from shared.eventlog import Keys
from shared.eventlog.connection import connect
from shared.eventlog.whole import WholeLog
from shared.events.judging import ScoreRecorded
from shared.transparency.checkpoint import Checkpoint, open_checkpoint
from shared.transparency.merkle import leaf_hash, root
from shared.transparency.note import Verifier
from tests.world import World

ROUNDS = 20


def notary_process(url: str, log: str, directory: Path) -> int:
    """A forked notary that signs as fast as it can; its process ID."""
    child = os.fork()
    if child:
        return child

    async def run() -> None:
        event_log = WholeLog(connect(url), Keys(log), "audit")
        await Notary(event_log, Desk(event_log), directory, between=0.0, rest=0.01).run()

    try:
        asyncio.run(run())
    finally:
        os._exit(1)


def published(directory: Path, origin: str) -> Checkpoint | None:
    public = public_directory(directory)
    if not (public / "checkpoint").exists():
        return None
    verifier = Verifier.parse((public / "vkey").read_text().strip())
    return open_checkpoint((public / "checkpoint").read_bytes(), origin, [verifier])


def test_a_notary_killed_at_any_moment_goes_on_and_never_contradicts_itself(broker: EmbeddedBroker, tmp_path: Path) -> None:
    log, chance, seen = f"killed{os.getpid()}", random.Random(7), []

    async def record(world: World) -> None:
        for number in range(8):
            scores = [ScoreRecorded(criterion="novelty", score=Decimal(points)) for points in range(chance.randint(1, 30))]
            await world.record(f"scoresheet/test.digital.{number}.p", *scores)

    async def in_world(work: str) -> list[bytes]:
        world = World(broker.url(), log, tmp_path)
        try:
            if work == "record":
                await record(world)
            return [event.raw for event in await world.all_events()]
        finally:
            await world.close()

    directory = tmp_path / "audit"
    for _ in range(ROUNDS):
        child = notary_process(broker.url(), log, directory)
        try:
            time.sleep(chance.random() * 0.05)
            asyncio.run(in_world("record"))
            time.sleep(chance.random() * 0.05)
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        if checkpoint := published(directory, origin_of(log)):
            seen.append(checkpoint)

    child = notary_process(broker.url(), log, directory)
    try:
        raws = asyncio.run(in_world("look"))
        deadline = time.monotonic() + 10
        while not (last := published(directory, origin_of(log))) or last.size < len(raws):
            assert time.monotonic() < deadline, f"it has signed {last and last.size} of {len(raws)}"
            time.sleep(0.02)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    leaves = [leaf_hash(raw) for raw in asyncio.run(in_world("look"))]
    assert len({checkpoint.size for checkpoint in seen}) > ROUNDS / 4, "most rounds must have signed something"
    for checkpoint in (*seen, last):
        assert checkpoint.root == root(leaves[: checkpoint.size])
    with Ledger(directory, origin_of(log)) as ledger:
        assert ledger.signed == last
        assert [leaf_hash(entry) for entry in ledger.entries.entries(0, last.size)] == leaves[: last.size]
