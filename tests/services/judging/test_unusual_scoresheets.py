"""A scoresheet that does not go the usual way: typed from paper, reopened by the chair, void."""

from decimal import Decimal

from hypothesis import given as for_any
from hypothesis import strategies as st

from services.judging import docket, juror, scoresheet, sheet
from services.judging.scoresheet import (
    SCORESHEET,
    ConfirmScoresheet,
    EnterPaperSheet,
    OpenScoresheet,
    RecordScore,
    ReopenScoresheet,
    SubmitScoresheet,
    VoidScoresheet,
)
from shared.events.judging import (
    EntryExcluded,
    JurorAppointed,
    JurorReplaced,
    ScoresheetConfirmed,
    ScoresheetReopened,
    ScoresheetSubmitted,
    ScoresheetVoided,
    TiesStated,
)
from shared.refusals import Forbidden, Invalid, Refused
from tests.services.judging.competition import (
    ANA,
    BUDI,
    CHAIR,
    CRITERIA,
    OFFICIAL,
    X,
    Y,
    category_of,
    closed,
    judged,
    juror_of,
)
from tests.services.judging.test_scoresheet import (
    CLOSED,
    FREE,
    JUDGING,
    RECUSED,
    RELATED,
    an_open_sheet,
    every_score,
    given,
    record,
    submitted,
)
from tests.services.judging.test_winners import decided
from tests.specification import NOON

SCAN = "ab" * 32
scores = tuple(record(criterion, 80) for criterion in CRITERIA)
on_paper = EnterPaperSheet(X, ANA, scores, OFFICIAL, SCAN)
typed = ScoresheetSubmitted(entry=X, juror=ANA, recorded_by=OFFICIAL, scan_digest=SCAN)
typed_sheet = (an_open_sheet, *every_score, typed)
confirmed = ScoresheetConfirmed(entry=X, juror=ANA, scan_digest=SCAN)
reopened = ScoresheetReopened(entry=X, juror=ANA, reason="salah baca", reopened_by=CHAIR)
reopen = ReopenScoresheet("salah baca", CHAIR)


# -- typed from paper


def test_a_paper_sheet_is_typed_whole_with_the_digest_of_its_scan() -> None:
    given().when(on_paper).then(*typed_sheet)


def test_a_paper_sheet_with_a_criterion_missing_or_twice_is_not_taken() -> None:
    sentence = f"a paper sheet is typed whole, every criterion once: {', '.join(CRITERIA)}"
    for some in (scores[:4], (*scores, record("novelty", 90)), (*scores[:4], record("beauty", 80))):
        given().when(EnterPaperSheet(X, ANA, some, OFFICIAL, SCAN)).is_refused(sentence, Invalid)


def test_nobody_types_his_own_paper_sheet() -> None:
    given().when(EnterPaperSheet(X, ANA, scores, f"person/{ANA}", SCAN)).is_refused(
        "your own sheet you fill in yourself", Forbidden
    )


def test_nobody_types_over_what_the_juror_has_begun_or_handed_in() -> None:
    given(an_open_sheet).when(on_paper).is_refused("the juror has begun this sheet himself; he goes on with it")
    other = EnterPaperSheet(X, ANA, (record("novelty", 81), *scores[1:]), OFFICIAL, SCAN)
    given(*typed_sheet).when(other).is_refused(
        "another sheet of this juror is handed in for the entry; the chair reopens it first"
    )


def test_no_paper_sheet_for_a_barred_juror_or_after_the_close() -> None:
    given(juror=RELATED).when(on_paper).is_refused(
        "a conflict of interest with opd-01 (employer) is on record: the other jurors score Entry X", Forbidden
    )
    given(category=CLOSED).when(on_paper).is_refused("judging of this category is not open")


def test_the_juror_confirms_what_was_typed_also_after_the_close_but_before_the_decision() -> None:
    for category in (JUDGING, CLOSED):
        given(*typed_sheet, category=category).when(ConfirmScoresheet()).then(confirmed)
    given(*typed_sheet, category=category_of([*closed(X, Y), decided])).when(ConfirmScoresheet()).is_refused(
        "the winners are decided without this sheet; tell the chair, who can reopen the decision"
    )


def test_a_typed_sheet_counts_only_once_it_is_confirmed() -> None:
    assert isinstance(given(*typed_sheet).state, sheet.Unconfirmed)
    assert isinstance(given(*typed_sheet, confirmed).state, sheet.Submitted)


def test_there_is_nothing_to_confirm_on_an_open_or_missing_sheet() -> None:
    given(an_open_sheet).when(ConfirmScoresheet()).is_refused("this scoresheet is open: its juror scores and submits it")
    given().when(ConfirmScoresheet()).is_refused("no sheet of this juror is handed in for the entry")


# -- reopened


def test_the_chair_reopens_a_sheet_with_a_reason_while_judging_is_open() -> None:
    for so_far in ((an_open_sheet, *every_score, submitted), typed_sheet):
        given(*so_far).when(reopen).then(reopened)
    given(an_open_sheet, *every_score, submitted).when(ReopenScoresheet(" ", CHAIR)).is_refused(
        "say why the sheet is reopened", Invalid
    )
    given(an_open_sheet, *every_score, submitted, category=CLOSED).when(reopen).is_refused(
        "judging of this category is not open"
    )


def test_a_reopened_sheet_keeps_its_scores_and_is_changed_and_submitted_again() -> None:
    so_far = (an_open_sheet, *every_score, submitted, reopened)
    given(*so_far).when(SubmitScoresheet()).then(submitted)
    given(*so_far).when(record("novelty", 80)).then()
    assert isinstance(given(*so_far).state, sheet.Open), "until then it does not count"


def test_what_is_open_is_not_reopened() -> None:
    given(an_open_sheet).when(reopen).is_refused("this scoresheet is open: its juror scores and submits it")
    given().when(reopen).is_refused("no sheet of this juror is handed in for the entry")


def test_a_reopened_paper_sheet_can_be_typed_again() -> None:
    given(*typed_sheet, reopened).when(on_paper).then(*every_score, typed)


# -- void


def test_the_sheet_of_a_juror_who_is_barred_by_now_is_void_in_whatever_state() -> None:
    for so_far in ((an_open_sheet,), (an_open_sheet, *every_score, submitted), typed_sheet):
        for barred, why in (
            (RELATED, "a conflict of interest with opd-01 (employer) is on record"),
            (RECUSED, "a recusal from this entry is on record"),
        ):
            given(*so_far, juror=barred).when(VoidScoresheet()).then(ScoresheetVoided(entry=X, juror=ANA, reason=why))


def test_the_open_sheet_of_a_replaced_juror_is_void_and_the_submitted_one_stays() -> None:
    left = juror_of(ANA, JurorReplaced(juror=ANA, successor=BUDI, reason="sakit"))
    given(an_open_sheet, juror=left).when(VoidScoresheet()).then(
        ScoresheetVoided(entry=X, juror=ANA, reason=f"the juror was replaced by {BUDI} before submitting it")
    )
    given(an_open_sheet, *every_score, submitted, juror=left).when(VoidScoresheet()).then()


def test_a_sheet_that_nothing_bars_is_not_void_nor_one_that_does_not_exist() -> None:
    given(an_open_sheet).when(VoidScoresheet()).then()
    given(juror=RELATED).when(VoidScoresheet()).then()
    excluded = EntryExcluded(entry=X, reason="dicabut", cause="NominationRevoked")
    given(an_open_sheet, category=category_of([*judged(X, Y), excluded]), juror=RELATED).when(VoidScoresheet()).then()


def test_nothing_is_done_with_a_void_sheet() -> None:
    void = ScoresheetVoided(entry=X, juror=ANA, reason="benturan kepentingan")
    for command in (OpenScoresheet(X, ANA), record("novelty", 80), SubmitScoresheet(), reopen, on_paper, ConfirmScoresheet()):
        given(an_open_sheet, *every_score, submitted, void).when(command).is_refused(
            "this scoresheet is void: benturan kepentingan. The other jurors' sheets count"
        )


# -- taking another's place


def test_a_replaced_juror_scores_nothing_more_whatever_panel_he_stands_on() -> None:
    left = juror_of(ANA, JurorReplaced(juror=ANA, successor=BUDI, reason="sakit"))
    given(juror=left).when(OpenScoresheet(X, ANA)).is_refused(
        f"juror {ANA} was replaced by {BUDI}, who scores Entry X now", Forbidden
    )


def test_who_takes_a_jurors_place_states_his_ties_before_he_scores() -> None:
    appointed = JurorAppointed(juror=ANA, university="Universitas Contoh", succeeds=BUDI)
    new = juror.evolve(juror.Unappointed(), appointed)
    given(juror=new).when(OpenScoresheet(X, ANA)).is_refused(
        "you take another juror's place: declare your conflicts of interest first, or state that you have none"
    )
    given(juror=juror.evolve(new, TiesStated(juror=ANA))).when(OpenScoresheet(X, ANA)).then(an_open_sheet)


some_commands = st.lists(
    st.one_of(
        st.just(OpenScoresheet(X, ANA)),
        st.builds(
            RecordScore,
            st.sampled_from([*CRITERIA, "beauty"]),
            st.decimals(-1, 101, places=2) | st.sampled_from([Decimal("1.005"), Decimal("NaN"), Decimal(80)]),
            st.sampled_from(["", "baik"]),
        ),
        st.sampled_from([SubmitScoresheet(), ConfirmScoresheet(), VoidScoresheet(), on_paper, reopen]),
    ),
    max_size=20,
)


@for_any(some_commands, st.sampled_from([JUDGING, CLOSED]), st.sampled_from([FREE, RELATED]))
def test_the_command_read_from_any_events_leads_to_the_same_events(
    commands: list[scoresheet.Command], later: docket.State, known: juror.State
) -> None:
    state: sheet.State = SCORESHEET.initial
    for number, command in enumerate(commands):
        category, by = (later, known) if number > len(commands) // 2 else (JUDGING, FREE)
        try:
            events = scoresheet.decide(state, command, category, by)
        except Refused:
            continue
        if events:
            read_back = scoresheet.command_of(events, "", NOON)
            assert scoresheet.decide(state, read_back, category, by) == events
        for event in events:
            state = sheet.evolve(state, event)
        assert scoresheet.decide(state, command, category, by) == []
