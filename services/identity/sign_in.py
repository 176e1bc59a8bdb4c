"""Signing in: who proves himself as whom, and what stands in his token. Errors as OAuth 2 has them (RFC 6749, 5.2)."""

import math
import secrets

from msgspec import Struct
from sqlalchemy import Connection

from services.identity import credentials, lockout, sessions, vault
from services.identity.account import ACCOUNT, Active
from services.identity.client import CLIENT, Registered
from services.identity.office import Office
from shared.parts import Parts
from shared.security import Grant


class SignInRefused(Exception):
    """No token is given. `code` is OAuth's; the sentences say what would be right."""

    def __init__(self, status: int, code: str, en: str, id: str, headers: dict[str, str] | None = None):
        super().__init__(en)
        self.status = status
        self.code = code
        self.en = en
        self.id = id
        self.headers = headers or {}


class Token(Struct, frozen=True, omit_defaults=True):
    access_token: str
    expires_in: int
    """Seconds."""
    scope: str | None = None


async def person(parts: Parts, office: Office, email: str, password: str, agent: str = "", *, seconds: int = 0) -> Token:
    """A token with the roles that the person holds now, and a session begun by `agent`, of so many seconds (0: an access
    token's usual time). Raises SignInRefused."""
    return await begin(parts, office, await proven(parts, office, email, password), agent, seconds=seconds)


async def proven(parts: Parts, office: Office, email: str, password: str) -> str:
    """The person who has this address and password. Raises SignInRefused.

    It takes the same time whether nobody has this address or the password is wrong, and answers the same.
    """
    name = vault.login_of(email)
    async with office.turn(name):
        now = parts.event_log.now().timestamp()

        def look(connection: Connection) -> tuple[int, float, tuple[str, str] | None]:
            failures, wait = lockout.standing(connection, name, now)
            return failures, wait, credentials.password_of(connection, email)

        failures, wait, found = await parts.database.read(look)
        if wait > 0:
            raise must_wait(wait)
        person, hash = found or ("", None)
        if not await office.passwords.holds(hash, password):
            await parts.database.write(lambda c: lockout.failed(c, name, now))
            raise _wrong()
        if failures:
            await parts.database.write(lambda c: lockout.succeeded(c, name))
    return person


async def begin(parts: Parts, office: Office, person: str, agent: str = "", *, seconds: int = 0) -> Token:
    """A session of somebody who has proven who he is. Raises SignInRefused for an account that is not active."""
    session, now = secrets.token_urlsafe(16), parts.event_log.now().timestamp()
    token = await _of_person(parts, office, person, session, seconds)
    await parts.database.write(lambda c: sessions.begin(c, session, person, now, now + token.expires_in, agent))
    return token


async def renewed(parts: Parts, office: Office, session: str) -> Token:
    """A token of a session that goes on, with the roles that its person holds now. Raises SignInRefused."""
    now = parts.event_log.now().timestamp()
    row = await parts.database.read(lambda c: sessions.find(c, session, now))
    if row is None:
        raise _wrong()
    return await _of_person(parts, office, row["person"], session, math.ceil(row["expires"] - now))


async def _of_person(parts: Parts, office: Office, person: str, session: str, seconds: int) -> Token:
    account, version = await parts.desk.state(ACCOUNT(person))
    if not isinstance(account, Active):
        raise _wrong()
    return await _token(parts, office, f"person/{person}", grants_of(account), session, version, seconds=seconds)


def grants_of(account: Active) -> list[Grant]:
    """The roles that the account holds now, as a token tells them."""
    return [Grant(g.role, g.edition, g.institutions, g.employer) for _, g in sorted(account.roles.items())]


async def client(parts: Parts, office: Office, client: str, secret: str, scope: str | None) -> Token:
    """A token for an API client, with all its scopes or those asked for. Raises SignInRefused.

    Its secret has 256 random bits, so nobody has to wait after wrong ones.
    """
    shown = await parts.database.read(lambda c: credentials.secret_id(c, client, secret))
    registered, _ = await parts.desk.state(CLIENT(client))
    now = parts.event_log.now()
    holding = registered.holding(shown, now) if isinstance(registered, Registered) else None
    if not isinstance(registered, Registered) or holding is None:
        raise _wrong_client()
    version, until = holding
    seconds = (
        office.terms.token_seconds
        if until is None
        else min(office.terms.token_seconds, math.ceil((until - now).total_seconds()))
    )
    terms = registered.terms
    scopes = terms.scopes if scope is None else tuple(sorted(set(scope.split())))
    if beyond := sorted(set(scopes) - set(terms.scopes)):
        raise SignInRefused(
            400,
            "invalid_scope",
            f"this client does not have the scope {' '.join(beyond)}; it has {' '.join(terms.scopes)}",
            f"klien ini tidak memiliki cakupan {' '.join(beyond)}; yang dimiliki: {' '.join(terms.scopes)}",
        )
    grants = [Grant("service", terms.edition, terms.institutions)]
    session = secrets.token_urlsafe(16)
    return await _token(parts, office, f"client/{client}", grants, session, version, " ".join(scopes), seconds=seconds)


async def _token(
    parts: Parts,
    office: Office,
    subject: str,
    grants: list[Grant],
    session: str,
    version: int,
    scope: str | None = None,
    seconds: int = 0,
) -> Token:
    seconds = seconds or office.terms.token_seconds
    token = await office.keyring.sign(
        parts.settings.log,
        subject,
        grants,
        session=session,
        version=version,
        at=parts.event_log.now(),
        seconds=seconds,
        scope=scope,
    )
    return Token(token, seconds, scope)


def must_wait(wait: float) -> SignInRefused:
    seconds = math.ceil(wait)
    return SignInRefused(
        429,
        "invalid_grant",
        f"too many wrong passwords; try again in {seconds} seconds",
        f"terlalu banyak kata sandi yang salah; coba lagi dalam {seconds} detik",
        {"Retry-After": str(seconds)},
    )


def _wrong() -> SignInRefused:
    return SignInRefused(
        400,
        "invalid_grant",
        "the e-mail address or the password is wrong; check both and try again",
        "alamat surel atau kata sandi salah; periksa keduanya lalu coba lagi",
    )


def _wrong_client() -> SignInRefused:
    return SignInRefused(
        401,
        "invalid_client",
        "the client or its secret is wrong; use the secret that was shown when the client was registered",
        "klien atau rahasianya salah; gunakan rahasia yang ditampilkan saat klien didaftarkan",
        {"WWW-Authenticate": 'Basic realm="makmal"'},
    )
