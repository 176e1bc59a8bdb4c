"""A bundle: a copy of a log on disk that proves itself, in the layout of C2SP `tlog-tiles` (`docs/audit.md` says it for readers).

checkpoint           the last signed note, with whatever witnesses have cosigned
checkpoints/…        the earlier ones that were kept
tile/<level>/…       hash tiles
tile/entries/…       entry bundles: the events themselves
keys                 the notary's verifier keys, one a line, oldest first
editions/….json      the rulebook of each edition, as it was last published
verify.py, README.txt
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from makmal.verify.bytes import Entry
from shared.refusals import Refused
from shared.transparency.checkpoint import Checkpoint, InvalidCheckpoint, open_checkpoint, parse_checkpoint
from shared.transparency.entries import EntryStore
from shared.transparency.note import InvalidKey, InvalidNote, Verifier, parse
from shared.transparency.tilefiles import TILE_WIDTH, TileError
from shared.transparency.tiles import TileStore


class NoBundle(Refused):
    """What should be read is not there or is no bundle."""


class _Source(Struct):
    source: str


_source = msgspec.json.Decoder(_Source).decode


class Bundle:
    """A bundle as it lies there; nothing in it is believed. Has what `makmal.verify.published.Published` asks for.

    Raises NoBundle where there is none.
    """

    def __init__(self, directory: Path):
        self.where = str(directory)
        self._directory = directory
        try:
            self.note = (directory / "checkpoint").read_bytes()
            self.keys = tuple((directory / "keys").read_text().split())
            named = parse_checkpoint(parse(self.note).text)
        except (OSError, UnicodeDecodeError, InvalidNote, InvalidCheckpoint) as error:
            raise NoBundle(
                f"{directory} is no bundle that can be read ({error}); make one with `makmal audit export DIR`.",
                f"{directory} bukan salinan log yang dapat dibaca ({error}); buat dengan `makmal audit export DIR`.",
            ) from error
        self.origin, self.size = named.origin, named.size
        self._tiles, self._entries = TileStore(directory), EntryStore(directory)

    @property
    def vkey(self) -> str:
        """The key of those in the bundle that has signed the checkpoint; empty if none has."""
        return next((key for key in reversed(self.keys) if self.opened(key) is not None), "")

    @property
    def log(self) -> str:
        """The log's name, as the origin has it."""
        return self.origin.rpartition("/")[2]

    def opened(self, vkey: str) -> Checkpoint | None:
        """The checkpoint, if this key has signed it."""
        try:
            return open_checkpoint(self.note, self.origin, [Verifier.parse(vkey)])
        except (InvalidCheckpoint, InvalidKey):
            return None

    def checkpoints(self) -> Iterator[tuple[str, bytes]]:
        """Name and note of the earlier checkpoints."""
        for file in sorted((self._directory / "checkpoints").glob("*")):
            yield file.name, file.read_bytes()

    def leaf_hashes(self, most: int | None = None) -> list[bytes] | None:
        try:
            return self._tiles.leaf_hashes(0, self.size)[:most]
        except TileError:
            return None

    def raws(self, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Position and bytes of the events after a position. Raises NoBundle where a file is missing or damaged."""
        for start in range(after - after % TILE_WIDTH, self.size, TILE_WIDTH):
            try:
                page = self._entries.entries(max(start, after), min(start + TILE_WIDTH, self.size))
            except TileError as error:
                raise NoBundle(
                    f"The bundle in {self.where} is damaged: {error}.", f"Salinan log di {self.where} rusak: {error}."
                ) from error
            yield from enumerate(page, max(start, after) + 1)

    def entries(self) -> Iterator[Entry]:
        """Each event with the stream that it names as its own; what names none stands in none."""
        for position, raw in self.raws():
            yield stream_of(raw), position, raw


def stream_of(raw: bytes) -> str:
    """The service that an event names as its source; empty if it is none."""
    try:
        return _source(raw).source[1:]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
