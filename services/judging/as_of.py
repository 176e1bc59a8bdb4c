"""Judging as it stood at any moment: the category, its sheets and its ranking after the event of a given number.

Pure. States are values, so a course keeps the older ones beside the newest, and any moment is looked up without folding again.
Of a scoresheet only what counted is kept: what a juror scores before he hands it in changes no ranking.
"""

from bisect import bisect_right
from typing import Any, NamedTuple

from msgspec import Struct

from services.judging import docket, sheet
from services.judging.category import CATEGORY
from services.judging.juror import JUROR
from services.judging.scoresheet import SCORESHEET
from services.judging.scoring.ranking import Ranking
from services.judging.seats import judged_by
from services.judging.tally import tally
from shared.decider import Fold
from shared.eventlog import Recorded
from shared.refusals import Refused

FOLDS: dict[str, Fold[Any]] = {fold.kind: fold for fold in (CATEGORY, SCORESHEET, JUROR)}
_DEPTH = {CATEGORY.kind: 2, SCORESHEET.kind: 2, JUROR.kind: 1}
"""So many parts of a subject say whose steps its events are: an edition's and category's, or an edition's."""


class Stood(Struct, frozen=True):
    """One entry in a ranking."""

    place: int | None
    entry: str
    name: str
    score: str
    sheets: int
    """Scoresheets that counted then."""


class Known(NamedTuple):
    """All that the winners of a category follow from, at one moment."""

    category: docket.State
    states: tuple[Any, ...]
    """Of the scoresheets of all seats, and of their jurors."""

    @property
    def votes(self) -> tuple[tuple[str, ...], ...]:
        return getattr(self.category, "votes", ())

    @property
    def handed_in(self) -> int:
        """Sheets that are submitted; also one that counts for nothing."""
        return sum(isinstance(state, sheet.Submitted) for state in self.states)

    def ranking(self) -> Ranking | None:
        """None where nothing could be ranked."""
        if isinstance(self.category, docket.Unlocked | docket.Preparing):
            return None
        try:
            return tally(self.category.docket, self.votes, self.states)
        except Refused:  # no sheet counts yet
            return None

    def standings(self) -> list[Stood]:
        """Best first; empty where nothing could be ranked."""
        ranking = self.ranking()
        if ranking is None or isinstance(self.category, docket.Unlocked):
            return []
        names = self.category.docket.entries
        return [Stood(s.place, s.entry, names[s.entry].name, str(s.shown), len(s.jurors)) for s in ranking.standings]


class _History:
    """The states of one aggregate, each with the number of the event that led to it."""

    __slots__ = ("positions", "states")

    def __init__(self) -> None:
        self.positions: list[int] = []
        self.states: list[Any] = []

    def take(self, position: int, state: Any) -> bool:
        """Whether it is another state as far as rankings go; if not, it takes the place of the one before."""
        same = bool(self.states) and _counts_for_nothing(state) and _counts_for_nothing(self.states[-1])
        if same:
            self.states[-1] = state
        else:
            self.positions.append(position)
            self.states.append(state)
        return not same and not (len(self.states) == 1 and _counts_for_nothing(state))

    def last(self, position: int) -> int:
        number = bisect_right(self.positions, position)
        return self.positions[number - 1] if number else 0

    def at(self, position: int, initial: Any) -> Any:
        number = bisect_right(self.positions, position)
        return self.states[number - 1] if number else initial


class Course:
    """Takes judging's events in the order of the log; those of other services change nothing."""

    def __init__(self) -> None:
        self.position = 0
        """Of the last event taken."""
        self._histories: dict[str, _History] = {}
        self._steps: dict[str, list[tuple[int, str]]] = {}

    def take(self, recorded: Recorded) -> None:
        self.position = recorded.position
        fold = FOLDS.get(recorded.subject.partition("/")[0])
        if fold is None or recorded.service != fold.service:
            return
        history = self._histories.setdefault(recorded.subject, _History())
        before = history.states[-1] if history.states else fold.initial
        if history.take(recorded.position, fold.evolve(before, recorded.event)):
            steps = self._steps.setdefault(".".join(recorded.subject.partition("/")[2].split(".")[: _DEPTH[fold.kind]]), [])
            steps.append((recorded.position, recorded.envelope.time.isoformat()))

    def steps(self, id: str) -> list[tuple[int, str]]:
        """Number and time of each event that may have changed what the ranking of `<edition>.<category>` follows from, in order:
        those of the category, of its sheets, and of the edition's jurors."""
        return sorted((*self._steps.get(id, ()), *self._steps.get(id.rpartition(".")[0], ())))

    def categories(self) -> list[str]:
        """Ids `<edition>.<category>` of all that were ever judged, sorted."""
        return sorted(subject.partition("/")[2] for subject in self._histories if subject.startswith(f"{CATEGORY.kind}/"))

    def category(self, id: str) -> docket.State:
        """The category `<edition>.<category>` as it stands now."""
        state: docket.State = self._at(f"{CATEGORY.kind}/{id}", CATEGORY, self.position)
        return state

    def known(self, id: str, position: int | None = None) -> Known:
        """What was on record of the category `<edition>.<category>` after the event of that number; None: now."""
        at = self.position if position is None else position
        category = self._at(f"{CATEGORY.kind}/{id}", CATEGORY, at)
        aggregates = judged_by(id.rpartition(".")[0], category)
        return Known(category, tuple(self._at(each.subject, each.fold, at) for each in aggregates))

    def last_step(self, id: str, position: int) -> int:
        """Number of the last event up to `position` that changed what the category's ranking follows from; 0: none did."""
        category = self._at(f"{CATEGORY.kind}/{id}", CATEGORY, position)
        subjects = [f"{CATEGORY.kind}/{id}", *(each.subject for each in judged_by(id.rpartition(".")[0], category))]
        histories = [self._histories[subject] for subject in subjects if subject in self._histories]
        return max((history.last(position) for history in histories), default=0)

    def _at(self, subject: str, fold: Fold[Any], position: int) -> Any:
        history = self._histories.get(subject)
        return history.at(position, fold.initial) if history else fold.initial


def _counts_for_nothing(state: Any) -> bool:
    return isinstance(state, sheet.Unopened | sheet.Open | sheet.Unconfirmed | sheet.Voided)
