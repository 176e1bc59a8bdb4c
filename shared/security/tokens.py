"""Access tokens: JWTs signed by identity (Ed25519), checked by every service with the keys and revocations that stand in the log."""

import asyncio
import time
from base64 import urlsafe_b64decode
from collections import OrderedDict
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from msgspec import Struct

from shared.eventlog import EventLog, LogUnavailable
from shared.security.principal import Grant, Principal
from shared.security.standing import Standing

ALGORITHM = "Ed25519"
REFRESH_SECONDS = 30.0
"""A token that was revoked is refused everywhere after at most so long."""
PAUSE_SECONDS = 1.0
"""Between two looks at the log, however many unknown keys are shown, or while the log is away."""
EVENTS_AT_ONCE = 1_000


class _Header(Struct):
    kid: str


class TokenRefused(Exception):
    """No token, or one that does not hold."""

    def __init__(self, en: str, id: str):
        super().__init__(en)
        self.en = en
        self.id = id


class Verifier:
    """Checks tokens; remembers the ones it has checked until they end or identity's events say that some hold no longer."""

    def __init__(self, log: EventLog, issuer: str, kept: int = 4096, refresh: float = REFRESH_SECONDS):
        self._log = log
        self._issuer = issuer
        self._refresh = refresh
        self._standing = Standing()
        self._position = 0
        self._looked_at = float("-inf")
        self._turn = asyncio.Lock()
        self._known: OrderedDict[str, tuple[float, Principal]] = OrderedDict()
        self._kept = kept

    async def principal(self, token: str) -> Principal:
        """Raises TokenRefused; LogUnavailable or LogWentBack if the log could never be read."""
        if time.monotonic() - self._looked_at >= self._refresh:
            await self._look(self._refresh)
        now = time.time()
        known = self._known.get(token)
        if known is not None and known[0] > now:
            return known[1]
        claims = await self._claims(token)
        if claims.get("iss") != self._issuer or claims.get("exp", 0) <= now:
            raise TokenRefused("the token has ended; sign in again", "token sudah berakhir; silakan masuk kembali")
        holder, session = str(claims["sub"]), str(claims.get("jti", ""))
        if self._standing.refuses(holder, int(claims.get("version", 0)), session):
            raise TokenRefused(
                "this session was ended, or what you may do has changed; sign in again",
                "sesi ini sudah diakhiri atau hak Anda telah berubah; silakan masuk kembali",
            )
        grants = msgspec.convert(claims.get("grants", []), tuple[Grant, ...])
        principal = Principal(holder, grants, tuple(str(claims.get("scope", "")).split()), session)
        self._known[token] = (float(claims["exp"]), principal)
        if len(self._known) > self._kept:
            self._known.popitem(last=False)
        return principal

    async def look_again(self) -> None:
        """Read at once what has changed, instead of in a while."""
        await self._look(0.0)

    async def _claims(self, token: str) -> dict[str, Any]:
        if _key_id(token) not in self._standing.keys:
            # It may be signed with a key that is newer than the last look: look once more, but not for every forged token.
            await asyncio.sleep(self._looked_at + PAUSE_SECONDS - time.monotonic())
            await self._look(PAUSE_SECONDS)
        keys = KeySet([OKPKey.import_key({**jwk, "kid": kid}) for kid, jwk in self._standing.keys.items()])
        try:
            return jwt.decode(token, keys, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError) as error:
            raise TokenRefused(f"the token does not hold: {error}", "token tidak sah; silakan masuk kembali") from error

    async def _look(self, age: float) -> None:
        """Read identity's new events, unless somebody did less than `age` seconds ago.

        While the log is away nobody can be revoked either, so what was read last goes on to count.
        """
        async with self._turn:
            if time.monotonic() - self._looked_at < age:
                return
            try:
                touched = await self._read_on()
            except LogUnavailable:
                if not self._position:
                    raise
                self._looked_at = time.monotonic() - self._refresh + PAUSE_SECONDS
                return
            self._looked_at = time.monotonic()
            if touched:
                self._known.clear()
                self._standing.forget(time.time())

    async def _read_on(self) -> bool:
        touched = False
        while True:
            page = await self._log.read(self._position, ("identity",), EVENTS_AT_ONCE)
            for recorded in page.events:
                touched |= self._standing.move_on(recorded)
            self._position = page.horizon
            if len(page.events) < EVENTS_AT_ONCE:
                return touched


def _key_id(token: str) -> str:
    """The ID of the key that the token says it is signed with. Raises TokenRefused."""
    header = token.partition(".")[0]
    try:
        return msgspec.json.decode(urlsafe_b64decode(header + "=" * (-len(header) % 4)), type=_Header).kid
    except ValueError as error:
        raise TokenRefused("this is no token; sign in again", "ini bukan token; silakan masuk kembali") from error
