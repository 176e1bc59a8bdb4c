"""Entries and innovations that leave the competition after they were admitted, whatever judging has come to.

- An innovation's own entry, or one whose nomination is revoked, is excluded: its sheets stay on record and count for nothing,
  also not towards a juror's severity; the others are ranked without it and move up.
- An institution's entry loses the disqualified innovation from its dossier and from its count. Its sheets stay: jurors scored
  the portfolio, and whoever would score it differently now can be heard by an objection. With the last innovation, it is excluded.
- An innovation whose disqualification falls by an objection comes back, and its entry with it; the sheets count as they stand.
- A decision that stood is reopened by any of that, announced or not; the chair decides anew.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from services.judging.docket import Announced, Confirmed, Decided, Event, State, Unlocked
from shared.events.judging import DecisionReopened, EntryExcluded, InnovationReinstated, InnovationStruck
from shared.facts import ShortlistFacts

BY_RULE = "reaction/judging.exclude"
"""Who reopens a decision that an exclusion has overtaken."""


class ExcludeEntry(Struct, frozen=True):
    """Needs the category's shortlist: an entry that still stands on it stays."""

    entry: str
    reason: str


class StrikeInnovation(Struct, frozen=True):
    innovation: str
    reason: str


class ReinstateInnovation(Struct, frozen=True):
    innovation: str
    reason: str


Command = ExcludeEntry | StrikeInnovation | ReinstateInnovation


def decide(state: State, command: Command, *others: Any) -> list[Event]:
    if isinstance(state, Unlocked):
        return []
    match command:
        case ExcludeEntry(entry, reason):
            shortlist: ShortlistFacts = others[0]
            if entry not in state.docket.entries or any(n.entry == entry for n in shortlist.nominated):
                return []
            events: list[Event] = [EntryExcluded(entry=entry, reason=reason, cause="NominationRevoked")]
        case StrikeInnovation(innovation, reason):
            events = _struck(state, innovation, reason)
        case ReinstateInnovation(innovation, reason):
            events = _reinstated(state, innovation)
    if events and isinstance(state, Decided | Confirmed | Announced):
        events.append(DecisionReopened(reason=reason, reopened_by=BY_RULE))
    return events


def _struck(state: Any, innovation: str, reason: str) -> list[Event]:
    events: list[Event] = []
    for id, admitted in state.docket.entries.items():
        if not any(item.innovation == innovation for item in admitted.dossier):
            continue
        events.append(InnovationStruck(entry=id, innovation=innovation, reason=reason))
        if len(admitted.dossier) == 1:
            events.append(EntryExcluded(entry=id, reason=reason, cause="InnovationDisqualified"))
    return events


def _reinstated(state: Any, innovation: str) -> list[Event]:
    listed = state.docket
    return [
        InnovationReinstated(entry=entry, innovation=struck)
        for entry, struck in listed.struck
        # An entry whose nomination was revoked stays out.
        if struck == innovation and (entry in listed.entries or listed.excluded[entry][1].cause == "InnovationDisqualified")
    ]


def command_of(events: Sequence[Event], by: str, at: datetime) -> Command | None:
    match events[0]:
        case EntryExcluded(entry=entry, reason=reason):
            return ExcludeEntry(entry, reason)
        case InnovationStruck(innovation=innovation, reason=reason):
            return StrikeInnovation(innovation, reason)
        case InnovationReinstated(innovation=innovation):
            reopened = [event.reason for event in events if isinstance(event, DecisionReopened)]
            return ReinstateInnovation(innovation, *reopened or [""])
    return None
