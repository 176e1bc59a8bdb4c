"""A juror of an edition: appointed with his university, his conflicts of interest on record. Decider.

A conflict or a recusal works at once, whatever panel was assigned before: he scores none of the entries it bars him from,
and a sheet he has submitted for one of them no longer counts (see `tally`). `ScoresheetVoided` makes that visible.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from services.judging import docket
from shared.decider import Decider
from shared.events.judging import (
    ConflictDeclared,
    ConflictDismissed,
    ConflictProposed,
    EntryAdmitted,
    JurorAppointed,
    JurorRecused,
    JurorReplaced,
    Relation,
    TiesStated,
)
from shared.facts import EditionFacts, EnrolmentFacts
from shared.refusals import Forbidden, Invalid, Refused, Unknown

Event = JurorAppointed | JurorReplaced | ConflictDeclared | ConflictProposed | ConflictDismissed | TiesStated | JurorRecused

RELATIONS = {"employer": "pemberi kerja", "kin": "keluarga", "mentor": "pembimbing", "other": "hubungan lain"}
"""In Bahasa Indonesia."""


class AppointJuror(Struct, frozen=True):
    """Needs the edition."""

    person: str
    university: str
    by: str
    succeeds: str = ""


class ReplaceJuror(Struct, frozen=True):
    """His successor is appointed in the same append."""

    successor: str
    reason: str
    by: str


class DeclareConflict(Struct, frozen=True):
    """Needs the institution's enrolment."""

    institution: str
    relation: Relation
    note: str = ""


class ProposeConflict(Struct, frozen=True):
    """Needs the institution's enrolment."""

    institution: str
    relation: Relation
    note: str
    by: str


class DismissConflict(Struct, frozen=True):
    institution: str
    relation: Relation
    reason: str
    by: str


class StateTies(Struct, frozen=True):
    pass


class RecuseJuror(Struct, frozen=True):
    """Needs the entry's category."""

    entry: str
    reason: str


Command = AppointJuror | ReplaceJuror | DeclareConflict | ProposeConflict | DismissConflict | StateTies | RecuseJuror


class Unappointed(Struct, frozen=True):
    pass


class Appointed(Struct, frozen=True):
    juror: str
    university: str
    conflicts: dict[tuple[str, str], str] = {}
    """(institution, relation) -> note."""
    recusals: dict[str, str] = {}
    """Entry -> reason."""
    proposals: dict[tuple[str, str], ConflictProposed] = {}
    """(institution, relation) -> a tie that somebody says there is, neither confirmed nor dismissed."""
    dismissed: dict[tuple[str, str], str] = {}
    """(institution, relation) -> why there is no such tie."""
    succeeds: str = ""
    stated: bool = False
    """He has said that all his ties are on record."""
    replaced_by: str = ""


State = Unappointed | Appointed


def decide(state: State, command: Command, *others: Any) -> list[Event]:
    match state, command:
        case Unappointed(), AppointJuror(person, university, by, succeeds):
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
            return [JurorAppointed(juror=person, university=university, succeeds=succeeds)]
        case Appointed(university=known), AppointJuror(university=university):
            if state.replaced_by:
                raise Refused(
                    "this juror was replaced and takes no place again; appoint another person",
                    "juri ini sudah diganti dan tidak dapat menjadi juri lagi; angkat orang lain",
                )
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
        case Appointed(juror), ReplaceJuror(successor, reason, by):
            return _replaced(state, successor, reason, by)
        case Appointed(juror, conflicts=conflicts), ProposeConflict(institution, relation, note, by):
            tie = (institution, relation)
            if tie in conflicts or tie in state.proposals:
                return []
            if tie in state.dismissed:
                raise Refused(
                    f"this tie was proposed before and dismissed: {state.dismissed[tie]}. With new knowledge, the chair declares it",
                    f"hubungan ini pernah diusulkan dan ditolak: {state.dismissed[tie]}. Bila ada fakta baru, ketua menyatakannya",
                )
            _takes_part(institution, others[0])
            if not note.strip():
                raise Invalid("say what the tie is", "sebutkan hubungannya")
            return [
                ConflictProposed(juror=juror, institution=institution, relation=relation, note=note, proposed_by=by),
            ]
        case Appointed(juror), DismissConflict(institution, relation, reason, by):
            return _dismissed(state, institution, relation, reason, by)
        case Appointed(juror, stated=stated), StateTies():
            return [] if stated else [TiesStated(juror=juror)]
        case Appointed(juror, conflicts=conflicts), DeclareConflict(institution, relation, note):
            if conflicts.get((institution, relation)) == note:
                return []
            _takes_part(institution, others[0])
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


def _takes_part(institution: str, enrolment: EnrolmentFacts) -> None:
    if not enrolment.kind:
        raise Unknown(
            f"{institution} takes no part in this edition; name an institution by its code",
            f"{institution} bukan peserta edisi ini; sebutkan kode instansi peserta",
        )


def _replaced(state: Appointed, successor: str, reason: str, by: str) -> list[Event]:
    if state.replaced_by:
        if state.replaced_by == successor:
            return []
        raise Refused(
            f"this juror is replaced already, by {state.replaced_by}",
            f"juri ini sudah diganti oleh {state.replaced_by}",
        )
    if successor == state.juror or by == f"person/{successor}":
        raise Forbidden(
            "nobody takes a juror's place by his own hand; name another person",
            "tidak seorang pun menggantikan juri atas kehendaknya sendiri; sebutkan orang lain",
        )
    if not reason.strip():
        raise Invalid("say why the juror is replaced", "sebutkan alasan penggantian juri")
    return [JurorReplaced(juror=state.juror, successor=successor, reason=reason)]


def _dismissed(state: Appointed, institution: str, relation: Relation, reason: str, by: str) -> list[Event]:
    if (institution, relation) in state.dismissed:
        return []
    proposal = state.proposals.get((institution, relation))
    if proposal is None:
        raise Refused(
            "nobody has proposed this conflict of interest; only a proposed one can be dismissed",
            "benturan kepentingan ini tidak diusulkan; hanya usulan yang dapat ditolak",
        )
    if by in (f"person/{state.juror}", proposal.proposed_by):
        raise Forbidden(
            "neither the juror himself nor who proposed it dismisses a conflict of interest; another chair or the committee does",
            "benturan kepentingan tidak ditolak oleh juri itu sendiri atau pengusulnya; mintalah ketua lain atau panitia",
        )
    if not reason.strip():
        raise Invalid("say why there is no such tie", "sebutkan mengapa hubungan itu tidak ada")
    return [ConflictDismissed(juror=state.juror, institution=institution, relation=relation, reason=reason, dismissed_by=by)]


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Unappointed(), JurorAppointed(juror=juror, university=university, succeeds=succeeds):
            return Appointed(juror, university, succeeds=succeeds)
        case Appointed(), JurorReplaced(successor=successor):
            return replace(state, replaced_by=successor)
        case Appointed(proposals=proposals), ConflictProposed(institution=institution, relation=relation):
            return replace(state, proposals={**proposals, (institution, relation): event})
        case Appointed(), ConflictDismissed(institution=institution, relation=relation, reason=reason):
            tie = (institution, relation)
            left = {known: proposal for known, proposal in state.proposals.items() if known != tie}
            return replace(state, proposals=left, dismissed={**state.dismissed, tie: reason})
        case Appointed(), TiesStated():
            return replace(state, stated=True)
        case Appointed(conflicts=conflicts), ConflictDeclared(institution=institution, relation=relation, note=note):
            tie = (institution, relation)
            left = {known: proposal for known, proposal in state.proposals.items() if known != tie}
            return replace(state, conflicts={**conflicts, tie: note}, proposals=left)
        case Appointed(recusals=recusals), JurorRecused(entry=entry, reason=reason):
            return replace(state, recusals={**recusals, entry: reason})
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Event], by: str, at: datetime) -> Command:
    match events[0]:
        case JurorAppointed(juror=juror, university=university, succeeds=succeeds):
            return AppointJuror(juror, university, by, succeeds)
        case JurorReplaced(successor=successor, reason=reason):
            return ReplaceJuror(successor, reason, by)
        case ConflictProposed(institution=institution, relation=relation, note=note, proposed_by=proposed_by):
            return ProposeConflict(institution, relation, note, proposed_by)
        case ConflictDismissed(institution=institution, relation=relation, reason=reason, dismissed_by=dismissed_by):
            return DismissConflict(institution, relation, reason, dismissed_by)
        case TiesStated():
            return StateTies()
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
