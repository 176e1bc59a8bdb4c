"""Access tokens as identity signs them, under a key that is published in the log."""

import time
from collections.abc import Sequence

from joserfc import jwt
from joserfc.jwk import OKPKey

from benchmarks.ground import Ground
from services.identity.signing_keys import SIGNING_KEYS, RotateSigningKey
from shared.deciding import Act, Desk
from shared.security.tokens import ALGORITHM

VALID_SECONDS = 3600
KEY = "bench"


async def token(here: Ground, principal: str, roles: Sequence[str], edition: str) -> str:
    """For a principal who holds these roles in the edition, for every institution."""
    key = OKPKey.generate_key("Ed25519")
    public = {name: str(value) for name, value in key.as_dict(private=False).items()}
    async with here.log("identity") as log:
        act = Act(SIGNING_KEYS(""), RotateSigningKey(KEY, public))
        await Desk(log).carry_out(act, actor=principal)
    claims = {
        "iss": here.house.secrets.log,
        "sub": principal,
        "exp": int(time.time()) + VALID_SECONDS,
        "grants": [{"role": role, "edition": edition, "institutions": []} for role in roles],
    }
    return jwt.encode({"alg": ALGORITHM, "kid": KEY}, claims, key, algorithms=[ALGORITHM])
