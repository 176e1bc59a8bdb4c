"""A category being judged, from its locked rubric to its announced winners. Decider."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from services.judging import docket, juror
from services.judging.docket import Announced, Closed, Decided, Docket, Event, Judging, Preparing, State, Unlocked
from services.judging.tally import decision, must_be_decidable, tally
from shared.decider import Decider
from shared.events.judging import (
    EntryAdmitted,
    JudgingClosed,
    JudgingOpened,
    PanelAssigned,
    ResultsAnnounced,
    RubricLocked,
    TieResolved,
    WinnersDecided,
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


class ResolveTie(Struct, frozen=True):
    """Needs `seats.judged_by`: the scoresheets of all seats and their jurors."""

    order: tuple[str, ...]
    note: str


class DecideWinners(Struct, frozen=True):
    """Needs `seats.judged_by`: the scoresheets of all seats and their jurors."""


class AnnounceResults(Struct, frozen=True):
    pass


Command = LockRubric | AdmitEntry | AssignPanel | OpenJudging | CloseJudging | ResolveTie | DecideWinners | AnnounceResults


def decide(state: State, command: Command, *others: Any) -> list[Event]:
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
        case _, AdmitEntry(entry) if entry in state.docket.entries:
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
        case ((Closed() | Decided() | Announced()), ResolveTie(order, note)):
            return _vote(state, order, note, others)
        case Closed(listed, votes), DecideWinners():
            ranking = tally(listed, votes, others)
            must_be_decidable(listed, ranking)
            return [decision(listed, ranking)]
        case ((Decided() | Announced()), DecideWinners()):
            return []
        case Closed(), AnnounceResults():
            raise Refused(
                "the winners are not decided yet; the chair decides them first",
                "pemenang belum ditetapkan; ketua dewan juri menetapkannya dahulu",
            )
        case Decided(listed, _, decided), AnnounceResults():
            places = listed.rules.category.places
            return [ResultsAnnounced(winners=tuple(placed for placed in decided.ranking if placed.place <= places))]
        case Announced(), AnnounceResults():
            return []
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
        rulebook=rulebook.digest(),
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
        if why := juror.bar(known, entry):
            raise Refused(
                f"juror {person} cannot judge {entry.name}: {why[0]}. Choose another juror",
                f"juri {person} tidak dapat menilai {entry.name}: {why[1]}. Pilih juri lain",
            )
    return PanelAssigned(entry=entry.entry, jurors=jurors)


def _vote(state: Closed | Decided | Announced, order: tuple[str, ...], note: str, states: tuple[Any, ...]) -> list[Event]:
    latest = next((vote for vote in reversed(state.votes) if set(vote) == set(order)), None)
    if latest == order:
        return []
    if not isinstance(state, Closed):
        raise Refused("the winners are decided: the vote stands", "pemenang sudah ditetapkan: hasil pemungutan suara tetap")
    ties = tally(state.docket, state.votes, states).open_ties
    if not any(len(order) == len(tie.entries) and set(order) == set(tie.entries) for tie in ties):
        listed = "; ".join(f"{tie.place}: {', '.join(tie.entries)}" for tie in ties)
        raise Refused(
            f"a vote orders exactly the entries of a tie that stands ({listed or 'none does'})",
            f"pemungutan suara mengurutkan tepat entri yang masih seri ({listed or 'tidak ada'})",
        )
    if not note.strip():
        raise Invalid("note how the panel voted", "catat bagaimana panel memberikan suara")
    return [TieResolved(order=order, note=note)]


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
        case TieResolved(order=order, note=note):
            return ResolveTie(order, note)
        case WinnersDecided():
            return DecideWinners()
        case ResultsAnnounced():
            return AnnounceResults()


CATEGORY: Decider[State] = Decider("judging", "category", Unlocked(), docket.evolve, decide, command_of)
"""`category/<edition>.<category>`"""
