"""The data directory of one Makmal: where everything lies, the secrets, and what each service is told of it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import msgspec
from msgspec import Struct

from shared.broker import BrokerRefused, EmbeddedBroker
from shared.eventlog.acl import OPERATOR, render
from shared.eventlog.keys import SERVICES
from shared.refusals import Refused
from shared.sockets import listens, socket_directory

DEFAULT_LOG = "makmal"
VAULT_READERS = ("identity", "notification")


class Secrets(Struct, frozen=True):
    """`house.json`: made once, readable by the owner alone, and needed as long as the log is."""

    log: str
    passwords: dict[str, str]
    """Of every service and of the operator, at the broker."""
    vault_secret: str

    @classmethod
    def fresh(cls, log: str) -> "Secrets":
        passwords = {user: secrets.token_urlsafe(32) for user in (*SERVICES, OPERATOR)}
        return cls(log, passwords, secrets.token_urlsafe(32))


class House:
    """An opened data directory; made on first use, with mode 0700.

    `log` names a new one's log, instead of `MAKMAL_LOG`. Refused if the directory holds something else, or a log of another name.
    """

    def __init__(self, data: Path, log: str = "") -> None:
        self.data = data.resolve()
        self.run = self.data / "run"
        self.logs = self.data / "logs"
        self.status_file = self.run / "status.json"
        self.secrets = self._open(log or os.environ.get("MAKMAL_LOG", ""))
        for directory in (self.run, self.logs, *(self.data / service for service in SERVICES)):
            directory.mkdir(mode=0o700, exist_ok=True)

    def _open(self, log: str) -> Secrets:
        file = self.data / "house.json"
        if not file.exists():
            if self.data.is_dir() and any(self.data.iterdir()):
                raise Refused(
                    en=f"{self.data} holds other files: give --data a new or empty directory.",
                    id=f"{self.data} berisi berkas lain: berikan direktori baru atau kosong pada --data.",
                )
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = self.data / f".house-{os.getpid()}"
            draft.touch(mode=0o600)
            draft.write_bytes(msgspec.json.format(msgspec.json.encode(Secrets.fresh(log or DEFAULT_LOG))))
            draft.replace(file)
        found = msgspec.json.decode(file.read_bytes(), type=Secrets)
        if log and log != found.log:
            raise Refused(
                en=f"{self.data} holds the log {found.log!r}, MAKMAL_LOG says {log!r}: use another directory for another log.",
                id=f"{self.data} berisi log {found.log!r}, MAKMAL_LOG menyebut {log!r}: pakai direktori lain untuk log lain.",
            )
        return found

    @cached_property
    def sockets(self) -> Path:
        """The directory of the services' sockets; a short one elsewhere if the data directory's path is too long."""
        return socket_directory(self.run)

    def socket(self, service: str) -> Path:
        return self.sockets / f"{service}.sock"

    def broker(self, *, lifelong: bool = False) -> EmbeddedBroker:
        """The broker of this directory, not started."""
        acl = render(self.secrets.log, self.secrets.passwords)
        return EmbeddedBroker(self.data / "broker", acl=acl, lifelong=lifelong)

    @contextmanager
    def broker_url(self, user: str = OPERATOR) -> Iterator[str]:
        """How `user` (a service or the operator) reaches the broker, which is started for the while if none runs here."""
        broker = self.broker()
        if not listens(broker.socket):
            try:
                broker.start()
            except BrokerRefused:
                if not broker.socket.exists():
                    raise
        try:
            yield broker.url(user, self.secrets.passwords[user])
        finally:
            broker.stop()

    def environment(self, service: str, *, broker_url: str, public_url: str) -> dict[str, str]:
        """The settings (`shared.settings`) of one service. It gets its own password and no other.

        In a given `MAKMAL_DATABASE_URL`, `{service}` stands for the service's name: each has a database of its own.
        """
        home = self.data / service
        database = os.environ.get("MAKMAL_DATABASE_URL") or f"sqlite:///{home / 'service.sqlite'}"
        settings = {
            "MAKMAL_LOG": self.secrets.log,
            "MAKMAL_SERVICE": service,
            "MAKMAL_BROKER_URL": broker_url,
            "MAKMAL_DATABASE_URL": database.replace("{service}", service),
            "MAKMAL_DATA": str(home),
            "MAKMAL_PUBLIC_URL": os.environ.get("MAKMAL_PUBLIC_URL") or public_url,
            "MAKMAL_IDENTITY_URL": f"unix:{self.socket('identity')}",
        }
        if service in VAULT_READERS:
            settings["MAKMAL_VAULT_SECRET"] = self.secrets.vault_secret
        return settings
