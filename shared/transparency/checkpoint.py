"""Checkpoints: what a log says of itself, as C2SP `tlog-checkpoint` specifies: its name, its size and its Merkle root."""

import re
from collections.abc import Iterable

from msgspec import Struct

from shared.transparency.merkle import EMPTY_ROOT, HASH_SIZE, MAX_SIZE
from shared.transparency.note import InvalidNote, Signer, Verifier, from_base64, open_note, sign, to_base64

_SIZE = re.compile("0|[1-9][0-9]{0,18}")
_LINE = re.compile("[^\x00-\x1f\ud800-\udfff]+")


class InvalidCheckpoint(ValueError):
    """This is no checkpoint, none of this log, or none that was signed by a trusted key."""


class Checkpoint(Struct, frozen=True):
    """A tree head. Can only be made with values that can be written and read back; others raise `InvalidCheckpoint`."""

    origin: str
    """The log's name, best a URL without scheme; also the name of its key."""
    size: int
    """Number of leaves."""
    root: bytes
    """Root of the RFC 6962 tree, 32 bytes."""
    extensions: tuple[str, ...] = ()
    """Further lines. The specification advises against them: nobody can audit what they say."""

    def __post_init__(self) -> None:
        for line in (self.origin, *self.extensions):
            if not _LINE.fullmatch(line):
                raise InvalidCheckpoint(f"{line!r} is no line of a checkpoint: empty, or with control characters")
        if not 0 <= self.size <= MAX_SIZE:
            raise InvalidCheckpoint(f"{self.size} is no tree size")
        if len(self.root) != HASH_SIZE:
            raise InvalidCheckpoint(f"a root has {HASH_SIZE} bytes, not {len(self.root)}")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise InvalidCheckpoint("that is not the root of the empty tree")

    @property
    def text(self) -> str:
        """The text of the note that is signed."""
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), to_base64(self.root), *self.extensions))

    def sign(self, *signers: Signer) -> bytes:
        """The signed checkpoint. It is the caller's duty never to sign one that no consistency proof connects to the last.

        Raises `InvalidCheckpoint` unless one of the keys bears the log's name.
        """
        if self.origin not in {signer.name for signer in signers}:
            raise InvalidCheckpoint(f"a checkpoint of {self.origin} is signed by a key of that name")
        return sign(self.text, *signers)


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in a note's text, whoever signed it. Raises `InvalidCheckpoint`."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() != "":
        raise InvalidCheckpoint("a checkpoint has at least three lines: origin, size and root")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size):
        raise InvalidCheckpoint(f"{size!r} is no tree size")
    try:
        root_hash = from_base64(root)
    except ValueError as error:
        raise InvalidCheckpoint(str(error)) from error
    return Checkpoint(origin, int(size), root_hash, tuple(extensions))


def open_checkpoint(message: bytes, origin: str, verifiers: Iterable[Verifier]) -> Checkpoint:
    """The checkpoint in a note that a trusted key has signed. Raises `InvalidCheckpoint`, also if it is another log's.

    Give the log's own keys as `verifiers` (several while keys change): a witness' signature alone does not make a checkpoint.
    """
    try:
        note = open_note(message, verifiers)
    except InvalidNote as error:
        raise InvalidCheckpoint(str(error)) from error
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != origin:
        raise InvalidCheckpoint(f"this is a checkpoint of {checkpoint.origin}, not of {origin}")
    return checkpoint
