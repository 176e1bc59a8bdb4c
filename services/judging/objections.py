"""What follows an announced result: objections within the edition's period, their ruling, and the award once nothing is open."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from services.judging.docket import Announced, Docket, Event, Objection, Published, State, Unlocked
from shared.events.judging import (
    AwardConferred,
    DecisionReopened,
    EntryAdmitted,
    ResultObjectionConfirmed,
    ResultObjectionFiled,
    ResultObjectionRejected,
    ResultObjectionUpheld,
)
from shared.refusals import Forbidden, Invalid, Refused, Unknown


class FileObjection(Struct, frozen=True):
    objection: str
    """A new id."""
    entry: str
    grounds: str
    by: str
    at: datetime
    recorded_by: str = ""
    """Who types it from paper for him."""
    scan_digest: str = ""


class ConfirmObjection(Struct, frozen=True):
    objection: str
    by: str


class RuleOnObjection(Struct, frozen=True):
    objection: str
    upheld: bool
    reason: str
    by: str


class ConferAward(Struct, frozen=True):
    entry: str
    decree: str
    decree_date: date
    at: datetime


Command = FileObjection | ConfirmObjection | RuleOnObjection | ConferAward


def decide(state: State, command: Command) -> list[Event]:
    if isinstance(state, Unlocked) or state.docket.published is None:
        raise Refused(
            "no result of this category is announced yet; objections and awards follow the announcement",
            "hasil kategori ini belum diumumkan; sanggahan dan penghargaan menyusul pengumuman",
        )
    match command:
        case FileObjection():
            return _filed(state.docket, state.docket.published, command)
        case ConfirmObjection():
            return _confirmed(state.docket, command)
        case RuleOnObjection():
            return _ruled(state, state.docket, command)
        case ConferAward():
            return _conferred(state, state.docket.published, command)


def nominated(docket: Docket, entry: str) -> EntryAdmitted:
    """The entry, also an excluded one. Raises Unknown."""
    if entry in docket.excluded:
        return docket.excluded[entry][0]
    if entry not in docket.entries:
        raise Unknown(
            f"{entry} was not judged in this category; object for an entry that was",
            f"{entry} tidak dinilai pada kategori ini; ajukan sanggahan untuk entri yang dinilai",
        )
    return docket.entries[entry]


def _filed(docket: Docket, published: Published, command: FileObjection) -> list[Event]:
    if command.objection in docket.objections:
        return []
    entry = nominated(docket, command.entry)
    until = published.objections_until
    if until is None or command.at > until:
        ended = until.isoformat(timespec="minutes") if until else "-"
        raise Refused(
            f"the objection period ended at {ended}: the result stands",
            f"masa sanggah berakhir pada {ended}: hasilnya tetap",
        )
    if not command.grounds.strip():
        raise Invalid("say what you object to, and why", "sebutkan apa yang disanggah dan alasannya")
    return [
        ResultObjectionFiled(
            objection=command.objection,
            entry=command.entry,
            institution=entry.institution,
            grounds=command.grounds,
            filed_by=command.by,
            recorded_by=command.recorded_by,
            scan_digest=command.scan_digest,
        )
    ]


def _known(docket: Docket, objection: str) -> Objection:
    if objection not in docket.objections:
        raise Unknown("there is no such objection in this category", "tidak ada sanggahan itu pada kategori ini")
    return docket.objections[objection]


def _confirmed(docket: Docket, command: ConfirmObjection) -> list[Event]:
    objection = _known(docket, command.objection)
    if command.by != objection.filed.filed_by:
        raise Forbidden(
            "an objection is confirmed by the person for whom it was typed",
            "sanggahan dikukuhkan oleh orang yang atas namanya diketik",
        )
    return [] if objection.confirmed else [ResultObjectionConfirmed(objection=command.objection)]


def _ruled(state: State, docket: Docket, command: RuleOnObjection) -> list[Event]:
    objection = _known(docket, command.objection)
    if objection.ruling is not None:
        if isinstance(objection.ruling, ResultObjectionUpheld) == command.upheld:
            return []
        raise Refused("this objection is ruled on: the ruling stands", "sanggahan ini sudah diputus: putusannya tetap")
    if command.upheld and not objection.confirmed:
        raise Refused(
            "this objection was typed from paper and is not confirmed yet by whose it is; only then can it be upheld",
            "sanggahan ini diketik dari kertas dan belum dikukuhkan oleh pemiliknya; baru setelah itu dapat dikabulkan",
        )
    if command.by in (objection.filed.filed_by, objection.filed.recorded_by):
        raise Forbidden(
            "you filed or typed this objection; somebody else rules on it", "Anda yang mengajukan; diputus oleh orang lain"
        )
    if not command.reason.strip():
        raise Invalid("give the reason of the ruling", "sebutkan alasan putusannya")
    if not command.upheld:
        rejected = ResultObjectionRejected(objection=command.objection, reason=command.reason, ruled_by=command.by)
        return [rejected]
    events: list[Event] = [ResultObjectionUpheld(objection=command.objection, reason=command.reason, ruled_by=command.by)]
    if isinstance(state, Announced):
        events.append(DecisionReopened(reason=command.reason, reopened_by=command.by))
    return events


def _conferred(state: State, published: Published, command: ConferAward) -> list[Event]:
    placed = next((winner for winner in published.winners if winner.entry == command.entry), None)
    if placed is None or not isinstance(state, Announced):
        raise Refused(
            "awards go to the winners of a result that stands; see the results",
            "penghargaan diserahkan kepada pemenang dari hasil yang berlaku; lihat hasil pengumuman",
        )
    award = AwardConferred(entry=command.entry, place=placed.place, decree=command.decree, decree_date=command.decree_date)
    if known := state.docket.awards.get(command.entry):
        if known == award:
            return []
        raise Refused(
            f"this award is conferred already, by {known.decree}",
            f"penghargaan ini sudah diserahkan, dengan {known.decree}",
        )
    if any(objection.ruling is None for objection in state.docket.objections.values()):
        raise Refused(
            "an objection to this result is not ruled on yet; awards are conferred after that",
            "masih ada sanggahan atas hasil ini yang belum diputus; penghargaan diserahkan setelahnya",
        )
    if published.objections_until is not None and command.at <= published.objections_until:
        ends = published.objections_until.isoformat(timespec="minutes")
        raise Refused(
            f"the objection period runs until {ends}; awards are conferred after that",
            f"masa sanggah berlangsung sampai {ends}; penghargaan diserahkan setelahnya",
        )
    if not command.decree.strip():
        raise Invalid("name the decree that confers the award", "sebutkan surat keputusan penghargaannya")
    return [award]


def command_of(events: Sequence[Event], by: str, at: datetime) -> Command | None:
    match events[0]:
        case ResultObjectionFiled() as e:
            return FileObjection(e.objection, e.entry, e.grounds, e.filed_by, at, e.recorded_by, e.scan_digest)
        case ResultObjectionConfirmed(objection=id):
            return ConfirmObjection(id, by)
        case ResultObjectionRejected(objection=id, reason=reason, ruled_by=ruled_by):
            return RuleOnObjection(id, False, reason, ruled_by)
        case ResultObjectionUpheld(objection=id, reason=reason, ruled_by=ruled_by):
            return RuleOnObjection(id, True, reason, ruled_by)
        case AwardConferred(entry=entry, decree=decree, decree_date=decree_date):
            return ConferAward(entry, decree, decree_date, at)
    return None
