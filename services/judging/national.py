"""What an institution has been proposed with for the national Innovative Government Award, over all editions. Decider.

An innovation may enter at most twice (IGA, rule of 2024). As an edition registers its innovations anew, one is the same as an
earlier one when it has the same ID or, within its institution, the same name.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from services.judging import docket
from shared.decider import Decider
from shared.events.judging import NationalAwardProposed
from shared.facts import InnovationFacts
from shared.refusals import Refused

MOST_ENTRIES = 2

Event = NationalAwardProposed


class ProposeForNationalAward(Struct, frozen=True):
    """Needs the entry's category and the innovation."""

    edition: str
    entry: str
    innovation: str


Command = ProposeForNationalAward


class Proposals(Struct, frozen=True):
    made: tuple[NationalAwardProposed, ...] = ()


State = Proposals


def decide(state: State, command: Command, judging: docket.State, innovation: InnovationFacts) -> list[Event]:
    if any((p.edition, p.innovation) == (command.edition, command.innovation) for p in state.made):
        return []
    listed = docket.listed(judging)
    admitted = docket.admitted(judging, command.entry)
    won = listed.published.winners if isinstance(judging, docket.Announced) and listed.published else ()
    if command.entry not in {winner.entry for winner in won}:
        raise Refused(
            f"{admitted.name} is no winner of a result that stands; winners are proposed for the national award",
            f"{admitted.name} bukan pemenang dari hasil yang berlaku; yang diusulkan ke tingkat nasional adalah pemenang",
        )
    if innovation.record is None or command.innovation not in {item.innovation for item in admitted.dossier}:
        names = ", ".join(item.innovation for item in admitted.dossier)
        raise Refused(
            f"this innovation is not in the entry's dossier; choose one of {names}",
            f"inovasi ini tidak ada pada dokumen entri; pilih salah satu dari {names}",
        )
    name = innovation.record.name
    earlier = [p.edition for p in state.made if p.innovation == command.innovation or same(p.name, name)]
    if len(earlier) >= MOST_ENTRIES:
        editions = ", ".join(earlier)
        raise Refused(
            f"{name} has entered the national award in {editions}; an innovation may enter at most twice. Propose another one",
            f"{name} sudah diusulkan pada {editions}; satu inovasi paling banyak dua kali. Usulkan inovasi lain",
        )
    return [NationalAwardProposed(edition=command.edition, entry=command.entry, innovation=command.innovation, name=name)]


def same(one: str, other: str) -> bool:
    """Whether two names are one to a reader: letter case and spacing aside."""
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def evolve(state: State, event: Event) -> State:
    return Proposals((*state.made, event))


def command_of(events: Sequence[Event], by: str, at: datetime) -> Command:
    [proposed] = events
    return ProposeForNationalAward(proposed.edition, proposed.entry, proposed.innovation)


NATIONAL_AWARD: Decider[State] = Decider("judging", "national-award", Proposals(), evolve, decide, command_of)
"""`national-award/<institution>`"""
