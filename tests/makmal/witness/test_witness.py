"""A witness over real HTTP, as C2SP `tlog-witness` wants it: every answer, a restart, a fork, and a kill at the worst moment."""

import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from makmal.cli import app
from makmal.witness.memory import Memory
from makmal.witness.witness import Witness
from shared.refusals import Refused
from shared.sockets import free_port
from shared.transparency import merkle
from shared.transparency.cosignature import WitnessVerifier, parse_cosignatures, timestamp_of
from shared.transparency.merkle import leaf_hash
from shared.transparency.note import Signer
from shared.transparency.witnessing import AddCheckpoint
from tests.makmal.witness.logs import COSIGNER, FORK, LEAVES, LOG, ORIGIN, checkpoint, request, running

VERIFIER = WitnessVerifier.parse(COSIGNER.verifier.vkey)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with running(tmp_path / "state") as url:
        yield url


def add(url: str, body: bytes) -> httpx.Response:
    return httpx.post(f"{url}/add-checkpoint", content=body)


def cosigned(answer: httpx.Response, size: int, leaves: list[bytes] = LEAVES) -> bool:
    """Whether it is a cosignature of the checkpoint of that size that holds."""
    assert answer.status_code == 200, answer.text
    [signature] = parse_cosignatures(answer.text)
    assert timestamp_of(signature) > 1_700_000_000
    return VERIFIER.verifies(checkpoint(size, leaves).text, signature)


def says_size(answer: httpx.Response, size: int) -> bool:
    assert answer.status_code == 409
    return (answer.headers["content-type"], answer.text) == ("text/x.tlog.size", f"{size}\n")


def test_it_cosigns_a_log_that_grows(url: str) -> None:
    assert cosigned(add(url, request(0, 3)), 3)
    assert cosigned(add(url, request(3, 8)), 8)
    assert cosigned(add(url, request(8, 64)), 64)


def test_it_cosigns_the_same_checkpoint_again(url: str) -> None:
    assert cosigned(add(url, request(0, 8)), 8)
    assert cosigned(add(url, request(8, 8)), 8)


def test_an_empty_log_may_be_cosigned(url: str) -> None:
    assert cosigned(add(url, request(0, 0)), 0)
    assert cosigned(add(url, request(0, 5)), 5)


def test_another_old_size_than_the_last_is_told_the_last(url: str) -> None:
    assert says_size(add(url, request(3, 8)), 0)
    assert cosigned(add(url, request(0, 8)), 8)
    assert says_size(add(url, request(0, 9)), 8)
    assert says_size(add(url, request(3, 9)), 8)
    assert says_size(add(url, request(3, 5)), 8), "it does not go back"
    assert cosigned(add(url, request(8, 9)), 9)


def test_a_fork_of_the_same_size_is_refused_and_kept(url: str, tmp_path: Path) -> None:
    assert cosigned(add(url, request(0, 8)), 8)
    assert says_size(add(url, request(8, 8, FORK)), 8)
    [evidence] = contradictions(tmp_path)
    assert evidence.read_bytes() == checkpoint(8, FORK).sign(LOG)
    assert cosigned(add(url, request(8, 9)), 9), "the honest log goes on"


def test_a_longer_fork_is_refused_and_kept(url: str, tmp_path: Path) -> None:
    assert cosigned(add(url, request(0, 8)), 8)
    assert add(url, request(8, 20, FORK)).status_code == 422
    [evidence] = contradictions(tmp_path)
    assert evidence.read_bytes() == checkpoint(20, FORK).sign(LOG)
    assert add(url, request(8, 20, FORK)).status_code == 422
    assert len(contradictions(tmp_path)) == 1
    assert says_size(add(url, request(0, 20)), 8)


def contradictions(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "state" / "contradictions" / "makmal%2Ftest").iterdir())


def test_a_bad_proof_is_refused(url: str) -> None:
    assert cosigned(add(url, request(0, 8)), 8)
    good = request(8, 21)
    note = checkpoint(21).sign(LOG)
    for proof in ((), (leaf_hash(b"x"),), tuple([leaf_hash(b"x")] * 63)):
        assert add(url, AddCheckpoint(8, proof, note).to_bytes()).status_code == 422
    assert cosigned(add(url, good), 21)


def test_a_proof_where_none_belongs_is_refused(url: str) -> None:
    assert add(url, AddCheckpoint(0, (leaf_hash(b"x"),), checkpoint(3).sign(LOG)).to_bytes()).status_code == 422
    assert cosigned(add(url, request(0, 3)), 3)
    assert add(url, AddCheckpoint(3, (leaf_hash(b"x"),), checkpoint(3).sign(LOG)).to_bytes()).status_code == 422


def test_an_old_size_beyond_the_checkpoint_is_a_bad_request(url: str) -> None:
    assert add(url, AddCheckpoint(9, (), checkpoint(8).sign(LOG)).to_bytes()).status_code == 400


def test_an_unknown_log_is_not_found_and_an_unknown_key_forbidden(url: str) -> None:
    assert add(url, request(0, 3, signer=Signer("makmal/other", bytes(32)))).status_code == 404
    assert add(url, request(0, 3, signer=Signer(ORIGIN, bytes([7] * 32)))).status_code == 403
    forged = request(0, 3).replace(b"\n3\n", b"\n4\n")
    assert add(url, forged).status_code == 403
    assert says_size(add(url, request(3, 8)), 0), "nothing of that was kept"


def test_signatures_of_unknown_keys_are_ignored(url: str) -> None:
    note = checkpoint(3).sign(LOG, Signer("somebody", bytes([3] * 32)), COSIGNER)
    assert cosigned(add(url, AddCheckpoint(0, (), note).to_bytes()), 3)


@pytest.mark.parametrize(
    "body", [b"", b"old 0\n\n", b"old 0\n\nno checkpoint", b"old x\n\n" + checkpoint(1).sign(LOG), b"\xff" * 9]
)
def test_what_is_no_request_is_a_bad_request(url: str, body: bytes) -> None:
    assert add(url, body).status_code == 400


def test_too_large_a_body_and_one_without_length_are_refused_and_others_go_on(url: str) -> None:
    assert add(url, b"x" * 1_100_000).status_code == 413
    assert httpx.post(f"{url}/add-checkpoint", content=iter([b"old 0"])).status_code == 411
    assert httpx.get(f"{url}/add-checkpoint").status_code == 405
    assert httpx.post(f"{url}/elsewhere", content=b"x").status_code == 404
    assert httpx.get(f"{url}/elsewhere").status_code == 404


def test_a_connection_serves_for_many_requests(url: str) -> None:
    with httpx.Client() as client:
        for size in range(1, 20):
            answer = client.post(f"{url}/add-checkpoint", content=request(size - 1, size))
            assert cosigned(answer, size)
        assert "64" not in client.get(url).text and f"{ORIGIN}: 19 entries cosigned" in client.get(url).text


def test_of_many_callers_at_once_one_moves_it_on(url: str) -> None:
    assert cosigned(add(url, request(0, 4)), 4)
    answers: list[tuple[int, httpx.Response]] = []
    threads = [
        threading.Thread(target=lambda size=size: answers.append((size, add(url, request(4, size))))) for size in range(5, 25)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [(size, answer)] = [(size, answer) for size, answer in answers if answer.status_code == 200]
    assert cosigned(answer, size)
    assert all(says_size(answer, size) for _, answer in answers if answer.status_code != 200)


def test_a_restarted_witness_remembers(tmp_path: Path) -> None:
    with running(tmp_path) as url:
        assert cosigned(add(url, request(0, 8)), 8)
    with running(tmp_path) as url:
        assert says_size(add(url, request(0, 8)), 8)
        assert add(url, request(8, 20, FORK)).status_code == 422
        assert cosigned(add(url, request(8, 20)), 20)


def test_each_log_is_remembered_by_itself(tmp_path: Path) -> None:
    other = Signer("makmal/other", bytes([5] * 32))
    with running(tmp_path, LOG, other) as url:
        assert cosigned(add(url, request(0, 8)), 8)
        assert add(url, request(0, 3, signer=other)).status_code == 200
        assert says_size(add(url, request(0, 9)), 8)
        assert says_size(add(url, request(0, 9, signer=other)), 3)


def test_the_log_may_change_its_key_with_a_checkpoint_signed_by_both(tmp_path: Path) -> None:
    new = Signer(ORIGIN, bytes([9] * 32))
    with running(tmp_path, LOG) as url:
        assert cosigned(add(url, request(0, 8)), 8)
        both = AddCheckpoint(8, tuple(_proof(8, 9)), checkpoint(9).sign(LOG, new)).to_bytes()
        assert cosigned(add(url, both), 9)
        assert add(url, request(9, 10, signer=new)).status_code == 403, "the auditor has not been told of the new key"
    with running(tmp_path, LOG, new) as url:
        assert cosigned(add(url, request(9, 10, signer=new)), 10)
    with pytest.raises(Refused, match="give that key as well"), running(tmp_path, Signer(ORIGIN, bytes([8] * 32))):
        pass


def _proof(old: int, size: int) -> list[bytes]:
    return merkle.consistency_proof(LEAVES, old, size)


def test_a_memory_that_was_tampered_with_is_refused(tmp_path: Path) -> None:
    with running(tmp_path) as url:
        assert cosigned(add(url, request(0, 8)), 8)
    file = tmp_path / "last" / "makmal%2Ftest"
    file.write_bytes(file.read_bytes().replace(b"\n8\n", b"\n7\n"))
    with pytest.raises(Refused, match="cannot tell what it has seen"), running(tmp_path):
        pass


def test_one_witness_at_a_time_on_a_directory(tmp_path: Path) -> None:
    with running(tmp_path), pytest.raises(Refused, match="Another witness runs"), running(tmp_path):
        pass


class KilledAfterKeeping(Memory):
    """The power goes out between keeping a checkpoint and answering."""

    def keep(self, origin: str, note: bytes) -> None:
        super().keep(origin, note)
        os.kill(os.getpid(), signal.SIGKILL)


class KilledBeforeKeeping(Memory):
    def keep(self, origin: str, note: bytes) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(("memory", "kept"), [(KilledAfterKeeping, 20), (KilledBeforeKeeping, 8)])
def test_killed_around_keeping_it_never_answers_for_what_it_does_not_remember(
    tmp_path: Path, memory: type[Memory], kept: int
) -> None:
    with running(tmp_path) as url:
        assert cosigned(add(url, request(0, 8)), 8)
    child = os.fork()
    if child == 0:
        Witness(COSIGNER, [LOG.verifier], memory(tmp_path)).add_checkpoint(request(8, 20))
        os._exit(0)  # reached only if it was not killed
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    with running(tmp_path) as url:
        assert add(url, request(kept, 20, FORK)).status_code in (409, 422), "no fork after that"
        if kept == 20:
            assert says_size(add(url, request(8, 20)), 20)
        assert cosigned(add(url, request(kept, 20)), 20)


def test_the_command_runs_by_itself_with_a_key_of_its_own_and_refuses_one_that_others_can_read(tmp_path: Path) -> None:
    key, port = tmp_path / "witness.key", free_port()
    options = ["--key", str(key), "--log-key", LOG.verifier.vkey, "--state", str(tmp_path / "s"), "--port", str(port)]
    command = [sys.executable, "-m", "makmal.witness", *options, "--name", "auditor.example/w2"]
    with pytest.raises(Refused, match="name the new witness with --name"):
        CliRunner().invoke(app, ["audit", "witness", *options], catch_exceptions=False)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        vkey = process.stdout.readline().rsplit(" ", 1)[1].strip()
        [signature] = parse_cosignatures(add(f"http://127.0.0.1:{port}", request(0, 8)).text)
        assert WitnessVerifier.parse(vkey).verifies(checkpoint(8).text, signature)
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    key.chmod(0o640)
    with pytest.raises(Refused, match=r"others may read it \(mode 0640\)") as refused:
        CliRunner().invoke(app, ["audit", "witness", *options], catch_exceptions=False)
    assert "dapat dibuka pihak lain" in refused.value.id
