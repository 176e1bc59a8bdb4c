"""Secrets that are shown once and stored nowhere: each is derived from the request that asked for it.

A client that repeats a request whose answer was lost gets the same secret again, and only somebody with the service's own key
could find it. What is kept of a secret is its digest.
"""

import hashlib
import hmac
import secrets
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from shared.transparency.files import write_durably

KEY_FILE = "derivation-key"


class Derivation:
    def __init__(self, key: bytes):
        self._key = key

    @classmethod
    def kept_in(cls, directory: Path) -> "Derivation":
        """With the key of this data directory, which is made on first use and readable by its owner alone."""
        file = directory / KEY_FILE
        if not file.exists():
            write_durably(file, secrets.token_bytes(32), private=True)
        return cls(file.read_bytes())

    def secret(self, purpose: str, request: str) -> str:
        """256 bits as 43 characters, safe in URLs."""
        return urlsafe_b64encode(self._of(purpose, request)).rstrip(b"=").decode()

    def person(self, request: str) -> str:
        """An opaque ID for a person whom this request registers: the hex digits of a UUID."""
        return uuid.UUID(bytes=self._of("person", request)[:16], version=4).hex

    def _of(self, purpose: str, request: str) -> bytes:
        return hmac.digest(self._key, f"{purpose}\0{request}".encode(), "sha256")


def digest(secret: str) -> str:
    """What is stored of a derived secret (hex). It has 256 random bits, so a plain hash does."""
    return hashlib.sha256(secret.encode()).hexdigest()
