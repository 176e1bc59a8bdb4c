"""What happened to an innovation, from the log itself: its own events and what screening recorded about it, in their order."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from services.registration.innovation import INNOVATION
from services.registration.our_standing import SCREENED
from shared.eventlog import Recorded, Wanted
from shared.events.registration import (
    InnovationReclassified,
    InnovationRecord,
    InnovationRevised,
    InnovationSubmitted,
    InnovationWithdrawn,
    PicReplaced,
)
from shared.events.screening import EligibilityAssessed, InnovationDisqualified, RevisionRequested
from shared.facts import EVIDENCE, record_digest
from shared.parts import Parts


class Happening(Struct, frozen=True, kw_only=True):
    """`what` is the type of the event; the page says it in words."""

    position: int
    at: datetime
    what: str
    actor: str
    changed: tuple[str, ...] = ()
    """Fields of the record that differ from the state before."""
    digest: str = ""
    """Of the record from then on, where it changed."""
    reason: str = ""
    person: str = ""
    """Of a PIC."""
    indicator: int = 0
    eligible: bool | None = None


async def happenings(parts: Parts, innovation: str) -> list[Happening]:
    """The last first."""
    wanted = [Wanted(fold.service, fold(innovation).subject) for fold in (INNOVATION, EVIDENCE, SCREENED)]
    loaded = await parts.event_log.load(wanted)
    found: list[Happening] = []
    record: InnovationRecord | None = None
    for recorded in sorted((e for history in loaded.histories for e in history.events), key=lambda e: e.position):
        event = recorded.event
        now = event.record if isinstance(event, InnovationSubmitted | InnovationRevised | InnovationReclassified) else None
        changed = _changed(record, now) if record and now else ()
        if told := _told(recorded, event, changed, record_digest(now) if now else ""):
            found.append(told)
        record = now or record
    return found[::-1]


def _told(recorded: Recorded, event: Any, changed: tuple[str, ...], digest: str) -> Happening | None:
    if recorded.type == "DeskScoreRecorded":
        return None  # desk scores are sealed
    reason = ""
    match event:
        case InnovationReclassified(reason=said) | InnovationWithdrawn(reason=said) | PicReplaced(reason=said):
            reason = said
        case RevisionRequested(what=said) | InnovationDisqualified(explanation=said) | EligibilityAssessed(note=said):
            reason = said
    return Happening(
        position=recorded.position,
        at=recorded.envelope.time,
        what=recorded.type,
        actor=recorded.envelope.actor,
        changed=changed,
        digest=digest,
        reason=reason,
        person=getattr(event, "person", ""),
        indicator=getattr(event, "indicator", 0),
        eligible=event.eligible if isinstance(event, EligibilityAssessed) else None,
    )


def _changed(before: InnovationRecord, now: InnovationRecord) -> tuple[str, ...]:
    old: dict[str, Any] = msgspec.structs.asdict(before)
    return tuple(field for field, value in msgspec.structs.asdict(now).items() if old[field] != value)
