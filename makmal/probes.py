"""Asking services whether they are ready, without waiting for the answer."""

import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

AGAIN = 0.05
"""Seconds between a service's answer that it is not ready and the next question."""


class Probes:
    """`GET /readyz` on Unix sockets, each repeated until it is answered with 200; then `ready(name)` is called once."""

    def __init__(self, selector: selectors.BaseSelector, ready: Callable[[str], None]) -> None:
        self._selector = selector
        self._ready = ready
        self._paths: dict[str, Path] = {}
        self._due: dict[str, float] = {}
        self._asked: dict[str, socket.socket] = {}

    def begin(self, name: str, path: Path) -> None:
        self.end(name)
        self._paths[name] = path
        self._due[name] = time.monotonic()

    def end(self, name: str) -> None:
        self._due.pop(name, None)
        if connection := self._asked.pop(name, None):
            self._selector.unregister(connection)
            connection.close()

    def next_due(self) -> float | None:
        """Monotonic time of the next question."""
        return min(self._due.values(), default=None)

    def ask_due(self) -> None:
        now = time.monotonic()
        for name in [name for name, due in self._due.items() if due <= now]:
            self._ask(name)

    def _ask(self, name: str) -> None:
        del self._due[name]
        connection = socket.socket(socket.AF_UNIX)
        connection.setblocking(False)
        try:
            connection.connect(str(self._paths[name]))
            connection.sendall(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")
        except OSError:  # its queue is full: it takes no calls yet
            connection.close()
            self._due[name] = time.monotonic() + AGAIN
            return
        self._asked[name] = connection
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._hear(name, connection))

    def _hear(self, name: str, connection: socket.socket) -> None:
        answer = b""
        with suppress(OSError):
            answer = connection.recv(64)
        self.end(name)
        if answer.split(b" ", 2)[1:2] == [b"200"]:
            self._ready(name)
        else:
            self._due[name] = time.monotonic() + AGAIN
