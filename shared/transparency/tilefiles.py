"""Where tiles lie and how they are kept, as C2SP `tlog-tiles` specifies: paths, full and partial tiles, immutable files.

What follows holds for hash tiles and entry bundles alike: a tile holds up to 256 items, and the bytes of a partial tile are the
beginning of the bytes of every wider one.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

from shared.transparency.files import put_whole, sync_directory

TILE_WIDTH = 256
"""Items in a full tile."""

MAX_LEVEL = 63

Kind = int | Literal["entries"]
"""The level of a hash tile, 0 for leaf hashes; or `entries` for a bundle of the entries themselves."""


class TileError(Exception):
    """Tiles on disk are not what they should be."""


class TileMissing(TileError):
    """A tile that is needed is not there, nor a wider one."""


class TileDamaged(TileError):
    """A tile does not have the form of a tile."""


class TileConflict(TileError):
    """What should be written differs from what already stands there: somebody rewrites history."""


class Tile(Struct, frozen=True):
    """One tile: its level or `entries`, its index, and its width (256: full)."""

    kind: Kind
    index: int
    width: int = TILE_WIDTH

    def of_width(self, width: int) -> "Tile":
        """The tile in the same place when it holds `width` items."""
        return Tile(self.kind, self.index, width)

    @property
    def path(self) -> str:
        """Its path below the log's prefix: `tile/0/x001/234`, or `tile/0/x001/234.p/5` if partial. Raises `ValueError`."""
        if self.kind != "entries" and not 0 <= self.kind <= MAX_LEVEL:
            raise ValueError(f"there is no level {self.kind}")
        if self.index < 0 or not 1 <= self.width <= TILE_WIDTH:
            raise ValueError(f"there is no tile {self.index} of width {self.width}")
        rest, last = divmod(self.index, 1000)
        groups = [f"{last:03}"]
        while rest:
            rest, group = divmod(rest, 1000)
            groups.append(f"x{group:03}")
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{self.kind}/{'/'.join(reversed(groups))}{partial}"


def tiles_of(kind: Kind, start: int, end: int) -> Iterator[Tile]:
    """The tiles that hold the items `start` to `end` (excluded) of one kind in a log that has exactly `end` of them."""
    for index in range(start // TILE_WIDTH, -(-end // TILE_WIDTH) if end > start else 0):
        yield Tile(kind, index, min(TILE_WIDTH, end - index * TILE_WIDTH))


def hash_tiles_of(size: int) -> Iterator[Tile]:
    """All hash tiles of a tree of `size` leaves, level by level."""
    for level in range(MAX_LEVEL + 1):
        items = size >> 8 * level
        if items == 0:
            return
        yield from tiles_of(level, 0, items)


class TileFiles:
    """Tiles as files below `root`. They are never changed; a partial one goes when the full one is safe."""

    def __init__(self, root: Path, *, private: bool) -> None:
        self.root = root
        self._private = private

    def read(self, kind: Kind, index: int, width: int) -> tuple[bytes, int]:
        """The bytes of the narrowest kept tile that holds at least `width` items, and its width. Raises `TileMissing`."""
        for kept in self._candidates(kind, index, width):
            try:
                return (self.root / Tile(kind, index, kept).path).read_bytes(), kept
            except FileNotFoundError:
                continue  # partial tiles may go, in favour of the full one, while we look
        raise TileMissing(f"{Tile(kind, index, width).path} is not there, nor a wider tile")

    def write(self, tiles: dict[Tile, bytes]) -> None:
        """Keep these tiles durably. What already stands is left; if it differs, nothing is written: `TileConflict`."""
        for tile, data in tiles.items():
            self._refuse_conflict(tile, data)
        for tile, data in tiles.items():
            if not self._is_kept(tile) and not self._is_kept(tile.of_width(TILE_WIDTH)):
                put_whole(self.root / tile.path, data, private=self._private)
        # All of them, also those of tiles that stood already: an interrupted attempt may have put them and synced nothing.
        for directory in {above for tile in tiles for above in (self.root / tile.path).parents}:
            if directory.is_relative_to(self.root) and directory.is_dir():
                sync_directory(directory)
        for tile in tiles:
            if tile.width == TILE_WIDTH:
                self._drop_partials(tile)

    def _refuse_conflict(self, tile: Tile, data: bytes) -> None:
        # The kept tiles of one place begin alike, so the nearest on either side speak for all.
        kept_widths = [*self._partials(tile.kind, tile.index), TILE_WIDTH]
        narrower = [width for width in kept_widths if width < tile.width][-1:]
        wider = [width for width in kept_widths if width >= tile.width and self._is_kept(tile.of_width(width))][:1]
        for width in (*narrower, *wider):
            kept = (self.root / tile.of_width(width).path).read_bytes()
            agrees = data.startswith(kept) if width < tile.width else kept.startswith(data)
            if not agrees or (width == tile.width and kept != data):
                raise TileConflict(f"{tile.of_width(width).path} holds something else than {tile.path} to be written")

    def _is_kept(self, tile: Tile) -> bool:
        return (self.root / tile.path).is_file()

    def _candidates(self, kind: Kind, index: int, width: int) -> Iterator[int]:
        """Widths to look for, narrowest first; the directory of partial tiles is listed only if the exact one is not there."""
        yield width
        if width < TILE_WIDTH:
            yield from (kept for kept in self._partials(kind, index) if kept > width)
            yield TILE_WIDTH

    def _partials(self, kind: Kind, index: int) -> list[int]:
        """Widths of the kept partial tiles, narrowest first."""
        directory = self._partial_directory(kind, index)
        try:
            names = [path.name for path in directory.iterdir()]
        except FileNotFoundError:
            return []
        return sorted(int(name) for name in names if name.isascii() and name.isdigit())

    def _drop_partials(self, full: Tile) -> None:
        directory = self._partial_directory(full.kind, full.index)
        if not directory.is_dir():
            return
        for path in directory.iterdir():
            path.unlink(missing_ok=True)
        directory.rmdir()
        sync_directory(directory.parent)

    def _partial_directory(self, kind: Kind, index: int) -> Path:
        return (self.root / Tile(kind, index, 1).path).parent
