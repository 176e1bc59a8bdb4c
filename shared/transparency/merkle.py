"""The Merkle tree of RFC 6962 section 2.1 over SHA-256: hashes, roots, proofs and their verification.

Hashes are 32 bytes. Provers raise `ValueError` when asked for what does not exist; verifiers return nothing when the proof
holds and raise `InvalidProof` for everything else, malformed input included, so that no answer can be overlooked.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Self

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of the tree without leaves."""

MAX_SIZE = 2**63 - 1
"""The largest tree size that the formats of the C2SP ecosystem can carry."""

Range = tuple[int, int]
"""Leaves `start` (included) to `end` (excluded), which together form one subtree."""


class InvalidProof(ValueError):
    """The proof is malformed or does not connect what it claims to connect."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry; the 0x00 keeps it apart from inner nodes (RFC 6962 section 2.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node over its two children."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """The right edge of a growing tree: what is needed to append leaves and to tell the root, in O(log size) memory.

    It keeps the roots of the perfect subtrees that the size's binary digits name, largest (leftmost) first.
    """

    __slots__ = ("_peaks", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._peaks: list[bytes] = []

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._size

    def append(self, leaf: bytes) -> None:
        """Add one leaf by its hash."""
        self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaves by their hashes. A malformed hash raises `ValueError`; those before it are in the tree."""
        peaks, size = self._peaks, self._size
        for leaf in leaves:
            if type(leaf) is not bytes or len(leaf) != HASH_SIZE:
                raise ValueError(f"a leaf hash is {HASH_SIZE} bytes, not {leaf!r}")
            node, carry = leaf, size
            while carry & 1:
                node = sha256(b"\x01" + peaks.pop() + node).digest()
                carry >>= 1
            peaks.append(node)
            self._size = size = size + 1

    def root(self) -> bytes:
        """The Merkle tree hash of all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        node = self._peaks[-1]
        for left in reversed(self._peaks[:-1]):
            node = node_hash(left, node)
        return node

    def copy(self) -> Self:
        """An independent tree of the same leaves."""
        twin = type(self)()
        twin._size, twin._peaks = self._size, self._peaks.copy()
        return twin

    def to_bytes(self) -> bytes:
        """For keeping: the size in 8 bytes, big-endian, then the peaks. The inverse is `from_bytes`."""
        return self._size.to_bytes(8, "big") + b"".join(self._peaks)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The kept tree. Raises `ValueError` unless `data` has exactly the length that its size asks for.

        The peaks are believed: compare `root()` with a checkpoint before building on it.
        """
        size = int.from_bytes(data[:8], "big")
        if len(data) < 8 or size > MAX_SIZE or len(data) != 8 + HASH_SIZE * size.bit_count():
            raise ValueError(f"{len(data)} bytes are no kept Merkle tree")
        tree = cls()
        tree._size = size
        tree._peaks = [data[at : at + HASH_SIZE] for at in range(8, len(data), HASH_SIZE)]
        return tree

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tree) and self.to_bytes() == other.to_bytes()


def root(leaves: Iterable[bytes]) -> bytes:
    """The Merkle tree hash of leaves given by their hashes."""
    tree = Tree()
    tree.extend(leaves)
    return tree.root()


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Which subtrees' hashes are the inclusion proof of leaf `index` in the tree of `size` leaves, lowest first."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    ranges: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    ranges.reverse()
    return ranges


def consistency_ranges(old: int, new: int) -> list[Range]:
    """Which subtrees' hashes prove that the tree of `new` leaves continues the one of `old` leaves, in RFC order.

    Nothing needs proof when `old` is 0 or equals `new`.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves continues none of {old}")
    if old in (0, new):
        return []
    ranges: list[Range] = []
    start, end = 0, new
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:  # otherwise the old tree is itself a subtree, and its root is known to the verifier
        ranges.append((start, end))
    ranges.reverse()
    return ranges


def inclusion_proof(leaves: Sequence[bytes], index: int, size: int | None = None) -> list[bytes]:
    """The proof that leaf `index` is in the tree of the first `size` leaves (all, if not given)."""
    return [root(leaves[start:end]) for start, end in inclusion_ranges(index, _within(leaves, size))]


def consistency_proof(leaves: Sequence[bytes], old: int, new: int | None = None) -> list[bytes]:
    """The proof that the tree of the first `new` leaves (all, if not given) continues the tree of the first `old`."""
    return [root(leaves[start:end]) for start, end in consistency_ranges(old, _within(leaves, new))]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf with hash `leaf` stands at `index` in the tree of `size` leaves with this root.

    `size` and `root` must come from one trusted checkpoint: a proof alone does not pin the size. Algorithm of RFC 9162
    section 2.1.3.2. Raises `InvalidProof`.
    """
    _require_numbers(index, size)
    _require_hashes(leaf, root, *proof)
    if index >= size:
        raise InvalidProof(f"a tree of {size} leaves has no leaf {index}")
    place, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise InvalidProof("the inclusion proof is too long")
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while place & 1 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise InvalidProof("the inclusion proof is too short")
    if node != root:
        raise InvalidProof("the inclusion proof leads to another root")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of `new` leaves begins with the leaves of the tree of `old`, both given by their roots.

    Algorithm of RFC 9162 section 2.1.4.2; the empty tree is continued by every tree, with an empty proof. Raises
    `InvalidProof`.
    """
    _require_numbers(old, new)
    _require_hashes(old_root, new_root, *proof)
    if old > new:
        raise InvalidProof(f"a tree of {new} leaves continues none of {old}")
    if (old == 0 and old_root != EMPTY_ROOT) or (new == 0 and new_root != EMPTY_ROOT):
        raise InvalidProof("that is not the root of the empty tree")
    if old in (0, new):
        if proof:
            raise InvalidProof("the consistency proof is too long")
        if old == new and old_root != new_root:
            raise InvalidProof("two trees of one size have different roots")
        return
    nodes = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not nodes:
        raise InvalidProof("the consistency proof is too short")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            raise InvalidProof("the consistency proof is too long")
        if place & 1 or place == last:
            before, after = node_hash(node, before), node_hash(node, after)
            while place & 1 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, node)
        place, last = place >> 1, last >> 1
    if last:
        raise InvalidProof("the consistency proof is too short")
    if before != old_root:
        raise InvalidProof("the consistency proof leads to another old root")
    if after != new_root:
        raise InvalidProof("the consistency proof leads to another new root")


def perfect_ranges(start: int, end: int) -> list[Range]:
    """A subtree's range cut into the perfect subtrees that it consists of, leftmost (largest) first."""
    ranges: list[Range] = []
    while start < end:
        width = 1 << ((end - start).bit_length() - 1)
        ranges.append((start, start + width))
        start += width
    return ranges


def range_hash(start: int, end: int, perfect: Callable[[int, int], bytes]) -> bytes:
    """The hash of a subtree, from a function that tells the hashes of perfect ones."""
    hashes = [perfect(*part) for part in perfect_ranges(start, end)]
    if not hashes:
        return EMPTY_ROOT
    node = hashes.pop()
    while hashes:
        node = node_hash(hashes.pop(), node)
    return node


def _split(size: int) -> int:
    """The largest power of two below `size`: how many leaves stand in the left subtree."""
    return 1 << ((size - 1).bit_length() - 1)


def _within(leaves: Sequence[bytes], size: int | None) -> int:
    if size is None:
        return len(leaves)
    if size > len(leaves):
        raise ValueError(f"{len(leaves)} leaves do not make a tree of {size}")
    return size


# Proofs arrive in files and over HTTP: what the annotations promise is checked here.


def _require_numbers(*values: object) -> None:
    for value in values:
        if type(value) is not int or not 0 <= value <= MAX_SIZE:
            raise InvalidProof(f"{value!r} is no leaf index or tree size")


def _require_hashes(*values: object) -> None:
    for value in values:
        if type(value) is not bytes or len(value) != HASH_SIZE:
            raise InvalidProof(f"{value!r} is no hash of {HASH_SIZE} bytes")
