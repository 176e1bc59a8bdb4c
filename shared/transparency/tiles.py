"""Hash tiles: the whole Merkle tree as small immutable files from which anybody can compute any proof (C2SP `tlog-tiles`)."""

from collections.abc import Sequence
from pathlib import Path

from shared.transparency.merkle import HASH_SIZE, consistency_ranges, inclusion_ranges, range_hash, root
from shared.transparency.tilefiles import TILE_WIDTH, Tile, TileConflict, TileDamaged, TileFiles, tiles_of


class TileStore:
    """The hash tiles of a log below `root`, as `root/tile/<level>/…`; level 0 holds the leaf hashes.

    One writer at a time. The store does not say how far the log goes: checkpoints do. Whoever appends starts again from his
    last checkpoint after a crash, and what already stands is left as it is.
    """

    def __init__(self, root: Path) -> None:
        self._files = TileFiles(root, private=False)

    def append(self, start: int, leaves: Sequence[bytes]) -> None:
        """Keep the tiles of the tree of `start + len(leaves)` leaves, of which the first `start` are kept already.

        On return they survive a power cut. Raises `TileConflict` (and writes nothing) where another hash already stands,
        `TileMissing` if the leaves before `start` are not there, `ValueError` for what is no hash.
        """
        if start < 0 or any(type(leaf) is not bytes or len(leaf) != HASH_SIZE for leaf in leaves):
            raise ValueError(f"leaves are hashes of {HASH_SIZE} bytes, counted from 0")
        tiles: dict[Tile, bytes] = {}
        level, first, hashes = 0, start, list(leaves)
        while hashes:
            kept = first % TILE_WIDTH
            hashes = self._hashes(level, first - kept, first) + hashes
            first -= kept
            above: list[bytes] = []
            for tile in tiles_of(level, first, first + len(hashes)):
                at = tile.index * TILE_WIDTH - first
                members = hashes[at : at + tile.width]
                tiles[tile] = b"".join(members)
                if tile.width == TILE_WIDTH:
                    above.append(root(members))
            level, first, hashes = level + 1, first // TILE_WIDTH, above
        self._files.write(tiles)

    def leaf_hashes(self, start: int, end: int) -> list[bytes]:
        """The hashes of leaves `start` to `end` (excluded). Raises `TileMissing` or `TileDamaged`."""
        return self._hashes(0, start, end)

    def root(self, size: int) -> bytes:
        """The root of the tree of the first `size` leaves; reads a few tiles, whatever the size."""
        return range_hash(0, size, self._perfect)

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """The proof that leaf `index` is in the tree of `size` leaves; see `merkle.verify_inclusion`."""
        return [range_hash(start, end, self._perfect) for start, end in inclusion_ranges(index, size)]

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree of `new` leaves continues that of `old`; see `merkle.verify_consistency`."""
        return [range_hash(start, end, self._perfect) for start, end in consistency_ranges(old, new)]

    def check(self, size: int, expected_root: bytes) -> None:
        """Compare the kept tree with a checkpoint. Raises `TileConflict` if its root is another."""
        if self.root(size) != expected_root:
            raise TileConflict(f"the tiles of the first {size} leaves do not add up to the checkpoint's root")

    def _perfect(self, start: int, end: int) -> bytes:
        """The hash of a perfect subtree: one hash in the highest tile that knows it, or the root of a few side by side."""
        level = ((end - start).bit_length() - 1) // 8
        return root(self._hashes(level, start >> 8 * level, end >> 8 * level))

    def _hashes(self, level: int, start: int, end: int) -> list[bytes]:
        hashes: list[bytes] = []
        for tile in tiles_of(level, start, end):
            data, width = self._files.read(level, tile.index, tile.width)
            if len(data) != width * HASH_SIZE:
                raise TileDamaged(f"{tile.of_width(width).path} has {len(data)} bytes instead of {width * HASH_SIZE}")
            first = max(start - tile.index * TILE_WIDTH, 0)
            hashes += [data[at * HASH_SIZE : (at + 1) * HASH_SIZE] for at in range(first, tile.width)]
        return hashes
