"""Files that people hand in, on disk, each under the SHA-256 of its content: whatever is there is complete, and the same file lies
there once.

A file is taken in beside the others, forced to disk and then moved to its name. What it is, its first bytes say.
"""

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from msgspec import Struct

LARGEST: Final = 10 * 1024 * 1024
"""Bytes of one file."""
PIECE = 1024 * 1024
FORGOTTEN_AFTER = 86_400
"""Seconds. What a crash left half taken in is removed then."""

_MP4_BRANDS = (b"avc1", b"dash", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"isom", b"M4V ", b"mp41", b"mp42", b"mp71")
SUFFIXES = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "video/mp4": "mp4"}
"""The media types that are taken, and how a file of each is called."""


class TooLong(Exception):
    """The file has more than `LARGEST` bytes."""


class WrongKind(Exception):
    """The file is none of the kinds in `SUFFIXES`."""


class WrongDigest(Exception):
    """What came is not what was announced: something was lost on the way."""

    def __init__(self, found: str):
        super().__init__(found)
        self.found = found


class Stored(Struct, frozen=True):
    sha256: str
    media_type: str
    size: int


def media_type_of(beginning: bytes) -> str:
    """By the magic bytes. Raises WrongKind."""
    if beginning.startswith(b"%PDF-"):
        return "application/pdf"
    if beginning.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if beginning.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if beginning[4:8] == b"ftyp" and beginning[8:12] in _MP4_BRANDS:
        return "video/mp4"
    raise WrongKind


class StoredFiles:
    def __init__(self, directory: Path):
        self._directory = directory
        self._incoming = directory / "incoming"
        self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        long_ago = time.time() - FORGOTTEN_AFTER
        for left in self._incoming.iterdir():
            if left.stat().st_mtime < long_ago:
                left.unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        return self._directory / sha256[:2] / sha256

    async def find(self, sha256: str) -> Stored | None:
        return await asyncio.to_thread(self._find, sha256)

    def _find(self, sha256: str) -> Stored | None:
        try:
            with self.path(sha256).open("rb") as file:
                return Stored(sha256, media_type_of(file.read(16)), os.fstat(file.fileno()).st_size)
        except FileNotFoundError:
            return None

    async def take_in(self, content: AsyncIterator[bytes], sha256: str) -> Stored:
        """Raises TooLong, WrongKind, WrongDigest; then nothing of it is kept."""
        digest = hashlib.sha256()
        size, beginning = 0, b""
        arriving = _Arriving(self._incoming)
        try:
            waiting = bytearray()
            async for piece in content:
                size += len(piece)
                if size > LARGEST:
                    raise TooLong
                if len(beginning) < 16:
                    beginning = (beginning + piece)[:16]
                    if len(beginning) == 16:
                        media_type_of(beginning)  # what is of the wrong kind need not come to its end
                digest.update(piece)
                waiting += piece
                if len(waiting) >= PIECE:
                    await asyncio.to_thread(arriving.write, bytes(waiting))
                    waiting.clear()
            media_type = media_type_of(beginning)
            if digest.hexdigest() != sha256:
                raise WrongDigest(digest.hexdigest())
            await asyncio.to_thread(arriving.write, bytes(waiting))
            await asyncio.to_thread(arriving.keep_as, self.path(sha256))
        finally:
            await asyncio.to_thread(arriving.end)
        return Stored(sha256, media_type, size)


class _Arriving:
    """A file that is being taken in: for its owner only, and gone at the end unless it is kept."""

    def __init__(self, directory: Path):
        self._path = directory / os.urandom(16).hex()
        self._file: int | None = None

    def write(self, content: bytes) -> None:
        if self._file is None:
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        left = memoryview(content)
        while left:
            left = left[os.write(self._file, left) :]

    def keep_as(self, path: Path) -> None:
        """Durable under this name before it returns. One that stands there already has the same content, and is replaced."""
        assert self._file is not None
        os.fsync(self._file)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        self._path.replace(path)
        for directory in (path.parent, path.parent.parent):
            opened = os.open(directory, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)

    def end(self) -> None:
        if self._file is not None:
            os.close(self._file)
        self._path.unlink(missing_ok=True)
