"""What explanations are made from: the course of judging, and where in the log each thing of it stands."""

from collections.abc import Iterable
from typing import Any

from services.judging.category import CATEGORY
from services.judging.docket import Confirmed, Unlocked
from services.judging.explaining import Case, Source
from services.judging.juror import JUROR
from services.judging.naming import sheet_of
from services.judging.scoresheet import SCORESHEET
from services.judging.seats import judged_by
from shared.events import Event
from shared.events.judging import (
    DecisionConfirmed,
    EntryAdmitted,
    ResultCorrected,
    ResultsAnnounced,
    RubricLocked,
    ScoreRecorded,
    ScoresheetConfirmed,
    ScoresheetSubmitted,
    ScoresheetVoided,
    TieResolved,
    WinnersDecided,
)

_FOLDS = {fold.kind: fold for fold in (CATEGORY, SCORESHEET, JUROR)}


class Course:
    """Takes the events of judging in the order of the log. `cases`: the last announced result of each category, by its ID."""

    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}
        self._states: dict[str, Any] = {}
        self._sheets: dict[Source, int] = {}
        """Where scores and sheets stand: of all categories, for an entry names its own."""
        self._categories: dict[str, dict[Source, int]] = {}

    def take(self, position: int, subject: str, event: Event) -> None:
        kind, _, id = subject.partition("/")
        fold = _FOLDS.get(kind)
        if fold is None:
            return
        before = self._states.get(subject, fold.initial)
        self._states[subject] = fold.evolve(before, event)
        if kind == "scoresheet":
            for source in _of_sheet(sheet_of(subject), event):
                self._sheets[source] = position
        elif kind == "category":
            of = self._categories.setdefault(id, {})
            for source in _of_category(event):
                of[source] = position
            if isinstance(event, ResultsAnnounced | ResultCorrected) and isinstance(before, Confirmed):
                self.cases[id] = self._case(id, before, event)

    def _case(self, id: str, state: Confirmed, event: ResultsAnnounced | ResultCorrected) -> Case:
        seats = judged_by(id.partition(".")[0], state)
        return Case(
            category=id,
            docket=state.docket,
            votes=state.votes,
            states=tuple(self._states.get(each.subject, each.fold.initial) for each in seats),
            winners=event.winners,
            deviation=event.deviation,
            sources={**self._sheets, **self._categories[id]},
        )

    def stands(self, id: str) -> bool:
        """Whether the category is being judged at all."""
        return not isinstance(self._states.get(f"category/{id}", Unlocked()), Unlocked)


def _of_sheet(place: tuple[str, str], event: Event) -> Iterable[Source]:
    entry, juror = place
    match event:
        case ScoreRecorded(criterion=criterion):
            yield "score", entry, juror, criterion
        case ScoresheetSubmitted() | ScoresheetConfirmed():
            yield "sheet", entry, juror
        case ScoresheetVoided():
            yield "void", entry, juror


def _of_category(event: Event) -> Iterable[Source]:
    match event:
        case RubricLocked():
            yield ("rules",)
        case EntryAdmitted(entry=entry):
            yield "admitted", entry
        case TieResolved():
            yield ("voted",)
        case WinnersDecided():
            yield ("decided",)
        case DecisionConfirmed():
            yield ("confirmed",)
        case ResultsAnnounced() | ResultCorrected():
            yield ("announced",)
