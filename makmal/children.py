"""The processes that the supervisor keeps: how each is started, watched, brought back and stopped."""

import gc
import importlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NoReturn, Protocol

from makmal import gateway
from shared.broker import EmbeddedBroker
from shared.lifeline import end_with

SHORTEST_WAIT = 0.25
LONGEST_WAIT = 15.0
STEADY = 30.0
"""Seconds. The first restart is immediate, then each waits twice as long as the one before, until a process stayed up."""


class Process(Protocol):
    """One process of the house."""

    @property
    def pid(self) -> int | None:
        """Its ID, None once it has ended (which this reaps)."""

    def start(self) -> None: ...

    def terminate(self) -> None:
        """Ask it to end in order."""

    def kill(self) -> None: ...


class Kept:
    """A process with its restarts. `due` is the monotonic time at which it is to be started, None while it runs."""

    def __init__(self, name: str, process: Process) -> None:
        self.name = name
        self.process = process
        self.starts = 0
        self.ready = False
        self.due: float | None = None
        self._failures = 0
        self._started = 0.0

    @property
    def restarts(self) -> int:
        return max(0, self.starts - 1)

    @property
    def failures(self) -> int:
        """How often it ended soon after its start, the last times in a row."""
        return self._failures

    def start(self) -> None:
        self.due = None
        self.ready = False
        self.starts += 1
        self._started = time.monotonic()
        self.process.start()

    def failed(self) -> None:
        """It has ended, or did not start: when is it due again?"""
        now = time.monotonic()
        self.ready = False
        self._failures = 1 if now - self._started > STEADY else self._failures + 1
        wait = 0.0 if self._failures == 1 else min(LONGEST_WAIT, SHORTEST_WAIT * 2.0 ** (self._failures - 2))
        self.due = now + wait

    def stop(self, patience: float) -> None:
        """Terminate, and kill after `patience` seconds."""
        self.process.terminate()
        deadline = time.monotonic() + patience
        while self.process.pid is not None:
            if time.monotonic() > deadline:
                self.process.kill()
            time.sleep(0.01)


class Broker:
    """The embedded broker; nothing else starts before it answers."""

    def __init__(self, broker: EmbeddedBroker) -> None:
        self._broker = broker

    @property
    def pid(self) -> int | None:
        return self._broker.pid

    def start(self) -> None:
        self._broker.start()

    def terminate(self) -> None:
        self._broker.stop()

    def kill(self) -> None:
        self._broker.kill()


class Gateway:
    def __init__(self, sockets: Mapping[str, Path], *, host: str, port: int, state: Path, log: Path) -> None:
        self._run = partial(gateway.run, sockets, bind=host, port=port, state=state, log=log)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self) -> None:
        self._process = self._run()

    def terminate(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()


class Service:
    """A service as a fork of the supervisor, which has its libraries loaded.

    The supervisor holds the listening socket: while the service is away, callers wait in its queue instead of being turned away.
    """

    def __init__(self, name: str, module: str, path: Path, environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.path = path
        self._module = module
        self._environment = environment
        self._log = log
        self._pid: int | None = None
        path.unlink(missing_ok=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        path.chmod(0o600)
        self.listener.listen(1024)

    @property
    def pid(self) -> int | None:
        if self._pid is not None and os.waitpid(self._pid, os.WNOHANG)[0] == self._pid:
            self._pid = None
        return self._pid

    def start(self) -> None:
        parent = os.getpid()
        self._pid = os.fork()
        if self._pid == 0:
            self._become(parent)

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def close(self) -> None:
        self.listener.close()
        self.path.unlink(missing_ok=True)

    def _signal(self, number: signal.Signals) -> None:
        if self.pid is not None:
            os.kill(self.pid, number)

    def _become(self, parent: int) -> NoReturn:
        """In the child: serve until told to stop, and never return into the supervisor's code."""
        code = 1
        try:
            os.setsid()  # Ctrl-C is for the supervisor, which then stops everything in order
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            end_with(parent)
            with self._log.open("ab") as log, Path(os.devnull).open("rb") as nothing:
                for target, source in ((0, nothing), (1, log), (2, log)):
                    os.dup2(source.fileno(), target)
            os.environ.update(self._environment)
            self._serve()
            code = 0
        finally:
            kind, error, trace = sys.exc_info()
            if kind is not None and error is not None:
                sys.excepthook(kind, error, trace)
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _serve(self) -> None:
        import uvicorn

        from shared.settings import Settings

        app = importlib.import_module(self._module).create_app(Settings.from_env())
        config = uvicorn.Config(
            app,
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="on",
            root_path=f"/{self.name}",  # the gateway strips it
            forwarded_allow_ips="*",  # only the gateway may enter the socket's directory
            server_header=False,
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=10,
        )
        uvicorn.Server(config).run(sockets=[self.listener])


def load(modules: Mapping[str, str]) -> None:
    """Import the services and the server once, so that forks share the memory and need no time for it."""
    for library in ("uvicorn", "uvloop", "httptools", "uvicorn.protocols.http.httptools_impl", "uvicorn.lifespan.on"):
        importlib.import_module(library)
    for module in modules.values():
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # the collector of a fork leaves these objects, and so the shared pages, alone
