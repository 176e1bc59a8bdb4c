"""Taking an innovation out, the objection of its institution, and what another member of the committee decides on it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from services.screening.rulebook import must_know_reasons, rules_of
from services.screening.standing import Disqualified, Eligible, State, moment, must_not_be_disqualified, short
from shared.events import Event
from shared.events.screening import (
    InnovationDisqualified,
    ObjectionConfirmed,
    ObjectionFiled,
    ObjectionRejected,
    ObjectionUpheld,
)
from shared.facts import EditionFacts
from shared.refusals import Forbidden, Invalid, Refused


class Disqualify(Struct, frozen=True):
    innovation: str
    reason: str
    explanation: str
    person: str
    at: datetime


class FileObjection(Struct, frozen=True):
    innovation: str
    grounds: str
    person: str
    at: datetime
    recorded_by: str = ""
    """Who types it from paper."""
    scan_digest: str = ""


class ConfirmObjection(Struct, frozen=True):
    """By the person for whom it was typed from paper. The objection counts from its filing on; this puts it beyond doubt."""

    innovation: str
    person: str


class DecideObjection(Struct, frozen=True):
    innovation: str
    upheld: bool
    explanation: str
    person: str


def disqualify(state: State, command: Disqualify, edition: EditionFacts) -> Sequence[Event]:
    rules = rules_of(edition)
    must_know_reasons([command.reason], rules.reasons)
    explanation = short(command.explanation)
    if not explanation:
        raise Invalid(
            "say what was found: a disqualification needs an explanation",
            "jelaskan temuannya: diskualifikasi memerlukan penjelasan",
        )
    match state:
        case Disqualified(disqualification=known) if (known.reason, known.explanation, known.disqualified_by) == (
            command.reason,
            explanation,
            command.person,
        ):
            return []
        case Eligible():
            period = timedelta(seconds=rules.objection_days * rules.day_seconds)
            return [
                InnovationDisqualified(
                    innovation=command.innovation,
                    reason=command.reason,
                    explanation=explanation,
                    disqualified_by=command.person,
                    objections_until=command.at + period,
                )
            ]
    must_not_be_disqualified(state)
    raise Refused(
        "only an eligible innovation can be disqualified; assess this one as not eligible instead",
        "hanya inovasi yang layak yang dapat didiskualifikasi; nyatakan inovasi ini tidak layak",
    )


def file_objection(state: State, command: FileObjection) -> Sequence[Event]:
    grounds = short(command.grounds)
    if not grounds:
        raise Invalid(
            "say what speaks against the disqualification: an objection needs its grounds",
            "jelaskan apa yang membantah diskualifikasi: keberatan memerlukan dasar",
        )
    filed = ObjectionFiled(
        innovation=command.innovation,
        grounds=grounds,
        filed_by=command.person,
        recorded_by=command.recorded_by,
        scan_digest=command.scan_digest,
    )
    if not isinstance(state, Disqualified):
        raise Refused(
            "this innovation is not disqualified; there is nothing to object to",
            "inovasi ini tidak didiskualifikasi; tidak ada yang perlu dikeberatkan",
        )
    if state.objection == filed:
        return []
    if state.rejected is not None:
        raise Refused(
            "an objection to this disqualification was decided; it stands",
            "keberatan atas diskualifikasi ini sudah diputuskan; keputusannya tetap",
        )
    if state.objection is not None:
        raise Refused(
            "an objection to this disqualification is filed already; the committee decides on it",
            "keberatan atas diskualifikasi ini sudah diajukan; komite yang memutuskannya",
        )
    until = state.disqualification.objections_until
    if until is None or command.at > until:
        ended = "" if until is None else f" ({moment(until)})"
        raise Refused(
            f"the time for objections is over{ended}; the disqualification stands",
            f"masa keberatan sudah berakhir{ended}; diskualifikasi tetap berlaku",
        )
    return [filed]


def confirm_objection(state: State, command: ConfirmObjection) -> Sequence[Event]:
    objection = state.objection if isinstance(state, Disqualified) else None
    if objection is None or not objection.recorded_by:
        raise Refused(
            "no objection here was typed from paper; there is nothing to confirm",
            "tidak ada keberatan yang diketik dari kertas; tidak ada yang perlu dikonfirmasi",
        )
    if objection.filed_by != command.person:
        raise Forbidden(
            "this objection was filed for somebody else; only that person confirms it",
            "keberatan ini diajukan atas nama orang lain; hanya orang itu yang mengonfirmasinya",
        )
    confirmed = ObjectionConfirmed(innovation=command.innovation, person=command.person, scan_digest=objection.scan_digest)
    return [] if isinstance(state, Disqualified) and state.confirmed == confirmed else [confirmed]


def decide_objection(state: State, command: DecideObjection) -> Sequence[Event]:
    explanation = short(command.explanation)
    if not explanation:
        raise Invalid(
            "say why: the decision on an objection needs an explanation",
            "jelaskan alasannya: putusan atas keberatan memerlukan penjelasan",
        )
    kind = ObjectionUpheld if command.upheld else ObjectionRejected
    decided = kind(innovation=command.innovation, explanation=explanation, decided_by=command.person)
    match state:
        case Disqualified(rejected=None, objection=ObjectionFiled(), disqualification=disqualification):
            if disqualification.disqualified_by == command.person:
                raise Forbidden(
                    "you disqualified this innovation; another member of the committee decides on the objection",
                    "Anda yang mendiskualifikasi inovasi ini; anggota komite lain yang memutuskan keberatannya",
                )
            return [decided]
        case Disqualified(rejected=known) | Eligible(upheld=known) if known == decided:
            return []
    raise Refused(
        "no objection is open here; only a filed objection can be decided, and only once",
        "tidak ada keberatan yang terbuka di sini; hanya keberatan yang diajukan yang dapat diputuskan, dan hanya sekali",
    )
