"""What webhooks tell: one table of event types and of the fields that leave the house.

Only what is public, or what an institution may know of its own. Scores, conflicts, desk work, decisions before their announcement and
personal data are in no line, so no webhook can have them.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from shared.eventlog import Recorded
from shared.events import Event
from shared.events.judging import AwardConferred, JudgingClosed, JudgingOpened, ResultCorrected, ResultsAnnounced
from shared.events.notification import CircularIssued
from shared.events.registration import (
    DeadlineExtended,
    EditionCancelled,
    EditionConcluded,
    EditionOpened,
    InnovationRevised,
    InnovationSubmitted,
    InnovationWithdrawn,
    RegistrationClosed,
    RegistrationReopened,
)
from shared.events.screening import InnovationDisqualified, ShortlistConfirmed

PUBLIC: Mapping[type[Event], tuple[str, ...]] = {
    EditionOpened: ("name", "authority", "rehearsal"),
    DeadlineExtended: ("closes", "reason"),
    RegistrationClosed: ("effective", "by"),
    RegistrationReopened: ("closes", "reason"),
    EditionCancelled: ("reason", "effective"),
    EditionConcluded: ("effective",),
    ShortlistConfirmed: ("category", "entries"),
    JudgingOpened: ("entries",),
    JudgingClosed: (),
    ResultsAnnounced: ("winners", "objections_until"),
    ResultCorrected: ("winners", "objections_until", "reason"),
    AwardConferred: ("entry", "place", "decree", "decree_date"),
    CircularIssued: ("number", "dated", "title", "institutions", "file", "acknowledge_by"),
}
"""Everybody in the edition may know these."""

OF_INNOVATION: Mapping[type[Event], tuple[str, ...]] = {
    InnovationSubmitted: (),
    InnovationRevised: (),
    InnovationWithdrawn: (),
    InnovationDisqualified: ("reason",),
}
"""The committee, and clients of the innovation's institution. Their subject ends in the innovation's ID."""

NAMES = tuple(sorted(kind.__name__ for kind in (*PUBLIC, *OF_INNOVATION)))
_FIELDS = {kind.__name__: fields for kind, fields in (*PUBLIC.items(), *OF_INNOVATION.items())}
CONCERNS_AN_INNOVATION = frozenset(kind.__name__ for kind in OF_INNOVATION)

OF_A_WINNER = ("place", "entry", "name")
"""How much of the scores is told is the edition's to say; here none is."""


def told(recorded: Recorded, innovation: Mapping[str, str]) -> dict[str, Any]:
    """The payload. `innovation` has `institution` and `external_reference` where the event concerns one."""
    data = msgspec.to_builtins(recorded.event)
    facts = {name: data[name] for name in _FIELDS[recorded.type]}
    if "winners" in facts:
        facts["winners"] = [{name: placed[name] for name in OF_A_WINNER} for placed in facts["winners"]]
    return {
        "type": recorded.type,
        "timestamp": recorded.envelope.time.isoformat(),
        "data": {
            "edition": recorded.envelope.edition or "",
            "position": recorded.position,
            "subject": recorded.subject,
            "facts": {**facts, **innovation},
        },
    }
