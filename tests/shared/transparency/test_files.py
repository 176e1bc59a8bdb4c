"""Files that are whole or absent."""

import os
import stat
from pathlib import Path

import pytest

from shared.transparency.files import write_durably


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "log/checkpoint"
    write_durably(path, b"first and longer")
    write_durably(path, b"second")
    assert path.read_bytes() == b"second"
    assert [file.name for file in path.parent.iterdir()] == ["checkpoint"]


def test_content_is_safe_before_the_name_and_the_name_before_the_return(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def watched_fsync(descriptor: int) -> None:
        status = os.fstat(descriptor)
        steps.append("directory synced" if stat.S_ISDIR(status.st_mode) else f"{status.st_size} bytes synced")
        fsync(descriptor)

    def watched_replace(self: Path, target: Path) -> Path:
        steps.append("renamed")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(Path, "replace", watched_replace)
    write_durably(tmp_path / "checkpoint", b"whole")
    assert steps == ["5 bytes synced", "renamed", "directory synced"]


def test_a_failed_write_leaves_what_was_there_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "checkpoint"
    write_durably(path, b"first")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_durably(path, b"second")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("checkpoint", b"first")]


def test_a_private_file_is_open_to_its_owner_alone(tmp_path: Path) -> None:
    write_durably(tmp_path / "keys/notary", b"secret", private=True)
    for path in (tmp_path / "keys", tmp_path / "keys/notary"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
