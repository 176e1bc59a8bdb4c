"""Cosignatures: what a witness says of a checkpoint and when, as C2SP `tlog-cosignature` specifies (Ed25519, `cosignature/v1`).

A witness cosigns a checkpoint only after it has verified that it continues the last one of that log that it has cosigned. So one
cosignature says: as of this time, this is the largest tree of that log that I have seen, and I never saw another history of it.
"""

import time
from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct

from shared.transparency.note import MAX_SIGNATURES, InvalidNote, Signature, Signer, Verifier, open_note, parse, parse_signature

MAX_TIME = 2**63 - 1
_TIME_SIZE, _SIGNATURE_SIZE = 8, 64


def cosigned_message(text: str, timestamp: int) -> str:
    """What the key signs: two lines, then the whole text of the checkpoint."""
    return f"cosignature/v1\ntime {timestamp}\n{text}"


class Cosigned(Struct, frozen=True):
    """A cosignature that holds."""

    witness: str
    """The witness' name."""
    timestamp: int
    """POSIX seconds: when it was given."""

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.timestamp, UTC)


class WitnessVerifier(Verifier):
    """The public key of a witness (vkey of type 0x04). Not the key of a log, even with the same bytes."""

    algorithm = b"\x04"

    def verifies(self, text: str, signature: Signature) -> bool:
        """Whether the witness made this cosignature, at the time that it carries, over exactly this text."""
        if len(signature.signature) != _TIME_SIZE + _SIGNATURE_SIZE or timestamp_of(signature) > MAX_TIME:
            return False
        message = cosigned_message(text, timestamp_of(signature))
        return super().verifies(message, Signature(signature.name, signature.key_id, signature.signature[_TIME_SIZE:]))


class Cosigner(Signer):
    """The secret key of a witness. One key serves one name only: the message does not hold the name."""

    _verifier = WitnessVerifier
    verifier: WitnessVerifier

    def sign(self, text: str, timestamp: int | None = None) -> Signature:
        """The cosignature over a checkpoint's text, as of now unless told. It is the caller's duty to have verified it."""
        now = int(time.time()) if timestamp is None else timestamp
        if not 0 <= now <= MAX_TIME:
            raise ValueError(f"{now} is no time of a cosignature")
        made = super().sign(cosigned_message(text, now))
        return Signature(made.name, made.key_id, now.to_bytes(_TIME_SIZE, "big") + made.signature)


def timestamp_of(signature: Signature) -> int:
    """The time that a cosignature carries, whether it holds or not."""
    return int.from_bytes(signature.signature[:_TIME_SIZE], "big")


def cosignatures(message: bytes, witnesses: Iterable[WitnessVerifier]) -> tuple[Cosigned, ...]:
    """Which of these witnesses have cosigned a checkpoint, each once, with the latest time. Unknown ones are ignored.

    Raises `InvalidNote` if the note is malformed, or a cosignature that claims the key of one of them is false.
    """
    known = list(witnesses)
    if not known:
        parse(message)
        return ()
    names = {(witness.name, witness.key_id) for witness in known}
    if not any((signature.name, signature.key_id) in names for signature in parse(message).signatures):
        return ()
    latest: dict[str, int] = {}
    for signature in open_note(message, known).signatures:
        latest[signature.name] = max(latest.get(signature.name, 0), timestamp_of(signature))
    return tuple(Cosigned(name, timestamp) for name, timestamp in latest.items())


def with_cosignatures(message: bytes, added: Iterable[Signature]) -> bytes:
    """The checkpoint with further signature lines below its own; those that it has are not repeated. Raises `InvalidNote`."""
    note = parse(message)
    return note._replace(signatures=tuple(dict.fromkeys((*note.signatures, *added)))).to_bytes()


def parse_cosignatures(text: str) -> list[Signature]:
    """The signature lines of a witness' answer. Raises `InvalidNote`, also if there is none or the last one is not complete."""
    if not text.endswith("\n"):
        raise InvalidNote("signature lines end in a newline")
    lines = text[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise InvalidNote(f"a witness gives at most {MAX_SIGNATURES} signatures")
    return [parse_signature(line) for line in lines]
