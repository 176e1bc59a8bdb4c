"""The private signing keys, as files of the service's own directory, and the tokens signed with them."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from joserfc import jwt
from joserfc.jwk import OKPKey

from services.identity.signing_keys import SIGNING_KEYS, RotateSigningKey
from shared.deciding import Act, Desk, Outcome
from shared.events.identity import SigningKeyRotated
from shared.security import Grant
from shared.security.tokens import ALGORITHM
from shared.transparency.files import write_durably

DIRECTORY = "signing-keys"
ACTOR = "service/identity"


def published_by(outcome: Outcome) -> SigningKeyRotated:
    """The event by which a new key was published."""
    return next(e.event for e in outcome.events if isinstance(e.event, SigningKeyRotated))


class Keyring:
    """A key is honoured as long as it is published in the log, and can sign here if its private half lies in the directory."""

    def __init__(self, desk: Desk, directory: Path):
        self._desk = desk
        self._directory = directory / DIRECTORY
        self._held: dict[str, OKPKey] = {}
        self.turn = asyncio.Lock()
        """To be held while a key is made and published, so that nobody discards it in between."""

    async def rotate(self, *, retire_all: bool = False) -> str:
        """Sign with a new key from now on; its ID. The key so far is honoured until the next rotation, unless `retire_all`."""
        async with self.turn:
            act = await self.new_key(retire_all=retire_all)
            outcome = await self._desk.carry_out(act, actor=ACTOR)
            await self.discard_unpublished()
        return published_by(outcome).kid

    async def new_key(self, *, retire_all: bool = False) -> Act:
        """A new key is made and kept here; carrying out the act publishes it, and `discard_unpublished` tidies up after."""
        state, _ = await self._desk.state(SIGNING_KEYS(""))
        retire = tuple(kid for kid in state.keys if retire_all or kid != state.current)
        key = OKPKey.generate_key("Ed25519")
        kid = key.thumbprint()
        await asyncio.to_thread(self._keep, kid, key)  # before it is published: a published key can always sign
        public = {name: str(value) for name, value in key.as_dict(private=False).items()}
        return Act(SIGNING_KEYS(""), RotateSigningKey(kid, public, retire))

    async def prepare(self) -> None:
        """Make sure there is a key to sign with: on first start, and when the directory was lost."""
        if await self._current() is None:
            await self.rotate()

    async def published(self) -> list[dict[str, str]]:
        """The key set (RFC 7517) by which anybody checks a token."""
        state, _ = await self._desk.state(SIGNING_KEYS(""))
        return [{**jwk, "kid": kid, "alg": ALGORITHM, "use": "sig"} for kid, jwk in state.keys.items()]

    async def sign(
        self,
        issuer: str,
        subject: str,
        grants: Sequence[Grant],
        *,
        session: str,
        version: int,
        at: datetime,
        seconds: int,
        scope: str | None = None,
    ) -> str:
        """An access token (RFC 9068 in its claims) that holds for `seconds` from `at`. `version` is that of the account (or
        client) whose grants they are: what ends them later has a higher one.
        """
        current = await self._current()
        if current is None:
            await self.rotate()
            current = await self._current()
        assert current is not None
        kid, key = current
        issued = int(at.timestamp())
        claims: dict[str, object] = {
            "iss": issuer,
            "sub": subject,
            "iat": issued,
            "exp": issued + seconds,
            "jti": session,
            "version": version,
            "grants": msgspec.to_builtins(grants),
        }
        if scope is not None:
            claims["scope"] = scope
        return jwt.encode({"alg": ALGORITHM, "kid": kid}, claims, key, algorithms=[ALGORITHM])

    async def _current(self) -> tuple[str, OKPKey] | None:
        """The newest published key whose private half is here."""
        state, _ = await self._desk.state(SIGNING_KEYS(""))
        for kid in reversed(state.keys):
            if kid not in self._held:
                file = self._file(kid)
                if not await asyncio.to_thread(file.exists):
                    continue
                self._held[kid] = OKPKey.import_key(json.loads(await asyncio.to_thread(file.read_bytes)))
            return kid, self._held[kid]
        return None

    async def discard_unpublished(self) -> None:
        """Private keys that sign no longer, or never did because their publication failed, are of use to a thief alone."""
        state, _ = await self._desk.state(SIGNING_KEYS(""))
        self._held = {kid: key for kid, key in self._held.items() if kid in state.keys}
        kept = {self._file(kid) for kid in state.keys}

        def discard() -> None:
            for file in self._directory.glob("*.json"):
                if file not in kept:
                    file.unlink(missing_ok=True)

        await asyncio.to_thread(discard)

    def _file(self, kid: str) -> Path:
        return self._directory / f"{kid}.json"

    def _keep(self, kid: str, key: OKPKey) -> None:
        write_durably(self._file(kid), json.dumps(key.as_dict(private=True)).encode(), private=True)
