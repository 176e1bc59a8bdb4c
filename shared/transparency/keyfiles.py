"""Files that hold a secret key: open to their owner alone, or they are not used."""

import stat
from pathlib import Path

from shared.refusals import Refused
from shared.transparency.files import write_durably


class KeyFileOpen(Refused):
    """Others than the owner may read the file, so the key in it may be no secret any more."""


def read_key(file: Path) -> str:
    """The key in a file. Raises KeyFileOpen if its group or others may do anything with it, FileNotFoundError."""
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        raise KeyFileOpen(
            f"{file} holds a secret key, but others may read it (mode {mode:04o}): run chmod 600 {file}, and if somebody may have "
            "read it, change to a new key",
            f"{file} berisi kunci rahasia, tetapi dapat dibuka pihak lain (mode {mode:04o}): jalankan chmod 600 {file}, dan bila "
            "mungkin sudah ada yang membacanya, gantilah dengan kunci baru",
        )
    return file.read_text().strip()


def write_key(file: Path, key: str) -> None:
    """Put a key into a file that its owner alone may read; on return it survives a power cut."""
    write_durably(file, f"{key}\n".encode(), private=True)
