"""Entry bundles: the entries of a log themselves, 256 to a file (C2SP `tlog-tiles`); for notary and auditors, not for all."""

from collections.abc import Sequence
from pathlib import Path

from shared.transparency.tilefiles import TILE_WIDTH, Tile, TileDamaged, TileFiles, tiles_of

MAX_ENTRY_SIZE = 65_535
"""Bytes: lengths are written in 16 bits."""


def encode_entries(entries: Sequence[bytes]) -> bytes:
    """A bundle: each entry after its length in two bytes, big-endian. Raises `ValueError` for an entry that is too long."""
    for entry in entries:
        if len(entry) > MAX_ENTRY_SIZE:
            raise ValueError(f"an entry has at most {MAX_ENTRY_SIZE} bytes, not {len(entry)}")
    return b"".join(part for entry in entries for part in (len(entry).to_bytes(2, "big"), entry))


def decode_entries(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises `ValueError` if it does not end with an entry's end."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if at > len(data):
            raise ValueError(f"the bundle ends in the middle of entry {len(entries)}")
        entries.append(data[start:at])
    return entries


class EntryStore:
    """The entries of a log below `root`, as `root/tile/entries/…`, readable by the owner alone.

    One writer at a time; `root` must not be the one of the hash tiles, which is public.
    """

    def __init__(self, root: Path) -> None:
        self._files = TileFiles(root, private=True)

    def append(self, start: int, entries: Sequence[bytes]) -> None:
        """Keep the entries `start`, `start + 1`, …; those before are kept already. On return they survive a power cut.

        Raises `TileConflict` (and writes nothing) where another entry already stands, `TileMissing` if those before `start` are
        not there, `ValueError` for an entry of more than 65,535 bytes.
        """
        if start < 0:
            raise ValueError("entries are counted from 0")
        kept = start % TILE_WIDTH if entries else 0
        bundled = self.entries(start - kept, start) + list(entries)
        first = start - kept
        bundles: dict[Tile, bytes] = {}
        for tile in tiles_of("entries", first, first + len(bundled)):
            at = tile.index * TILE_WIDTH - first
            bundles[tile] = encode_entries(bundled[at : at + tile.width])
        self._files.write(bundles)

    def entries(self, start: int, end: int) -> list[bytes]:
        """The entries `start` to `end` (excluded). Raises `TileMissing` or `TileDamaged`."""
        entries: list[bytes] = []
        for tile in tiles_of("entries", start, end):
            data, width = self._files.read("entries", tile.index, tile.width)
            try:
                bundled = decode_entries(data)
            except ValueError as error:
                raise TileDamaged(f"{tile.of_width(width).path}: {error}") from error
            if len(bundled) != width:
                raise TileDamaged(f"{tile.of_width(width).path} has {len(bundled)} entries instead of {width}")
            entries += bundled[max(start - tile.index * TILE_WIDTH, 0) : tile.width]
        return entries
