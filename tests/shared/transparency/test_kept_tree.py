"""The right edge of a growing tree: kept, continued and copied. That its roots are right is shown in `test_merkle.py`."""

import pytest

from shared.transparency.merkle import Tree, leaf_hash, root

LEAVES = [leaf_hash(f"entry {number}".encode()) for number in range(300)]


def test_a_kept_tree_goes_on_as_if_nothing_had_happened() -> None:
    whole = Tree()
    for size in range(len(LEAVES)):
        kept = whole.to_bytes()
        assert len(kept) == 8 + 32 * size.bit_count()
        again = Tree.from_bytes(kept)
        assert (again, again.size, again.root()) == (whole, size, root(LEAVES[:size]))
        again.extend(LEAVES[size:])
        assert again.root() == root(LEAVES)
        whole.append(LEAVES[size])


def test_bytes_that_are_no_kept_tree_are_refused() -> None:
    tree = Tree()
    tree.extend(LEAVES[:7])
    kept = tree.to_bytes()
    for wrong in (
        b"",
        kept[:7],
        kept[:-1],
        kept + b"\x00",
        kept[:8],
        b"\xff" * 8 + b"\x00" * 2048,
        (6).to_bytes(8, "big") + kept[8:],
    ):
        with pytest.raises(ValueError, match="no kept Merkle tree"):
            Tree.from_bytes(wrong)


def test_a_copy_grows_by_itself() -> None:
    tree = Tree()
    tree.extend(LEAVES[:5])
    twin = tree.copy()
    twin.append(LEAVES[5])
    assert (tree.root(), twin.root()) == (root(LEAVES[:5]), root(LEAVES[:6]))
    assert tree != twin


def test_a_malformed_hash_leaves_the_tree_with_those_before_it() -> None:
    tree = Tree()
    with pytest.raises(ValueError, match="leaf hash"):
        tree.extend([*LEAVES[:3], b"short", LEAVES[4]])
    assert (tree.size, tree.root()) == (3, root(LEAVES[:3]))
    tree.append(LEAVES[3])
    assert tree.root() == root(LEAVES[:4])
