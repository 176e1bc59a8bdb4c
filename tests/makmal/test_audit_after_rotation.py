"""The live log is proven under the key that was announced first, after the notary has changed it: the old key vouches for the new one."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from makmal.rotate_notary_command import begin
from services.audit.app import create_app
from services.audit.ledger import Ledger, kept_directory, origin_of, private_directory, public_directory
from shared.events.audit import NotaryKeyRotated
from shared.events.registration import InstitutionRegistered
from shared.transparency.checkpoint import Checkpoint
from shared.transparency.keyfiles import read_key
from shared.transparency.merkle import leaf_hash, root
from shared.transparency.note import Signer
from tests.makmal.conftest import KeptHouse
from tests.makmal.test_audit_commands import report, verified
from tests.serving import serving
from tests.world import World, eventually


def origin(kept: KeptHouse) -> str:
    return origin_of(kept.keys.log)


def records_key(kept: KeptHouse, vkey: str) -> None:
    kept.does(lambda world: world.record("notary", NotaryKeyRotated(vkey=vkey), edition=None))


def hands_over(kept: KeptHouse) -> str:
    """As the notary does it: on record under the old key, then both sign one checkpoint. The new key."""
    new = begin(kept.data / "audit", origin(kept))
    records_key(kept, new)
    kept.signs()
    with Ledger(kept.data / "audit", origin(kept)) as ledger:
        ledger.hand_over()
    return new


@pytest.fixture
def signed(kept: KeptHouse) -> KeptHouse:
    kept.records(2)
    kept.signs()
    return kept


def test_the_first_key_and_the_last_one_prove_a_log_that_goes_on(signed: KeptHouse) -> None:
    first = report(signed)[1]["vkey"]
    second = hands_over(signed)
    third = hands_over(signed)
    signed.records(1)
    signed.signs()
    for announced in ((), ("--vkey", first), ("--vkey", second), ("--vkey", third)):
        code, found = report(signed, *announced)
        assert (code, found["proven"], found["vkey"]) == (0, True, third), found["findings"]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is written."""


@contextmanager
def hosted(directory: Path) -> Iterator[str]:
    """Any web server over the notary's public files."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=directory)) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_the_first_key_proves_the_log_against_the_public_files_on_any_web_server(signed: KeptHouse) -> None:
    first = report(signed)[1]["vkey"]
    hands_over(signed)
    last = hands_over(signed)
    signed.records(1)
    signed.signs()
    public = public_directory(signed.data / "audit")
    with hosted(public) as url:
        code, found = report(signed, "--url", url, "--vkey", first)
        assert (code, found["proven"], found["vkey"]) == (0, True, last), found["findings"]
        names = (public / "checkpoints" / "index").read_text().split()
        assert names == [f"{int(name):012}" for name in sorted(names)] and len(names) >= 2
        for name in names:
            (public / "checkpoints" / name).rename(public / name)
        assert verified(signed, "--url", url, "--vkey", first).exit_code == 2, "what the index promises is not there"
        (public / "checkpoints" / "index").write_text(f"{names[0]}\n")
        (public / names[0]).rename(public / "checkpoints" / names[0])
        code, found = report(signed, "--url", url, "--vkey", first)
        assert (code, found["findings"][0]["kind"]) == (1, "signature"), "nothing vouches for the key now"


def test_another_history_under_an_earlier_checkpoint_is_found_over_http(signed: KeptHouse) -> None:
    notary = Signer.parse(read_key(private_directory(signed.data / "audit") / "key"))
    other = Checkpoint(origin(signed), 7, root([leaf_hash(b"another event")] * 7)).sign(notary)
    (kept_directory(signed.data / "audit") / "000000000007").write_bytes(other)
    with Ledger(signed.data / "audit", origin(signed)):
        pass  # lists it
    with hosted(public_directory(signed.data / "audit")) as url:
        code, found = report(signed, "--url", url)
    assert (code, [each["kind"] for each in found["findings"]]) == (1, ["checkpoint"])


def test_the_first_key_proves_the_live_log_against_the_audit_service(kept: KeptHouse) -> None:
    kept.records(2)
    told: list[tuple[int, Any]] = []

    async def work(world: World) -> None:
        settings = world.settings("audit")
        with serving(create_app(settings)) as url:
            async with httpx.AsyncClient() as client:

                async def keys() -> list[str]:
                    return (await client.get(f"{url}/v1/keys")).text.split()

                async def signs() -> bool:
                    return (await client.get(f"{url}/v1/checkpoint")).status_code == 200

                await eventually(signs)
                [first] = await keys()
                begin(settings.data, origin(kept))

                async def handed_over() -> bool:
                    return len(await keys()) == 2

                await eventually(handed_over)
                last = (await keys())[-1]
                both = (await client.get(f"{url}/v1/checkpoint")).content
                await world.record("institution/opd-9", InstitutionRegistered(code="opd-9", kind="opd", name="Dinas Contoh"))

                async def signs_alone() -> bool:
                    return (await client.get(f"{url}/v1/checkpoint")).content != both

                await eventually(signs_alone)
            for key in (first, last):
                told.append(await asyncio.to_thread(report, kept, "--url", url, "--vkey", key))
            assert all(found["vkey"] == last for _, found in told)

    kept.does(work)
    assert [(code, found["proven"]) for code, found in told] == [(0, True)] * 2, told


def test_a_key_that_the_first_one_never_vouched_for_is_not_believed(signed: KeptHouse) -> None:
    """Whoever has the log but not the key records his own one, and signs with that."""
    first = report(signed)[1]["vkey"]
    forger = Signer.generate(origin(signed))
    records_key(signed, forger.verifier.vkey)
    signed.signs()
    public = public_directory(signed.data / "audit")
    with signed.operator() as client:
        size = int(client.get(signed.keys.position))
    with Ledger(signed.data / "audit", origin(signed)) as ledger:
        signed_root = ledger.signed.root
    (public / "checkpoint").write_bytes(Checkpoint(origin(signed), size, signed_root).sign(forger))
    (public / "vkey").write_text(f"{forger.verifier.vkey}\n")
    assert report(signed)[0] == 0, "by itself it agrees with itself; it is the announced key that counts"
    code, found = report(signed, "--vkey", first)
    assert (code, found["findings"][0]["kind"]) == (1, "signature")


def test_a_checkpoint_that_was_kept_of_another_history_is_found(signed: KeptHouse) -> None:
    """The key and the disk are the forger's: an hour ago something else was signed."""
    assert report(signed)[0] == 0
    notary = Signer.parse(read_key(private_directory(signed.data / "audit") / "key"))
    other = Checkpoint(origin(signed), 7, root([leaf_hash(b"another event")] * 7)).sign(notary)
    (kept_directory(signed.data / "audit") / "000000000007").write_bytes(other)
    code, found = report(signed)
    assert (code, [each["kind"] for each in found["findings"]]) == (1, ["checkpoint"])
    assert "000000000007" in found["findings"][0]["en"]
