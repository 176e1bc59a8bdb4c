"""What the notary has published: checkpoint, key and leaf hashes, from its public directory or over HTTP."""

from pathlib import Path
from typing import Protocol

import httpx
import msgspec

from shared.refusals import Refused
from shared.transparency.merkle import HASH_SIZE
from shared.transparency.tilefiles import TILE_WIDTH, Tile, TileError, tiles_of
from shared.transparency.tiles import TileStore


class NotPublished(Refused):
    """There is no checkpoint to compare with: nothing can be proven."""


class Published(Protocol):
    where: str
    note: bytes
    vkey: str
    """As it is published there: compare it with the one that was announced."""

    def leaf_hashes(self, size: int) -> list[bytes] | None:
        """Those of the first `size` events; None if they are not all there."""


class PublicDirectory:
    """Raises NotPublished."""

    def __init__(self, directory: Path):
        self.where = str(directory)
        try:
            self.note = (directory / "checkpoint").read_bytes()
            self.vkey = (directory / "vkey").read_text().strip()
        except FileNotFoundError as error:
            raise _not_there(self.where) from error
        self._tiles = TileStore(directory)

    def leaf_hashes(self, size: int) -> list[bytes] | None:
        try:
            return self._tiles.leaf_hashes(0, size)
        except TileError:
            return None


class PublicUrl:
    """The audit service at `http://…/audit`. Raises NotPublished."""

    def __init__(self, url: str):
        self.where = url
        self._url = url.rstrip("/")
        self.note = self._get("checkpoint")
        self.vkey = str(msgspec.json.decode(self._get("notary"))["vkey"])

    def leaf_hashes(self, size: int) -> list[bytes] | None:
        hashes: list[bytes] = []
        for tile in tiles_of(0, 0, size):
            data = self._tile(tile)
            if data is None:
                return None
            hashes += [data[at * HASH_SIZE : (at + 1) * HASH_SIZE] for at in range(tile.width)]
        return hashes

    def _tile(self, tile: Tile) -> bytes | None:
        for wanted in (tile, tile.of_width(TILE_WIDTH)):  # a partial tile goes when the full one is there
            try:
                return self._get(wanted.path)
            except NotPublished:
                continue
        return None

    def _get(self, path: str) -> bytes:
        try:
            answer = httpx.get(f"{self._url}/v1/{path}", timeout=30)
        except httpx.HTTPError as error:
            raise _not_there(self.where) from error
        if answer.status_code != 200:
            raise _not_there(f"{self._url}/v1/{path}")
        return answer.content


def _not_there(where: str) -> NotPublished:
    return NotPublished(
        f"No checkpoint can be read at {where}: let the audit service run for a moment, or name another place with --url.",
        f"Tidak ada checkpoint yang dapat dibaca di {where}: jalankan layanan audit sebentar, atau sebutkan tempat lain dengan --url.",
    )
