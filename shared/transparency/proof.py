"""Receipts: a file that proves offline that an entry is in a log, as C2SP `tlog-proof` specifies.

It holds the entry's index, the inclusion proof and a signed checkpoint, with the cosignatures of witnesses where there are some.
The entry itself is no part of the proof; it may lie in the `extra` line, which nobody vouches for until its hash has been compared.
"""

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from shared.transparency.checkpoint import Checkpoint, InvalidCheckpoint, open_checkpoint, parse_checkpoint
from shared.transparency.cosignature import Cosigned, WitnessVerifier, cosignatures
from shared.transparency.merkle import HASH_SIZE, MAX_SIZE, leaf_hash, verify_inclusion
from shared.transparency.note import MAX_NOTE_SIZE, InvalidNote, Verifier, from_base64, parse, to_base64

HEADER = "c2sp.org/tlog-proof@v1"
MEDIA_TYPE = "text/plain; charset=utf-8"
SUFFIX = ".tlog-proof"
MAX_PROOF_SIZE = MAX_NOTE_SIZE + 200_000
"""Bytes. Room for the checkpoint, 63 hashes, and the largest entry in base64."""

MAX_HASHES = 63
_INDEX = re.compile("index (0|[1-9][0-9]{0,18})")
_EXTRA = "extra "


class InvalidReceipt(ValueError):
    """This is no proof in the form of `tlog-proof`."""


class Receipt(Struct, frozen=True):
    """A proof as it stands in the file: **trust nothing in it** before `verify` has said what it proves."""

    index: int
    """Of the entry in the log, from 0."""
    hashes: tuple[bytes, ...]
    """The inclusion proof, from the leaf's sibling up."""
    checkpoint: bytes
    """The signed checkpoint, byte for byte as it was issued."""
    extra: bytes | None = None
    """Here: the entry itself, or nothing."""

    def to_bytes(self) -> bytes:
        """The file. Raises `InvalidReceipt` where it could not be read back."""
        extra = "" if self.extra is None else f"{_EXTRA}{to_base64(self.extra)}\n"
        hashes = "".join(f"{to_base64(node)}\n" for node in self.hashes)
        data = f"{HEADER}\n{extra}index {self.index}\n{hashes}\n".encode() + self.checkpoint
        if parse_receipt(data) != self:
            raise InvalidReceipt("these values make no proof")
        return data


class Proven(Struct, frozen=True):
    """What a receipt proves of an entry."""

    index: int
    entry: bytes
    checkpoint: Checkpoint
    cosigned: tuple[Cosigned, ...]
    """By those witnesses that the caller trusts."""


def parse_receipt(data: bytes) -> Receipt:
    """The parts of a proof. Raises `InvalidReceipt` unless it is well formed to the letter."""
    if len(data) > MAX_PROOF_SIZE:
        raise InvalidReceipt(f"a proof has at most {MAX_PROOF_SIZE} bytes")
    head, blank, checkpoint = data.partition(b"\n\n")
    if not blank:
        raise InvalidReceipt("a proof is a few lines, an empty line and a checkpoint")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise InvalidReceipt("the lines before the checkpoint are plain ASCII") from error
    if lines.pop(0) != HEADER:
        raise InvalidReceipt(f"the first line is not {HEADER}")
    extra = _decoded(lines.pop(0).removeprefix(_EXTRA)) if lines and lines[0].startswith(_EXTRA) else None
    if extra == b"":
        raise InvalidReceipt("the extra line is left out when there is nothing in it")
    index = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if index is None or int(index[1]) >= MAX_SIZE:
        raise InvalidReceipt("the line after the first, or after the extra data, is `index` and the number of the entry")
    if len(lines) > MAX_HASHES:
        raise InvalidReceipt(f"an inclusion proof has at most {MAX_HASHES} hashes")
    hashes = tuple(map(_decoded, lines))
    if any(len(node) != HASH_SIZE for node in hashes):
        raise InvalidReceipt(f"a line of the inclusion proof is no hash of {HASH_SIZE} bytes")
    try:
        parse_checkpoint(parse(checkpoint).text)
    except (InvalidNote, InvalidCheckpoint) as error:
        raise InvalidReceipt(f"what follows the empty line is no checkpoint: {error}") from error
    return Receipt(int(index[1]), hashes, checkpoint, extra)


def verify(
    receipt: Receipt, entry: bytes, origin: str, keys: Iterable[Verifier], witnesses: Sequence[WitnessVerifier] = ()
) -> Proven:
    """What the receipt proves of this entry: a log of that name has signed that the entry stands at that index.

    `keys` are the log's own, `witnesses` those whose cosignatures the caller counts; how many he wants is his to decide. Raises
    `InvalidCheckpoint` (not signed by a trusted key, or false), `InvalidProof` (it is not this entry, or not there),
    `InvalidNote` (a cosignature under the key of a trusted witness is false).
    """
    checkpoint = open_checkpoint(receipt.checkpoint, origin, keys)
    verify_inclusion(receipt.index, checkpoint.size, leaf_hash(entry), receipt.hashes, checkpoint.root)
    return Proven(receipt.index, entry, checkpoint, cosignatures(receipt.checkpoint, witnesses))


def _decoded(text: str) -> bytes:
    try:
        return from_base64(text)
    except ValueError as error:
        raise InvalidReceipt("a line is not base64") from error
