"""What the notary has published: checkpoint, key and leaf hashes, from its public directory or over HTTP."""

from pathlib import Path
from typing import Protocol

import httpx

from services.audit.ledger import INDEX
from shared.refusals import Refused
from shared.transparency.checkpoint import InvalidCheckpoint, parse_checkpoint
from shared.transparency.merkle import HASH_SIZE
from shared.transparency.note import InvalidNote, parse
from shared.transparency.tilefiles import TILE_WIDTH, Tile, TileError, tiles_of
from shared.transparency.tiles import TileStore


class NotPublished(Refused):
    """There is no checkpoint to compare with: nothing can be proven."""


class Published(Protocol):
    where: str
    note: bytes
    vkey: str
    """As it is published there: compare it with the one that was announced."""

    keys: tuple[str, ...]
    """All that the notary ever had, as far as they are published there."""
    kept: tuple[tuple[str, bytes], ...]
    """Name and note of the earlier checkpoints that can be had there."""

    def leaf_hashes(self, most: int | None = None) -> list[bytes] | None:
        """Of as many events as the checkpoint says, or the first `most`; None if they are not all there."""


def size_of(note: bytes) -> int:
    """How many events a checkpoint is about; whether it is genuine is judged elsewhere. 0 if it is none."""
    try:
        return parse_checkpoint(parse(note).text).size
    except (InvalidNote, InvalidCheckpoint):
        return 0


class PublicDirectory:
    """Raises NotPublished."""

    def __init__(self, directory: Path):
        self.where = str(directory)
        self.kept = tuple((file.name, file.read_bytes()) for file in sorted((directory / "checkpoints").glob("[0-9]*")))
        try:
            self.note = (directory / "checkpoint").read_bytes()
            self.vkey = (directory / "vkey").read_text().strip()
        except FileNotFoundError as error:
            raise _not_there(self.where) from error
        keys = directory / "keys"
        self.keys = tuple(keys.read_text().split()) if keys.exists() else (self.vkey,)
        self._tiles = TileStore(directory)

    def leaf_hashes(self, most: int | None = None) -> list[bytes] | None:
        try:
            return self._tiles.leaf_hashes(0, size_of(self.note))[:most]
        except TileError:
            return None


class PublicUrl:
    """The audit service at `http://…/audit`, or the files of the notary's public directory wherever a web server has them.

    Raises NotPublished.
    """

    def __init__(self, url: str):
        self.where = url
        self._at = url.rstrip("/")
        with httpx.Client(timeout=30) as client:
            self.note = self._first(client)
            self.keys = tuple(self._text(client, "keys"))
            self.vkey = self.keys[-1]
            names = self._text(client, f"checkpoints/{INDEX}")
            self.kept = tuple((name, self._get(client, f"checkpoints/{name}")) for name in names)

    def _first(self, client: httpx.Client) -> bytes:
        """The checkpoint; from now on everything is taken from where it is."""
        try:
            note = self._get(client, "v1/checkpoint")
        except NotPublished:
            return self._get(client, "checkpoint")
        self._at += "/v1"
        return note

    def _text(self, client: httpx.Client, path: str) -> list[str]:
        """The words of a file that has some."""
        words = self._get(client, path).decode("ascii", "replace").split()
        if not words:
            raise _not_there(f"{self._at}/{path}")
        return words

    def leaf_hashes(self, most: int | None = None) -> list[bytes] | None:
        hashes: list[bytes] = []
        with httpx.Client(timeout=30) as client:
            for tile in tiles_of(0, 0, size_of(self.note)):
                data = self._tile(client, tile)
                if data is None:
                    return None
                hashes += [data[at * HASH_SIZE : (at + 1) * HASH_SIZE] for at in range(tile.width)]
        return hashes[:most]

    def _tile(self, client: httpx.Client, tile: Tile) -> bytes | None:
        for wanted in (tile, tile.of_width(TILE_WIDTH)):  # a partial tile goes when the full one is there
            try:
                return self._get(client, wanted.path)
            except NotPublished:
                continue
        return None

    def _get(self, client: httpx.Client, path: str) -> bytes:
        try:
            answer = client.get(f"{self._at}/{path}")
        except httpx.HTTPError as error:
            raise _not_there(self.where) from error
        if answer.status_code != 200:
            raise _not_there(f"{self._at}/{path}")
        return answer.content


def _not_there(where: str) -> NotPublished:
    return NotPublished(
        f"No checkpoint can be read at {where}: let the audit service run for a moment, or name another place with --url.",
        f"Tidak ada checkpoint yang dapat dibaca di {where}: jalankan layanan audit sebentar, atau sebutkan tempat lain dengan --url.",
    )
