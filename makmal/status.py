"""What runs just now: a small file that the supervisor keeps, for the demo, the CLI and operators."""

import os
from pathlib import Path

import msgspec
from msgspec import Struct


class Running(Struct, frozen=True):
    """One process. `restarts` counts how often it was brought back; `pid` is absent while it waits to be."""

    pid: int | None
    ready: bool
    restarts: int


class Status(Struct, frozen=True):
    """`run/status.json`. It is there while a supervisor runs; `ready` once every service said so for the first time."""

    url: str
    supervisor: int
    ready: bool
    broker: Running
    gateway: Running
    services: dict[str, Running]


def write(file: Path, status: Status) -> None:
    draft = file.with_suffix(".draft")
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(status)))
    draft.replace(file)


def read(file: Path) -> Status | None:
    """None if no supervisor runs: there is no file, or one that a killed supervisor left behind."""
    try:
        status = msgspec.json.decode(file.read_bytes(), type=Status)
        os.kill(status.supervisor, 0)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return status
