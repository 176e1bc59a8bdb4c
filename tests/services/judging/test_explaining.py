"""Explanations of a small edition's places, which anybody can follow with a pencil."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import pytest

from services.judging.explaining import Line, explain
from services.judging.explaining_sources import Course
from shared.eventlog import parse
from shared.events.judging import ResultsAnnounced, ScoreRecorded, ScoresheetSubmitted, WinnersDecided
from shared.refusals import Unknown
from tests.makmal.verify.small_edition import AGENCIES, DIGITAL, ENTRIES, JURORS, played
from tests.makmal.verify.story import EDITION, Story


@cache
def told() -> tuple[Story, Course]:
    story, course = played("announcement"), Course()
    for entry in story.entries:
        recorded = parse(*entry)
        if recorded.service == "judging":
            course.take(recorded.position, recorded.subject, recorded.event)
    return story, course


def every(line: Line) -> Iterator[Line]:
    yield line
    for part in line.parts:
        yield from every(part)


def explained(code: str, category: str = DIGITAL) -> Line:
    return explain(told()[1].cases[category], ENTRIES[code] if category == DIGITAL else f"{EDITION}.opd.{code}")


def test_a_winner_is_explained_from_its_place_down_to_the_single_score() -> None:
    line = explained("opd-02")
    assert line.en == "Inovasi opd-02: place 1 in Digital, with a score of 87.00"
    assert line.id == "Inovasi opd-02: juara 1 pada Digital, dengan nilai 87,00"
    score, order, rule = line.parts
    assert score.en == "The score is 87.00 (exactly 87/1)"
    [jurors] = score.parts
    assert jurors.en.startswith("By the jurors: 87.00 points, the mean 87.00 of 3 scoresheets, each less how many points")
    assert [sheet.en for sheet in jurors.parts] == [
        "Juror 1: 88.00 − 0.84 = 87.16",
        "Juror 2: 87.00 + 0.03 = 87.03",
        "Juror 3: 86.00 + 0.82 = 86.82",
    ]
    assert [criterion.en for criterion in jurors.parts[0].parts] == [
        "novelty: 90.00 points × weight 60 of 100",
        "benefit: 85.00 points × weight 40 of 100",
    ]
    assert order.en == "The next is Inovasi opd-01, 12.00 points below"
    assert rule.en.startswith("The rules were fixed before the first score: rulebook ") and rule.en.endswith(
        "novelty 60, benefit 40"
    )


def test_every_figure_names_where_in_the_log_it_stands() -> None:
    story, _ = told()
    line = explained("opd-02")
    events = {position: parse(service, position, raw) for service, position, raw in story.entries}
    decided, _, announced = line.positions
    assert isinstance(events[decided].event, WinnersDecided) and isinstance(events[announced].event, ResultsAnnounced)
    [jurors] = line.parts[0].parts
    for sheet, juror in zip(jurors.parts, JURORS, strict=True):
        [position] = sheet.positions
        assert isinstance(events[position].event, ScoresheetSubmitted)
        assert events[position].subject == f"scoresheet/{ENTRIES['opd-02']}.{juror}"
        for criterion in sheet.parts:
            [position] = criterion.positions
            event = events[position].event
            assert isinstance(event, ScoreRecorded)
            assert criterion.en.startswith(f"{event.criterion}: {event.score} points")


def test_every_sentence_is_there_in_both_languages() -> None:
    lines = [line for code in ("opd-01", "opd-02", "opd-03") for line in every(explained(code))]
    assert len(lines) > 30
    assert all(line.en and line.id for line in lines)


def test_the_sheets_add_up_to_the_score() -> None:
    case = told()[1].cases[DIGITAL]
    for code in ("opd-01", "opd-02", "opd-03"):
        [jurors] = explained(code).parts[0].parts
        worth = [Fraction(sheet.en.rpartition(" ")[2]) for sheet in jurors.parts]
        placed = next(p for p in case.winners if p.entry == ENTRIES[code]) if code != "opd-03" else None
        mean = sum(worth, Fraction(0)) / len(worth)
        assert placed is None or abs(mean - Fraction(placed.score)) <= Fraction(1, 100)


def test_who_won_nothing_is_explained_as_well() -> None:
    assert explained("opd-03").en == "Inovasi opd-03: place 3 in Digital, with a score of 65.09"
    assert explained("opd-02", AGENCIES).en.startswith("Dinas opd-02: place 1 in OPD")


def test_what_does_not_compete_has_no_explanation() -> None:
    with pytest.raises(Unknown):
        explain(told()[1].cases[DIGITAL], "kota-2023.digital.nobody")
