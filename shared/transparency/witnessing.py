"""What a log and a witness say to each other: the request `add-checkpoint` of C2SP `tlog-witness`."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from shared.transparency.merkle import HASH_SIZE, MAX_SIZE
from shared.transparency.note import MAX_NOTE_SIZE, from_base64, to_base64

PATH = "/add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
"""Content type of a 409, whose body is the size of the last checkpoint that the witness has cosigned."""

MAX_HASHES = 63
MAX_REQUEST_SIZE = MAX_NOTE_SIZE + 4096
_OLD = re.compile("old (0|[1-9][0-9]{0,18})")
_SIZE = re.compile("(0|[1-9][0-9]{0,18})\n")


class InvalidRequest(ValueError):
    """This is no `add-checkpoint` request."""


class AddCheckpoint(NamedTuple):
    """A checkpoint with the proof that it continues the tree of `old` leaves."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: bytes

    def to_bytes(self) -> bytes:
        lines = [f"old {self.old}", *map(to_base64, self.proof), "", ""]
        return "\n".join(lines).encode() + self.checkpoint


def parse_request(body: bytes) -> AddCheckpoint:
    """The parts of a request, the checkpoint unread. Raises `InvalidRequest`."""
    head, blank, checkpoint = body.partition(b"\n\n")
    if not blank:
        raise InvalidRequest("a request is an old size, the proof, an empty line and a checkpoint")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise InvalidRequest("the lines before the checkpoint are plain ASCII") from error
    old = _OLD.fullmatch(first)
    if old is None or int(old[1]) > MAX_SIZE:
        raise InvalidRequest("the first line is `old` and the size of the last checkpoint")
    if len(lines) > MAX_HASHES:
        raise InvalidRequest(f"a consistency proof has at most {MAX_HASHES} hashes")
    return AddCheckpoint(int(old[1]), _hashes(lines), checkpoint)


def size_told(body: bytes) -> int:
    """The size in the body of a 409. Raises `InvalidRequest`."""
    told = _SIZE.fullmatch(body.decode("ascii", "replace"))
    if told is None:
        raise InvalidRequest("the body of a 409 is a size and a newline")
    return int(told[1])


def _hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    try:
        hashes = tuple(map(from_base64, lines))
    except ValueError as error:
        raise InvalidRequest("a line of the proof is not base64") from error
    if any(len(node) != HASH_SIZE for node in hashes):
        raise InvalidRequest(f"a line of the proof is no hash of {HASH_SIZE} bytes")
    return hashes
