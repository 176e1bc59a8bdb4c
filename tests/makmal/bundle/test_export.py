"""The bundle: the same bytes from the same state, nobody's name in it, and never in the place of something else."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from makmal.bundle.export import export
from makmal.bundle.reading import Bundle
from shared.refusals import Refused
from shared.transparency.cosignature import Cosigner
from shared.transparency.merkle import inclusion_proof, leaf_hash
from shared.transparency.note import Signer, to_base64
from tests.makmal.bundle.conftest import Noted


def files(directory: Path) -> dict[str, bytes]:
    return {str(f.relative_to(directory)): f.read_bytes() for f in sorted(directory.rglob("*")) if f.is_file()}


def checked(bundle: Path, *options: str) -> tuple[int, str]:
    """Exit code and words of the bundle's own `verify.py`, run alone."""
    command = [sys.executable, "-I", str(bundle / "verify.py"), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=bundle)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


@pytest.fixture
def bundle(noted: Noted, tmp_path: Path) -> Path:
    export(noted.audit, tmp_path / "bundle")
    return tmp_path / "bundle"


def test_two_exports_of_one_state_are_the_same_bytes(noted: Noted, bundle: Path, tmp_path: Path) -> None:
    again = export(noted.audit, tmp_path / "again")
    assert files(bundle) == files(tmp_path / "again")
    assert again.size == len(noted.log) and again.editions == ("kecil",) and again.files == len(files(bundle))
    export(noted.audit, bundle)
    assert files(bundle) == files(tmp_path / "again")


def test_a_bundle_lies_as_tlog_tiles_has_it(noted: Noted, bundle: Path) -> None:
    size = len(noted.log)
    assert {name for name in files(bundle) if name.startswith("tile/")} == {
        f"tile/0/000.p/{size}",
        f"tile/entries/000.p/{size}",
    }
    assert {name for name in files(bundle) if "/" not in name} == {"checkpoint", "keys", "verify.py", "README.txt"}
    assert files(bundle)["keys"].decode() == f"{noted.vkey}\n"
    read = Bundle(bundle)
    assert list(read.entries()) == noted.log
    assert list(read.raws(100)) == [(position, raw) for _, position, raw in noted.log[100:]]


def test_an_edition_is_in_it_as_it_was_published(bundle: Path) -> None:
    rulebook = json.loads(files(bundle)["editions/kecil.json"])
    assert rulebook["edition"] == "kecil" and [c["id"] for c in rulebook["categories"]] == ["lengkap", "bersama", "bolong"]


def test_a_grown_log_takes_the_place_of_its_earlier_bundle(tmp_path: Path) -> None:
    noted = Noted(tmp_path / "audit")
    whole = noted.log
    noted.log = [*whole, *((s, p + len(whole), raw.replace(b"kecil", b"besar")) for s, p, raw in whole)]
    export(noted.audit, tmp_path / "bundle")
    (tmp_path / "bundle" / "my notes.txt").write_text("kept")
    noted.signs(len(noted.log))
    export(noted.audit, tmp_path / "bundle")
    export(noted.audit, tmp_path / "fresh")
    assert "tile/entries/000" in files(tmp_path / "bundle"), "the first bundle of entries is full now"
    assert files(tmp_path / "bundle") == {**files(tmp_path / "fresh"), "my notes.txt": b"kept"}


def test_a_directory_with_something_else_is_left_alone(noted: Noted, another: Callable[[int], Noted], tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("years of work")
    export(another(5).audit, tmp_path / "another")
    for directory in ("other", "another"):
        before = files(tmp_path / directory)
        with pytest.raises(Refused) as refused:
            export(noted.audit, tmp_path / directory)
        assert str(tmp_path / directory) in refused.value.en and str(tmp_path / directory) in refused.value.id
        assert files(tmp_path / directory) == before


def test_what_the_notary_keeps_is_exported_only_as_it_was_signed(noted: Noted, tmp_path: Path) -> None:
    shutil.copytree(noted.audit, tmp_path / "audit")
    [entries] = (tmp_path / "audit" / "notary" / "entries").rglob("242")
    entries.write_bytes(entries.read_bytes().replace(b'"score":"70.00"', b'"score":"99.00"', 1))
    with pytest.raises(Refused, match="the event kept of position 27 is another"):
        export(tmp_path / "audit", tmp_path / "bundle")
    with pytest.raises(Refused, match="let the audit service run"):
        export(tmp_path / "nothing", tmp_path / "bundle")


# -- checked by itself


def test_a_bundle_proves_itself(noted: Noted, bundle: Path) -> None:
    code, told = checked(bundle)
    assert code == 0 and told.endswith("TERBUKTI.\n    PROVEN.\n")
    assert f"{len(noted.log)} events of makmal/makmal" in told
    assert [line.partition(":")[0] for line in told.splitlines() if line.startswith("kecil.")] == [
        *("kecil.bersama", "kecil.bolong", "kecil.lengkap"),
    ]


def test_the_announced_key_counts_and_no_other(noted: Noted, bundle: Path) -> None:
    assert checked(bundle, "--key", noted.vkey)[0] == 0
    code, told = checked(bundle, "--key", Signer.generate("makmal/makmal").verifier.vkey)
    assert code == 1 and "no checkpoint is signed by" in told
    assert checked(bundle, "--key", "no key")[0] == 2


def test_a_checkpoint_that_somebody_kept_is_continued(
    noted: Noted, another: Callable[[int], Noted], bundle: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    for note in noted.notes:
        kept.write_bytes(note)
        assert checked(bundle, "--checkpoint", str(kept))[0] == 0
    signer = Signer.parse((noted.audit / "notary" / "key").read_text().strip())
    origin, size, _ = noted.notes[0].decode().split("\n")[:3]
    text = f"{origin}\n{size}\n{to_base64(bytes(32))}\n"
    kept.write_bytes(f"{text}\n{signer.sign(text)}".encode())
    code, told = checked(bundle, "--checkpoint", str(kept))
    assert code == 1 and f"this log does not continue {kept}" in told
    kept.write_bytes(another(6).notes[0])
    assert "is not signed by the notary" in checked(bundle, "--checkpoint", str(kept))[1]


def test_a_receipt_is_good_for_its_event_alone(noted: Noted, bundle: Path, tmp_path: Path) -> None:
    leaves = [leaf_hash(raw) for _, _, raw in noted.log]
    proof = "".join(f"{to_base64(hash)}\n" for hash in inclusion_proof(leaves, 99, 120))
    receipt = tmp_path / "99.tlog-proof"
    receipt.write_bytes(f"c2sp.org/tlog-proof@v1\nindex 99\n{proof}\n".encode() + noted.notes[1])
    code, told = checked(bundle, "--receipt", str(receipt))
    assert code == 0 and "The receipt is good for event 100: " in told
    receipt.write_bytes(f"c2sp.org/tlog-proof@v1\nindex 98\n{proof}\n".encode() + noted.notes[1])
    code, told = checked(bundle, "--receipt", str(receipt))
    assert code == 1 and "event 99: it is not the one that" in told
    receipt.write_text("a letter")
    assert checked(bundle, "--receipt", str(receipt))[0] in (1, 2)


def test_what_is_not_there_cannot_be_checked(bundle: Path) -> None:
    (bundle / "keys").unlink()
    code, told = checked(bundle)
    assert code == 2 and "COULD NOT BE CHECKED" in told


def test_what_a_witness_has_cosigned_is_in_it_and_his_key_can_be_asked_for(tmp_path: Path) -> None:
    noted = Noted(tmp_path / "audit")
    cosigner = Cosigner("inspektorat.example", bytes(range(32)))
    line = str(cosigner.sign(noted.notes[1].decode().rpartition("\n\n")[0] + "\n", 1_700_000_000))
    cosigned = noted.audit / "public" / "cosigned-checkpoint"
    cosigned.write_bytes(noted.notes[1] + line.encode())
    export(noted.audit, tmp_path / "bundle")
    assert files(tmp_path / "bundle")["checkpoints/cosigned"] == cosigned.read_bytes()
    assert checked(tmp_path / "bundle", "--key", noted.vkey, "--key", cosigner.verifier.vkey)[0] == 0
    changed = cosigned.read_text().replace(line, str(cosigner.sign("another\n", 1_700_000_000)))
    (tmp_path / "bundle" / "checkpoints" / "cosigned").write_text(changed)
    code, told = checked(tmp_path / "bundle", "--key", cosigner.verifier.vkey)
    assert code == 1 and "the signature of inspektorat.example is false" in told
