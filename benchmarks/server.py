"""uvicorn with one worker in a process of its own, run as the supervisor runs services."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from msgspec import Struct

PATIENCE = 120.0
OPTIONS = (
    *("--loop", "uvloop", "--http", "httptools", "--ws", "none"),
    *("--no-access-log", "--no-server-header", "--log-level", "warning"),
)


class NotReady(Exception):
    """The server did not come up; its last words."""


class Server(Struct, frozen=True):
    app: str
    """`module:app`"""
    socket: Path
    path: str
    """It is ready when it answers GET for this with 200."""
    environment: Mapping[str, str] = {}


@contextmanager
def serving(*servers: Server) -> Iterator[None]:
    """All of them ready; ended with the block."""
    with ExitStack() as stack:
        processes = [stack.enter_context(_started(server)) for server in servers]
        deadline = time.monotonic() + PATIENCE
        for server, process in zip(servers, processes, strict=True):
            while not _ready(server):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise NotReady(f"{server.app}: {_log(server).read_text(errors='replace')[-2000:]}")
                time.sleep(0.05)
        yield


@contextmanager
def _started(server: Server) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "uvicorn", server.app, "--uds", str(server.socket), *OPTIONS]
    environment = {**os.environ, **server.environment, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    with _log(server).open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _log(server: Server) -> Path:
    return server.socket.with_suffix(".log")


def _ready(server: Server) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        try:
            connection.connect(str(server.socket))
            connection.sendall(f"GET {server.path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n".encode())
            return connection.recv(12) == b"HTTP/1.1 200"
        except OSError:
            return False
