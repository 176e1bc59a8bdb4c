"""A device that keeps passkeys, in software: it makes one and answers with it, as honestly or wrongly as a test asks."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def octets(text: str) -> bytes:
    return urlsafe_b64decode(f"{text}===")


class Device:
    """With one passkey. `origin` is where its browser stands, `count` how often it was used; `asks` whether it asks its owner who he is."""

    def __init__(self, origin: str = "https://makmal.test"):
        self.origin, self.count, self.asks = origin, 0, True
        self.id = secrets.token_bytes(24)
        self.owner = ""
        self._key = ec.generate_private_key(ec.SECP256R1())

    def create(self, asked: dict[str, Any]) -> dict[str, str]:
        """What passkey.js sends for a new passkey."""
        assert asked["authenticatorSelection"] == {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        }
        self.owner = asked["user"]["id"]
        at = self._key.public_key().public_numbers()
        key = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: at.x.to_bytes(32, "big"), -3: at.y.to_bytes(32, "big")})
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + key
        data = self._data(asked["rp"]["id"], ATTESTED) + attested
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client_data = self._client_data("webauthn.create", asked)
        return self._answer(asked, client_data, attestation=text(made), transports="internal hybrid")

    def get(self, asked: dict[str, Any], owner: str = "") -> dict[str, str]:
        """What passkey.js sends to sign in; `owner`: whose passkey it says it is, if not its own."""
        assert asked["userVerification"] == "required" and not asked["allowCredentials"]
        self.count += 1
        data, client_data = self._data(asked["rpId"]), self._client_data("webauthn.get", asked)
        signature = self._key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        said = {"authenticator_data": text(data), "signature": text(signature), "user_handle": owner or self.owner}
        return self._answer(asked, client_data, **said)

    def _data(self, host: str, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.asks else 0)
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, asked: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": asked["challenge"], "origin": self.origin, "crossOrigin": False}).encode()

    def _answer(self, asked: dict[str, Any], client_data: bytes, **said: str) -> dict[str, str]:
        parts = {"challenge": asked["challenge"], "id": text(self.id), "client_data": text(client_data), **said}
        return {f"passkey_{name}": part for name, part in parts.items()}
