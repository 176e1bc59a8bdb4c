"""What a witness remembers: the last checkpoint of each log that it has cosigned, and those that contradict it.

<directory>/last/<log>                    the last checkpoint cosigned, as the log signed it
<directory>/contradictions/<log>/<hash>   checkpoints that the log signed and that do not continue it: proof of a lie
"""

import fcntl
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from shared.refusals import Refused
from shared.transparency.checkpoint import Checkpoint, InvalidCheckpoint, open_checkpoint
from shared.transparency.files import write_durably
from shared.transparency.note import Verifier

MOST_EVIDENCE = 1000
"""Checkpoints kept of one log; one contradiction is proof enough, and nobody shall fill the disk with them."""


class Memory:
    """An opened directory, for one witness at a time. Raises Refused."""

    def __init__(self, directory: Path):
        self._directory = directory
        (directory / "last").mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = (directory / "lock").open("ab")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise Refused(
                f"Another witness runs on {directory}: stop it first, or give this one a directory of its own.",
                f"Saksi lain sedang berjalan pada {directory}: hentikan dahulu, atau pakai direktori tersendiri.",
            ) from None

    def close(self) -> None:
        self._lock.close()

    def last(self, origin: str, keys: Iterable[Verifier]) -> Checkpoint | None:
        """The last checkpoint cosigned of a log; None if there was none. Refused if the file is not one that its key signed."""
        file = self._last(origin)
        try:
            return open_checkpoint(file.read_bytes(), origin, keys)
        except FileNotFoundError:
            return None
        except InvalidCheckpoint as error:
            raise Refused(
                f"{file} is not a checkpoint that {origin} has signed with a key given here ({error}): give that key as well, or "
                "put back the file from a copy. Without it this witness cannot tell what it has seen.",
                f"{file} bukan checkpoint yang ditandatangani {origin} dengan kunci yang diberikan: berikan juga kunci itu, atau "
                "kembalikan berkasnya dari salinan. Tanpa itu saksi ini tidak tahu apa yang pernah dilihatnya.",
            ) from error

    def keep(self, origin: str, note: bytes) -> None:
        """On return it survives a power cut: only then may anybody hear that it was cosigned."""
        write_durably(self._last(origin), note)

    def keep_evidence(self, origin: str, note: bytes) -> None:
        """Keep a checkpoint that the log signed although it contradicts what it signed before."""
        place = self._directory / "contradictions" / quote(origin, safe="")
        file = place / sha256(note).hexdigest()[:32]
        if not file.exists() and (not place.is_dir() or sum(1 for _ in place.iterdir()) < MOST_EVIDENCE):
            write_durably(file, note)

    def _last(self, origin: str) -> Path:
        return self._directory / "last" / quote(origin, safe="")
