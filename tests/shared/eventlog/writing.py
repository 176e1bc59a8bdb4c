"""Writing to a log in tests: events as bytes, and clerks who append as one service."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from shared.eventlog import Append, Appended, EventLog, Recorded, Wanted
from shared.eventlog.envelope import new_id

PASSWORD = "of-"
"""A service's password in these tests is `of-<service>`."""


def event_bytes(service: str, subject: str, version: int, note: str = "", **other: Any) -> bytes:
    """An event as CloudEvents JSON; the log reads nothing in it."""
    id = new_id()
    envelope = {
        "specversion": "1.0",
        "id": id,
        "type": "SomethingNoted",
        "source": f"/{service}",
        "subject": subject,
        "time": datetime.now(UTC),
        "dataschema": f"urn:makmal:{service}:SomethingNoted:1",
        "version": version,
        "actor": "person/test",
        "request": "test",
        "correlationid": id,
        "data": {"note": note},
    }
    return msgspec.json.encode({**envelope, **other})


def note_of(recorded: Recorded) -> str:
    return str(msgspec.json.decode(recorded.envelope.data)["note"])


class Clerk:
    """Appends as one service. What he does not say is taken from the log: the versions, the time, a fresh request key."""

    def __init__(self, log: EventLog):
        self.log = log
        self.service = log.service

    async def append(
        self,
        *events: tuple[str, str],
        expected: Sequence[tuple[str, str, int]] | None = None,
        request: str = "",
        body: str = "",
        at: datetime | None = None,
    ) -> Appended:
        """Append `(subject, note)` pairs."""
        subjects = list(dict.fromkeys(subject for subject, _ in events))
        loaded = await self.log.load([Wanted(self.service, subject) for subject in subjects])
        versions = {subject: history.version for subject, history in zip(subjects, loaded.histories, strict=True)}
        if expected is None:
            expected = [(self.service, subject, version) for subject, version in versions.items()]
        entries = []
        for subject, note in events:
            versions[subject] += 1
            entries.append((subject, event_bytes(self.service, subject, versions[subject], note)))
        append = Append(at or loaded.now, request or os.urandom(8).hex(), body, tuple(expected), tuple(entries))
        return await self.log.append(append)

    async def version(self, subject: str, service: str = "") -> int:
        return (await self.log.load([Wanted(service or self.service, subject)])).histories[0].version

    async def notes(self, subject: str, service: str = "") -> list[str]:
        history = (await self.log.load([Wanted(service or self.service, subject)])).histories[0]
        return [note_of(recorded) for recorded in history.events]


async def everything(log: EventLog, streams: Sequence[str], limit: int = 500) -> list[Recorded]:
    """All events of these services, page by page."""
    found: list[Recorded] = []
    after = 0
    while True:
        page = await log.read(after, streams, limit)
        found += page.events
        if page.horizon == after:
            return found
        after = page.horizon
