"""A juror's scoresheet for one entry."""

from decimal import Decimal

import pytest

from services.judging import scoresheet
from services.judging.juror import Unappointed
from services.judging.scoresheet import SCORESHEET, OpenScoresheet, RecordScore, SubmitScoresheet
from shared.events.judging import ConflictDeclared, JurorRecused, ScoreRecorded, ScoresheetOpened, ScoresheetSubmitted
from shared.refusals import Forbidden, Invalid, Unknown
from tests.services.judging.competition import ANA, BUDI, CRITERIA, X, Y, category_of, closed, judged, juror_of, panel, prepared
from tests.specification import specification

JUDGING = category_of(judged(X))
CLOSED = category_of(closed(X))
FREE = juror_of(ANA)
RELATED = juror_of(ANA, ConflictDeclared(juror=ANA, institution="opd-01", relation="employer"))
RECUSED = juror_of(ANA, JurorRecused(juror=ANA, entry=X, reason="kerabat"))

given = specification(SCORESHEET, others=lambda category=JUDGING, juror=FREE: (category, juror))

an_open_sheet = ScoresheetOpened(entry=X, juror=ANA)
submitted = ScoresheetSubmitted(entry=X, juror=ANA)


def score(criterion: str, points: int | str, comment: str = "") -> ScoreRecorded:
    return ScoreRecorded(criterion=criterion, score=Decimal(points), comment=comment)


def record(criterion: str, points: int | str, comment: str = "") -> RecordScore:
    return RecordScore(criterion, Decimal(points), comment)


every_score = [score(criterion, 80) for criterion in CRITERIA]


def test_a_juror_of_the_panel_opens_his_sheet() -> None:
    given().when(OpenScoresheet(X, ANA)).then(an_open_sheet)


def test_opening_again_changes_nothing() -> None:
    given(an_open_sheet).when(OpenScoresheet(X, ANA)).then()
    given(an_open_sheet, *every_score, submitted, category=CLOSED).when(OpenScoresheet(X, ANA)).then()


def test_a_juror_may_not_open_the_entry_of_his_employer() -> None:
    given(juror=RELATED).when(OpenScoresheet(X, ANA)).is_refused(
        "a conflict of interest with opd-01 (employer) is on record: the other jurors score Entry X", Forbidden
    )


def test_a_juror_who_stepped_back_may_not_open_the_entry() -> None:
    given(juror=RECUSED).when(OpenScoresheet(X, ANA)).is_refused(
        "a recusal from this entry is on record: the other jurors score Entry X", Forbidden
    )


def test_a_person_who_is_no_juror_opens_nothing() -> None:
    given(juror=Unappointed()).when(OpenScoresheet(X, ANA)).is_refused(
        "no appointment as a juror of this edition is on record: the other jurors score Entry X", Forbidden
    )


def test_a_juror_outside_the_panel_may_not_open_the_entry() -> None:
    given(category=category_of(judged(X, jurors=(BUDI,)))).when(OpenScoresheet(X, ANA)).is_refused(
        "you are not on the panel of Entry X; the committee assigns panels", Forbidden
    )


def test_no_sheet_for_an_entry_that_is_not_admitted() -> None:
    given().when(OpenScoresheet(Y, ANA)).is_refused(
        f"{Y} is no admitted entry; the entries stand in the list of its category", Unknown
    )


def test_no_sheet_before_judging_opens() -> None:
    given(category=category_of(prepared(X))).when(OpenScoresheet(X, ANA)).is_refused("judging of this category is not open")


def test_a_score_is_recorded_with_its_comment() -> None:
    given(an_open_sheet).when(record("novelty", "78.25", "berani")).then(score("novelty", "78.25", "berani"))


def test_a_changed_score_or_comment_is_a_new_event() -> None:
    given(an_open_sheet, score("novelty", 80)).when(record("novelty", 81)).then(score("novelty", 81))
    given(an_open_sheet, score("novelty", 80)).when(record("novelty", 80, "berani")).then(score("novelty", 80, "berani"))


def test_recording_the_same_score_again_changes_nothing() -> None:
    given(an_open_sheet, score("novelty", 80)).when(record("novelty", "80.0")).then()
    given(an_open_sheet, score("novelty", 80), category=CLOSED).when(record("novelty", 80)).then()


@pytest.mark.parametrize(
    ("points", "bytes_of_it"), [("80", "80.00"), ("80.0", "80.00"), ("8E+1", "80.00"), ("80.000", "80.00"), ("-0", "0.00")]
)
def test_the_same_score_is_always_written_alike(points: str, bytes_of_it: str) -> None:
    [event] = scoresheet.decide(given(an_open_sheet).state, record("novelty", points), JUDGING, FREE)
    assert isinstance(event, ScoreRecorded)
    assert str(event.score) == bytes_of_it


@pytest.mark.parametrize("points", ["100.5", "-1", "NaN", "sNaN", "Infinity", "1E+30"])
def test_a_score_lies_between_0_and_100(points: str) -> None:
    given(an_open_sheet).when(record("novelty", points)).is_refused(
        f"novelty: a score lies between 0 and 100, not {points}", Invalid
    )


@pytest.mark.parametrize("points", ["78.255", "0.001", "99.99999999999999999999999999999999999"])
def test_a_score_has_at_most_two_decimals(points: str) -> None:
    given(an_open_sheet).when(record("novelty", points)).is_refused(
        f"novelty: a score has at most two decimals, not {points}", Invalid
    )


def test_only_criteria_of_the_rubric_are_scored() -> None:
    given(an_open_sheet).when(record("beauty", 80)).is_refused(
        "jurors do not score beauty; the rubric asks for novelty, benefit, replication, authority, presentation", Invalid
    )


def test_no_score_without_an_open_sheet() -> None:
    given().when(record("novelty", 80)).is_refused("open your scoresheet for this entry first")
    given().when(SubmitScoresheet()).is_refused("open your scoresheet for this entry first")


def test_no_score_after_the_close() -> None:
    given(an_open_sheet, category=CLOSED).when(record("novelty", 80)).is_refused("judging of this category is not open")


def test_no_score_once_a_conflict_or_recusal_is_on_record() -> None:
    given(an_open_sheet, juror=RELATED).when(record("novelty", 80)).is_refused(
        "a conflict of interest with opd-01 (employer) is on record: the other jurors score Entry X", Forbidden
    )
    given(an_open_sheet, juror=RECUSED).when(record("novelty", 80)).is_refused(
        "a recusal from this entry is on record: the other jurors score Entry X", Forbidden
    )


def test_no_score_after_leaving_the_panel() -> None:
    moved = category_of([*judged(X), panel(X, BUDI)])
    given(an_open_sheet, category=moved).when(record("novelty", 80)).is_refused(
        "you are not on the panel of Entry X; the committee assigns panels", Forbidden
    )


def test_a_complete_sheet_is_submitted() -> None:
    given(an_open_sheet, *every_score).when(SubmitScoresheet()).then(submitted)


def test_an_incomplete_sheet_is_not_submitted() -> None:
    given(an_open_sheet, *every_score[:3]).when(SubmitScoresheet()).is_refused(
        "not scored yet: authority, presentation. Score every criterion, then submit"
    )


def test_no_submission_after_the_close() -> None:
    given(an_open_sheet, *every_score, category=CLOSED).when(SubmitScoresheet()).is_refused(
        "judging of this category is not open"
    )


def test_submitting_again_changes_nothing() -> None:
    given(an_open_sheet, *every_score, submitted).when(SubmitScoresheet()).then()


def test_a_submitted_sheet_stands() -> None:
    given(an_open_sheet, *every_score, submitted).when(record("novelty", 80)).then()
    given(an_open_sheet, *every_score, submitted).when(record("novelty", 81)).is_refused(
        "this scoresheet is submitted: its scores stand. While judging is open, the chair can reopen it"
    )
