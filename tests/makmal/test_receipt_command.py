"""`makmal audit receipt FILE`: offline, with nothing but files."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from makmal.cli import app
from shared.transparency import merkle
from shared.transparency.checkpoint import Checkpoint
from shared.transparency.cosignature import Cosigner, with_cosignatures
from shared.transparency.merkle import leaf_hash
from shared.transparency.note import Signer
from shared.transparency.proof import Receipt
from tests.services.audit.test_receipt_words import SCORE

LOG = Signer("makmal/batam", bytes(32))
KPK, BPK = Cosigner("kpk.example/w", bytes([1] * 32)), Cosigner("bpk.example/w", bytes([2] * 32))
ENTRIES = [b"first", b"second", SCORE, b"fourth", b"fifth"]
LEAVES = list(map(leaf_hash, ENTRIES))


def receipt(extra: bytes | None = SCORE, *witnesses: Cosigner) -> bytes:
    checkpoint = Checkpoint(LOG.name, 5, merkle.root(LEAVES))
    note = with_cosignatures(checkpoint.sign(LOG), [w.sign(checkpoint.text, 1_700_000_000) for w in witnesses])
    return Receipt(2, tuple(merkle.inclusion_proof(LEAVES, 2)), note, extra).to_bytes()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "makmal-3.tlog-proof"
    file.write_bytes(receipt())
    return file


def check(file: Path, *options: str, key: str = LOG.verifier.vkey) -> Result:
    return CliRunner().invoke(app, ["audit", "receipt", str(file), *(("--key", key) if key else ()), *options])


def report(file: Path, *options: str) -> tuple[int, Any]:
    result = check(file, "--json", *options)
    return result.exit_code, json.loads(result.stdout)


def test_a_good_receipt_is_proven_in_words(file: Path) -> None:
    result = check(file)
    assert result.exit_code == 0
    assert "Number 3 in the log makmal/batam is a score" in result.stdout
    assert "Nomor 3 dalam log makmal/batam ialah sebuah nilai" in result.stdout


def test_the_report_holds_the_event_and_what_it_is_proven_by(file: Path) -> None:
    code, found = report(file)
    assert code == 0
    assert (found["proven"], found["position"], found["origin"], found["size"]) == (True, 3, "makmal/batam", 5)
    assert found["event"] == json.loads(SCORE) and found["witnesses"] == []
    assert found["root"] == merkle.root(LEAVES).hex() and found["leaf_hash"] == LEAVES[2].hex()


def test_the_event_may_lie_beside_the_receipt_or_be_named(file: Path, tmp_path: Path) -> None:
    file.write_bytes(receipt(None))
    code, found = report(file)
    assert code == 2 and "does not hold the event itself" in found["en"]
    (tmp_path / "makmal-3.json").write_bytes(SCORE)
    assert report(file)[0] == 0
    (tmp_path / "other").write_bytes(SCORE + b" ")
    code, found = report(file, "--event", str(tmp_path / "other"))
    assert code == 1 and found["proven"] is False


def test_the_key_may_lie_beside_the_receipt_or_in_a_file(file: Path, tmp_path: Path) -> None:
    assert check(file, key="").exit_code == 2
    (tmp_path / "vkey").write_text(LOG.verifier.vkey + "\n")
    assert check(file, key="").exit_code == 0
    (tmp_path / "vkey").rename(tmp_path / "announced")
    assert check(file, key=str(tmp_path / "announced")).exit_code == 0


def test_the_signature_of_another_key_proves_nothing(file: Path) -> None:
    result = check(file, key=Signer(LOG.name, bytes([9] * 32)).verifier.vkey)
    assert result.exit_code == 1 and "the signature under the receipt is not one of that key" in result.stderr


def test_a_changed_event_is_not_the_one_that_was_signed(file: Path) -> None:
    file.write_bytes(receipt(SCORE.replace(b'"81"', b'"91"')))
    result = check(file)
    assert result.exit_code == 1
    assert "not this event that the notary signed at number 3" in result.stderr and "bukan peristiwa ini" in result.stderr


def test_witnesses_are_counted_against_the_quorum(file: Path) -> None:
    file.write_bytes(receipt(SCORE, KPK))
    kpk, bpk = ("--witness", KPK.verifier.vkey), ("--witness", BPK.verifier.vkey)
    code, found = report(file, *kpk, *bpk, "--quorum", "1")
    assert code == 0 and found["witnesses"] == [{"name": "kpk.example/w", "time": "2023-11-14T22:13:20+00:00"}]
    assert report(file, *kpk, *bpk, "--quorum", "2")[0] == 1
    assert report(file, *kpk, "--quorum", "2")[0] == 2, "a quorum of more than are named can never be met"
    assert report(file)[1]["witnesses"] == []


@pytest.mark.parametrize("content", [b"", b"not a receipt", receipt()[:-1], receipt()[1:], b"\xff" * 100])
def test_what_is_no_receipt_cannot_be_checked(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    code, found = report(file)
    assert code == 2 and "is no receipt" in found["en"]


def test_a_missing_file_and_a_key_that_is_none_are_told(file: Path, tmp_path: Path) -> None:
    assert report(tmp_path / "nothing")[0] == 2
    result = check(file, key="makmal/batam+00000000+xyz")
    assert result.exit_code == 2 and "is no public key" in result.stderr


def test_an_entry_that_is_no_event_is_told(file: Path) -> None:
    checkpoint = Checkpoint(LOG.name, 1, leaf_hash(b"first"))
    file.write_bytes(Receipt(0, (), checkpoint.sign(LOG), b"first").to_bytes())
    code, found = report(file)
    assert code == 2 and "is no event" in found["en"]
