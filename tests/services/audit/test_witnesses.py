"""The notary's checkpoints cosigned by real witnesses over HTTP, and what hostile ones cannot do."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from services.audit import witnesses
from services.audit.app import create_app
from services.audit.ledger import Ledger, public_directory
from services.audit.witnesses import Asked, Witnesses, configured
from shared.settings import Misconfigured
from shared.sockets import free_port
from shared.transparency.checkpoint import Checkpoint, open_checkpoint
from shared.transparency.cosignature import Cosigner, WitnessVerifier, cosignatures
from shared.transparency.note import Signer, Verifier
from shared.transparency.proof import parse_receipt, verify
from tests.makmal.witness.logs import COSIGNER, running
from tests.services.audit.test_receipts import score
from tests.world import World, eventually

ORIGIN = "makmal/test"
VERIFIER = WitnessVerifier.parse(COSIGNER.verifier.vkey)


def entries(start: int, end: int, word: str = "event") -> list[bytes]:
    return [f"{word} {number}".encode() for number in range(start, end)]


def key_of(directory: Path) -> Signer:
    return Signer.parse((directory / "notary" / "key").read_text().strip())


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path, ORIGIN) as ledger:
        ledger.extend(entries(0, 5))
        ledger.sign()
        yield ledger


async def one_round(it: Witnesses) -> None:
    async with httpx.AsyncClient(timeout=2) as client:
        await it.round(client)


def published(it: Witnesses, directory: Path) -> Checkpoint:
    vkey = (public_directory(directory) / "vkey").read_text().strip()
    return open_checkpoint(it.cosigned_file.read_bytes(), ORIGIN, [Verifier.parse(vkey)])


async def test_a_checkpoint_is_cosigned_and_published_with_the_cosignature(ledger: Ledger, tmp_path: Path) -> None:
    with running(tmp_path / "w", key_of(tmp_path)) as url:
        it = Witnesses(tmp_path, ORIGIN, [Asked(url, VERIFIER)])
        await one_round(it)
        assert published(it, tmp_path) == ledger.signed
        [cosigned] = cosignatures(it.cosigned_file.read_bytes(), [VERIFIER])
        assert cosigned == it.asked[0].given and it.asked[0].size == 5
        ledger.extend(entries(5, 300))
        ledger.sign()
        await one_round(it)
        assert published(it, tmp_path).size == 300 and it.asked[0].failure == ""


async def test_who_starts_anew_learns_from_the_witness_what_it_has_seen(ledger: Ledger, tmp_path: Path) -> None:
    with running(tmp_path / "w", key_of(tmp_path)) as url:
        await one_round(Witnesses(tmp_path, ORIGIN, [Asked(url, VERIFIER)]))
        ledger.extend(entries(5, 9))
        ledger.sign()
        anew = Witnesses(tmp_path, ORIGIN, [Asked(url, VERIFIER)])
        await one_round(anew)
        assert published(anew, tmp_path).size == 9


async def test_a_witness_that_was_away_cosigns_when_it_is_back_and_the_others_are_not_lost(
    ledger: Ledger, tmp_path: Path
) -> None:
    port, second = free_port(), Cosigner("second.example/w", bytes([2] * 32))
    away = Asked(f"http://127.0.0.1:{port}", VERIFIER)
    with running(tmp_path / "w", key_of(tmp_path), cosigner=second) as url:
        it = Witnesses(tmp_path, ORIGIN, [away, Asked(url, second.verifier)])
        await one_round(it)
        assert away.failure and len(cosignatures(it.cosigned_file.read_bytes(), [VERIFIER, second.verifier])) == 1
        away._not_before = 0.0
        with running(tmp_path / "w2", key_of(tmp_path), port=port):
            await one_round(it)
        assert len(cosignatures(it.cosigned_file.read_bytes(), [VERIFIER, second.verifier])) == 2 and not away.failure


async def test_a_witness_that_failed_rests_longer_each_time(ledger: Ledger, tmp_path: Path) -> None:
    away = Asked(f"http://127.0.0.1:{free_port()}", VERIFIER)
    it = Witnesses(tmp_path, ORIGIN, [away])
    rests = [away.rests]
    await one_round(it)
    assert [*rests, away.rests] == [False, True]
    first = away._not_before
    await one_round(it)
    assert away._not_before == first, "it is not asked while it rests"


async def test_a_rewritten_log_is_refused_by_the_witness_and_told_as_an_alarm(ledger: Ledger, tmp_path: Path) -> None:
    with running(tmp_path / "w", key_of(tmp_path)) as url:
        await one_round(Witnesses(tmp_path, ORIGIN, [Asked(url, VERIFIER)]))
        for number, (count, says) in enumerate(
            ((5, "another log of 5 entries"), (8, "does not continue the 5 entries"), (3, "it has seen 5 entries"))
        ):
            forger = tmp_path / f"forger{number}"
            (forger / "notary").mkdir(parents=True)
            (forger / "notary" / "key").write_text(key_of(tmp_path).skey)
            (forger / "notary" / "key").chmod(0o600)
            with Ledger(forger, ORIGIN) as forged:
                forged.extend(entries(0, count, "rewritten"))
                forged.sign()
            it = Witnesses(forger, ORIGIN, [Asked(url, VERIFIER)])
            await one_round(it)
            assert says in it.asked[0].failure
            assert not it.cosigned_file.exists()


class Hostile(BaseHTTPRequestHandler):
    answer: tuple[int, bytes] = (200, b"")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.answer[0])
        self.end_headers()
        self.wfile.write(self.answer[1])

    def log_message(self, format: str, *args: object) -> None:
        """Be silent."""


@contextmanager
def hostile(status: int, body: bytes) -> Iterator[str]:
    handler = type("Answering", (Hostile,), {"answer": (status, body)})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"hello\n"),
        (200, str(COSIGNER.sign("another text\n")).encode()),
        (200, str(Cosigner(COSIGNER.name, bytes([9] * 32)).sign("x\n")).encode()),
        (200, b"x" * 200_000),
        (409, b"not a size"),
        (409, b"5\n"),
        (409, b"4\n"),
        (409, b"99\n"),
        (409, b"-1\n"),
        (403, b"no"),
        (500, b"\xff\xff"),
        (302, b""),
    ],
)
async def test_an_answer_that_is_of_no_use_is_told_and_published_nowhere(
    ledger: Ledger, tmp_path: Path, status: int, body: bytes
) -> None:
    with hostile(status, body) as url:
        it = Witnesses(tmp_path, ORIGIN, [Asked(url, VERIFIER)])
        await one_round(it)
        assert it.asked[0].failure and not it.cosigned_file.exists()


def test_witnesses_are_configured_as_pairs_of_url_and_key() -> None:
    assert configured({}) == []
    second = Cosigner("second.example/w", bytes([2] * 32)).verifier.vkey
    one, two = configured({"MAKMAL_WITNESSES": f"http://a:1/ {VERIFIER.vkey}\n https://b {second}"})
    assert (one.url, one.name, two.url, two.name) == ("http://a:1", COSIGNER.name, "https://b", "second.example/w")
    for wrong in ("http://a", f"ftp://a {VERIFIER.vkey}", f"http://a {second[:-3]}", f"http://a {second} http://b {second}"):
        with pytest.raises(Misconfigured, match="MAKMAL_WITNESSES"):
            configured({"MAKMAL_WITNESSES": wrong})
    with pytest.raises(Misconfigured, match="no witness' key"):
        configured({"MAKMAL_WITNESSES": f"http://a {Signer('makmal/x', bytes(32)).verifier.vkey}"})


async def test_receipts_carry_the_cosignatures_and_a_silent_witness_delays_nobody(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witnesses, "PATIENCE", 1.0)
    mute = Cosigner("mute.example/w", bytes([3] * 32)).verifier.vkey
    settings = world.settings("audit")
    with Ledger(settings.data, f"makmal/{world.keys.log}"):
        key = key_of(settings.data)
    with running(tmp_path / "w", key) as url, socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        environment = {"MAKMAL_WITNESSES": f"{url} {VERIFIER.vkey} http://127.0.0.1:{port} {mute}"}
        async with world.running(create_app(replace(settings, environment=environment))) as client:

            async def cosigned() -> bool:
                return (await client.get("/v1/cosigned-checkpoint")).status_code == 200

            assert (await client.get("/v1/cosigned-checkpoint")).status_code == 404
            recorded = await score(world)
            async with asyncio.timeout(2):
                assert (await client.get(f"/v1/receipts/{recorded.position}")).status_code == 200
            await eventually(cosigned)

            async def in_receipt() -> bool:
                receipt = parse_receipt((await client.get("/v1/receipts/1")).content)
                [first] = [event for event in await world.all_events() if event.position == 1]
                proven = verify(receipt, first.raw, key.name, [key.verifier], [VERIFIER])
                return [one.witness for one in proven.cosigned] == [COSIGNER.name]

            await eventually(in_receipt)

            async def is_told() -> bool:
                first, second = (await client.get("/v1/notary")).json()["witnesses"]
                assert (first["name"], first["failure"]) == (COSIGNER.name, "") and first["cosigned"]
                return second["name"] == "mute.example/w" and "no answer within 1 s" in second["failure"]

            await eventually(is_told)
