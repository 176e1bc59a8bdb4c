"""A juror's scoresheet for one entry. Decider: what may be recorded, and what follows.

Every rule looks at the category and at the juror, so the append expects their versions: a score cannot slip in after the close,
nor after a conflict of interest is on record.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from services.judging import docket, juror
from shared.decider import Decider
from shared.events.judging import ScoreRecorded, ScoresheetOpened, ScoresheetSubmitted
from shared.refusals import Forbidden, Invalid, Refused

Event = ScoresheetOpened | ScoreRecorded | ScoresheetSubmitted

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


Command = OpenScoresheet | RecordScore | SubmitScoresheet


class Unopened(Struct, frozen=True):
    pass


class Open(Struct, frozen=True):
    entry: str
    juror: str
    scores: dict[str, ScoreRecorded] = {}


class Submitted(Struct, frozen=True):
    entry: str
    juror: str
    scores: dict[str, ScoreRecorded]


State = Unopened | Open | Submitted


def decide(state: State, command: Command, category: docket.State, by: juror.State) -> list[Event]:
    match state, command:
        case Unopened(), OpenScoresheet(entry, person):
            _rules(entry, person, category, by)
            return [ScoresheetOpened(entry=entry, juror=person)]
        case ((Open() | Submitted()), OpenScoresheet()):
            return []
        case Unopened(), _:
            raise Refused("open your scoresheet for this entry first", "buka dahulu lembar penilaian Anda untuk entri ini")
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
        case Open(entry, person, scores), SubmitScoresheet():
            if missing := [criterion for criterion in _rules(entry, person, category, by) if criterion not in scores]:
                raise Refused(
                    f"not scored yet: {', '.join(missing)}. Score every criterion, then submit",
                    f"belum dinilai: {', '.join(missing)}. Nilai semua kriteria, lalu kirim",
                )
            return [ScoresheetSubmitted(entry=entry, juror=person)]
        case Submitted(scores=scores), RecordScore():
            recorded = _recorded(command)
            if scores.get(recorded.criterion) == recorded:
                return []
            raise Refused(
                "this scoresheet is submitted: its scores stand. Change a score before submitting",
                "lembar penilaian ini sudah dikirim: nilainya tetap. Ubah nilai sebelum mengirim",
            )
        case Submitted(), SubmitScoresheet():
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
    if not isinstance(category, docket.Judging):
        raise Refused("judging of this category is not open", "penjurian kategori ini tidak sedang dibuka")
    if person not in category.docket.panels.get(entry, ()):
        raise Forbidden(
            f"you are not on the panel of {admitted.name}; the committee assigns panels",
            f"Anda tidak termasuk panel juri {admitted.name}; panitia yang menetapkan panel",
        )
    return tuple(criterion.id for criterion in category.docket.rules.rubric.scored)


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


def evolve(state: State, event: Event) -> State:
    match state, event:
        case Unopened(), ScoresheetOpened(entry=entry, juror=person):
            return Open(entry, person)
        case Open(entry, person, scores), ScoreRecorded(criterion=criterion):
            return Open(entry, person, {**scores, criterion: event})
        case Open(entry, person, scores), ScoresheetSubmitted():
            return Submitted(entry, person, scores)
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Event], by: str, at: datetime) -> Command:
    match events[0]:
        case ScoresheetOpened(entry=entry, juror=person):
            return OpenScoresheet(entry, person)
        case ScoreRecorded(criterion=criterion, score=score, comment=comment):
            return RecordScore(criterion, score, comment)
        case ScoresheetSubmitted():
            return SubmitScoresheet()


SCORESHEET: Decider[State] = Decider("judging", "scoresheet", Unopened(), evolve, decide, command_of)
"""`scoresheet/<entry>.<juror>`"""
