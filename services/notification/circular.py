"""A circular: issued under a number, addressed to institutions, acknowledged by each, chased. Decider.

A number is given once in an edition, so the circular's ID follows from both. A chase names exactly those who have not
acknowledged, and comes once for each period; after a long silence the periods that passed count as one.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from services.notification.deadline import length_of_day
from shared.decider import Decider
from shared.events.notification import AcknowledgementConfirmed, CircularAcknowledged, CircularChased, CircularIssued
from shared.facts import EditionFacts, EnrolmentFacts
from shared.refusals import Forbidden, Invalid, Refused, Unknown

Event = CircularIssued | CircularAcknowledged | AcknowledgementConfirmed | CircularChased

MOST_ROUNDS = 3
"""Reminders; after the last the committee asks in person."""

_NAMESPACE = uuid.UUID("6f5d0a58-21f0-5e0c-9a5b-90c1f0f2c1de")


def circular_id(edition: str, number: str) -> str:
    """Numbers are compared without case and spaces."""
    return str(uuid.uuid5(_NAMESPACE, f"{edition}\0{''.join(number.split()).casefold()}"))


class IssueCircular(Struct, frozen=True):
    edition: str
    number: str
    dated: date
    title: str
    text: str
    institutions: tuple[str, ...]
    at: datetime
    file: str = ""
    file_name: str = ""
    days: int = 0


class AcknowledgeCircular(Struct, frozen=True):
    institution: str
    person: str
    recorded_by: str = ""
    scan: str = ""


class ConfirmAcknowledgement(Struct, frozen=True):
    """By the person whose paper was entered."""

    institution: str
    person: str


class ChaseCircular(Struct, frozen=True):
    at: datetime


Command = IssueCircular | AcknowledgeCircular | ConfirmAcknowledgement | ChaseCircular


class Unissued(Struct, frozen=True):
    pass


class Issued(Struct, frozen=True):
    circular: CircularIssued
    acknowledged: Mapping[str, CircularAcknowledged] = {}
    """By institution."""
    rounds: int = 0
    confirmed: frozenset[str] = frozenset()
    """Institutions whose acknowledgement on paper was confirmed."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Who has not acknowledged, in the circular's order."""
        if not self.circular.days:
            return ()
        return tuple(code for code in self.circular.institutions if code not in self.acknowledged)


State = Unissued | Issued


def decide(state: State, command: Command, edition: EditionFacts, *enrolments: EnrolmentFacts) -> Sequence[Event]:
    """`enrolments` of the institutions that `IssueCircular` names, in its order."""
    match state, command:
        case Unissued(), IssueCircular():
            return [_issued(command, edition, enrolments)]
        case Issued(circular), IssueCircular():
            if _same(circular, command):
                return []
            raise Refused(
                f"number {command.number} is already given to “{circular.title}”; issue this one under its own number",
                f"nomor {command.number} sudah dipakai untuk “{circular.title}”; terbitkan surat ini dengan nomornya sendiri",
            )
        case Unissued(), _:
            raise Unknown(
                "there is no such circular; see the list of circulars", "surat edaran ini tidak ada; lihat daftar surat edaran"
            )
        case Issued(circular, acknowledged), AcknowledgeCircular(institution, person, recorded_by, scan):
            if institution not in circular.institutions:
                raise Refused(
                    f"circular {circular.number} is not addressed to {institution}; an institution acknowledges its own",
                    f"surat {circular.number} tidak ditujukan kepada {institution}; instansi menerima surat untuknya sendiri",
                )
            if institution in acknowledged:
                return []
            return [CircularAcknowledged(institution=institution, person=person, recorded_by=recorded_by, scan=scan)]
        case Issued(), ConfirmAcknowledgement(institution, person):
            return _confirmed(state, institution, person)
        case Issued(circular, _, rounds), ChaseCircular(at):
            due = _rounds_due(circular, edition, at)
            return [CircularChased(round=due, institutions=state.missing)] if due > rounds and state.missing else []
    raise AssertionError("unreachable")


def _issued(command: IssueCircular, edition: EditionFacts, enrolments: Sequence[EnrolmentFacts]) -> CircularIssued:
    rulebook = edition.rulebook
    if rulebook is None:
        raise Unknown("there is no such edition; open it first", "gelaran ini tidak ada; buka dahulu")
    if not command.institutions:
        raise Invalid(
            "a circular is addressed to somebody: name kinds of institution, or institutions",
            "surat edaran harus ada tujuannya: sebutkan jenis instansi, atau instansinya",
        )
    if missing := [code for code, known in zip(command.institutions, enrolments, strict=True) if not known.kind]:
        raise Invalid(
            f"not enrolled in this edition: {', '.join(missing)}; address enrolled institutions only",
            f"tidak terdaftar pada gelaran ini: {', '.join(missing)}; tujukan hanya kepada instansi yang terdaftar",
        )
    return CircularIssued(
        edition=command.edition,
        number=command.number,
        dated=command.dated,
        title=command.title,
        text=command.text,
        institutions=command.institutions,
        file=command.file,
        file_name=command.file_name,
        days=command.days,
        acknowledge_by=command.at + command.days * length_of_day(rulebook) if command.days else None,
    )


def _confirmed(state: Issued, institution: str, person: str) -> Sequence[Event]:
    given = state.acknowledged.get(institution)
    if given is None or not given.recorded_by or given.person != person:
        raise Forbidden(
            f"no acknowledgement of {institution} was entered from your paper; only who signed it confirms it",
            f"tidak ada tanda terima {institution} yang dicatat dari berkas Anda; hanya penanda tangannya yang mengonfirmasinya",
        )
    if institution in state.confirmed:
        return []
    return [AcknowledgementConfirmed(institution=institution, person=person, scan=given.scan)]


def _same(circular: CircularIssued, command: IssueCircular) -> bool:
    return (
        circular.dated == command.dated
        and circular.title == command.title
        and circular.text == command.text
        and circular.institutions == command.institutions
        and (circular.file, circular.file_name, circular.days) == (command.file, command.file_name, command.days)
    )


def _rounds_due(circular: CircularIssued, edition: EditionFacts, at: datetime) -> int:
    """How many reminders there should have been by now."""
    if circular.acknowledge_by is None or edition.rulebook is None or edition.cancelled or at < circular.acknowledge_by:
        return 0
    return min(MOST_ROUNDS, (at - circular.acknowledge_by) // (circular.days * length_of_day(edition.rulebook)) + 1)


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Unissued(), CircularIssued():
            return Issued(event)
        case Issued(acknowledged=known), CircularAcknowledged(institution=institution) if institution not in known:
            return replace(state, acknowledged={**known, institution: event})
        case Issued(acknowledged=known, confirmed=confirmed), AcknowledgementConfirmed(institution=institution) if (
            institution in known
        ):
            return replace(state, confirmed=confirmed | {institution})
        case Issued(rounds=rounds), CircularChased(round=round) if round > rounds:
            return replace(state, rounds=round)
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Any], by: str, at: datetime) -> Command:
    match events:
        case [CircularIssued() as e]:
            addressed = e.institutions
            return IssueCircular(
                e.edition, e.number, e.dated, e.title, e.text, addressed, at, file=e.file, file_name=e.file_name, days=e.days
            )
        case [CircularAcknowledged(institution=institution, person=person, recorded_by=recorded_by, scan=scan)]:
            return AcknowledgeCircular(institution, person, recorded_by, scan)
        case [AcknowledgementConfirmed(institution=institution, person=person)]:
            return ConfirmAcknowledgement(institution, person)
        case [CircularChased()]:
            return ChaseCircular(at)
    raise ValueError(f"no command to a circular leads to {events!r}")


CIRCULAR: Decider[State] = Decider("notification", "circular", Unissued(), evolve, decide, command_of)
"""`circular/<uuid>`"""
