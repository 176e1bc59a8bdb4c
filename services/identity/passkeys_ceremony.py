"""The two conversations with a device that keeps passkeys (WebAuthn): a new one is made, and one signs somebody in."""

import ipaddress
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from msgspec import Struct
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.options_to_json_dict import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services.identity import lockout, passkeys, passkeys_challenge, vault
from services.identity.office import Office
from services.identity.passkeys import PasskeyRow
from services.identity.sign_in import SignInRefused, must_wait
from shared.parts import Parts
from shared.refusals import Refused
from shared.settings import Settings

TRANSPORTS = frozenset(transport.value for transport in AuthenticatorTransport)
UNREADABLE = (
    WebAuthnException,
    InvalidSignature,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
)
"""What the library raises for an answer that no honest device gives."""


class Door(Struct, frozen=True):
    """Where passkeys of this house serve: of the public URL."""

    host: str
    """The relying party's ID."""
    origin: str


def door(settings: Settings) -> Door | None:
    """None where browsers keep no passkeys: at an address of numbers, and over a line that anybody can read."""
    there = urlsplit(settings.public_url)
    host = there.hostname or ""
    safe = there.scheme == "https" or (there.scheme == "http" and (host == "localhost" or host.endswith(".localhost")))
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return Door(host, f"{there.scheme}://{there.netloc.lower()}") if safe else None
    return None


def to_add(office: Office, at: Door, who: Any, known: Any, bound: str, now: float) -> dict[str, Any]:
    """What the browser asks the device for; `who` as the vault has him, `known` his passkeys."""
    options = generate_registration_options(
        rp_id=at.host,
        rp_name="Makmal",
        user_id=str(who["person"]).encode(),
        user_name=str(who["login"]),
        user_display_name=str(who["name"]),
        challenge=passkeys_challenge.make(office.derivation, bound, now),
        timeout=passkeys_challenge.SECONDS * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(
                base64url_to_bytes(one["id"]), transports=[AuthenticatorTransport(name) for name in one["transports"].split()]
            )
            for one in known
        ],
    )
    return options_to_json_dict(options)


def to_sign_in(office: Office, at: Door, bound: str, now: float) -> dict[str, Any]:
    options = generate_authentication_options(
        rp_id=at.host,
        challenge=passkeys_challenge.make(office.derivation, bound, now),
        timeout=passkeys_challenge.SECONDS * 1000,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


class Answer(Struct, frozen=True):
    """What the device answered, each in base64url; `challenge` is what it was asked with."""

    challenge: str
    id: str
    client_data: str
    attestation: str = ""
    authenticator_data: str = ""
    signature: str = ""
    user_handle: str = ""
    transports: str = ""

    def read(self, *parts: str) -> dict[str, Any]:
        """As the library takes it."""
        said = {"clientDataJSON": self.client_data, **{name: getattr(self, _OURS[name]) for name in parts}}
        return {"id": self.id, "rawId": self.id, "type": "public-key", "response": said}


_OURS = {"attestationObject": "attestation", "authenticatorData": "authenticator_data", "signature": "signature"}


async def added(parts: Parts, office: Office, at: Door, person: str, name: str, answer: Answer, bound: str) -> None:
    """Keep a new passkey. Refused."""
    now = parts.event_log.now().timestamp()
    challenge = await _spent(parts, office, answer, bound, now)
    if challenge is None:
        raise Refused(*_STALE)
    try:
        made = verify_registration_response(
            credential=answer.read("attestationObject"),
            expected_challenge=challenge,
            expected_rp_id=at.host,
            expected_origin=at.origin,
            require_user_verification=True,
        )
    except UNREADABLE as error:
        raise Refused(
            "the device's answer does not hold for this site; begin again, on a device that asks for your finger, face or code",
            "jawaban perangkat tidak berlaku untuk situs ini; mulai lagi pada perangkat yang meminta sidik jari, wajah, atau kode",
        ) from error
    row = PasskeyRow(
        id=bytes_to_base64url(made.credential_id),
        person=person,
        name=name,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=" ".join(transport for transport in answer.transports.split() if transport in TRANSPORTS),
        added=now,
    )
    await parts.database.write(lambda c: passkeys.add(c, row))


async def proven(parts: Parts, office: Office, at: Door, answer: Answer, bound: str) -> str:
    """The person whose passkey answered. Raises SignInRefused.

    Who has to wait after wrong passwords waits here too, and a passkey that does not hold counts like a wrong password.
    """
    now = parts.event_log.now().timestamp()
    challenge = await _spent(parts, office, answer, bound, now)
    if challenge is None:
        raise SignInRefused(400, "invalid_grant", *_STALE)
    row = await parts.database.read(lambda c: passkeys.find(c, answer.id))
    who = await parts.database.read(lambda c: vault.find(c, str(row["person"]))) if row else None
    if row is None or who is None:
        raise SignInRefused(
            400,
            "invalid_grant",
            "this passkey is not kept here, or was removed; sign in with your password, then add it under My account",
            "kunci sandi ini tidak tersimpan di sini, atau sudah dihapus; masuk dengan kata sandi, lalu tambahkan di Akun saya",
        )
    name = str(who["login"])
    async with office.turn(name):
        _, wait = await parts.database.read(lambda c: lockout.standing(c, name, now))
        if wait > 0:
            raise must_wait(wait)
        count = _count(answer, at, challenge, row)
        before = int(row["sign_count"])
        if count is None or not await parts.database.write(lambda c: passkeys.use(c, answer.id, before, count, now)):
            await parts.database.write(lambda c: lockout.failed(c, name, now))
            raise SignInRefused(
                400,
                "invalid_grant",
                "this passkey does not prove who you are; try once more, or sign in with your password",
                "kunci sandi ini tidak membuktikan siapa Anda; coba sekali lagi, atau masuk dengan kata sandi",
            )
    return str(row["person"])


def _count(answer: Answer, at: Door, challenge: bytes, row: Any) -> int | None:
    """The device's count of uses, if its answer holds: for this house, with its owner verified, counting on."""
    if answer.user_handle != urlsafe_b64encode(str(row["person"]).encode()).rstrip(b"=").decode():
        return None
    try:
        return verify_authentication_response(
            credential=answer.read("authenticatorData", "signature"),
            expected_challenge=challenge,
            expected_rp_id=at.host,
            expected_origin=at.origin,
            credential_public_key=row["public_key"],
            credential_current_sign_count=row["sign_count"],
            require_user_verification=True,
        ).new_sign_count
    except UNREADABLE:
        return None


async def _spent(parts: Parts, office: Office, answer: Answer, bound: str, now: float) -> bytes | None:
    """The challenge of this answer, used up; None for one that is used, over, for something else, or nobody's."""
    try:
        challenge = base64url_to_bytes(answer.challenge)
    except ValueError:
        return None
    fits = await parts.database.write(lambda c: passkeys_challenge.spend(c, office.derivation, bound, challenge, now))
    return challenge if fits else None


_STALE = (
    "that took too long, or was sent twice; press the button once more",
    "itu terlalu lama, atau terkirim dua kali; tekan tombolnya sekali lagi",
)
