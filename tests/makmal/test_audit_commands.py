import asyncio
import json
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from typer.testing import CliRunner, Result

from makmal.cli import app
from services.audit.app import create_app
from shared.events.screening import ShortlistConfirmed
from shared.sockets import free_port
from shared.transparency.note import Signer
from tests.makmal.conftest import KeptHouse
from tests.world import World, eventually

Entries = list[tuple[bytes, bytes]]


def verified(kept: KeptHouse, *options: str) -> Result:
    """By its bytes: these events were put into the log by nobody's decision."""
    return CliRunner().invoke(app, ["audit", "verify", "--bytes", "--data", str(kept.data), *options])


def report(kept: KeptHouse, *options: str) -> tuple[int, Any]:
    result = verified(kept, "--json", *options)
    [told] = [line for line in result.stdout.splitlines() if line.startswith('{"proven"')]  # a service may log beside it
    return result.exit_code, json.loads(told)


@pytest.fixture
def signed(kept: KeptHouse) -> KeptHouse:
    """60 sheets: positions 1 to 300, of which 5n+1 are institutions, the rest of judging."""
    kept.records(60)
    kept.signs()
    return kept


def test_a_log_that_nobody_touched_is_proven(signed: KeptHouse) -> None:
    code, found = report(signed)
    assert code == 0
    assert (found["proven"], found["events"], found["signed"], found["unsigned"]) == (True, 300, 300, 0)
    assert found["findings"] == [] and found["found_at"] is None and found["origin"] == f"makmal/{signed.keys.log}"
    told = verified(signed)
    assert told.exit_code == 0
    assert (
        "Bytes   300 events without a gap, the first 300 exactly as makmal/makmal signed them (0 not signed yet)" in told.stdout
    )
    assert "Proven in" in told.stdout


def test_what_is_not_signed_yet_is_no_violation(signed: KeptHouse) -> None:
    confirmed = ShortlistConfirmed(category="digital", entries=())
    signed.does(lambda world: world.record("shortlist/test.digital", confirmed))
    code, found = report(signed)
    assert (code, found["events"], found["unsigned"]) == (0, 301, 1)


def test_a_changed_score_is_named_with_its_position(signed: KeptHouse) -> None:
    signed.rewrites("judging", lambda es: [(i, r.replace(b'"71.5"', b'"91.5"') if i == b"173-0" else r) for i, r in es])
    result = verified(signed)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == (
        "The event at position 173 (ScoreRecorded of scoresheet/test.digital.34.p) is not the one that the notary has signed there."
    )
    code, found = report(signed)
    assert (code, found["found_at"], found["proven"]) == (1, 173, False)


def test_a_dropped_event_is_missing_at_its_position(signed: KeptHouse) -> None:
    signed.rewrites("judging", lambda es: [e for e in es if e[0] != b"173-0"])
    code, found = report(signed)
    assert (code, found["found_at"], found["findings"][0]["kind"]) == (1, 173, "missing")


def test_a_trimmed_stream_is_missing_from_the_start(signed: KeptHouse) -> None:
    with signed.operator() as client:
        client.xtrim(signed.keys.stream("registration"), maxlen=10, approximate=False)
    code, found = report(signed)
    assert (code, found["found_at"], found["findings"][0]["kind"]) == (1, 1, "missing")


def test_swapped_events_are_found_at_the_first(signed: KeptHouse) -> None:
    def swap(es: Entries) -> Entries:
        raws = dict(es)
        raws[b"173-0"], raws[b"178-0"] = raws[b"178-0"], raws[b"173-0"]
        return list(raws.items())

    signed.rewrites("judging", swap)
    code, found = report(signed)
    assert (code, found["found_at"], found["findings"][0]["kind"]) == (1, 173, "changed")


def test_an_event_moved_to_another_stream_is_found(signed: KeptHouse) -> None:
    moved: Entries = []

    def take(es: Entries) -> Entries:
        moved.extend(e for e in es if e[0] == b"173-0")
        return [e for e in es if e[0] != b"173-0"]

    signed.rewrites("judging", take)
    with signed.operator() as client:
        client.xadd(signed.keys.stream("screening"), {"__data__": moved[0][1]}, moved[0][0].decode())
    code, found = report(signed)
    assert (code, found["found_at"], found["findings"][0]["kind"]) == (1, 173, "stream")


def test_an_entry_with_other_fields_or_another_id_is_no_event(signed: KeptHouse) -> None:
    with signed.operator() as client:
        client.incr(signed.keys.position)
        client.xadd(signed.keys.stream("audit"), {"__data__": b"{}", "more": b"1"}, "301-0")
    code, found = report(signed)
    assert (code, found["found_at"], found["findings"][0]["kind"]) == (1, 301, "unreadable")


def test_a_counter_set_back_is_found(signed: KeptHouse) -> None:
    with signed.operator() as client:
        client.set(signed.keys.position, 290)
    code, found = report(signed)
    assert (code, found["found_at"], found["findings"][0]["kind"]) == (1, 291, "counter")


def test_a_log_restored_from_an_older_copy_is_found(signed: KeptHouse) -> None:
    signed.rewrites("judging", lambda es: es[:200])
    signed.rewrites("registration", lambda es: es[:50])
    with signed.operator() as client:
        client.set(signed.keys.position, 250)
    code, found = report(signed)
    assert (code, found["found_at"], found["findings"][0]["kind"]) == (1, 251, "lost")


def test_a_checkpoint_is_held_against_the_announced_key(signed: KeptHouse) -> None:
    announced = report(signed)[1]["vkey"]
    assert report(signed, "--vkey", announced)[0] == 0
    other = Signer.generate(f"makmal/{signed.keys.log}").verifier.vkey
    code, found = report(signed, "--vkey", other)
    assert (code, found["findings"][0]["kind"]) == (1, "signature")


def test_without_a_checkpoint_it_cannot_be_checked(kept: KeptHouse) -> None:
    result = verified(kept)
    assert result.exit_code == 2
    assert "No checkpoint can be read" in result.stderr and "Tidak ada checkpoint" in result.stderr


def test_where_there_is_no_makmal_it_cannot_be_checked(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["audit", "verify", "--data", str(tmp_path / "nowhere")])
    assert result.exit_code == 2
    assert not (tmp_path / "nowhere").exists()


def test_an_audit_service_that_does_not_answer_leaves_it_unchecked(signed: KeptHouse) -> None:
    assert verified(signed, "--url", "http://127.0.0.1:9/audit").exit_code == 2


def test_checkpoint_and_hashes_are_taken_from_the_audit_service_as_well(kept: KeptHouse) -> None:
    kept.records(60)
    results: list[tuple[int, Any]] = []

    async def work(world: World) -> None:
        port = free_port()
        config = uvicorn.Config(create_app(world.settings("audit")), port=port, log_config=None, ws="none")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        url = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient() as client:

            async def ready() -> bool:
                return server.started and (await client.get(f"{url}/readyz")).status_code == 200

            await eventually(ready)
        results.append(await asyncio.to_thread(report, kept, "--url", url))
        change = partial(
            kept.rewrites, "judging", lambda es: [(i, r.replace(b'"71.5"', b'"9"') if i == b"273-0" else r) for i, r in es]
        )
        await asyncio.to_thread(change)
        results.append(await asyncio.to_thread(report, kept, "--url", url))
        server.should_exit = True
        await serving

    kept.does(work)
    (code, untouched), (other_code, touched) = results
    assert (code, untouched["proven"], untouched["signed"]) == (0, True, 301)
    assert (other_code, touched["found_at"], touched["findings"][0]["kind"]) == (1, 273, "changed")
