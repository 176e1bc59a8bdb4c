"""What a device signs to show its passkey: random, for one purpose in one browser, for a few minutes, once.

Nothing is kept of a challenge until it is used: it says itself when it ends, and only identity can have made it.
"""

import hashlib
import hmac
import secrets

from sqlalchemy import Connection, delete, insert, select
from sqlmodel import Field, SQLModel

from services.identity.derivation import Derivation
from shared.database import table

SECONDS = 300


class SpentChallengeRow(SQLModel, table=True):
    __tablename__ = "identity_spent_challenges"

    digest: str = Field(primary_key=True)
    expires: float = Field(index=True)
    """Seconds since 1970; then it serves no more in any case, and the row goes."""


def make(derivation: Derivation, bound: str, now: float) -> bytes:
    """`bound`: what it is for and in which browser."""
    said = f"{secrets.token_urlsafe(16)}.{int(now) + SECONDS}"
    return f"{said}.{_seal(derivation, bound, said)}".encode()


def spend(connection: Connection, derivation: Derivation, bound: str, challenge: bytes, now: float) -> bool:
    """Whether it is one of ours for this, and serves now for the first time. It never does again."""
    try:
        said, _, seal = challenge.decode("ascii").rpartition(".")
    except UnicodeDecodeError:
        return False
    if not hmac.compare_digest(seal, _seal(derivation, bound, said)):
        return False
    rows, digest, expires = table(SpentChallengeRow), hashlib.sha256(challenge).hexdigest(), float(said.rpartition(".")[2])
    connection.execute(delete(rows).where(rows.c.expires <= now))
    if expires <= now or connection.scalar(select(rows.c.digest).where(rows.c.digest == digest)) is not None:
        return False
    connection.execute(insert(rows), {"digest": digest, "expires": expires})
    return True


def _seal(derivation: Derivation, bound: str, said: str) -> str:
    return derivation.secret("passkey-challenge", f"{bound}\0{said}")
