"""A juror's scoresheet for one entry. Decider: what may be recorded, and what follows.

Every rule looks at the category and at the juror, so the append expects their versions: a score cannot slip in after the close,
nor after a conflict of interest is on record.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from services.judging import docket, juror
from services.judging.sheet import Event, Open, State, Submitted, Unconfirmed, Unopened, Voided, evolve
from shared.decider import Decider
from shared.events.judging import (
    ScoreRecorded,
    ScoresheetConfirmed,
    ScoresheetOpened,
    ScoresheetReopened,
    ScoresheetSubmitted,
    ScoresheetVoided,
)
from shared.refusals import Forbidden, Invalid, Refused

HUNDREDTH = Decimal("0.01")


class OpenScoresheet(Struct, frozen=True):
    entry: str
    juror: str


class RecordScore(Struct, frozen=True):
    criterion: str
    score: Decimal
    """0-100, with at most two decimals."""
    comment: str = ""


class SubmitScoresheet(Struct, frozen=True):
    pass


class EnterPaperSheet(Struct, frozen=True):
    """A whole sheet that the juror filled in on paper, typed by somebody else."""

    entry: str
    juror: str
    scores: tuple[RecordScore, ...]
    recorded_by: str
    scan_digest: str


class ConfirmScoresheet(Struct, frozen=True):
    """By the juror: what was typed for him is what stands on his paper."""


class ReopenScoresheet(Struct, frozen=True):
    reason: str
    by: str


class VoidScoresheet(Struct, frozen=True):
    """Voids a sheet whose juror is barred from the entry by now, or an open one of a juror who was replaced."""


Command = (
    OpenScoresheet | RecordScore | SubmitScoresheet | EnterPaperSheet | ConfirmScoresheet | ReopenScoresheet | VoidScoresheet
)


def decide(state: State, command: Command, category: docket.State, by: juror.State) -> list[Event]:
    match state, command:
        case Open(entry, person, scores), RecordScore():
            recorded = _recorded(command)
            if scores.get(recorded.criterion) == recorded:
                return []
            criteria = _rules(entry, person, category, by)
            if recorded.criterion not in criteria:
                raise Invalid(
                    f"jurors do not score {recorded.criterion}; the rubric asks for {', '.join(criteria)}",
                    f"juri tidak menilai {recorded.criterion}; rubrik meminta {', '.join(criteria)}",
                )
            return [recorded]
        case ((Unopened() | Voided()), VoidScoresheet()):
            return []
        case ((Open() | Submitted() | Unconfirmed()), VoidScoresheet()):
            why = _void(state, category, by)
            return [ScoresheetVoided(entry=state.entry, juror=state.juror, reason=why)] if why else []
        case Voided(reason=reason), _:
            raise Refused(
                f"this scoresheet is void: {reason}. The other jurors' sheets count",
                f"lembar penilaian ini batal: {reason}. Lembar juri lain yang dihitung",
            )
        case _, EnterPaperSheet():
            return _typed(state, command, category, by)
        case Unconfirmed(entry, person, scan_digest=scan), ConfirmScoresheet():
            if not isinstance(category, docket.Judging | docket.Closed):
                raise Refused(
                    "the winners are decided without this sheet; tell the chair, who can reopen the decision",
                    "pemenang sudah ditetapkan tanpa lembar ini; sampaikan kepada ketua, yang dapat membuka kembali penetapan",
                )
            return [ScoresheetConfirmed(entry=entry, juror=person, scan_digest=scan)]
        case Submitted(), ConfirmScoresheet():
            return []
        case ((Submitted() | Unconfirmed()), ReopenScoresheet(reason, reopener)):
            return _reopened(state, reason, reopener, category, by)
        case Open(reopened=True), ReopenScoresheet():
            return []
        case Open(), (ReopenScoresheet() | ConfirmScoresheet()):
            raise Refused(
                "this scoresheet is open: its juror scores and submits it",
                "lembar penilaian ini masih terbuka: jurinya yang menilai dan mengirimnya",
            )
        case Unopened(), OpenScoresheet(entry, person):
            _rules(entry, person, category, by)
            return [ScoresheetOpened(entry=entry, juror=person)]
        case ((Open() | Submitted() | Unconfirmed()), OpenScoresheet()):
            return []
        case Unopened(), (ReopenScoresheet() | ConfirmScoresheet()):
            raise Refused(
                "no sheet of this juror is handed in for the entry",
                "belum ada lembar juri ini yang masuk untuk entri tersebut",
            )
        case Unopened(), _:
            raise Refused("open your scoresheet for this entry first", "buka dahulu lembar penilaian Anda untuk entri ini")
        case Open(entry, person, scores), SubmitScoresheet():
            if missing := [criterion for criterion in _rules(entry, person, category, by) if criterion not in scores]:
                raise Refused(
                    f"not scored yet: {', '.join(missing)}. Score every criterion, then submit",
                    f"belum dinilai: {', '.join(missing)}. Nilai semua kriteria, lalu kirim",
                )
            return [ScoresheetSubmitted(entry=entry, juror=person)]
        case ((Submitted() | Unconfirmed()), RecordScore()):
            scores = state.scores
            recorded = _recorded(command)
            if scores.get(recorded.criterion) == recorded:
                return []
            raise Refused(
                "this scoresheet is submitted: its scores stand. While judging is open, the chair can reopen it",
                "lembar penilaian ini sudah dikirim: nilainya tetap. Selama penjurian dibuka, ketua dapat membukanya kembali",
            )
        case ((Submitted() | Unconfirmed()), SubmitScoresheet()):
            return []
    raise AssertionError(f"{command!r} is no command to a scoresheet")


def _rules(entry: str, person: str, category: docket.State, by: juror.State) -> tuple[str, ...]:
    """The criteria to score. Raises Unknown, Forbidden, Refused where this juror may not score this entry now."""
    admitted = docket.admitted(category, entry)
    if why := juror.bar(by, admitted):
        raise Forbidden(
            f"{why[0]}: the other jurors score {admitted.name}",
            f"{why[1]}: {admitted.name} dinilai oleh juri lain",
        )
    if isinstance(by, juror.Appointed) and by.replaced_by:
        raise Forbidden(
            f"juror {person} was replaced by {by.replaced_by}, who scores {admitted.name} now",
            f"juri {person} sudah diganti oleh {by.replaced_by}, yang kini menilai {admitted.name}",
        )
    if isinstance(by, juror.Appointed) and by.succeeds and not by.stated:
        raise Refused(
            "you take another juror's place: declare your conflicts of interest first, or state that you have none",
            "Anda menggantikan juri lain: nyatakan dahulu benturan kepentingan Anda, atau nyatakan tidak ada",
        )
    if not isinstance(category, docket.Judging):
        raise Refused("judging of this category is not open", "penjurian kategori ini tidak sedang dibuka")
    if person not in category.docket.panels.get(entry, ()):
        raise Forbidden(
            f"you are not on the panel of {admitted.name}; the committee assigns panels",
            f"Anda tidak termasuk panel juri {admitted.name}; panitia yang menetapkan panel",
        )
    return tuple(criterion.id for criterion in category.docket.rules.rubric.scored)


def _typed(state: State, command: EnterPaperSheet, category: docket.State, by: juror.State) -> list[Event]:
    """Opened, scored and handed in at once, so that nobody goes on with a sheet that is half typed."""
    scores = {score.criterion: _recorded(score) for score in command.scores}
    if isinstance(state, Unconfirmed | Submitted):
        if state.scores == scores:
            return []
        raise Refused(
            "another sheet of this juror is handed in for the entry; the chair reopens it first",
            "lembar lain dari juri ini sudah masuk untuk entri tersebut; ketua membukanya kembali dahulu",
        )
    if isinstance(state, Open) and not state.reopened:
        raise Refused(
            "the juror has begun this sheet himself; he goes on with it",
            "juri sudah memulai lembar ini sendiri; ia yang melanjutkannya",
        )
    if command.recorded_by == f"person/{command.juror}":
        raise Forbidden("your own sheet you fill in yourself", "lembar Anda sendiri Anda isi sendiri")
    asked = _rules(command.entry, command.juror, category, by)
    if set(scores) != set(asked) or len(scores) < len(command.scores):
        raise Invalid(
            f"a paper sheet is typed whole, every criterion once: {', '.join(asked)}",
            f"lembar kertas diketik lengkap, setiap kriteria satu kali: {', '.join(asked)}",
        )
    opening = [] if isinstance(state, Open) else [ScoresheetOpened(entry=command.entry, juror=command.juror)]
    submitted = ScoresheetSubmitted(
        entry=command.entry, juror=command.juror, recorded_by=command.recorded_by, scan_digest=command.scan_digest
    )
    return [*opening, *scores.values(), submitted]


def _reopened(state: Submitted | Unconfirmed, reason: str, by: str, category: docket.State, of: juror.State) -> list[Event]:
    _rules(state.entry, state.juror, category, of)
    if not reason.strip():
        raise Invalid("say why the sheet is reopened", "sebutkan alasan lembar dibuka kembali")
    return [ScoresheetReopened(entry=state.entry, juror=state.juror, reason=reason, reopened_by=by)]


def _void(state: Open | Submitted | Unconfirmed, category: docket.State, by: juror.State) -> str:
    """Why the sheet is void; empty: it is not."""
    entry = docket.listed(category).entries.get(state.entry)
    if entry is not None and (why := juror.bar(by, entry)):
        return why[0]
    if isinstance(state, Open) and isinstance(by, juror.Appointed) and by.replaced_by:
        return f"the juror was replaced by {by.replaced_by} before submitting it"
    return ""


def _recorded(command: RecordScore) -> ScoreRecorded:
    """With exactly two decimals, so that 80 and 80.0 are the same bytes. Raises Invalid."""
    criterion, score = command.criterion, command.score
    if not (score.is_finite() and 0 <= score <= 100):
        raise Invalid(
            f"{criterion}: a score lies between 0 and 100, not {score}",
            f"{criterion}: nilai harus antara 0 dan 100, bukan {score}",
        )
    points = score.quantize(HUNDREDTH)
    if points != score:
        raise Invalid(
            f"{criterion}: a score has at most two decimals, not {score}",
            f"{criterion}: nilai paling banyak dua angka desimal, bukan {score}",
        )
    return ScoreRecorded(criterion=criterion, score=abs(points), comment=command.comment)


def command_of(events: Sequence[Event], by: str, at: datetime) -> Command:
    match events:
        case [*_, ScoresheetSubmitted(entry=entry, juror=person, recorded_by=typist, scan_digest=scan)] if typist:
            typed = [RecordScore(e.criterion, e.score, e.comment) for e in events if isinstance(e, ScoreRecorded)]
            return EnterPaperSheet(entry, person, tuple(typed), typist, scan)
    match events[0]:
        case ScoreRecorded(criterion=criterion, score=score, comment=comment):
            return RecordScore(criterion, score, comment)
        case ScoresheetConfirmed():
            return ConfirmScoresheet()
        case ScoresheetReopened(reason=reason, reopened_by=reopened_by):
            return ReopenScoresheet(reason, reopened_by)
        case ScoresheetVoided():
            return VoidScoresheet()
        case ScoresheetOpened(entry=entry, juror=person):
            return OpenScoresheet(entry, person)
        case ScoresheetSubmitted():
            return SubmitScoresheet()


SCORESHEET: Decider[State] = Decider("judging", "scoresheet", Unopened(), evolve, decide, command_of)
"""`scoresheet/<entry>.<juror>`"""
