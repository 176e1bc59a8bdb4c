"""`makmal audit verify --bundle`, with nothing else running."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from makmal.bundle.export import export
from makmal.cli import app
from shared.transparency.note import Signer
from tests.makmal.bundle.conftest import Noted


def verified(bundle: Path, *options: str) -> tuple[int, Any]:
    result = CliRunner().invoke(app, ["audit", "verify", "--bundle", str(bundle), "--bytes", "--json", *options])
    return result.exit_code, json.loads(result.stdout) if result.stdout else result.stderr


@pytest.fixture
def bundle(noted: Noted, tmp_path: Path) -> Path:
    export(noted.audit, tmp_path / "bundle")
    return tmp_path / "bundle"


def test_a_bundle_is_proven_by_itself(noted: Noted, bundle: Path) -> None:
    code, found = verified(bundle)
    assert (code, found["proven"], found["events"], found["signed"]) == (0, True, 242, 242)
    assert found["vkey"] == noted.vkey
    assert verified(bundle, "--vkey", noted.vkey)[0] == 0
    code, found = verified(bundle, "--vkey", Signer.generate("makmal/makmal").verifier.vkey)
    assert (code, found["findings"][0]["kind"]) == (1, "signature")


def test_a_changed_event_is_named(bundle: Path) -> None:
    [entries] = (bundle / "tile" / "entries").rglob("242")
    entries.write_bytes(entries.read_bytes().replace(b'"score":"70.00"', b'"score":"99.00"', 1))
    code, found = verified(bundle)
    assert (code, found["found_at"], found["findings"][0]["kind"]) == (1, 27, "changed")


def test_every_checkpoint_in_it_must_be_a_beginning_of_the_log(noted: Noted, bundle: Path) -> None:
    kept = bundle / "checkpoints"
    for number, note in enumerate(noted.notes):
        (kept / str(number)).write_bytes(note)
    assert verified(bundle)[0] == 0
    signer = Signer.parse((noted.audit / "notary" / "key").read_text().strip())
    origin, size, _ = noted.notes[0].decode().split("\n")[:3]
    text = f"{origin}\n{size}\n{'A' * 43}=\n"
    (kept / "forged").write_bytes(f"{text}\n{signer.sign(text)}".encode())
    code, found = verified(bundle)
    assert (code, found["found_at"]) == (1, None)
    assert "The earlier checkpoint forged" in found["findings"][0]["en"]


def test_what_is_no_bundle_cannot_be_checked(bundle: Path) -> None:
    code, words = verified(bundle / "tile")
    assert code == 2 and "is no bundle" in words and "bukan salinan" in words
    [entries] = (bundle / "tile" / "entries").rglob("242")
    entries.unlink()
    code, words = verified(bundle)
    assert code == 2 and "tile/entries/000.p/242" in words
