"""What the notary keeps on its disk, as far as its last checkpoint goes: where bundles come from, and streams that lost entries."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from makmal.verify.published import size_of
from services.audit.ledger import kept_checkpoints, public_directory
from shared.refusals import Refused
from shared.transparency.checkpoint import InvalidCheckpoint, open_checkpoint
from shared.transparency.entries import EntryStore
from shared.transparency.merkle import leaf_hash, root
from shared.transparency.note import InvalidKey, Verifier
from shared.transparency.tilefiles import TILE_WIDTH, Tile, TileError, tiles_of
from shared.transparency.tiles import TileStore


class Signed:
    """Raises Refused where nothing is signed, or what is kept is not what was signed."""

    def __init__(self, audit: Path):
        public = public_directory(audit)
        try:
            self.note = (public / "checkpoint").read_bytes()
            self.vkey = (public / "vkey").read_text().strip()
            verifier = Verifier.parse(self.vkey)
            checkpoint = open_checkpoint(self.note, verifier.name, [verifier])
        except (OSError, InvalidKey, InvalidCheckpoint) as error:
            raise Refused(
                f"The notary's checkpoint in {public} cannot be read ({error}): let the audit service run for a moment first.",
                f"Checkpoint notaris di {public} tidak terbaca ({error}): jalankan dahulu layanan audit sebentar.",
            ) from error
        self.origin, self.size, self.root = checkpoint.origin, checkpoint.size, checkpoint.root
        self._entries, self._tiles = EntryStore(audit / "notary" / "entries"), TileStore(public)
        self._kept, self._cosigned = kept_checkpoints(audit), public / "cosigned-checkpoint"

    def raws(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Position and bytes of the events after a position. Raises Refused at the first that is not the one signed."""
        for start in range(after - after % TILE_WIDTH, self.size, TILE_WIDTH):
            end = min(start + TILE_WIDTH, self.size)
            try:
                page, leaves = self._entries.entries(start, end), self._tiles.leaf_hashes(start, end)
            except TileError as error:
                raise self.damaged(str(error)) from error
            for position, (raw, leaf) in enumerate(zip(page, leaves, strict=True), start + 1):
                if leaf_hash(raw) != leaf:
                    raise self.damaged(f"the event kept of position {position} is another")
                if position > after:
                    yield position, raw

    def leaf_hashes(self, most: int) -> list[bytes]:
        try:
            return self._tiles.leaf_hashes(0, most)
        except TileError as error:
            raise self.damaged(str(error)) from error

    def checkpoints(self) -> Iterator[tuple[str, bytes]]:
        """Name and note of the earlier ones that were kept, and of the last that witnesses have cosigned."""
        for file in self._kept:
            if size_of(note := file.read_bytes()) <= self.size:  # any may be newer than the checkpoint that was read before
                yield file.name, note
        if self._cosigned.exists() and size_of(note := self._cosigned.read_bytes()) <= self.size:
            yield "cosigned", note

    def damaged(self, why: str) -> Refused:
        return Refused(
            f"What the notary keeps is not what it has signed: {why}. Put its directory back from a copy.",
            f"Yang disimpan notaris bukan yang ditandatanganinya: {why}. Pulihkan direktorinya dari cadangan.",
        )


def hash_tiles(leaves: Sequence[bytes]) -> Iterator[tuple[Tile, bytes]]:
    """All hash tiles of the tree with these leaves, level by level."""
    level, hashes = 0, leaves
    while hashes:
        above: list[bytes] = []
        for tile in tiles_of(level, 0, len(hashes)):
            members = hashes[tile.index * TILE_WIDTH : tile.index * TILE_WIDTH + tile.width]
            yield tile, b"".join(members)
            if tile.width == TILE_WIDTH:
                above.append(root(members))
        level, hashes = level + 1, above
