"""Every single bit of a proof flipped, one after the other: none of them is overlooked."""

from collections.abc import Callable

import pytest

from shared.transparency import merkle
from shared.transparency.checkpoint import Checkpoint
from shared.transparency.cosignature import Cosigner, with_cosignatures
from shared.transparency.merkle import InvalidProof, leaf_hash, verify_consistency, verify_inclusion
from shared.transparency.note import Signer
from shared.transparency.proof import Proven, Receipt, parse_receipt, verify

LEAVES = [leaf_hash(f"entry {number}".encode()) for number in range(300)]
SIZES = [1, 2, 3, 5, 8, 13, 100, 255, 256, 257, 300]


def unnoticed(hashes: list[bytes], check: Callable[[list[bytes]], None]) -> list[tuple[int, int]]:
    """(hash, bit) of those flipped bits with which the check still passes."""
    check(hashes)
    found = []
    for at, value in enumerate(hashes):
        for bit in range(len(value) * 8):
            changed = bytearray(value)
            changed[bit // 8] ^= 1 << bit % 8
            try:
                check([*hashes[:at], bytes(changed), *hashes[at + 1 :]])
            except InvalidProof:
                continue
            found.append((at, bit))
    return found


@pytest.mark.parametrize("size", SIZES)
def test_every_flipped_bit_ends_an_inclusion_proof(size: int) -> None:
    index = size * 2 // 3

    def check(hashes: list[bytes]) -> None:
        leaf, root, *proof = hashes
        verify_inclusion(index, size, leaf, proof, root)

    assert unnoticed([LEAVES[index], merkle.root(LEAVES[:size]), *merkle.inclusion_proof(LEAVES, index, size)], check) == []


@pytest.mark.parametrize("new", SIZES)
def test_every_flipped_bit_ends_a_consistency_proof(new: int) -> None:
    old = (new + 1) * 2 // 3

    def check(hashes: list[bytes]) -> None:
        old_root, new_root, *proof = hashes
        verify_consistency(old, new, old_root, new_root, proof)

    roots = [merkle.root(LEAVES[:old]), merkle.root(LEAVES[:new])]
    assert unnoticed([*roots, *merkle.consistency_proof(LEAVES, old, new)], check) == []


def test_every_flipped_bit_of_a_receipt_file_ends_it_or_takes_a_witness_from_it() -> None:
    log, witness = Signer("makmal/test", bytes(32)), Cosigner("w.example", bytes([1] * 32))
    entries = [f"event {number}".encode() for number in range(5)]
    leaves = list(map(leaf_hash, entries))
    checkpoint = Checkpoint("makmal/test", 5, merkle.root(leaves))
    note = with_cosignatures(checkpoint.sign(log), [witness.sign(checkpoint.text, 1_700_000_000)])
    data = Receipt(2, tuple(merkle.inclusion_proof(leaves, 2, 5)), note, entries[2]).to_bytes()

    def outcome(data: bytes) -> Proven | None:
        try:
            receipt = parse_receipt(data)
            return verify(receipt, receipt.extra or b"", "makmal/test", [log.verifier], [witness.verifier])
        except ValueError:
            return None

    good = outcome(data)
    assert good is not None and len(good.cosigned) == 1
    cosignature = data.rindex("— w.example".encode())
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        found = outcome(bytes(changed))
        if found is not None:
            assert bit // 8 >= cosignature, f"bit {bit} of the receipt is overlooked"
            assert (found.entry, found.index, found.checkpoint, found.cosigned) == (good.entry, 2, checkpoint, ())
