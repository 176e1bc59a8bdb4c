"""Where a person is named on record: in events that he caused, and in those that are about him; and who was erased."""

from shared.eventlog import SERVICES, EventLog
from shared.events.identity import PersonErased

EVENTS_AT_ONCE = 1_000


async def editions_naming(log: EventLog, person: str) -> tuple[str, ...]:
    """The editions whose events hold the person's ID, in any place. Reads the whole log, as an erasure is rare and must be right."""
    found: set[str] = set()
    mark = person.encode()
    after = 0
    while True:
        page = await log.read(after, SERVICES, EVENTS_AT_ONCE)
        found |= {e.envelope.edition for e in page.events if e.envelope.edition and mark in e.raw}
        if page.horizon == after:
            return tuple(sorted(found))
        after = page.horizon


async def erased(log: EventLog) -> tuple[str, ...]:
    """Everybody who was erased."""
    found: list[str] = []
    after = 0
    while True:
        page = await log.read(after, ("identity",), EVENTS_AT_ONCE)
        found += [e.event.person for e in page.events if isinstance(e.event, PersonErased)]
        if page.horizon == after:
            return tuple(found)
        after = page.horizon
