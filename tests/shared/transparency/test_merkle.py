"""The Merkle tree against the recursive definitions of RFC 6962 section 2.1, written down here as they stand there."""

from functools import cache
from hashlib import sha256

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.transparency import merkle
from shared.transparency.merkle import (
    EMPTY_ROOT,
    InvalidProof,
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

LARGEST = 300
ENTRIES = [f"entry {number}".encode() for number in range(LARGEST)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


@cache
def mth(start: int, end: int) -> bytes:
    if start == end:
        return sha256(b"").digest()
    if end - start == 1:
        return sha256(b"\x00" + ENTRIES[start]).digest()
    k = start + split(end - start)
    return sha256(b"\x01" + mth(start, k) + mth(k, end)).digest()


def path(m: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    k = split(end - start)
    if m < k:
        return [*path(m, start, start + k), mth(start + k, end)]
    return [*path(m - k, start + k, end), mth(start, start + k)]


def subproof(m: int, start: int, end: int, complete: bool) -> list[bytes]:
    if m == end - start:
        return [] if complete else [mth(start, end)]
    k = split(end - start)
    if m <= k:
        return [*subproof(m, start, start + k, complete), mth(start + k, end)]
    return [*subproof(m - k, start + k, end, False), mth(start, start + k)]


# The tree that the Certificate Transparency implementations test with: its entries and the roots after each.
CT_ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
CT_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
CT_CONSISTENCY_6_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]


def test_roots_and_proofs_are_those_of_certificate_transparency() -> None:
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in CT_ENTRIES]
    assert {size: merkle.root(leaves[:size]).hex() for size in CT_ROOTS} == CT_ROOTS
    assert [node.hex() for node in merkle.consistency_proof(leaves, 6)] == CT_CONSISTENCY_6_8


def test_every_root_up_to_300_leaves_is_the_defined_one() -> None:
    tree = Tree()
    assert tree.root() == EMPTY_ROOT == mth(0, 0)
    for size, leaf in enumerate(LEAVES, 1):
        tree.append(leaf)
        assert (tree.size, tree.root()) == (size, mth(0, size))
        assert merkle.root(LEAVES[:size]) == mth(0, size)


def test_every_inclusion_proof_up_to_300_leaves_is_the_defined_one_and_verifies() -> None:
    for size in range(1, LARGEST + 1):
        for index in range(size):
            proof = [mth(*part) for part in merkle.inclusion_ranges(index, size)]
            assert proof == path(index, 0, size)
            verify_inclusion(index, size, LEAVES[index], proof, mth(0, size))


def test_every_consistency_proof_up_to_300_leaves_is_the_defined_one_and_verifies() -> None:
    for new in range(1, LARGEST + 1):
        for old in range(1, new + 1):
            proof = [mth(*part) for part in merkle.consistency_ranges(old, new)]
            assert proof == subproof(old, 0, new, True)
            verify_consistency(old, new, mth(0, old), mth(0, new), proof)


def test_every_subtree_is_put_together_from_perfect_ones() -> None:
    for size in range(LARGEST + 1):
        assert merkle.range_hash(0, size, mth) == mth(0, size)
        assert all(width & (width - 1) == 0 for start, end in merkle.perfect_ranges(0, size) for width in [end - start])


sizes = st.integers(1, LARGEST)


@st.composite
def inclusions(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(sizes)
    return draw(st.integers(0, size - 1)), size


@st.composite
def continuations(draw: st.DrawFn) -> tuple[int, int]:
    """An old size and a larger new one, so that there is something to prove."""
    new = draw(st.integers(2, LARGEST))
    return draw(st.integers(1, new - 1)), new


@given(inclusions())
@settings(deadline=None)
def test_proofs_made_from_leaf_hashes_are_the_defined_ones(inclusion: tuple[int, int]) -> None:
    index, size = inclusion
    assert merkle.inclusion_proof(LEAVES, index, size) == path(index, 0, size)
    assert merkle.inclusion_proof(LEAVES[:size], index) == path(index, 0, size)
    assert merkle.consistency_proof(LEAVES, index + 1, size) == subproof(index + 1, 0, size, True)
    assert merkle.consistency_proof(LEAVES[:size], index + 1) == subproof(index + 1, 0, size, True)


def flipped(value: bytes, bit: int) -> bytes:
    return bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(value))


@given(inclusions(), st.data())
@settings(deadline=None)
def test_one_flipped_bit_anywhere_ends_an_inclusion_proof(inclusion: tuple[int, int], data: st.DataObject) -> None:
    index, size = inclusion
    hashes = [LEAVES[index], mth(0, size), *path(index, 0, size)]
    at, bit = data.draw(st.integers(0, len(hashes) - 1)), data.draw(st.integers(0, 255))
    hashes[at] = flipped(hashes[at], bit)
    leaf, root, *proof = hashes
    with pytest.raises(InvalidProof, match="another root"):
        verify_inclusion(index, size, leaf, proof, root)


@given(continuations(), st.data())
@settings(deadline=None)
def test_one_flipped_bit_anywhere_ends_a_consistency_proof(continuation: tuple[int, int], data: st.DataObject) -> None:
    old, new = continuation
    hashes = [mth(0, old), mth(0, new), *subproof(old, 0, new, True)]
    at, bit = data.draw(st.integers(0, len(hashes) - 1)), data.draw(st.integers(0, 255))
    hashes[at] = flipped(hashes[at], bit)
    old_root, new_root, *proof = hashes
    with pytest.raises(InvalidProof, match=r"another (old|new) root"):
        verify_consistency(old, new, old_root, new_root, proof)


@given(inclusions(), st.data())
@settings(deadline=None)
def test_an_inclusion_proof_holds_at_no_other_index(inclusion: tuple[int, int], data: st.DataObject) -> None:
    index, size = inclusion
    other = data.draw(st.integers(0, LARGEST).filter(lambda place: place != index))
    with pytest.raises(InvalidProof):
        verify_inclusion(other, size, LEAVES[index], path(index, 0, size), mth(0, size))


@given(continuations(), sizes)
@settings(deadline=None)
def test_a_consistency_proof_does_not_hold_for_another_old_tree(continuation: tuple[int, int], other: int) -> None:
    old, new = continuation
    assume(other != old)
    with pytest.raises(InvalidProof):
        verify_consistency(old, new, mth(0, other), mth(0, new), subproof(old, 0, new, True))


@pytest.mark.parametrize("size", [1, 2, 3, 8, 100, 255, 256, 257])
def test_an_inclusion_proof_with_a_hash_too_many_or_too_few_is_refused(size: int) -> None:
    for index in range(size):
        proof = path(index, 0, size)
        for longer in ([*proof, mth(0, 1)], [mth(0, 1), *proof], [*proof, *proof, mth(0, 2)]):
            with pytest.raises(InvalidProof):
                verify_inclusion(index, size, LEAVES[index], longer, mth(0, size))
        for missing in range(len(proof)):
            with pytest.raises(InvalidProof):
                verify_inclusion(index, size, LEAVES[index], proof[:missing] + proof[missing + 1 :], mth(0, size))


@pytest.mark.parametrize("new", [1, 2, 3, 8, 100, 255, 256, 257])
def test_a_consistency_proof_with_a_hash_too_many_or_too_few_is_refused(new: int) -> None:
    for old in range(new + 1):
        proof = subproof(old, 0, new, True) if old else []
        verify_consistency(old, new, mth(0, old), mth(0, new), proof)
        for longer in ([*proof, mth(0, 1)], [mth(0, 1), *proof], [mth(0, old), *proof]):
            with pytest.raises(InvalidProof):
                verify_consistency(old, new, mth(0, old), mth(0, new), longer)
        for missing in range(len(proof)):
            with pytest.raises(InvalidProof):
                verify_consistency(old, new, mth(0, old), mth(0, new), proof[:missing] + proof[missing + 1 :])


def test_a_proof_that_leads_to_the_root_but_not_in_a_tree_of_this_size_is_refused() -> None:
    above = mth(200, 300)
    with pytest.raises(InvalidProof, match="inclusion proof is too long"):
        verify_inclusion(2, 3, LEAVES[2], [*path(2, 0, 3), above], node_hash(above, mth(0, 3)))
    with pytest.raises(InvalidProof, match="inclusion proof is too short"):
        verify_inclusion(2, 300, LEAVES[2], path(2, 0, 4), mth(0, 4))
    proof = subproof(3, 0, 4, True)
    with pytest.raises(InvalidProof, match="consistency proof is too long"):
        verify_consistency(3, 4, node_hash(above, mth(0, 3)), node_hash(above, mth(0, 4)), [*proof, above])
    with pytest.raises(InvalidProof, match="consistency proof is too short"):
        verify_consistency(3, 300, mth(0, 3), mth(0, 4), proof)


@pytest.mark.parametrize("index", [-1, 5, 2**63, 2.0, "2", None, True])
def test_an_index_that_is_none_is_refused(index: int) -> None:
    with pytest.raises(InvalidProof):
        verify_inclusion(index, 5, LEAVES[2], path(2, 0, 5), mth(0, 5))


@pytest.mark.parametrize("size", [-5, -1, 0, 2, 2**63, 5.0, "5", None])
def test_a_size_that_is_none_is_refused(size: int) -> None:
    with pytest.raises(InvalidProof):
        verify_inclusion(2, size, LEAVES[2], path(2, 0, 5), mth(0, 5))
    with pytest.raises(InvalidProof):
        verify_consistency(3, size, mth(0, 3), mth(0, 5), subproof(3, 0, 5, True))
    with pytest.raises(InvalidProof):
        verify_consistency(size, 5, mth(0, 3), mth(0, 5), subproof(3, 0, 5, True))


@pytest.mark.parametrize("wrong", [b"", b"\x00" * 31, b"\x00" * 33, "0" * 32, None, bytearray(32)])
def test_what_is_no_hash_is_refused(wrong: bytes) -> None:
    inclusion, consistency = path(2, 0, 5), subproof(3, 0, 5, True)
    for leaf, proof, root in (
        (wrong, inclusion, mth(0, 5)),
        (LEAVES[2], inclusion, wrong),
        (LEAVES[2], [wrong, *inclusion[1:]], mth(0, 5)),
    ):
        with pytest.raises(InvalidProof, match="no hash"):
            verify_inclusion(2, 5, leaf, proof, root)
    for old, new, proof in (
        (wrong, mth(0, 5), consistency),
        (mth(0, 3), wrong, consistency),
        (mth(0, 3), mth(0, 5), [*consistency[:-1], wrong]),
    ):
        with pytest.raises(InvalidProof, match="no hash"):
            verify_consistency(3, 5, old, new, proof)
    with pytest.raises(ValueError, match="leaf hash"):
        Tree().append(wrong)


def test_the_empty_tree_is_continued_by_every_tree_and_has_one_root_only() -> None:
    verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    verify_consistency(0, 7, EMPTY_ROOT, mth(0, 7), [])
    with pytest.raises(InvalidProof, match="empty tree"):
        verify_consistency(0, 7, mth(0, 1), mth(0, 7), [])
    with pytest.raises(InvalidProof, match="empty tree"):
        verify_consistency(0, 0, mth(0, 1), mth(0, 1), [])


def test_a_tree_of_the_same_size_with_another_root_is_no_continuation() -> None:
    with pytest.raises(InvalidProof, match="different roots"):
        verify_consistency(5, 5, mth(0, 5), mth(1, 6), [])


def test_what_does_not_exist_cannot_be_proven() -> None:
    for index, size in ((-1, 5), (5, 5), (0, 0), (0, LARGEST + 1)):
        with pytest.raises(ValueError, match="leaves"):
            merkle.inclusion_proof(LEAVES, index, size)
    for old, new in ((-1, 5), (6, 5), (5, LARGEST + 1)):
        with pytest.raises(ValueError, match="leaves"):
            merkle.consistency_proof(LEAVES, old, new)
    assert merkle.consistency_proof(LEAVES, 0, 5) == merkle.consistency_proof(LEAVES, 5, 5) == []
