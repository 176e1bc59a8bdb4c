"""Signed notes: a text with signature lines below it, as C2SP `signed-note` specifies, with Ed25519 (type 0x01).

Keys are written as in the Go implementation that the format comes from: a public one `name+hash+base64` (vkey), a secret one
`PRIVATE+KEY+name+hash+base64`. Everything is parsed strictly: base64 must be canonical, lines complete, notes of bounded size.
"""

import base64
import binascii
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MAX_NOTE_SIZE = 1_000_000
"""Bytes. The specification asks for some limit; this one is that of the Go implementation."""

MAX_SIGNATURES = 100

_ED25519 = b"\x01"
_KINDS = {_ED25519: "Ed25519", b"\x04": "Ed25519 cosignatures of witnesses"}
_SECRET_PREFIX = "PRIVATE+KEY+"


class InvalidNote(ValueError):
    """The note is malformed, or nobody who is trusted signed it, or one who is trusted did not sign this."""


class InvalidKey(ValueError):
    """The text is no key in the notation of signed notes."""


class Signature(NamedTuple):
    """One signature line. `key_id` has 4 bytes; `signature` is what the key's algorithm makes of the text."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"— {self.name} {to_base64(self.key_id + self.signature)}\n"


class Note(NamedTuple):
    """A text, which ends in a newline, and signatures under it."""

    text: str
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        """The note as it is published. Raises `InvalidNote` where it could not be read back."""
        message = (self.text + "\n" + "".join(map(str, self.signatures))).encode("utf-8", "surrogatepass")
        if parse(message) != self:
            raise InvalidNote("the text is not one that a note can hold")
        return message


class Verifier:
    """A public key under a name. Equal when name and key are."""

    algorithm = _ED25519
    """The byte that tells kinds of signatures apart; a key of one kind has another ID than the same key for another."""

    def __init__(self, name: str, public_key: bytes) -> None:
        """`public_key`: 32 bytes (RFC 8032). Raises `InvalidKey`."""
        if not _is_key_name(name):
            raise InvalidKey(f"{name!r} is no key name: it may hold no space and no plus sign, and not be empty")
        if len(public_key) != 32:
            raise InvalidKey("an Ed25519 public key has 32 bytes")
        self.name = name
        self.public_key = public_key
        self.key_id = sha256(name.encode() + b"\n" + self.algorithm + public_key).digest()[:4]
        self._key = Ed25519PublicKey.from_public_bytes(public_key)

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """The key written as `name+hash+base64`. Raises `InvalidKey`, also when the hash is not that of the key."""
        name, key_id, key = _split_key(vkey, cls.algorithm)
        verifier = cls(name, key)
        if verifier.key_id != key_id:
            raise InvalidKey(f"the key of {name} does not have the hash {key_id.hex()}")
        return verifier

    @property
    def vkey(self) -> str:
        """The key as it is published."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(self.algorithm + self.public_key)}"

    def verifies(self, text: str, signature: Signature) -> bool:
        """Whether this key made the signature, under its own name and ID, over exactly this text."""
        if (signature.name, signature.key_id) != (self.name, self.key_id):
            return False
        try:
            self._key.verify(signature.signature, text.encode())
        except InvalidSignature:
            return False
        return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Verifier) and self.vkey == other.vkey

    def __hash__(self) -> int:
        return hash(self.vkey)

    def __repr__(self) -> str:
        return f"Verifier({self.vkey!r})"


class Signer:
    """A secret key under a name. Its `repr` does not tell the secret; `skey` does."""

    _verifier: type[Verifier] = Verifier

    def __init__(self, name: str, seed: bytes) -> None:
        """`seed`: the 32 secret bytes (RFC 8032). Raises `InvalidKey`."""
        if len(seed) != 32:
            raise InvalidKey("an Ed25519 secret key has 32 bytes")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = self._verifier(name, self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls, name: str) -> Self:
        """A new key from the operating system's randomness."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, skey: str) -> Self:
        """The key written as `PRIVATE+KEY+name+hash+base64`. Raises `InvalidKey`, whose message does not hold the secret."""
        if not skey.startswith(_SECRET_PREFIX):
            raise InvalidKey(f"a secret key begins with {_SECRET_PREFIX}")
        name, key_id, seed = _split_key(skey.removeprefix(_SECRET_PREFIX), cls._verifier.algorithm)
        signer = cls(name, seed)
        if signer.verifier.key_id != key_id:
            raise InvalidKey(f"the secret key of {name} does not have the hash {key_id.hex()}")
        return signer

    @property
    def name(self) -> str:
        return self.verifier.name

    @property
    def skey(self) -> str:
        """The secret key, for its key file and nothing else."""
        key = to_base64(self.verifier.algorithm + self._key.private_bytes_raw())
        return f"{_SECRET_PREFIX}{self.name}+{self.verifier.key_id.hex()}+{key}"

    def sign(self, text: str) -> Signature:
        """The signature over a note's text. `sign` of this module makes the whole note."""
        return Signature(self.name, self.verifier.key_id, self._key.sign(text.encode()))

    def __repr__(self) -> str:
        return f"Signer({self.name!r})"


def sign(text: str, *signers: Signer) -> bytes:
    """The note with this text, signed by each. Raises `InvalidNote` if the text does not end in a newline or holds control
    characters."""
    if not text.endswith("\n") or not _is_printable(text) or not _is_unicode(text):
        raise InvalidNote("a note's text ends in a newline and holds nothing but lines of Unicode text")
    return Note(text, tuple(signer.sign(text) for signer in signers)).to_bytes()


def parse(message: bytes) -> Note:
    """The parts of a note, whoever signed it: **trust nothing in it**. Raises `InvalidNote` unless it is well formed."""
    if len(message) > MAX_NOTE_SIZE:
        raise InvalidNote(f"a note has at most {MAX_NOTE_SIZE} bytes")
    try:
        whole = message.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidNote("a note is valid UTF-8") from error
    if not _is_printable(whole):
        raise InvalidNote("a note holds no control characters other than newlines")
    before, blank, below = whole.rpartition("\n\n")
    if not blank or not below.endswith("\n"):
        raise InvalidNote("a note is a text, an empty line and complete signature lines")
    lines = below[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise InvalidNote(f"a note has at most {MAX_SIGNATURES} signatures")
    return Note(before + "\n", tuple(map(parse_signature, lines)))


def open_note(message: bytes, verifiers: Iterable[Verifier]) -> Note:
    """The text of a note and those signatures in it that known keys made, each once; others are ignored.

    Raises `InvalidNote` if no known key signed, or if one signature that claims a known key is false.
    """
    known: dict[tuple[str, bytes], Verifier] = {}
    for verifier in verifiers:
        if known.setdefault((verifier.name, verifier.key_id), verifier) != verifier:
            raise ValueError(f"two keys are called {verifier.name}+{verifier.key_id.hex()}")
    note = parse(message)
    verified: dict[Signature, None] = {}
    for signature in note.signatures:
        if trusted := known.get((signature.name, signature.key_id)):
            if not trusted.verifies(note.text, signature):
                raise InvalidNote(f"the signature of {signature.name}+{signature.key_id.hex()} is false")
            verified[signature] = None
    if not verified:
        raise InvalidNote("no known key signed the note")
    return Note(note.text, tuple(verified))


def to_base64(data: bytes) -> str:
    """Standard base64 (RFC 4648 section 4)."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes:
    """The inverse of `to_base64`, for exactly what that writes: other spellings of the same bytes raise `ValueError`."""
    try:
        data = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ValueError(f"{text!r} is not base64") from error
    if to_base64(data) != text:
        raise ValueError(f"{text!r} is not canonical base64")
    return data


def parse_signature(line: str) -> Signature:
    """One signature line without its newline, whoever made it. Raises `InvalidNote`."""
    match line.split(" "):
        case ["—", name, encoded] if _is_key_name(name):
            try:
                data = from_base64(encoded)
            except ValueError as error:
                raise InvalidNote(f"the signature of {name} is not base64") from error
            if len(data) > 4:
                return Signature(name, data[:4], data[4:])
    raise InvalidNote(f"{line!r} is no signature line")


def _split_key(text: str, algorithm: bytes) -> tuple[str, bytes, bytes]:
    """Name, key ID and key bytes of a key of that kind. Errors name no part of the text: it may be secret."""
    parts = text.split("+", 2)  # base64 may hold a plus sign, names and hashes do not
    if len(parts) != 3 or not _is_key_name(parts[0]):
        raise InvalidKey("a key is written name+hash+base64")
    name, hexadecimal, encoded = parts
    try:
        key_id, data = bytes.fromhex(hexadecimal), from_base64(encoded)
    except ValueError:
        raise InvalidKey(f"the key of {name} is not written in hexadecimal and base64") from None
    if len(key_id) != 4 or key_id.hex() != hexadecimal:
        raise InvalidKey(f"the hash of the key of {name} has eight digits")
    if data[:1] != algorithm:
        raise InvalidKey(f"the key of {name} is not for {_KINDS[algorithm]}")
    return name, key_id, data[1:]


def _is_key_name(name: str) -> bool:
    return name != "" and "+" not in name and not any(map(str.isspace, name)) and _is_printable(name) and _is_unicode(name)


def _is_printable(text: str) -> bool:
    return all(character >= " " or character == "\n" for character in text)


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
