"""Evidence files on disk: complete or absent, once for each content, of the kinds that are taken, readable by their owner alone."""

import hashlib
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.stored_files import (
    FORGOTTEN_AFTER,
    LARGEST,
    Stored,
    StoredFiles,
    TooLong,
    WrongDigest,
    WrongKind,
    media_type_of,
)

PDF = b"%PDF-1.7\n" + b"x" * 100
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 20
MP4 = b"\0\0\0\x20ftypisom" + b"\0" * 20


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def pieces(content: bytes, size: int = 7) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def left_in(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("content", "kind"), [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg"), (MP4, "video/mp4")]
)
async def test_a_file_is_known_by_its_first_bytes(tmp_path: Path, content: bytes, kind: str) -> None:
    files = StoredFiles(tmp_path)
    stored = await files.take_in(pieces(content), sha256(content))
    assert stored == Stored(sha256(content), kind, len(content)) == await files.find(sha256(content))
    assert files.path(sha256(content)).read_bytes() == content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PD",
        b"<html>%PDF-",
        b"MZ" + b"\0" * 40,
        b"PK\x03\x04" + b"\0" * 40,
        b"GIF89a" + b"\0" * 40,
        b"\0\0\0\x20ftypqt  " + b"\0" * 9,
    ],
)
async def test_any_other_kind_is_not_taken(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(WrongKind):
        await StoredFiles(tmp_path).take_in(pieces(content), sha256(content))
    assert left_in(tmp_path) == []


async def test_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    files = StoredFiles(tmp_path / "evidence")
    await files.take_in(pieces(PDF), sha256(PDF))
    assert stat.S_IMODE(files.path(sha256(PDF)).stat().st_mode) == 0o600
    assert stat.S_IMODE(files.path(sha256(PDF)).parent.stat().st_mode) == 0o700


async def test_the_same_file_lies_there_once(tmp_path: Path) -> None:
    files = StoredFiles(tmp_path)
    for _ in range(2):
        await files.take_in(pieces(PDF), sha256(PDF))
    assert left_in(tmp_path) == [files.path(sha256(PDF))]


async def test_a_file_that_is_not_what_was_announced_is_not_kept(tmp_path: Path) -> None:
    files = StoredFiles(tmp_path)
    with pytest.raises(WrongDigest, match=sha256(PDF)):
        await files.take_in(pieces(PDF), sha256(PNG))
    assert left_in(tmp_path) == []
    assert await files.find(sha256(PDF)) is None


async def test_a_file_of_the_largest_size_is_taken_and_one_byte_more_is_not(tmp_path: Path) -> None:
    files = StoredFiles(tmp_path)
    largest = PDF + b"y" * (LARGEST - len(PDF))
    assert (await files.take_in(pieces(largest, 1 << 16), sha256(largest))).size == LARGEST
    more = largest + b"!"
    with pytest.raises(TooLong):
        await files.take_in(pieces(more, 1 << 16), sha256(more))
    assert left_in(tmp_path) == [files.path(sha256(largest))]


async def test_a_sender_who_goes_away_leaves_nothing(tmp_path: Path) -> None:
    async def breaks_off() -> AsyncIterator[bytes]:
        yield PDF + b"z" * 2_000_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await StoredFiles(tmp_path).take_in(breaks_off(), sha256(PDF))
    assert left_in(tmp_path) == []


def test_what_a_crash_left_half_taken_in_is_removed_after_a_day(tmp_path: Path) -> None:
    StoredFiles(tmp_path)
    old, new = tmp_path / "incoming" / "old", tmp_path / "incoming" / "new"
    for file in (old, new):
        file.write_bytes(PDF)
    then = new.stat().st_mtime - FORGOTTEN_AFTER - 1
    os.utime(old, (then, then))
    StoredFiles(tmp_path)
    assert left_in(tmp_path) == [new]


def test_a_kind_needs_its_whole_mark() -> None:
    for beginning in (PDF[:4], PNG[:7], JPEG[:2], MP4[:11]):
        with pytest.raises(WrongKind):
            media_type_of(beginning)
