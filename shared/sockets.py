"""Where Unix sockets may lie (their paths are limited to about a hundred bytes by the operating system), and free ports."""

import hashlib
import os
import socket
import stat
import tempfile
from pathlib import Path

LONGEST_PATH = 100
"""Bytes. Linux allows 107 and macOS 103; both need one more for the final zero."""

LONGEST_NAME = len("/notification.sock")


def socket_directory(preferred: Path) -> Path:
    """A directory of mode 0700 for the sockets of `preferred`: itself if its path is short enough, else a temporary one.

    The same `preferred` always gives the same directory, so that another process finds the sockets. PermissionError if somebody
    else has put a directory of that name there.
    """
    preferred = preferred.resolve()
    if len(os.fsencode(preferred)) + LONGEST_NAME <= LONGEST_PATH:
        preferred.mkdir(mode=0o700, parents=True, exist_ok=True)
        return preferred
    digest = hashlib.sha256(os.fsencode(preferred)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"makmal-{os.getuid()}-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    found = short.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise PermissionError(f"{short} is not a directory that only this user may enter; remove it")
    return short


def free_port() -> int:
    """A loopback port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(path: Path) -> bool:
    """Whether somebody takes calls at this Unix socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True
