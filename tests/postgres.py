"""A PostgreSQL for tests: Debian's server on a directory of its own, reached by a Unix socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import psycopg


class Postgres:
    def __init__(self, binaries: Path, directory: Path):
        self._binaries = binaries
        self.directory = directory
        self._made = 0

    def new_database(self) -> str:
        """The SQLAlchemy URL of an empty database."""
        self._made += 1
        name = f"test{self._made}"
        with psycopg.connect(f"host={self.directory} user=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql+psycopg://postgres@/{name}?host={self.directory}"

    def control(self, act: Literal["start", "stop", "restart"]) -> None:
        """Stops are immediate, as in a crash."""
        options = f"-k {self.directory} -c listen_addresses= -c fsync=off"
        arguments = ["-D", str(self.directory / "data"), "-w", "-l", str(self.directory / "log"), "-o", options]
        if act != "start":
            arguments += ["-m", "immediate"]
        self.run("pg_ctl", act, *arguments)

    def run(self, program: str, *arguments: str) -> None:
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        done = subprocess.run([*as_postgres, str(self._binaries / program), *arguments], capture_output=True, cwd="/")
        assert done.returncode == 0, done.stderr.decode()


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    on_path = shutil.which("initdb")
    found = [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    assert found, "PostgreSQL is missing; ./dev test installs Debian's"
    directory = Path(tempfile.mkdtemp(prefix="makmal-pg-"))
    if os.getuid() == 0:
        os.chown(directory, pwd.getpwnam("postgres").pw_uid, -1)
    server = Postgres(found[-1], directory)
    server.run("initdb", "-D", str(directory / "data"), "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8")
    server.control("start")
    try:
        yield server
    finally:
        server.control("stop")
        shutil.rmtree(directory, ignore_errors=True)
