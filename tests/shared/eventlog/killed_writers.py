"""Writers that are killed in the middle of their work, one after another: `python -m … URL NOTES KILLS`.

Each goes on where the one before him was killed: what that one meant to write and was not told of, he asks for again by the same
request. The notes file has a line for every intention and every acknowledgement, written before resp. after the append.
"""

import asyncio
import os
import random
import signal
import sys
import time
from pathlib import Path

from shared.eventlog import Append, Conflicted, EventLog, Keys, Wanted
from shared.eventlog.connection import connect
from tests.shared.eventlog.writing import event_bytes

SUBJECTS = tuple(f"s/{n}" for n in range(6))


def noted(notes: Path) -> tuple[dict[str, int], dict[str, int]]:
    """The last intention and the last acknowledgement of each subject."""
    meant, told = dict.fromkeys(SUBJECTS, 0), dict.fromkeys(SUBJECTS, 0)
    for line in notes.read_text().splitlines():
        word, subject, number, *_ = line.split()
        (meant if word == "meant" else told)[subject] = int(number)
    return meant, told


async def write(url: str, notes: Path, until: int | None) -> None:
    log = EventLog(connect(url), Keys("batam"), "judging")
    meant, told = noted(notes)
    file = os.open(notes, os.O_WRONLY | os.O_APPEND)

    async def write_to(subject: str) -> None:
        number = meant[subject] if meant[subject] > told[subject] else meant[subject] + 1
        while until is None or number <= until:
            os.write(file, f"meant {subject} {number}\n".encode())
            request = f"{subject}.{number}"
            loaded = await log.load([Wanted("judging", subject)], request)
            version = loaded.histories[0].version
            raw = event_bytes("judging", subject, version + 1, str(number))
            append = Append(loaded.now, request, "", (("judging", subject, version),), ((subject, raw),))
            try:
                appended = await log.append(append)
            except Conflicted:  # an append of the killed one arrived only now
                continue
            os.write(file, f"told {subject} {number} {appended.first}\n".encode())
            number += 1

    await asyncio.gather(*map(write_to, SUBJECTS))
    await log.client.aclose()


def main(url: str, notes: Path, kills: int) -> None:
    dice = random.Random(kills)
    for turn in range(kills + 1):
        last = turn == kills
        until = max(noted(notes)[0].values()) + 3 if last else None
        pid = os.fork()
        if pid == 0:
            asyncio.run(write(url, notes, until))
            os._exit(0)
        if not last:
            time.sleep(0.05 + dice.random() * 0.15)
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        assert last == (status == 0), f"the writer ended by itself: {status}"


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
