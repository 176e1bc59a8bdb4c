"""Sealed scores shown to somebody before the announcement: asked for by the committee, allowed by the chair, on record for all."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from services.judging import docket
from services.judging.docket import Docket, Event, State
from shared.events.judging import DisclosureProposed, SealedScoresDisclosed
from shared.refusals import Forbidden, Invalid, Refused


class ProposeDisclosure(Struct, frozen=True):
    entry: str
    """Empty: of the whole category."""
    to: str
    """A person's id."""
    reason: str
    by: str


class Disclose(Struct, frozen=True):
    entry: str
    to: str
    by: str


Command = ProposeDisclosure | Disclose


def decide(state: State, command: Command) -> list[Event]:
    listed = docket.listed(state)
    if command.entry:
        docket.admitted(state, command.entry)
    asked = (command.entry, command.to)
    match command:
        case ProposeDisclosure(entry, to, reason, by):
            if asked in listed.proposed and (asked in listed.disclosed or listed.proposed[asked].reason == reason):
                return []
            if not reason.strip():
                raise Invalid("say why sealed scores should be shown", "sebutkan alasan nilai tersegel perlu ditunjukkan")
            return [DisclosureProposed(entry=entry, to=to, reason=reason, proposed_by=by)]
        case Disclose(entry, to, by):
            if asked in listed.disclosed:
                return []
            proposal = listed.proposed.get(asked)
            if proposal is None:
                raise Refused(
                    "nobody has asked for this disclosure; the committee proposes it first",
                    "pembukaan nilai ini belum diminta; panitia mengusulkannya dahulu",
                )
            if by in (proposal.proposed_by, f"person/{to}"):
                raise Forbidden(
                    "sealed scores are opened by another person than who asked for it or is to see them",
                    "nilai tersegel dibuka oleh orang lain, bukan pengusul atau yang akan melihatnya",
                )
            return [
                SealedScoresDisclosed(
                    entry=entry, to=to, reason=proposal.reason, proposed_by=proposal.proposed_by, approved_by=by
                )
            ]


def may_see(listed: Docket, entry: str, person: str) -> bool:
    """Whether sealed scores of the entry (empty: of the whole category) were disclosed to this person."""
    return bool(listed.disclosed & {("", person), (entry, person)})


def command_of(events: Sequence[Event], by: str, at: datetime) -> Command | None:
    match events[0]:
        case DisclosureProposed(entry=entry, to=to, reason=reason, proposed_by=proposed_by):
            return ProposeDisclosure(entry, to, reason, proposed_by)
        case SealedScoresDisclosed(entry=entry, to=to, approved_by=approved_by):
            return Disclose(entry, to, approved_by)
    return None
