"""What is refused before it is read: too much, of the wrong kind, too often; and what goes on while broker or database is away."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from sqlalchemy.exc import OperationalError

from shared import service
from shared.broker.embedded import EmbeddedBroker
from shared.events import catalogue
from shared.security import Grant
from shared.settings import Misconfigured
from shared.web.asking import SignedIn, public
from shared.web.guard import AT_MOST, takes
from shared.web.rates import ADDRESS, CLIENT, Buckets, TooMany, address, from_environment
from tests.shared.bells import RINGING, BellRung
from tests.shared.bells import router as bells
from tests.shared.test_web import is_problem
from tests.world import World, bearer, eventually

PLENTY = AT_MOST // 4

files = APIRouter()


@files.post("/files", dependencies=[Depends(public)], openapi_extra=takes("application/pdf", "image/*", at_most=2 * PLENTY))
async def files_taken(request: Request) -> int:
    return len(await request.body())


@files.get("/locked", dependencies=[Depends(public)])
async def locked() -> None:
    trouble = sqlite3.OperationalError("database is locked")
    trouble.sqlite_errorcode = sqlite3.SQLITE_BUSY
    raise OperationalError("SELECT 1", None, trouble)


@files.get("/wrongly-asked", dependencies=[Depends(public)])
async def wrongly_asked() -> None:
    trouble = sqlite3.OperationalError("no such column: secret")
    trouble.sqlite_errorcode = sqlite3.SQLITE_ERROR
    raise OperationalError("SELECT secret", None, trouble)


@files.get("/who", dependencies=[])
async def who(principal: SignedIn) -> str:
    return principal.id


def app_of(world: World, **environment: str) -> FastAPI:
    settings = world.settings("judging", environment=environment)
    return service.create(
        settings, "judging", title="A test", listens=["judging"], projections=[RINGING], routers=[files, bells]
    )


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalogue(), "BellRung", BellRung)


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.running(app_of(world)) as client:
        yield client


async def in_pieces(size: int) -> AsyncIterator[bytes]:
    """A body whose length is not told beforehand."""
    yield b'"'
    for _ in range(size // 1024):
        yield b"x" * 1024
    yield b'"'


# -- how much


async def test_a_body_longer_than_is_taken_is_refused_by_its_length(world: World, client: httpx.AsyncClient) -> None:
    headers = bearer(await world.token("person/1", Grant("committee", "test")))
    body = is_problem(await client.post("/v1/bell", json="x" * AT_MOST, headers=headers), 413, "too-large")
    assert str(AT_MOST) in body["detail"]


async def test_and_so_is_one_that_does_not_tell_its_length(world: World, client: httpx.AsyncClient) -> None:
    headers = {**bearer(await world.token("person/1", Grant("committee", "test"))), "Content-Type": "application/json"}
    is_problem(await client.post("/v1/bell", content=in_pieces(AT_MOST), headers=headers), 413, "too-large")
    is_problem(await client.post("/v1/bell", content=in_pieces(1024), headers=headers), 422, "malformed")


async def test_a_route_says_how_much_it_takes(client: httpx.AsyncClient) -> None:
    pdf = {"Content-Type": "application/pdf"}
    taken = await client.post("/v1/files", content=b"x" * 2 * PLENTY, headers=pdf)
    assert (taken.status_code, taken.json()) == (200, 2 * PLENTY)
    is_problem(await client.post("/v1/files", content=b"x" * (2 * PLENTY + 1), headers=pdf), 413, "too-large")
    is_problem(await client.post("/v1/files", content=in_pieces(2 * PLENTY), headers=pdf), 413, "too-large")


# -- of what kind


@pytest.mark.parametrize(
    ("path", "type", "taken"),
    [
        ("/v1/files", "application/pdf", True),
        ("/v1/files", "Image/PNG; x=y", True),
        ("/v1/files", "application/json", False),
        ("/v1/files", "", False),
        ("/v1/bell", "application/json; charset=utf-8", True),
        ("/v1/bell", "application/vnd.makmal+json", True),
        ("/v1/bell", "text/json", False),
        ("/v1/bell", "application/x-www-form-urlencoded", False),
    ],
)
async def test_a_body_is_of_a_media_type_that_the_route_takes(
    world: World, client: httpx.AsyncClient, path: str, type: str, taken: bool
) -> None:
    headers = {**bearer(await world.token("person/1", Grant("committee", "test"))), "Content-Type": type}
    answer = await client.post(path, content=b'{"times": 1}', headers=headers)
    if taken:
        assert answer.is_success, answer.text
    else:
        is_problem(answer, 415, "unsupported-media-type")
        assert answer.headers["accept"] == ("application/json" if path == "/v1/bell" else "application/pdf, image/*")


async def test_a_compressed_body_is_not_unpacked(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/pdf", "Content-Encoding": "gzip"}
    is_problem(await client.post("/v1/files", content=b"x", headers=headers), 415, "unsupported-media-type")


async def test_an_address_with_a_nul_is_refused_before_any_database_sees_it(client: httpx.AsyncClient) -> None:
    for path in ("/v1/who?name=a%00b", "/v1/fi%00les"):
        is_problem(await client.get(path), 422, "invalid")


# -- how often


async def test_who_asks_too_often_is_told_when_to_go_on(world: World) -> None:
    async with world.running(app_of(world, **{CLIENT: "0.5 3"})) as client:
        one, other = bearer(await world.token("client/1")), bearer(await world.token("client/2"))
        answers = [await client.get("/v1/who", headers=one) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        is_problem(answers[-1], 429, "too-many-requests")
        assert answers[-1].headers["retry-after"] == "2"
        assert (await client.get("/v1/who", headers=other)).status_code == 200, "each client has his own measure"
        again = bearer(await world.token("client/1", seconds=599))
        assert (await client.get("/v1/who", headers=again)).status_code == 429, "whichever token he shows"


async def test_an_address_has_its_measure_before_anybody_is_signed_in(world: World) -> None:
    async with world.running(app_of(world, **{ADDRESS: "0.5 3"})) as client:
        statuses = [(await client.get("/v1/who")).status_code for _ in range(5)]
        assert statuses == [401, 401, 401, 429, 429]
        assert [(await client.get("/livez")).status_code for _ in range(5)] == [200] * 5, "probes are not counted"


def test_a_bucket_fills_up_again_and_no_further() -> None:
    now = 0.0
    buckets = Buckets(rate=2, burst=4, clock=lambda: now)

    def taken() -> int:
        for count in range(100):
            try:
                buckets.take("a")
            except TooMany:
                return count
        return 100

    assert taken() == 4
    now = 1.0
    assert taken() == 2
    now = 1000.0
    assert taken() == 4
    with pytest.raises(TooMany) as refused:
        buckets.take("a")
    assert refused.value.wait == 0.5
    buckets.take("b")


def test_callers_longest_silent_are_forgotten_first() -> None:
    buckets = Buckets(rate=0.001, burst=1, kept=2, clock=lambda: 0.0)
    for caller in ("a", "b", "c", "a"):
        buckets.take(caller)
    with pytest.raises(TooMany):
        buckets.take("c")


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("a socket", "a socket"),
    ],
)
def test_of_ipv6_a_whole_network_counts_as_one(host: str, counted: str) -> None:
    assert address(host) == counted


@pytest.mark.parametrize("text", ["x", "1", "1 2 3", "-1 5", "1 0", "inf inf", "nan 1"])
def test_a_measure_that_is_none_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(Misconfigured, match=CLIENT):
        from_environment({CLIENT: text}, CLIENT)


def test_a_rate_of_nought_limits_nobody() -> None:
    buckets = from_environment({CLIENT: "0 1"}, CLIENT)
    for _ in range(100):
        buckets.take("a")


# -- while something is away


async def test_while_the_broker_is_away_reads_go_on_and_commands_are_told_to_come_again(tmp_path: Path) -> None:
    broker = EmbeddedBroker(tmp_path / "broker")
    broker.start()
    world = World(broker.url(), "away", tmp_path)
    try:
        headers = bearer(await world.token("person/1", Grant("committee", "test")))
        async with world.running(app_of(world)) as client:
            assert (await client.post("/v1/bell", json={"times": 1}, headers=headers)).status_code == 201
            broker.stop()
            assert (await client.get("/v1/bell")).status_code == 200
            assert (await client.get("/v1/who", headers=headers)).status_code == 200
            repeated = {**headers, "Idempotency-Key": "repeated-1"}
            command = await client.post("/v1/bell", json={"times": 2}, headers=repeated)
            is_problem(command, 503, "log-unavailable")
            assert int(command.headers["retry-after"]) >= 1
            broker.start()

            async def done() -> bool:
                return (await client.post("/v1/bell", json={"times": 2}, headers=repeated)).status_code == 201

            await eventually(done)
            rung = [e for e in await world.all_events() if e.type == "BellRung"]
            assert len(rung) == 2, "however often it was repeated"
    finally:
        await world.close()
        broker.stop()


async def test_a_database_in_trouble_is_told_apart_from_a_mistake_of_ours(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/locked")
    is_problem(answer, 503, "database-unavailable")
    assert answer.headers["retry-after"] == "2"
    is_problem(await client.get("/v1/wrongly-asked"), 500, "internal")
