"""A small SMTP server on loopback for the demo: it takes every letter, sends none on, and counts what arrived."""

import asyncio
import threading
from collections import Counter
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session
from msgspec import Struct


class Arrived(Struct, frozen=True):
    recipient: str
    subject: str
    message_id: str


class Mailbox:
    """Runs in a thread of its own between `start` and `stop`; `url` is where it listens. `talk` goes to aiosmtpd's SMTP."""

    def __init__(self, **talk: Any) -> None:
        self._talk = talk
        self.port = 0
        self._taken: list[tuple[str, bytes]] = []
        self._read: list[Arrived] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._listening = threading.Event()
        self._ended: asyncio.Event | None = None
        self._failure: list[OSError] = []

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def __len__(self) -> int:
        """How many letters have arrived."""
        return len(self._taken)

    @property
    def arrived(self) -> list[Arrived]:
        """In the order of arrival. Read only now, so that the server is not slowed down."""
        self._read += [_read(*taken) for taken in self._taken[len(self._read) :]]
        return self._read

    @property
    def by_recipient(self) -> Counter[str]:
        return Counter(letter.recipient for letter in self.arrived)

    @property
    def by_subject(self) -> Counter[str]:
        return Counter(letter.subject for letter in self.arrived)

    def start(self) -> None:
        """Listen on a free port of loopback, or on the same port again after `stop`. Raises OSError."""
        self._listening.clear()
        self._failure.clear()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="mailbox", daemon=True)
        self._thread.start()
        self._listening.wait()
        if self._failure:
            self._thread.join()
            raise self._failure[0]

    def stop(self) -> None:
        """Hang up on everybody and end. What has arrived stays."""
        if self._loop is not None and self._ended is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join()
            self._loop = self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        talks: list[SMTP] = []

        def talk() -> SMTP:
            talks.append(SMTP(self, hostname="mailbox.invalid", ident="Makmal demo mailbox", loop=self._loop, **self._talk))
            return talks[-1]

        try:
            server = await self._loop.create_server(talk, "127.0.0.1", self.port)
        except OSError as error:
            self._failure.append(error)
            self._listening.set()
            return
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        await self._ended.wait()
        server.close()
        for open_talk in talks:
            if open_talk.transport is not None:
                open_talk.transport.close()
        await server.wait_closed()
        await asyncio.sleep(0)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Called by aiosmtpd for each letter; the answer goes to the sender."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        head = content.partition(b"\r\n\r\n")[0]
        self._taken += [(recipient, head) for recipient in envelope.rcpt_tos]
        return "250 it lies in the mailbox"


def _read(recipient: str, head: bytes) -> Arrived:
    headers = BytesHeaderParser().parsebytes(head)
    subject = make_header(decode_header(headers.get("Subject", "")))
    return Arrived(recipient, str(subject), headers.get("Message-ID", ""))
