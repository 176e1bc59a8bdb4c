import asyncio
from collections.abc import Awaitable, Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from redis import Redis

from makmal.house import House
from makmal.verify.bytes import Entry
from makmal.verify.raw_log import entries, raw_client, snapshot
from services.audit.ledger import Ledger, origin_of
from shared.eventlog import Keys
from shared.eventlog.acl import OPERATOR
from shared.events.judging import ScoreRecorded, ScoresheetOpened
from shared.events.registration import InstitutionRegistered
from tests.world import World


class KeptHouse:
    """A data directory with its broker running, and hands to fill, sign and meddle with its log."""

    def __init__(self, house: House, url: str):
        self.house = house
        self.data = house.data
        self.url = url
        self.keys = Keys(house.secrets.log)

    def does(self, work: Callable[[World], Awaitable[object]]) -> None:
        async def run() -> None:
            world = World(self.url, self.keys.log, self.data / "world")
            world.directory.mkdir(exist_ok=True)
            try:
                await work(world)
            finally:
                await world.close()

        asyncio.run(run())

    def records(self, sheets: int) -> None:
        """An institution and four events of a scoresheet, so many times."""

        async def record(world: World) -> None:
            for number in range(sheets):
                code = f"opd-{number}"
                await world.record(f"institution/{code}", InstitutionRegistered(code=code, kind="opd", name="Dinas Contoh"))
                scores = [ScoreRecorded(criterion=name, score=Decimal("71.5")) for name in ("novelty", "benefit", "reach")]
                sheet = f"scoresheet/test.digital.{number}.p"
                await world.record(sheet, ScoresheetOpened(entry=f"test.digital.{number}", juror="p"), *scores)

        self.does(record)

    def holds(self, log: list[Entry]) -> None:
        """Put a log into the broker as it is."""
        with self.operator() as client:
            for service, position, raw in log:
                client.xadd(self.keys.stream(service), {"__data__": raw}, f"{position}-0")
            client.set(self.keys.position, len(log))

    def operator(self) -> Redis:
        return raw_client(self.url)

    def signs(self) -> None:
        """The notary's work, done at once: everything recorded is kept and signed."""
        with self.operator() as client, Ledger(self.data / "audit", origin_of(self.keys.log)) as ledger:
            raws = [raw for _, _, raw in entries(client, self.keys, snapshot(client, self.keys).end)]
            ledger.extend(raws[ledger.size :])
            ledger.sign()

    def rewrites(self, service: str, change: Callable[[list[tuple[bytes, bytes]]], list[tuple[bytes, bytes]]]) -> None:
        """What only the operator can do: write a stream anew from changed (ID, bytes)."""
        stream = self.keys.stream(service)
        with self.operator() as client:
            before = [(id, fields[1]) for id, fields in client.execute_command("XRANGE", stream, "-", "+")]
            after = change(before)
            assert after != before
            client.delete(stream)
            for id, raw in after:
                client.xadd(stream, {"__data__": raw}, id)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[KeptHouse]:
    house = House(tmp_path / "data")
    broker = house.broker(lifelong=True)
    broker.start()
    yield KeptHouse(house, broker.url(OPERATOR, house.secrets.passwords[OPERATOR]))
    broker.stop()
