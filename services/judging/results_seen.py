"""What the public will see of a confirmed decision, before it is announced: made by the same rules from the same parts."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from services.judging import docket
from services.judging.api_results import result_shown
from services.judging.category import CATEGORY
from services.judging.outcomes import ResultShown
from services.judging.verdict import AnnounceResults
from shared.events.judging import Placed, ResultCorrected, ResultsAnnounced
from shared.facts import EditionFacts

NOBODY = "person/preview"
"""Stands where who announces would."""


class _Publication(Struct, frozen=True):
    announced: str
    objections_until: str
    deviation: str
    correction: str


class _Place(Struct, frozen=True):
    winner: bool
    place: int
    entry: str
    name: str
    institution: str
    institution_name: str
    score: str
    exact: str
    resolved_by: str
    decree: None = None


def preview(state: docket.Confirmed, edition: EditionFacts, institutions: Mapping[str, str], now: datetime) -> ResultShown:
    """`institutions`: code -> name."""
    [event] = CATEGORY.decide(state, AnnounceResults(NOBODY, now), edition)
    assert isinstance(event, ResultsAnnounced | ResultCorrected)
    assert edition.rulebook is not None
    publication = _Publication(
        announced=now.isoformat(),
        objections_until=event.objections_until.isoformat() if event.objections_until else "",
        deviation=event.deviation,
        correction=event.reason if isinstance(event, ResultCorrected) else "",
    )
    entries = state.docket.entries

    def places(placed: Iterable[Placed], winner: bool) -> list[_Place]:
        return [
            _Place(
                winner=winner,
                place=one.place,
                entry=one.entry,
                name=one.name,
                institution=(of := entries[one.entry].institution),
                institution_name=institutions.get(of, of),
                score=str(one.shown),
                exact=one.exact,
                resolved_by=one.resolved_by or "",
            )
            for one in placed
        ]

    return result_shown(publication, places(event.winners, True) + places(event.others, False), edition.rulebook.publish)
