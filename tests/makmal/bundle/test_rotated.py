"""A copy of a log whose notary changed its key: whoever knows the old key, or the new one, can prove it; a foreign one does not slip in."""

import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from makmal.bundle.export import export
from makmal.cli import app
from makmal.rotate_notary_command import begin
from services.audit.ledger import Ledger, origin_of, public_directory
from shared.eventlog import Draft
from shared.eventlog.envelope import Envelope
from shared.events.audit import NotaryKeyRotated
from shared.transparency.checkpoint import Checkpoint
from shared.transparency.merkle import leaf_hash, root
from shared.transparency.note import Signer
from shared.transparency.proof import Receipt
from tests.makmal.bundle.conftest import LOG, Noted
from tests.makmal.bundle.test_export import checked, files


def rotation(log: list[tuple[str, int, bytes]], vkey: str) -> bytes:
    last = msgspec.json.decode(log[-1][2], type=Envelope)
    event, time = NotaryKeyRotated(vkey=vkey), last.time + timedelta(seconds=1)
    versions = [msgspec.json.decode(raw, type=Envelope) for service, _, raw in log if service == "audit"]
    version = 1 + sum(envelope.subject == "notary" for envelope in versions)
    return Draft(event=event, subject="notary", version=version, time=time, actor="service/audit", request="rotation").encode()


class Rotated:
    def __init__(self, directory: Path):
        noted = Noted(directory / "audit")
        self.audit, self.old, self.log = noted.audit, noted.vkey, noted.log
        self.new = begin(self.audit, origin_of(LOG))
        raws = [rotation(self.log, self.new)]
        with Ledger(self.audit, origin_of(LOG)) as ledger:
            ledger.extend(raws)
            ledger.sign()
            self.receipt = Receipt(0, tuple(ledger.tiles.inclusion_proof(0, ledger.size)), self._note(), self.log[0][2])
            ledger.hand_over()
        self.log += [("audit", len(self.log) + 1, raw) for raw in raws]
        self.export = directory / "bundle"

    def _note(self) -> bytes:
        return (public_directory(self.audit) / "checkpoint").read_bytes()


@pytest.fixture(scope="module")
def rotated(tmp_path_factory: pytest.TempPathFactory) -> Rotated:
    it = Rotated(tmp_path_factory.mktemp("rotated"))
    export(it.audit, it.export)
    return it


def verified(bundle: Path, *options: str) -> tuple[int, str]:
    """By its bytes: these events were put into the log by nobody's decision."""
    done = CliRunner().invoke(app, ["audit", "verify", "--bundle", str(bundle), "--bytes", "--json", *options])
    return done.exit_code, done.stdout


def test_the_copy_proves_itself_under_either_key(rotated: Rotated) -> None:
    assert files(rotated.export)["keys"].decode().split() == [rotated.old, rotated.new]
    for key in ((), (rotated.old,), (rotated.new,)):
        code, told = checked(rotated.export, *(word for one in key for word in ("--key", one)))
        assert code == 0, told
        code, told = verified(rotated.export, *(word for one in key for word in ("--vkey", one)))
        assert code == 0 and json.loads(told)["proven"]


def test_a_receipt_from_before_the_change_still_proves(rotated: Rotated, tmp_path: Path) -> None:
    file = tmp_path / "old.tlog-proof"
    file.write_bytes(rotated.receipt.to_bytes())
    for keys in (rotated.old, str(rotated.export / "keys"), str(public_directory(rotated.audit) / "keys")):
        done = CliRunner().invoke(app, ["audit", "receipt", str(file), "--key", keys])
        assert done.exit_code == 0, done.output
    assert CliRunner().invoke(app, ["audit", "receipt", str(file), "--key", rotated.new]).exit_code == 1
    assert checked(rotated.export, "--receipt", str(file))[0] == 0


def test_a_key_that_no_checkpoint_of_the_old_one_covers_is_not_believed(tmp_path: Path) -> None:
    """Whoever has the log but not the key writes a rotation to his own key and signs with that."""
    noted = Noted(tmp_path / "audit")
    forger = Signer.generate(origin_of(LOG))
    raw = rotation(noted.log, forger.verifier.vkey)
    with Ledger(noted.audit, origin_of(LOG)) as ledger:
        ledger.extend([raw])
        ledger.sign()
    export(noted.audit, tmp_path / "bundle")
    leaves = [leaf_hash(each) for each in (*(raw for _, _, raw in noted.log), raw)]
    note = Checkpoint(origin_of(LOG), len(leaves), root(leaves)).sign(forger)
    (tmp_path / "bundle" / "checkpoint").write_bytes(note)
    kept = tmp_path / "bundle" / "checkpoints"
    for file in kept.iterdir():
        assert int(file.name) < len(leaves)
    assert checked(tmp_path / "bundle")[0] == 0, "by itself it agrees with itself; it is the announced key that counts"
    code, told = checked(tmp_path / "bundle", "--key", noted.vkey)
    assert code == 1 and "the announced key does not vouch for the last one" in told
    assert verified(tmp_path / "bundle", "--vkey", noted.vkey)[0] == 1
