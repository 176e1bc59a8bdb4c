"""A category being judged, from its locked rubric to its announced winners. Decider."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from services.judging import disclosure, docket, exclusion, juror, objections, verdict
from services.judging.docket import Docket, Event, Judging, Preparing, State, Unlocked
from shared.decider import Decider
from shared.events.judging import (
    EntryAdmitted,
    JudgingClosed,
    JudgingOpened,
    PanelAssigned,
    RubricLocked,
)
from shared.facts import EditionFacts, ShortlistFacts
from shared.refusals import Invalid, Refused, Unknown


class LockRubric(Struct, frozen=True):
    """Needs the edition."""

    category: str


class AdmitEntry(Struct, frozen=True):
    """Needs the category's shortlist."""

    entry: str


class AssignPanel(Struct, frozen=True):
    """Needs each of the jurors, in this order."""

    entry: str
    jurors: tuple[str, ...]


class OpenJudging(Struct, frozen=True):
    """Needs the category's shortlist."""


class CloseJudging(Struct, frozen=True):
    pass


Command = (
    LockRubric
    | AdmitEntry
    | AssignPanel
    | OpenJudging
    | CloseJudging
    | verdict.Command
    | exclusion.Command
    | objections.Command
    | disclosure.Command
)


def decide(state: State, command: Command, *others: Any) -> list[Event]:
    """Commands on what lies beside the course of a category, and on its result, have modules of their own."""
    if isinstance(command, exclusion.Command):
        return exclusion.decide(state, command, *others)
    if isinstance(command, objections.Command):
        return objections.decide(state, command)
    if isinstance(command, disclosure.Command):
        return disclosure.decide(state, command)
    if isinstance(command, verdict.Command) and isinstance(state, verdict.Stage):
        return verdict.decide(state, command, *others)
    if isinstance(command, verdict.ReopenForVoided):
        return []
    match state, command:
        case Unlocked(), LockRubric(category):
            return [_locked(category, others[0])]
        case _, LockRubric():
            return []
        case Unlocked(), _:
            raise Refused(
                "this category has no confirmed shortlist yet; judging is prepared once screening confirms it",
                "daftar nominasi kategori ini belum ditetapkan; penjurian disiapkan setelah seleksi menetapkannya",
            )
        case _, AdmitEntry(entry) if entry in state.docket.entries or entry in state.docket.excluded:
            return []
        case Preparing(), AdmitEntry(entry):
            return [_admitted(entry, others[0])]
        case _, AdmitEntry():
            raise Refused(
                "judging has begun with other entries; an entry is admitted before judging opens",
                "penjurian sudah dimulai dengan entri lain; entri diterima sebelum penjurian dibuka",
            )
        case _, AssignPanel(entry, jurors) if state.docket.panels.get(entry) == jurors:
            return []
        case ((Preparing() | Judging()), AssignPanel(entry, jurors)):
            return [_panel(docket.admitted(state, entry), jurors, others)]
        case _, AssignPanel():
            raise Refused("judging is closed: its panels stand", "penjurian sudah ditutup: panel juri tetap")
        case Preparing(listed), OpenJudging():
            return [_opened(listed, others[0])]
        case _, OpenJudging():
            return []
        case Preparing(), _:
            raise Refused("judging of this category has not been opened", "penjurian kategori ini belum dibuka")
        case Judging(), CloseJudging():
            return [JudgingClosed()]
        case _, CloseJudging():
            return []
        case Judging(), _:
            raise Refused(
                "judging of this category is still open; close it first",
                "penjurian kategori ini masih dibuka; tutup dahulu",
            )
    raise AssertionError(f"{command!r} is no command to a category")


def _locked(category: str, edition: EditionFacts) -> RubricLocked:
    rulebook = edition.rulebook
    found = rulebook.category(category) if rulebook else None
    if rulebook is None or found is None:
        raise Unknown(
            f"the edition's rulebook has no category {category}",
            f"peraturan edisi ini tidak memuat kategori {category}",
        )
    return RubricLocked(
        rulebook=edition.digest,
        category=found,
        rubric=rulebook.rubric(found.rubric),
        aggregation=rulebook.aggregation,
        ladder=rulebook.ladder,
        quorum=rulebook.quorum,
    )


def _admitted(entry: str, shortlist: ShortlistFacts) -> EntryAdmitted:
    nominated = next((n for n in shortlist.nominated if n.entry == entry), None)
    if nominated is None or not shortlist.confirmed:
        raise Refused(
            f"{entry} does not stand on a confirmed shortlist; only such entries are admitted",
            f"{entry} tidak ada pada daftar nominasi yang ditetapkan; hanya entri itu yang diterima",
        )
    return EntryAdmitted(entry=entry, institution=nominated.institution, name=nominated.name, dossier=nominated.dossier)


def _opened(listed: Docket, shortlist: ShortlistFacts) -> JudgingOpened:
    confirmed = {nominated.entry for nominated in shortlist.nominated} if shortlist.confirmed else set()
    confirmed -= listed.excluded.keys()
    if not confirmed or confirmed != listed.entries.keys():
        raise Refused(
            f"judging opens with exactly the confirmed entries: {len(confirmed)} are confirmed, {len(listed.entries)} admitted",
            f"penjurian dibuka tepat dengan entri yang ditetapkan: {len(confirmed)} ditetapkan, {len(listed.entries)} diterima",
        )
    return JudgingOpened(entries=tuple(sorted(confirmed)))


def _panel(entry: EntryAdmitted, jurors: tuple[str, ...], states: tuple[juror.State, ...]) -> PanelAssigned:
    if not jurors or len(set(jurors)) < len(jurors):
        raise Invalid(
            f"the panel of {entry.name} needs jurors, each of them once; appoint one without a conflict of interest",
            f"panel {entry.name} memerlukan juri, masing-masing satu kali; angkat juri tanpa benturan kepentingan",
        )
    for person, known in zip(jurors, states, strict=True):
        if isinstance(known, juror.Appointed) and known.replaced_by:
            raise Refused(
                f"juror {person} was replaced by {known.replaced_by}; choose another juror",
                f"juri {person} sudah diganti oleh {known.replaced_by}; pilih juri lain",
            )
        if why := juror.bar(known, entry):
            raise Refused(
                f"juror {person} cannot judge {entry.name}: {why[0]}. Choose another juror",
                f"juri {person} tidak dapat menilai {entry.name}: {why[1]}. Pilih juri lain",
            )
    return PanelAssigned(entry=entry.entry, jurors=jurors)


def command_of(events: Sequence[Event], by: str, at: datetime) -> Command:
    match events[0]:
        case RubricLocked(category=category):
            return LockRubric(category.id)
        case EntryAdmitted(entry=entry):
            return AdmitEntry(entry)
        case PanelAssigned(entry=entry, jurors=jurors):
            return AssignPanel(entry, jurors)
        case JudgingOpened():
            return OpenJudging()
        case JudgingClosed():
            return CloseJudging()
    command: Command | None = (
        verdict.command_of(events, by, at)
        or exclusion.command_of(events, by, at)
        or objections.command_of(events, by, at)
        or disclosure.command_of(events, by, at)
    )
    if command is None:
        raise ValueError(f"no command to a category leads to {events!r}")
    return command


CATEGORY: Decider[State] = Decider("judging", "category", Unlocked(), docket.evolve, decide, command_of)
"""`category/<edition>.<category>`"""
