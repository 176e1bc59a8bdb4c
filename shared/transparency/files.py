"""Files that are either whole or absent, whatever crashes: written beside their place, synced, renamed, and never torn."""

import os
import secrets
from pathlib import Path


def write_durably(path: Path, data: bytes, *, private: bool = False) -> None:
    """Put `data` at `path`, replacing what was there; on return it survives a power cut. Missing directories are made.

    `private` files and directories are open to their owner alone.
    """
    put_whole(path, data, private=private)
    sync_directory(path.parent)


def put_whole(path: Path, data: bytes, *, private: bool = False) -> None:
    """Like `write_durably`, but the new name survives a power cut only after `sync_directory` of its directory."""
    _make_directory(path.parent, private)
    # A name of its own for every attempt: two writers, or one and its killed predecessor, never share a half-written file.
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def sync_directory(directory: Path) -> None:
    """Make what was created, renamed and removed in this directory survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_directory(directory: Path, private: bool) -> None:
    missing = []
    while not directory.is_dir():
        missing.append(directory)
        directory = directory.parent
    for child in reversed(missing):
        child.mkdir(mode=0o700 if private else 0o755, exist_ok=True)
        sync_directory(child.parent)
