"""The notary gets a new key: the log has it on record, the old key vouches for it, and whatever was signed before still holds."""

from pathlib import Path

import pytest

from makmal.rotate_notary_command import begin
from makmal.witness.memory import Memory
from makmal.witness.witness import Witness
from services.audit.ledger import Ledger, kept_checkpoints, next_key_file, origin_of, public_directory
from shared.events.audit import NotaryKeyRotated
from shared.refusals import Refused
from shared.transparency.checkpoint import open_checkpoint
from shared.transparency.cosignature import Cosigner
from shared.transparency.note import Verifier, parse
from shared.transparency.tiles import TileStore
from shared.transparency.witnessing import AddCheckpoint
from tests.services.audit.test_notary import SHEET, a_notary, published, score, signs
from tests.world import World, eventually


def checkpoint_file(directory: Path) -> Path:
    return public_directory(directory) / "checkpoint"


async def test_a_new_key_is_on_record_under_the_old_one_and_both_sign_one_checkpoint(world: World, tmp_path: Path) -> None:
    origin = origin_of(world.keys.log)
    async with a_notary(world, tmp_path) as notary:
        await world.record(SHEET, score(1))
        await signs(notary, 2)
        old, before = notary.vkey, checkpoint_file(tmp_path).read_bytes()
        new = begin(tmp_path, origin)
        await eventually(lambda: _is(notary.vkey == new))
        await world.record(SHEET, score(2))
        await signs(notary, 4)
    recorded = [(e.position, e.event.vkey) for e in await world.all_events() if isinstance(e.event, NotaryKeyRotated)]
    assert sorted(vkey for _, vkey in recorded) == sorted([old, new]) and recorded[-1][1] == new
    kept = [file.read_bytes() for file in kept_checkpoints(tmp_path)]
    both = [note for note in kept if len(parse(note).signatures) == 2]
    assert len(both) == 1
    for vkey in (old, new):
        assert open_checkpoint(both[0], origin, [Verifier.parse(vkey)]).size >= recorded[-1][0]
    assert published(world, tmp_path).size >= 4, "signed by the new key, which is published"
    assert (public_directory(tmp_path) / "keys").read_text().split() == [old, new]
    assert open_checkpoint(before, origin, [Verifier.parse(old)]).size == 2
    async with a_notary(world, tmp_path) as again:
        await signs(again, 4)
        assert again.vkey == new
    assert [e.type for e in await world.all_events()].count("NotaryKeyRotated") == 2


async def _is(so: bool) -> bool:
    return so


async def test_a_second_rotation_is_refused_before_the_first_is_under_a_checkpoint(world: World, tmp_path: Path) -> None:
    origin = origin_of(world.keys.log)
    with pytest.raises(Refused, match="no key yet"):
        begin(tmp_path, origin)
    async with a_notary(world, tmp_path) as notary:
        await signs(notary, 1)
    first = begin(tmp_path, origin)
    with pytest.raises(Refused, match="not in use yet"):
        begin(tmp_path, origin)
    async with a_notary(world, tmp_path) as notary:
        await eventually(lambda: _is(notary.vkey == first and not notary.failure))
    begin(tmp_path, origin)


async def test_a_crash_after_the_record_goes_on_with_the_rotation_and_records_nothing_twice(
    world: World, tmp_path: Path
) -> None:
    async with a_notary(world, tmp_path) as notary:
        await signs(notary, 1)
    new = begin(tmp_path, origin_of(world.keys.log))
    await world.record("notary", NotaryKeyRotated(vkey=new), edition=None)
    async with a_notary(world, tmp_path) as notary:
        await eventually(lambda: _is(notary.vkey == new and not notary.failure))
    assert [e.type for e in await world.all_events()] == ["NotaryKeyRotated"] * 2


def test_a_crash_between_any_two_steps_of_the_handing_over_is_repaired_by_the_next_start(tmp_path: Path) -> None:
    with Ledger(tmp_path, "makmal/test") as ledger:
        ledger.extend([b"one", b"two"])
        ledger.sign()
        secret = (tmp_path / "notary" / "key").read_text()
        old = ledger.vkey
    begin(tmp_path, "makmal/test")
    next_secret = next_key_file(tmp_path).read_text()
    alone = checkpoint_file(tmp_path).read_bytes()
    with Ledger(tmp_path, "makmal/test") as ledger:
        ledger.hand_over()
        new = ledger.vkey
    both = checkpoint_file(tmp_path).read_bytes()
    assert not next_key_file(tmp_path).exists() and secret not in {f.read_text() for f in (tmp_path / "notary").glob("*key*")}
    for note, vkey in ((alone, old), (both, old), (both, new)):
        (tmp_path / "notary" / "key").write_text(secret)
        next_key_file(tmp_path).write_text(next_secret)
        next_key_file(tmp_path).chmod(0o600)
        checkpoint_file(tmp_path).write_bytes(note)
        (public_directory(tmp_path) / "vkey").write_text(f"{vkey}\n")
        with Ledger(tmp_path, "makmal/test") as ledger:
            assert ledger.successor() == new and ledger.signed.size == 2
            ledger.hand_over()
            ledger.extend([b"three"])
            assert ledger.vkey == new
        assert checkpoint_file(tmp_path).read_bytes() == both


def test_a_witness_that_knows_both_keys_cosigns_across_the_change(tmp_path: Path) -> None:
    notes = []
    with Ledger(tmp_path / "audit", "makmal/test") as ledger:
        ledger.extend([b"one"])
        ledger.sign()
        old = Verifier.parse(ledger.vkey)
        notes.append(checkpoint_file(tmp_path / "audit").read_bytes())
        begin(tmp_path / "audit", "makmal/test")
        ledger.hand_over()
        ledger.extend([b"two"])
        ledger.sign()
        notes.append(checkpoint_file(tmp_path / "audit").read_bytes())
        new = Verifier.parse(ledger.vkey)
    proof = tuple(TileStore(public_directory(tmp_path / "audit")).consistency_proof(1, 2))
    asked = [AddCheckpoint(0, (), notes[0]).to_bytes(), AddCheckpoint(1, proof, notes[1]).to_bytes()]
    memory = Memory(tmp_path / "witness")
    cosigner = Cosigner.generate("witness.example/one")
    assert [Witness(cosigner, [old], memory).add_checkpoint(body).status for body in asked] == [200, 403]
    assert Witness(cosigner, [old, new], memory).add_checkpoint(asked[1]).status == 200
    memory.close()
