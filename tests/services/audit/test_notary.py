import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from redis import Redis

from services.audit.ledger import origin_of, public_directory
from services.audit.notary import Notary
from shared.deciding import Desk
from shared.ending import end
from shared.eventlog import Draft
from shared.eventlog.connection import connect
from shared.eventlog.whole import WholeLog
from shared.events.audit import InconsistencyFound, PositionVoided
from shared.events.judging import ScoreRecorded, ScoresheetOpened
from shared.transparency.checkpoint import Checkpoint, open_checkpoint
from shared.transparency.merkle import leaf_hash, root
from shared.transparency.note import Verifier
from tests.world import World, eventually

SHEET = "scoresheet/test.digital.a.p1"
SECRET = "a telling comment that no outsider may read"


def score(points: int) -> ScoreRecorded:
    return ScoreRecorded(criterion="novelty", score=Decimal(points), comment=SECRET)


@asynccontextmanager
async def a_notary(world: World, directory: Path, *, between: float = 0.02) -> AsyncIterator[Notary]:
    event_log = WholeLog(connect(world.broker_url), world.keys, "audit")
    notary = Notary(event_log, Desk(event_log), directory, between=between, rest=0.05)
    task = asyncio.create_task(notary.run())
    try:
        yield notary
    finally:
        await end([task])
        await event_log.client.aclose()


def published(world: World, directory: Path) -> Checkpoint:
    public = public_directory(directory)
    verifier = Verifier.parse((public / "vkey").read_text().strip())
    return open_checkpoint((public / "checkpoint").read_bytes(), origin_of(world.keys.log), [verifier])


async def signs(notary: Notary, position: int) -> None:
    async def reached() -> bool:
        return notary.signed >= position and not notary.failure

    await eventually(reached)


async def stops(notary: Notary, why: str) -> None:
    async def stopped() -> bool:
        return why in notary.failure

    await eventually(stopped)


async def test_the_checkpoint_is_the_root_over_the_whole_log_with_the_key_on_record(world: World, tmp_path: Path) -> None:
    await world.record(SHEET, score(1), score(2))
    async with a_notary(world, tmp_path) as notary:
        await signs(notary, 3)
        await world.record(SHEET, score(3))
        await signs(notary, 4)
    events = await world.all_events()
    assert [e.type for e in events] == ["ScoreRecorded", "ScoreRecorded", "NotaryKeyRotated", "ScoreRecorded"]
    assert events[2].event.vkey == notary.vkey  # type: ignore[attr-defined]
    expected = root(leaf_hash(e.raw) for e in events)
    assert published(world, tmp_path) == Checkpoint(origin_of(world.keys.log), 4, expected)


async def test_nothing_of_a_score_stands_in_the_public_directory(world: World, tmp_path: Path) -> None:
    await world.record(SHEET, *(score(points) for points in range(1, 41)))
    async with a_notary(world, tmp_path) as notary:
        await signs(notary, 41)
    public = [file for file in public_directory(tmp_path).rglob("*") if file.is_file()]
    assert {file.name for file in public} >= {"checkpoint", "vkey", "41"}
    raws = [event.raw for event in await world.all_events() if event.type == "ScoreRecorded"]
    for file in public:
        content = file.read_bytes()
        assert SECRET.encode() not in content
        assert not any(raw[i : i + 24] in content for raw in raws for i in range(0, len(raw) - 24, 8))
    private = b"".join(file.read_bytes() for file in (tmp_path / "notary" / "entries").rglob("*") if file.is_file())
    assert SECRET.encode() in private, "the notary itself keeps the bytes"


async def test_a_restart_goes_on_with_the_same_key_and_tree(world: World, tmp_path: Path) -> None:
    await world.record(SHEET, score(1))
    async with a_notary(world, tmp_path) as first:
        await signs(first, 2)
    await world.record(SHEET, score(2))
    async with a_notary(world, tmp_path) as second:
        await signs(second, 3)
    assert second.vkey == first.vkey
    assert [e.type for e in await world.all_events()].count("NotaryKeyRotated") == 1


async def test_it_stops_at_a_gap_and_goes_on_when_the_position_is_voided(world: World, tmp_path: Path) -> None:
    async with a_notary(world, tmp_path) as notary:
        await signs(notary, 1)
        with Redis.from_url(world.broker_url) as rogue:
            rogue.incr(world.keys.position)
        await world.record(SHEET, score(1))
        await stops(notary, "position 2 is missing from all streams")
        await asyncio.sleep(0.1)
        assert published(world, tmp_path).size == 1
        with Redis.from_url(world.broker_url) as broker:
            void = Draft(
                event=PositionVoided(position=2, reason="a rogue counted and wrote nothing"),
                subject="position/2",
                version=1,
                time=datetime.now(UTC),
                actor="operator",
                request="by hand",
            )
            broker.xadd(world.keys.stream("audit"), {"__data__": void.encode()}, "2-0")
        await signs(notary, 3)


async def test_what_stands_before_a_gap_is_signed_before_it_stops(world: World, tmp_path: Path) -> None:
    await world.record(SHEET, score(1), score(2))
    with Redis.from_url(world.broker_url) as rogue:
        rogue.incr(world.keys.position)
    await world.record(SHEET, score(3))
    async with a_notary(world, tmp_path) as notary:
        await stops(notary, "position 3 is missing")
        assert published(world, tmp_path).size == 2


async def test_two_events_at_one_position_stop_it(world: World, tmp_path: Path) -> None:
    async with a_notary(world, tmp_path) as notary:
        await signs(notary, 1)
        [recorded] = await world.record(SHEET, score(1))
        await signs(notary, 2)
        with Redis.from_url(world.broker_url) as rogue:
            raw = recorded.raw.replace(b'"/judging"', b'"/screening"')
            rogue.xadd(world.keys.stream("screening"), {"__data__": raw}, "3-0")
        await world.record(SHEET, score(2))
        await stops(notary, "position 3 stands twice")
        assert published(world, tmp_path).size == 2


async def test_an_event_in_anothers_stream_stops_it(world: World, tmp_path: Path) -> None:
    [recorded] = await world.record(SHEET, score(1))
    with Redis.from_url(world.broker_url) as rogue:
        rogue.xadd(world.keys.stream("screening"), {"__data__": recorded.raw}, "2-0")
        rogue.incr(world.keys.position)
    async with a_notary(world, tmp_path) as notary:
        await stops(notary, "position 2: its source is /judging, but it stands in the stream of screening")


async def test_it_signs_nothing_on_a_log_that_went_back(world: World, tmp_path: Path) -> None:
    await world.record(SHEET, score(1), score(2))
    async with a_notary(world, tmp_path) as notary:
        await signs(notary, 3)
    with Redis.from_url(world.broker_url) as rogue:
        rogue.set(world.keys.position, 2)
    async with a_notary(world, tmp_path) as notary:
        await stops(notary, "the log is shorter than the 3 events that the notary has signed")
        with Redis.from_url(world.broker_url) as operator:
            operator.set(world.keys.position, 3)
        await signs(notary, 3)


async def test_a_log_that_ends_with_another_event_than_was_signed_is_refused_at_the_start(world: World, tmp_path: Path) -> None:
    async with a_notary(world, tmp_path) as notary:
        await signs(notary, 1)
        await world.record(SHEET, score(70))
        await signs(notary, 2)
    replace_in_stream(world, "judging", 2, b'"70"', b'"90"')
    async with a_notary(world, tmp_path) as notary:
        await stops(notary, "the event at position 2 is not the one that was signed")
        await asyncio.sleep(0.1)
        assert published(world, tmp_path).size == 2


async def test_a_changed_older_event_is_found_put_on_record_and_signed_over_by_nobody(world: World, tmp_path: Path) -> None:
    async with a_notary(world, tmp_path) as notary:
        await signs(notary, 1)
        await world.record(SHEET, score(70), score(71), score(72))
        await signs(notary, 4)
    replace_in_stream(world, "judging", 3, b'"71"', b'"99"')
    async with a_notary(world, tmp_path) as notary:
        await stops(notary, "the event at position 3 is not the one that was signed")

        async def on_record() -> bool:
            return any(isinstance(e.event, InconsistencyFound) and e.event.position == 3 for e in await world.all_events())

        await eventually(on_record)
        await world.record(SHEET, ScoresheetOpened(entry="e", juror="j"))
        await asyncio.sleep(0.3)
        signed = published(world, tmp_path).size
        assert signed == 4
        replace_in_stream(world, "judging", 3, b'"99"', b'"71"')
        await signs(notary, 6)


def replace_in_stream(world: World, service: str, position: int, old: bytes, new: bytes) -> None:
    """What only the operator can do: write a stream anew, with other bytes at one position."""
    stream = world.keys.stream(service)
    with Redis.from_url(world.broker_url) as operator:
        entries = operator.xrange(stream)
        operator.delete(stream)
        for id, fields in entries:
            raw = fields[b"__data__"]
            changed = raw.replace(old, new) if id == f"{position}-0".encode() else raw
            assert id != f"{position}-0".encode() or changed != raw
            operator.xadd(stream, {b"__data__": changed}, id)
