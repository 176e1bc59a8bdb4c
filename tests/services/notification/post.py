"""A post office for tests: a real SMTP server on loopback with planned faults, and a vault that answers on a Unix socket."""

import threading
import time
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs

import msgspec
import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session

from makmal.demo.mailbox import Mailbox


class PostOffice(Mailbox):
    """`faults` holds, for a recipient, what goes wrong with his next letters, one after another:

    `451 …` or `550 …` is the answer to RCPT, `data 451 …` the answer to the letter itself, `drop` takes the letter and breaks the
    connection without an answer, `hang` takes it and never answers.
    """

    def __init__(self, **talk: Any) -> None:
        super().__init__(**talk)
        self.faults: dict[str, list[str]] = {}
        self.connections: set[object] = set()
        self.began = threading.Event()
        """A letter came in that will never be answered."""

    def _fault(self, recipient: str, *kinds: str) -> str:
        planned = self.faults.get(recipient, [])
        return planned.pop(0) if planned and planned[0].startswith(kinds) else ""

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        self.connections.add(session.peer)
        if fault := self._fault(address, "4", "5"):
            return fault
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        fault = self._fault(envelope.rcpt_tos[0], "data", "drop", "hang")
        if fault.startswith("data"):
            return fault.removeprefix("data ")
        answer = await super().handle_DATA(server, session, envelope)
        if fault:
            self.began.set()
            transport: Any = server.transport
            if fault == "drop":
                transport.abort()
            assert self._ended is not None
            await self._ended.wait()
        return answer


class VaultDesk:
    """Answers as identity's vault does: people by ID, to whoever shows the secret."""

    def __init__(self, socket: Path, secret: str = "vault-secret"):
        self.people: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.requests = 0
        self.closed = False
        """While set, it answers 503."""
        self.url = f"unix:{socket}"
        self._secret = secret
        config = uvicorn.Config(self._answer, uds=str(socket), interface="asgi3", lifespan="off", log_level="critical")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def knows(self, person: str, email: str, *, name: str = "Demo Penerima", language: str = "en") -> None:
        self.people[person] = {"name": name, "email": email, "login": email or person, "language": language}

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        persons = parse_qs(scope["query_string"].decode())["person"]
        self.asked += persons
        self.requests += 1
        allowed = dict(scope["headers"]).get(b"makmal-vault-secret") == self._secret.encode()
        found = [{"person": person, **self.people[person]} for person in persons if person in self.people]
        status = 503 if self.closed else 200 if allowed and scope["path"] == "/v1/vault" else 403
        body = msgspec.json.encode(found) if status == 200 else b"{}"
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
