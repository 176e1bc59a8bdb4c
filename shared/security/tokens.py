"""Access tokens: JWTs signed by identity (Ed25519), checked by every service with the key set that stands in the log."""

import time
from collections import OrderedDict
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from shared.decider import Fold
from shared.deciding import Desk
from shared.events.identity import SigningKeyRotated
from shared.security.principal import Grant, Principal

ALGORITHM = "Ed25519"
REFRESH_SECONDS = 30.0


class TokenRefused(Exception):
    """No token, or one that does not hold."""

    def __init__(self, en: str, id: str):
        super().__init__(en)
        self.en = en
        self.id = id


def _evolve(state: dict[str, dict[str, str]], event: Any) -> dict[str, dict[str, str]]:
    match event:
        case SigningKeyRotated(kid=kid, jwk=jwk, retired=retired):
            return {**{k: v for k, v in state.items() if k not in retired}, kid: jwk}
    return state


KEY_SET: Fold[dict[str, dict[str, str]]] = Fold("identity", "signing-keys", {}, _evolve)
"""The published key set: key ID → public JWK."""


class Verifier:
    """Checks tokens; remembers the ones it has checked until they end."""

    def __init__(self, desk: Desk, issuer: str, kept: int = 4096):
        self._desk = desk
        self._issuer = issuer
        self._keys: dict[str, dict[str, str]] = {}
        self._read_at = 0.0
        self._known: OrderedDict[str, tuple[float, Principal]] = OrderedDict()
        self._kept = kept

    async def principal(self, token: str) -> Principal:
        """Raises TokenRefused."""
        now = time.time()
        known = self._known.get(token)
        if known is not None and known[0] > now and now - self._read_at < REFRESH_SECONDS:
            return known[1]
        claims = await self._claims(token, now)
        if claims.get("iss") != self._issuer or claims.get("exp", 0) <= now:
            raise TokenRefused("the token has ended; sign in again", "token sudah berakhir; silakan masuk kembali")
        principal = Principal(str(claims["sub"]), msgspec.convert(claims.get("grants", []), tuple[Grant, ...]))
        self._known[token] = (float(claims["exp"]), principal)
        if len(self._known) > self._kept:
            self._known.popitem(last=False)
        return principal

    async def _claims(self, token: str, now: float) -> dict[str, Any]:
        if now - self._read_at >= REFRESH_SECONDS:
            await self._read_keys(now)
        for attempt in range(2):
            try:
                keys = KeySet([OKPKey.import_key({**jwk, "kid": kid}) for kid, jwk in self._keys.items()])
                return jwt.decode(token, keys, algorithms=[ALGORITHM]).claims
            except (JoseError, ValueError) as error:
                if attempt == 0 and now - self._read_at > 1.0:
                    await self._read_keys(now)
                    continue
                raise TokenRefused(f"the token does not hold: {error}", "token tidak sah; silakan masuk kembali") from error
        raise AssertionError("unreachable")

    async def _read_keys(self, now: float) -> None:
        keys, _ = await self._desk.state(KEY_SET(""))
        if keys != self._keys:
            self._known.clear()
        self._keys = keys
        self._read_at = now
