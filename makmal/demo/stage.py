"""The demo's stage: the same supervisor as `makmal up`, in a process of its own, and a mail server on loopback."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from makmal import first_administrator, status
from makmal.demo.mailbox import Mailbox
from makmal.house import House
from makmal.supervisor import Supervisor
from shared.refusals import Refused
from shared.sockets import free_port

READY_SECONDS = 60


@dataclass
class Stage:
    house: House
    url: str
    mailbox: Mailbox
    supervisor: int
    """Its process ID."""
    username: str
    password: str
    """Of the first administrator."""

    def kill(self, service: str) -> int:
        """SIGKILL one service; the process ID that it had."""
        running = status.read(self.house.status_file)
        pid = running.services[service].pid if running else None
        if pid is None:
            raise RuntimeError(f"{service} does not run")
        os.kill(pid, signal.SIGKILL)
        return pid

    def restarts(self, service: str) -> int:
        running = status.read(self.house.status_file)
        return running.services[service].restarts if running else 0

    def ready(self, service: str) -> bool:
        running = status.read(self.house.status_file)
        return running is not None and running.services[service].ready


@contextmanager
def standing(data: Path, port: int) -> Iterator[Stage]:
    """Everything runs while the context lasts, and is stopped in order after it."""
    mailbox = Mailbox()
    mailbox.port = free_port()
    os.environ["MAKMAL_SMTP_URL"] = mailbox.url
    os.environ["MAKMAL_SIGN_IN_LINKS"] = "1"  # an administrator may make links that sign others in: in a demo's house only
    house = House(data)
    supervisor = _fork(house, port)
    try:
        mailbox.start()  # a thread: only after the fork
        try:
            running = _await_ready(house, supervisor)
            first = first_administrator.take(house)
            if first is None:
                raise Refused(
                    en=f"{house.data} has an edition already: give the demo a new or empty directory.",
                    id=f"{house.data} sudah berisi gelaran: berikan direktori baru atau kosong untuk demo.",
                )
            yield Stage(house, running.url, mailbox, supervisor, first.username, first.password)
        finally:
            mailbox.stop()
    finally:
        _end(supervisor)


def _fork(house: House, port: int) -> int:
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()  # Ctrl-C is for the demo, which then stops the supervisor
        with (house.logs / "supervisor.log").open("a", buffering=1) as log:
            Supervisor(house, port=port, say=lambda line: print(line, file=log)).run()
        code = 0
    except Refused as refused:
        print(refused.en, file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(code)


def _await_ready(house: House, supervisor: int) -> status.Status:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        if os.waitpid(supervisor, os.WNOHANG)[0]:
            break
        if (running := status.read(house.status_file)) and running.ready:
            return running
        time.sleep(0.02)
    raise Refused(
        en=f"the services did not come up; their logs are in {house.logs}",
        id=f"layanan tidak dapat dijalankan; lognya ada di {house.logs}",
    )


def _end(supervisor: int) -> None:
    try:
        os.kill(supervisor, signal.SIGTERM)
        os.waitpid(supervisor, 0)
    except (ProcessLookupError, ChildProcessError):
        pass  # it had ended by itself
