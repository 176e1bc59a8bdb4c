"""The seats of a category: whose scoresheets there can be. They come from the panels on record, so none is forgotten."""

from typing import Any

from services.judging.docket import State, Unlocked
from services.judging.juror import JUROR
from services.judging.naming import juror_id, sheet_id
from services.judging.scoresheet import SCORESHEET
from shared.decider import Aggregate


def judged_by(edition: str, state: State) -> tuple[Aggregate[Any], ...]:
    """All that winners follow from besides the category itself: the scoresheet of every seat, and every seated juror."""
    if isinstance(state, Unlocked):
        return ()
    seats = sorted(state.docket.seats)
    sheets = [SCORESHEET(sheet_id(entry, person)) for entry, person in seats]
    return (*sheets, *(JUROR(juror_id(edition, person)) for person in sorted({person for _, person in seats})))
