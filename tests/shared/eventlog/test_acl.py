"""Who may do what on the broker. Every service is tried against every other."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from faststream.redis import RedisBroker, StreamSub
from redis import Redis
from redis.exceptions import NoPermissionError, ResponseError

from shared.broker.embedded import EmbeddedBroker
from shared.eventlog import SERVICES, EventLog, Keys
from shared.eventlog.acl import OPERATOR, READS, SCRIPT_WRITES, WORK_QUEUES, render, service_rules
from shared.eventlog.keys import WEEK
from shared.eventlog.log import APPEND_SCRIPT, LOAD_SCRIPT, _pack
from tests.shared.eventlog.writing import PASSWORD, Clerk, event_bytes

PAIRS = [(rogue, victim) for rogue in SERVICES for victim in SERVICES if rogue != victim]

RECONFIGURING = """
    CONFIG SET appendonly no
    CONFIG GET dir
    CONFIG REWRITE
    ACL SETUSER x on
    ACL LIST
    SHUTDOWN NOSAVE
    SCRIPT FLUSH
    SCRIPT KILL
    FUNCTION FLUSH
    FUNCTION LOAD x
    DEBUG SLEEP 0
    MONITOR
    REPLICAOF NO ONE
    FAILOVER
    BGREWRITEAOF
    BGSAVE
    SAVE
    CLIENT KILL ID 1
    CLIENT PAUSE 10
    CLIENT LIST
    KEYS *
    SCAN 0
    RANDOMKEY
    SUBSCRIBE x
    PUBLISH x y
    MODULE LIST
    SLOWLOG GET
    LATENCY RESET
    CLUSTER RESET
    MEMORY PURGE
    INFO
    EVAL return 0
"""


@pytest.fixture
def as_service(server: EmbeddedBroker) -> Iterator[Callable[[str], Redis]]:
    opened: list[Redis] = []

    def connect(service: str) -> Redis:
        opened.append(Redis.from_url(server.url(service, PASSWORD + service)))
        return opened[-1]

    yield connect
    for client in opened:
        client.close()


@pytest.fixture
async def a_log(open_log: Callable[..., EventLog], operator: Any) -> dict[str, Any]:
    """A log in which every service has an event. `state()` of it is all that can be lost."""
    for service in SERVICES:
        await Clerk(open_log(service)).append(("a/1", "x"), request=f"of {service}")
    return state(operator)


def state(operator: Any) -> dict[str, Any]:
    return {key: (operator.dump(key), operator.ttl(key) > 0) for key in sorted(operator.keys("*"))}


def forged_append(rogue: Redis, keys: Keys, stream: str, requests: str, index: str, raw: bytes) -> Any:
    sha = rogue.script_load(APPEND_SCRIPT)
    now = int(time.time() * 1000)
    week = now // 1000 // WEEK
    call = _pack((0, week, [(now, "forged", "", [], [5])]))
    arguments = (keys.position, stream, requests, requests, index, call, raw)
    return rogue.execute_command("EVALSHA", sha, 5, *arguments)


@pytest.mark.parametrize(("rogue", "victim"), PAIRS)
def test_no_service_writes_anothers_stream_index_or_requests(
    as_service: Callable[[str], Redis], a_log: dict[str, Any], operator: Any, keys: Keys, rogue: str, victim: str
) -> None:
    client = as_service(rogue)
    week = int(time.time()) // WEEK
    stream, index, requests = keys.stream(victim), keys.index(victim, "a/1"), keys.requests(victim, week)
    raw = event_bytes(victim, "a/1", 2)
    own = keys.stream(rogue), keys.requests(rogue, week), keys.index(rogue, "a/1")
    attempts: list[Callable[[], Any]] = [
        lambda: client.xadd(stream, {"__data__": raw}),
        lambda: client.xadd(stream, {"__data__": raw}, id="99-0", maxlen=0),
        lambda: client.rpush(index, 99),
        lambda: client.hset(requests, "forged", "1 1 "),
        lambda: client.expire(requests, 1),
        lambda: forged_append(client, keys, stream, requests, index, raw),
        lambda: forged_append(client, keys, stream, own[1], own[2], raw),
        lambda: forged_append(client, keys, own[0], requests, own[2], raw),
        lambda: forged_append(client, keys, own[0], own[1], index, raw),
    ]
    for attempt in attempts:
        with pytest.raises(ResponseError, match=r"NOPERM|No permissions|no permissions|FOREIGN|ACL failure|can't access"):
            attempt()
    assert state(operator) == a_log


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_deletes_trims_or_counts_as_it_likes(
    as_service: Callable[[str], Redis], a_log: dict[str, Any], operator: Any, keys: Keys, service: str
) -> None:
    client = as_service(service)
    week = int(time.time()) // WEEK
    own = keys.stream(service), keys.index(service, "a/1"), keys.requests(service, week), keys.position
    others = [keys.stream(other) for other in SERVICES if other != service]
    attempts: list[tuple[Any, ...]] = [("FLUSHALL",), ("FLUSHDB",), ("SWAPDB", 0, 1)]
    for key in (*own, *others):
        attempts += [
            ("DEL", key),
            ("UNLINK", key),
            ("RENAME", key, "x"),
            ("COPY", key, "x"),
            ("MOVE", key, 1),
            ("PERSIST", key),
        ]
        attempts += [("RESTORE", key, 0, "x"), ("SET", key, 1), ("GETDEL", key), ("PEXPIRE", key, 1), ("EXPIREAT", key, 1)]
        if key != own[2]:
            attempts += [("EXPIRE", key, 1)]
    for key in (own[0], *others):
        attempts += [
            ("XTRIM", key, "MAXLEN", 0),
            ("XDEL", key, "1-0"),
            ("XSETID", key, "9-0"),
            ("XGROUP", "CREATE", key, "g", 0),
        ]
    attempts += [
        ("LPOP", own[1]),
        ("LTRIM", own[1], 1, 0),
        ("LSET", own[1], 0, 9),
        ("LREM", own[1], 0, 1),
        ("LPUSH", own[1], 1),
    ]
    attempts += [("HDEL", own[2], "x"), ("HINCRBY", own[2], "x", 1)]
    for command in ("DECR", "INCRBY", "DECRBY", "INCRBYFLOAT", "APPEND", "SETRANGE", "GETSET", "SETNX"):
        attempts.append(
            (command, keys.position, *((1,) if command != "DECR" else ()), *((1,) if command == "SETRANGE" else ()))
        )
    for attempt in attempts:
        with pytest.raises(ResponseError, match=r"(?i)permissions"):
            client.execute_command(*attempt)
    assert state(operator) == a_log


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_reconfigures_or_watches_the_broker(
    as_service: Callable[[str], Redis], a_log: dict[str, Any], service: str
) -> None:
    client = as_service(service)
    for attempt in RECONFIGURING.strip().splitlines():
        with pytest.raises(ResponseError, match=r"(?i)permissions|not allowed"):
            client.execute_command(*attempt.split())


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_all_streams_but_nobodys_requests_and_work(
    as_service: Callable[[str], Redis], a_log: dict[str, Any], keys: Keys, service: str
) -> None:
    client = as_service(service)
    week = int(time.time()) // WEEK
    for other in SERVICES:
        assert client.xlen(keys.stream(other)) == 1
        assert client.llen(keys.index(other, "a/1")) == 1
        if other != service:
            with pytest.raises(NoPermissionError):
                client.hget(keys.requests(other, week), f"of {other}")
    if "mail" not in WORK_QUEUES.get(service, ()):
        with pytest.raises(NoPermissionError):
            client.xrange(keys.work("mail"))


@pytest.mark.parametrize("service", SERVICES)
def test_work_is_done_on_ones_own_queues_only(
    as_service: Callable[[str], Redis], a_log: dict[str, Any], keys: Keys, operator: Any, service: str
) -> None:
    client = as_service(service)
    mine = set(WORK_QUEUES.get(service, ()))
    for queue in ("mail", "webhook", "document", *mine):
        stream = keys.work(queue)
        work: list[Callable[[], Any]] = [
            lambda s=stream: client.xgroup_create(s, "g", "0", mkstream=True),  # type: ignore[misc]
            lambda s=stream: client.xadd(s, {"__data__": "{}"}),  # type: ignore[misc]
            lambda s=stream: client.xreadgroup("g", "me", {s: ">"}),  # type: ignore[misc]
            lambda s=stream: client.xautoclaim(s, "g", "you", 0),  # type: ignore[misc]
            lambda s=stream: client.xpending(s, "g"),  # type: ignore[misc]
            lambda s=stream: client.xack(s, "g", "1-0"),  # type: ignore[misc]
            lambda s=stream: client.xtrim(s, maxlen=0),  # type: ignore[misc]
            lambda s=stream: client.xgroup_destroy(s, "g"),  # type: ignore[misc]
        ]
        for act in work:
            if queue in mine:
                act()
            else:
                with pytest.raises(NoPermissionError):
                    act()
    for other in SERVICES:
        with pytest.raises(NoPermissionError):
            client.xreadgroup("g", "me", {keys.stream(other): ">"})
        with pytest.raises(NoPermissionError):
            client.xack(keys.stream(other), "g", "1-0")


@pytest.mark.parametrize("service", SERVICES)
async def test_the_scripts_run_as_every_service(open_log: Callable[..., EventLog], service: str) -> None:
    clerk = Clerk(open_log(service))
    other = next(s for s in SERVICES if s != service)
    guarded = [(service, "a", 0), (other, "b", 0)]
    first = await clerk.append(("a", "1"), expected=guarded, request="r")
    assert (await clerk.append(("a", "1"), expected=guarded, request="r")) == type(first)(1, 1, True)
    assert await clerk.notes("a") == ["1"]
    assert [e.position for e in (await clerk.log.read(0, SERVICES)).events] == [1]
    await clerk.log.wake(0, SERVICES, 0.1)
    assert len(await clerk.log.at(service, 1, 1)) == 1


def commands_in(script: bytes) -> set[str]:
    called = re.findall(rb"redis\s*\.\s*p?call\s*\(\s*'([A-Za-z]+)'", script)
    assert len(called) == len(re.findall(rb"redis\s*\.\s*p?call", script)), "every call names its command"
    return {name.decode().lower() for name in called}


def test_the_scripts_use_exactly_the_commands_that_the_acl_gives() -> None:
    writes = {command for commands in SCRIPT_WRITES.values() for command in commands}
    assert commands_in(APPEND_SCRIPT) == writes | {"get", "time", "llen", "hmget"}
    assert commands_in(LOAD_SCRIPT) <= {*READS, "time"}
    assert (commands_in(APPEND_SCRIPT) | commands_in(LOAD_SCRIPT)) - {"time"} - writes <= set(READS)
    rules = " ".join(service_rules("batam", "judging"))
    assert set(re.findall(r"\(~\S+ ([^)]*)\)", rules)) == {
        "+evalsha",
        *(" ".join(f"+{c}" for c in commands) for commands in SCRIPT_WRITES.values()),
    }


def test_no_password_stands_in_the_acl_file_and_nobody_is_let_in_without() -> None:
    text = render("batam", {user: f"secret-{user}" for user in (*SERVICES, OPERATOR)})
    assert "secret" not in text
    assert "user default off" in text
    assert len(re.findall(r"^user \S+ on #[0-9a-f]{64} ", text, re.MULTILINE)) == len(SERVICES) + 1


def test_a_stranger_and_a_wrong_password_are_refused(server: EmbeddedBroker) -> None:
    for url in (server.url(), server.url("judging", "of-registration")):
        with Redis.from_url(url) as client, pytest.raises(Exception, match=r"(?i)auth|invalid username"):
            client.ping()


async def test_faststream_wakes_without_a_group_under_the_acl(server: EmbeddedBroker, keys: Keys, registration: Clerk) -> None:
    broker = RedisBroker(server.url("audit", f"{PASSWORD}audit"))
    woken = asyncio.Event()
    heard: list[Any] = []

    @broker.subscriber(stream=StreamSub(keys.stream("registration"), batch=True, max_records=10, polling_interval=100))
    async def wake(messages: list[Any]) -> None:
        heard.extend(messages)
        woken.set()

    async with broker:
        await broker.start()
        await asyncio.sleep(0.2)
        await registration.append(("a", "sepatah “kata”"))
        await asyncio.wait_for(woken.wait(), 5)
    assert heard[0]["data"] == {"note": "sepatah “kata”"}
    assert heard[0]["source"] == "/registration"
