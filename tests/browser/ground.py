"""The house that the browser walks: one for the whole test run, whatever worker needs it first, with a played edition in it.

`python -m tests.browser.ground DIRECTORY INNOVATIONS` keeps it running as long as somebody holds a shared lock on
`DIRECTORY/users`: also a test run that is killed leaves nothing behind.
"""

import asyncio
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import msgspec
from msgspec import Struct
from rich.console import Console

from makmal.demo.caller import Caller
from makmal.demo.cast import JURORS, People, gather
from makmal.demo.halfway import Halfway, Until
from makmal.demo.narrator import Narrator
from makmal.demo.stage import Stage, standing
from services.registration.edition_folder import read_edition

ROOT = Path(__file__).resolve().parents[2]
BATAM = ROOT / "editions" / "batam-2023"
AS_IN_THE_DEMO = 320
"""Innovations from which on as many jurors score as in the demo; with fewer, as many as the tests need."""
FEW_JURORS = 4
PATIENCE = 280.0
"""Seconds until the house must stand and its edition be played."""


class Standing(Struct, frozen=True):
    """What stands in `ground.json` while the house runs."""

    url: str
    administrator: tuple[str, str]
    """Address and password."""
    people: People
    """Of the played edition, whose winners are announced."""


@contextmanager
def kept(directory: Path, innovations: int) -> Iterator[Standing]:
    """The house of this directory, started if it does not run; it ends when the last who uses it leaves."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        with (directory / "starting").open("a") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            file = directory / "ground.json"
            if not file.exists():
                _start(directory, innovations)
            standing = msgspec.json.decode(file.read_bytes(), type=Standing)
        yield standing


def _start(directory: Path, innovations: int) -> None:
    log = directory / "keeper.log"
    command = [sys.executable, "-m", "tests.browser.ground", str(directory), str(innovations)]
    with log.open("a") as output:
        keeper = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    end = time.monotonic() + PATIENCE
    while not (directory / "ground.json").exists():
        if keeper.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"the house did not come to stand: {log.read_text()[-2000:]}")
        time.sleep(0.05)
    keeper.returncode = 0  # it is left to itself; nobody waits for it


def main(directory: Path, innovations: int) -> None:
    """Play, say where the house is, and keep it until nobody uses it."""
    file = directory / "ground.json"
    data = directory / f"data-{os.getpid()}"
    with standing(data, 0) as stage:
        people = asyncio.run(_play(stage, innovations))
        draft = directory / ".ground.json"
        draft.write_bytes(msgspec.json.encode(Standing(stage.url, (stage.username, stage.password), people)))
        draft.replace(file)
        with (directory / "users").open("a") as users:
            fcntl.flock(users, fcntl.LOCK_EX)
            file.unlink()


async def _play(stage: Stage, innovations: int) -> People:
    caller = Caller(stage.url)
    try:
        edition = read_edition(BATAM)
        jurors = JURORS if innovations >= AS_IN_THE_DEMO else FEW_JURORS
        cast = await gather(caller, edition.rulebook.edition, stage.username, stage.password, jurors)
        story = Halfway(Narrator(Console(file=StringIO())), cast, edition, 2023, innovations)
        await story.play(Until.ANNOUNCEMENT)
        winner = story.nominees[0].institution
        await cast.head_of(winner)
        await cast.operator_of(winner)
    finally:
        await caller.close()
    return cast.people


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
