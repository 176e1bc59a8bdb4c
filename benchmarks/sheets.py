"""Scoresheets to append to, with 600-byte scores: most events of a log are of that kind."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

from benchmarks.callers import CALLERS, per_second
from shared.eventlog import Append, Draft, EventLog
from shared.events import Event
from shared.events.judging import ScoreRecorded

SERVICE = "judging"
EVENT_BYTES = 600
EVENTS_PER_SHEET = 4

_requests = count()
_BODY = secrets.token_hex(16)
"""Request keys and digests of request bodies are there before an append begins; they are not what is measured."""


class Sheet:
    """A juror's scoresheet, as a service knows it that has it loaded."""

    def __init__(self, at: datetime) -> None:
        self.entry = "batam-2023.opd.opd-01"
        self.juror = secrets.token_hex(16)
        self.subject = f"scoresheet/{self.entry}.{self.juror}"
        self.version = 0
        self.at = at
        """The broker's time as of the load."""

    def next(self, event: Event) -> Append:
        """A guarded, idempotent append of its next event."""
        request = f"{next(_requests):032x}"
        expected = ((SERVICE, self.subject, self.version),)
        self.version += 1
        raw = Draft(
            event=event,
            subject=self.subject,
            version=self.version,
            time=self.at,
            actor="person/0193c0de0193c0de0193c0de0193c0de",
            request=request,
            edition="batam-2023",
        ).encode()
        return Append(self.at, request, _BODY, expected, ((self.subject, raw),))


def score(criterion: str = "novelty", comment: str = "") -> ScoreRecorded:
    return ScoreRecorded(criterion=criterion, score=Decimal("82.5"), comment=comment or COMMENT)


COMMENT = "k"
COMMENT *= EVENT_BYTES + 1 - len(Sheet(datetime.now(UTC)).next(score()).events[0][1])
"""So long that an event takes 600 bytes."""
USUAL = score()


class Clerk:
    """Appends one score per call: encodes it, expects the version, leaves a request record. Begins a sheet after every fourth."""

    def __init__(self, log: EventLog):
        self.log = log
        self.sheet = Sheet(log.now())
        self.filled: list[str] = []
        """Subjects of full sheets."""

    async def __call__(self) -> None:
        if self.sheet.version == EVENTS_PER_SHEET:
            self.filled.append(self.sheet.subject)
            self.sheet = Sheet(self.log.now())
        await self.log.append(self.sheet.next(USUAL))


async def fill(log: EventLog, events: int) -> Sequence[str]:
    """Append so many events, one per call; the subjects of the sheets that are full."""
    clerks = [Clerk(log) for _ in range(CALLERS)]
    await per_second(clerks, events)
    return [subject for clerk in clerks for subject in clerk.filled]
