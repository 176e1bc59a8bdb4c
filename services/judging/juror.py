"""A juror of an edition: appointed with his university, his conflicts of interest on record. Decider.

A conflict or a recusal works at once, whatever panel was assigned before: he scores none of the entries it bars him from,
and a sheet he has submitted for one of them no longer counts (see `tally`). Nobody has to void it, so nobody can forget to.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from services.judging import docket
from shared.decider import Decider
from shared.events.judging import ConflictDeclared, EntryAdmitted, JurorAppointed, JurorRecused
from shared.facts import EditionFacts, EnrolmentFacts
from shared.refusals import Forbidden, Invalid, Refused, Unknown

Event = JurorAppointed | ConflictDeclared | JurorRecused
Relation = Literal["employer", "kin", "mentor", "other"]

RELATIONS = {"employer": "pemberi kerja", "kin": "keluarga", "mentor": "pembimbing", "other": "hubungan lain"}
"""In Bahasa Indonesia."""


class AppointJuror(Struct, frozen=True):
    """Needs the edition."""

    person: str
    university: str
    by: str


class DeclareConflict(Struct, frozen=True):
    """Needs the institution's enrolment."""

    institution: str
    relation: Relation
    note: str = ""


class RecuseJuror(Struct, frozen=True):
    """Needs the entry's category."""

    entry: str
    reason: str


Command = AppointJuror | DeclareConflict | RecuseJuror


class Unappointed(Struct, frozen=True):
    pass


class Appointed(Struct, frozen=True):
    juror: str
    university: str
    conflicts: dict[tuple[str, str], str] = {}
    """(institution, relation) -> note."""
    recusals: dict[str, str] = {}
    """Entry -> reason."""


State = Unappointed | Appointed


def decide(state: State, command: Command, *others: Any) -> list[Event]:
    match state, command:
        case Unappointed(), AppointJuror(person, university, by):
            edition: EditionFacts = others[0]
            if edition.rulebook is None:
                raise Unknown(
                    "no such edition is open; open it before appointing jurors", "edisi itu belum dibuka; buka dahulu"
                )
            if by == f"person/{person}":
                raise Forbidden(
                    "nobody appoints himself; another member of the committee does it",
                    "tidak seorang pun mengangkat dirinya sendiri; mintalah anggota panitia lain",
                )
            if not university.strip():
                raise Invalid("name the juror's university", "sebutkan universitas juri")
            return [JurorAppointed(juror=person, university=university)]
        case Appointed(university=known), AppointJuror(university=university):
            if known == university:
                return []
            raise Refused(
                f"this juror is appointed already, from {known}",
                f"juri ini sudah diangkat, dari {known}",
            )
        case Unappointed(), _:
            raise Refused(
                "this person is no appointed juror of the edition; the committee appoints him first",
                "orang ini bukan juri yang diangkat pada edisi ini; panitia mengangkatnya dahulu",
            )
        case Appointed(juror, conflicts=conflicts), DeclareConflict(institution, relation, note):
            if conflicts.get((institution, relation)) == note:
                return []
            enrolment: EnrolmentFacts = others[0]
            if not enrolment.kind:
                raise Unknown(
                    f"{institution} takes no part in this edition; name an institution by its code",
                    f"{institution} bukan peserta edisi ini; sebutkan kode instansi peserta",
                )
            return [ConflictDeclared(juror=juror, institution=institution, relation=relation, note=note)]
        case Appointed(juror, recusals=recusals), RecuseJuror(entry, reason):
            if entry in recusals:
                return []
            judging: docket.State = others[0]
            docket.admitted(judging, entry)
            if not isinstance(judging, docket.Preparing | docket.Judging):
                raise Refused(
                    "judging of this category is closed; declare the conflict of interest instead, with its institution",
                    "penjurian kategori ini sudah ditutup; nyatakan benturan kepentingan dengan instansinya",
                )
            if not reason.strip():
                raise Invalid("say why you step back", "sebutkan alasan pengunduran diri")
            return [JurorRecused(juror=juror, entry=entry, reason=reason)]
    raise AssertionError(f"{command!r} is no command to a juror")


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Unappointed(), JurorAppointed(juror=juror, university=university):
            return Appointed(juror, university)
        case Appointed(conflicts=conflicts), ConflictDeclared(institution=institution, relation=relation, note=note):
            return replace(state, conflicts={**conflicts, (institution, relation): note})
        case Appointed(recusals=recusals), JurorRecused(entry=entry, reason=reason):
            return replace(state, recusals={**recusals, entry: reason})
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Event], by: str, at: datetime) -> Command:
    match events[0]:
        case JurorAppointed(juror=juror, university=university):
            return AppointJuror(juror, university, by)
        case ConflictDeclared(institution=institution, relation=relation, note=note):
            return DeclareConflict(institution, relation, note)
        case JurorRecused(entry=entry, reason=reason):
            return RecuseJuror(entry, reason)


def bar(state: State, entry: EntryAdmitted) -> tuple[str, str] | None:
    """Why this juror may not judge the entry, as a clause in English and in Indonesian; None: nothing bars him."""
    if isinstance(state, Unappointed):
        return "no appointment as a juror of this edition is on record", "belum tercatat pengangkatan sebagai juri edisi ini"
    for institution, relation in state.conflicts:
        if institution == entry.institution:
            return (
                f"a conflict of interest with {institution} ({relation}) is on record",
                f"tercatat benturan kepentingan dengan {institution} ({RELATIONS[relation]})",
            )
    if entry.entry in state.recusals:
        return "a recusal from this entry is on record", "tercatat pengunduran diri dari entri ini"
    return None


JUROR: Decider[State] = Decider("judging", "juror", Unappointed(), evolve, decide, command_of)
"""`juror/<edition>.<person>`"""
