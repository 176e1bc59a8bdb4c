"""The courier: takes letters to the SMTP server over a few connections that are kept while there is more to send.

What became of a letter is one of four: taken, put off (try again later), refused (for good), or unknown: the connection broke after
the letter went out and before the server answered. Only the last leaves a doubt, so it is kept apart from all others.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from services.notification.letters import Letter
from shared.settings import Misconfigured

STARTTLS: dict[str, bool | None] = {"always": True, "never": False, "auto": None}
LOOPBACK = ("localhost", "127.0.0.1", "::1")
IDLE_SECONDS = 5.0
"""A connection that nobody needed for so long is closed."""

_ADDRESS = re.compile(r"[^\s<>()\[\]:;,]+@[^\s<>()\[\]:;,]+")


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: bool = False
    starttls: bool | None = None
    """None: where the server offers it."""

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """`smtp://user:password@host:port?starttls=always|never|auto` or `smtps://…`. Raises Misconfigured."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise Misconfigured("MAKMAL_SMTP_URL must look like smtp://user:password@host:port?starttls=always")
        tls = parts.scheme == "smtps"
        secret = bool(parts.username) and parts.hostname not in LOOPBACK
        wish = parse_qs(parts.query).get("starttls", ["always" if secret else "auto"])[0]
        if wish not in STARTTLS:
            raise Misconfigured(f"MAKMAL_SMTP_URL: starttls is always, never or auto, not {wish}")
        return cls(
            parts.hostname,
            parts.port or (465 if tls else 587 if parts.username else 25),
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            tls,
            False if tls else STARTTLS[wish],
        )


@dataclass(frozen=True)
class Taken:
    pass


@dataclass(frozen=True)
class PutOff:
    why: str


@dataclass(frozen=True)
class RefusedForGood:
    code: int
    answer: str


@dataclass(frozen=True)
class Unknown:
    """The letter went out and no answer came."""


@dataclass(frozen=True)
class NotOurs:
    """Somebody else has taken the letter meanwhile: it was not sent."""


Delivery = Taken | PutOff | RefusedForGood | Unknown | NotOurs


def without_addresses(text: str) -> str:
    """What a server says, fit for the log: events hold no personal data."""
    return " ".join(_ADDRESS.sub("(address)", text).split())[:300]


class Courier:
    def __init__(self, server: Server, *, timeout: float = 20.0):
        self._server = server
        self._timeout = timeout
        self._idle: list[tuple[float, SMTP]] = []

    async def deliver(self, letter: Letter, before: Callable[[], Awaitable[bool]]) -> Delivery:
        """Take one letter to the server. `before` is awaited just before DATA; if it says no, the letter is not sent."""
        try:
            connection = await self._begun(letter.sender)
            await connection.rcpt(letter.recipient)
        except SMTPRecipientRefused as refusal:
            await self._give_back(connection, reset=True)
            return _judged(refusal)
        except UnicodeEncodeError:
            await self._give_back(connection, reset=True)
            return RefusedForGood(553, "the address has letters that the mail server does not take")
        except (SMTPException, OSError) as error:
            return PutOff(without_addresses(f"{type(error).__name__}: {error}"))
        if not await before():
            await self._give_back(connection, reset=True)
            return NotOurs()
        try:
            await connection.data(letter.content)
        except SMTPDataError as refusal:
            await self._give_back(connection, reset=True)
            return _judged(refusal)
        except (SMTPException, OSError):
            connection.close()
            return Unknown()
        except BaseException:
            connection.close()
            raise
        await self._give_back(connection)
        return Taken()

    async def _begun(self, sender: str) -> SMTP:
        """A connection that has taken MAIL. One that was kept may have died unnoticed: then the next, at last a fresh one."""
        while self._idle:
            _, kept = self._idle.pop()
            try:
                await kept.mail(sender)
            except (SMTPException, OSError):
                kept.close()
            else:
                return kept
        server = self._server
        connection = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            use_tls=server.tls,
            start_tls=server.starttls,
            timeout=self._timeout,
        )
        await connection.connect()
        try:
            await connection.mail(sender)
        except BaseException:
            connection.close()
            raise
        return connection

    async def _give_back(self, connection: SMTP, reset: bool = False) -> None:
        try:
            if reset:
                await connection.rset()
        except (SMTPException, OSError):
            connection.close()
            return
        if connection.is_connected:
            self._idle.append((time.monotonic(), connection))

    async def rest(self, idle: float = IDLE_SECONDS) -> None:
        """Close the connections that nobody needed for `idle` seconds."""
        now = time.monotonic()
        tired = [connection for since, connection in self._idle if now - since >= idle]
        self._idle = [(since, connection) for since, connection in self._idle if now - since < idle]
        await asyncio.gather(*(_quit(connection) for connection in tired))


async def _quit(connection: SMTP) -> None:
    try:
        await connection.quit(timeout=2)
    except (SMTPException, OSError):
        connection.close()


def _judged(refusal: SMTPResponseException) -> Delivery:
    if 500 <= refusal.code < 600:
        return RefusedForGood(refusal.code, without_addresses(refusal.message))
    return PutOff(f"{refusal.code} {without_addresses(refusal.message)}")
