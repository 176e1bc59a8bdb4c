"""The notary's ledger on disk: its key, the entries, the hash tiles, and the checkpoints it has signed.

    <directory>/notary/key          the secret key, for the owner alone
    <directory>/notary/next-key     the key that is to follow it, until it does
    <directory>/notary/checkpoint   the last checkpoint signed; written before anybody can see it
    <directory>/notary/entries/…    the entries themselves (C2SP tlog-tiles bundles), for notary and auditors
    <directory>/public/…            checkpoint, verifier key and hash tiles; hashes only, anybody may have them
    <directory>/public/keys         all verifier keys that it ever had, oldest first
    <directory>/public/checkpoints/ the first checkpoint, one of each hour, and those under which the key changed, by their size
    <directory>/public/checkpoints/index  the names of these, one a line, for who reads from a web server

Whatever crashes, the ledger starts again from its last checkpoint, and it never signs what does not continue that.
"""

import fcntl
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from shared.transparency.checkpoint import Checkpoint, InvalidCheckpoint, open_checkpoint
from shared.transparency.entries import EntryStore
from shared.transparency.files import sync_directory, write_durably
from shared.transparency.keyfiles import KeyFileOpen, read_key, write_key
from shared.transparency.merkle import EMPTY_ROOT, InvalidProof, leaf_hash, verify_consistency
from shared.transparency.note import InvalidKey, Signer
from shared.transparency.tilefiles import TileError
from shared.transparency.tiles import TileStore

SECONDS_BETWEEN_KEPT = 3600.0
"""Of checkpoints that are kept for good, and exported: whoever has one can tell that no history was made up later."""

INDEX = "index"
"""The file beside kept checkpoints that lists their names."""


class Inconsistent(Exception):
    """What is there contradicts what was signed: nothing may be signed until an operator has put it right."""

    def __init__(self, why: str, position: int = 0):
        super().__init__(why)
        self.position = position
        """Of the event that is not what it was; 0 where it is not an event that contradicts."""


class LedgerHeld(Exception):
    """Another notary works on this ledger just now."""


def origin_of(log: str) -> str:
    """The name of the log in its checkpoints, and of the notary's key."""
    return f"makmal/{log}"


def private_directory(directory: Path) -> Path:
    """Where the ledger's key and entries lie in the audit service's directory, for the notary and nobody else."""
    return directory / "notary"


def public_directory(directory: Path) -> Path:
    """Where the public files of the ledger in the audit service's directory lie."""
    return directory / "public"


def next_key_file(directory: Path) -> Path:
    """Where the secret key is put that is to follow the one in use; the notary takes it from there."""
    return private_directory(directory) / "next-key"


def kept_directory(directory: Path) -> Path:
    """Where checkpoints are kept for good, each named by its size in twelve digits or more."""
    return public_directory(directory) / "checkpoints"


def kept_checkpoints(directory: Path) -> list[Path]:
    """Those that are kept, smallest first."""
    return sorted(kept_directory(directory).glob("[0-9]*"), key=lambda file: int(file.name))


class Ledger:
    """An opened ledger; one process at a time. Raises Inconsistent, LedgerHeld.

    Opening compares everything kept with the last checkpoint, whose size is `size`: entries before it are kept for good.
    """

    def __init__(self, directory: Path, origin: str):
        self.origin = origin
        self._private = private_directory(directory)
        self._public = public_directory(directory)
        self._next_key = next_key_file(directory)
        self._directory = directory
        self._private.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = self._hold()
        try:
            self.entries = EntryStore(self._private / "entries")
            self.tiles = TileStore(self._public)
            self._signer = self._open_key()
            self._publish_key()
            self._publish_index()
            self._kept_at = max((file.stat().st_mtime for file in kept_checkpoints(directory)), default=0.0)
            self.signed = self._last_signed()
            self._compare()
        except BaseException:
            self._lock.close()
            raise
        self.size = self.signed.size
        """How many entries are kept, whether signed yet or not."""

    @property
    def vkey(self) -> str:
        return self._signer.verifier.vkey

    def close(self) -> None:
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def extend(self, entries: Sequence[bytes]) -> None:
        """Keep the next entries and their hashes. Raises Inconsistent if others were kept there before a crash."""
        try:
            self.entries.append(self.size, entries)
            self.tiles.append(self.size, [leaf_hash(entry) for entry in entries])
        except TileError as error:
            raise Inconsistent(f"events after position {self.size} are not those that were kept before: {error}") from error
        self.size += len(entries)

    def sign(self) -> Checkpoint:
        """Sign what is kept, if it continues what was signed before: on disk first, then in public."""
        last = self.signed
        if self.size == last.size:
            return last
        try:
            root = self.tiles.root(self.size)
            proof = self.tiles.consistency_proof(last.size, self.size)
            verify_consistency(last.size, self.size, last.root, root, proof)
        except (InvalidProof, TileError) as error:
            raise Inconsistent(f"{self.size} events do not continue the {last.size} that were signed: {error}") from error
        checkpoint = Checkpoint(self.origin, self.size, root)
        self._publish(checkpoint, self._signer)
        self.signed = checkpoint
        return checkpoint

    def successor(self) -> str:
        """The public key that is to follow the one in use, or nothing. Raises Inconsistent."""
        return self._read_key(self._next_key).verifier.vkey if self._next_key.exists() else ""

    def hand_over(self) -> None:
        """Sign what is signed with both keys, keep that for good, and go on with the new key alone; the old secret is gone then.

        To be called when the log has the new key on record below the last checkpoint. A crash between any two steps repeats them.
        """
        new = self._read_key(self._next_key)
        self._publish(self.signed, self._signer, new, keep=True)
        self._next_key.replace(self._private / "key")
        sync_directory(self._private)
        self._signer = new
        self._publish_key()

    def _publish(self, checkpoint: Checkpoint, *signers: Signer, keep: bool = False) -> None:
        """On disk first, then in public."""
        note = checkpoint.sign(*signers)
        write_durably(self._private / "checkpoint", note, private=True)
        now = time.time()
        if keep or abs(now - self._kept_at) >= SECONDS_BETWEEN_KEPT:
            write_durably(kept_directory(self._directory) / f"{checkpoint.size:012}", note)
            self._publish_index()
            self._kept_at = now
        write_durably(self._public / "checkpoint", note)

    # -- opening

    def _hold(self) -> BinaryIO:
        lock = (self._private / "lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise LedgerHeld(f"another notary works on {self._private}") from None
        return lock

    def _open_key(self) -> Signer:
        file = self._private / "key"
        if file.exists():
            return self._read_key(file)
        if any((place / "checkpoint").exists() for place in (self._private, self._public)):
            raise Inconsistent(f"{file} is gone, although it has signed checkpoints: put it back")
        signer = Signer.generate(self.origin)
        write_key(file, signer.skey)
        return signer

    def _read_key(self, file: Path) -> Signer:
        try:
            signer = Signer.parse(read_key(file))
        except KeyFileOpen as error:
            raise Inconsistent(error.en) from error
        except InvalidKey as error:
            raise Inconsistent(f"{file} holds no key of the notary: {error}") from error
        if signer.name != self.origin:
            raise Inconsistent(f"{file} is the key of {signer.name}, not of {self.origin}")
        return signer

    def _publish_key(self) -> None:
        keys, vkey = self._public / "keys", self._public / "vkey"
        known = keys.read_text().split() if keys.exists() else []
        if self.vkey not in known:
            write_durably(keys, "".join(f"{key}\n" for key in (*known, self.vkey)).encode())
        if not vkey.exists() or vkey.read_text().strip() != self.vkey:
            write_durably(vkey, f"{self.vkey}\n".encode())

    def _publish_index(self) -> None:
        index = kept_directory(self._directory) / INDEX
        names = "".join(f"{file.name}\n" for file in kept_checkpoints(self._directory)).encode()
        if not index.exists() or index.read_bytes() != names:
            write_durably(index, names)

    def _last_signed(self) -> Checkpoint:
        """The largest checkpoint that this key has signed, wherever it is kept; every other one must be a beginning of it."""
        found: list[tuple[Checkpoint, bytes]] = []
        for place in (self._private, self._public):
            file = place / "checkpoint"
            if file.exists():
                note = file.read_bytes()
                try:
                    found.append((open_checkpoint(note, self.origin, [self._signer.verifier]), note))
                except InvalidCheckpoint as error:
                    raise Inconsistent(f"{file} is not what this notary has signed: {error}") from error
        for checkpoint, _ in found:
            try:
                self.tiles.check(checkpoint.size, checkpoint.root)
            except TileError as error:
                raise Inconsistent(
                    f"the hash tiles are not those of the checkpoint of {checkpoint.size} events: {error}"
                ) from error
        if not found:
            return Checkpoint(self.origin, 0, EMPTY_ROOT)
        last, note = max(found, key=lambda each: each[0].size)
        for place in (self._private, self._public):
            if not (place / "checkpoint").exists() or (place / "checkpoint").read_bytes() != note:
                write_durably(place / "checkpoint", note, private=place == self._private)
        return last

    def _compare(self) -> None:
        size = self.signed.size
        if size == 0:
            return
        try:
            [entry], [leaf] = self.entries.entries(size - 1, size), self.tiles.leaf_hashes(size - 1, size)
        except TileError as error:
            raise Inconsistent(f"the last of the {size} entries that were signed cannot be read: {error}") from error
        if leaf_hash(entry) != leaf:
            raise Inconsistent(f"the entry kept of position {size} is not the one that was signed", size)
