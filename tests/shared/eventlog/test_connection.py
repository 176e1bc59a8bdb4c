"""A client of the broker: what it does when more is asked of it than it has connections."""

import asyncio

import pytest
from redis.exceptions import TimeoutError as BrokerSilent

from shared.broker.embedded import EmbeddedBroker
from shared.eventlog.connection import CONNECTIONS, connect
from shared.events.audit import InconsistencyFound
from tests.world import World


async def test_a_burst_of_reads_waits_for_connections_instead_of_failing(world: World) -> None:
    await world.record("notary", InconsistencyFound(position=1, what="made up"))
    log = world.log("audit")
    found = await asyncio.gather(*(log.at("audit", 1, 1) for _ in range(CONNECTIONS * 20)))
    assert all(events[0].position == 1 for events in found)


async def test_a_task_told_to_stop_before_it_asks_does_not_go_on(broker: EmbeddedBroker) -> None:
    """As Ctrl-C does to `makmal log tail --follow`, which prints when it comes."""
    async with connect(broker.url()) as client:
        await client.ping()

        async def asks_for_ever() -> None:
            me = asyncio.current_task()
            assert me is not None
            me.cancel()
            while True:
                await client.ping()

        _, going_on = await asyncio.wait([asyncio.create_task(asks_for_ever())], timeout=1)
        assert not going_on, "the cancellation was swallowed"
        assert await client.ping()


async def test_a_broker_that_takes_nothing_is_given_up(broker: EmbeddedBroker) -> None:
    """More is sent than the kernel buffers, to one who never reads."""

    async def never_reads(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await held.wait()
        writer.close()

    held = asyncio.Event()
    server = await asyncio.start_server(never_reads, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        async with connect(f"redis://127.0.0.1:{port}") as client:
            pool = client.connection_pool
            connection = pool.connection_class(**{**pool.connection_kwargs, "socket_timeout": 0.2, "retry": None})
            await connection._connect()
            with pytest.raises(BrokerSilent):
                await connection.send_packed_command(b"x" * 50_000_000, check_health=False)
            assert not connection.is_connected and connection.socket_timeout == 0.2
    finally:
        held.set()
        server.close()
