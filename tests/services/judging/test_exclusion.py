"""Entries and innovations that leave after they were admitted, also after judging began: what that does to sheets and ranks."""

from decimal import Decimal

from msgspec.structs import replace

from services.judging import category
from services.judging.category import CATEGORY, AdmitEntry, OpenJudging
from services.judging.docket import Event
from services.judging.exclusion import BY_RULE, ExcludeEntry, ReinstateInnovation, StrikeInnovation
from services.judging.scoresheet import SCORESHEET, OpenScoresheet
from services.judging.sheet import Unopened
from services.judging.verdict import DecideWinners
from shared.events.judging import (
    DecisionConfirmed,
    DecisionReopened,
    EntryAdmitted,
    EntryExcluded,
    InnovationReinstated,
    InnovationStruck,
    JudgingClosed,
    ResultsAnnounced,
    WinnersDecided,
)
from shared.events.screening import DossierItem
from tests.services.judging.competition import (
    ANA,
    BUDI,
    CHAIR,
    CITRA,
    OFFICIAL,
    X,
    Y,
    Z,
    admitted,
    category_of,
    closed,
    dossier,
    entry,
    judged,
    juror_of,
    locked,
    opened,
    panel,
    prepared,
    sheet_of,
    shortlist,
)
from tests.services.judging.test_winners import PANEL, X_WINS, decided, x_first
from tests.specification import specification

given = specification(CATEGORY, others=lambda others=(): others)

REASON = "meniru inovasi lain"
excluded = EntryExcluded(entry=X, reason=REASON, cause="NominationRevoked")
reopened = DecisionReopened(reason=REASON, reopened_by=BY_RULE)
UNTIL_HERE: tuple[list[Event], ...] = (prepared(X, Y), judged(X, Y), closed(X, Y))


def test_an_entry_whose_nomination_is_revoked_is_excluded_also_after_judging_began() -> None:
    for so_far in UNTIL_HERE:
        given(*so_far, others=(shortlist(Y),)).when(ExcludeEntry(X, REASON)).then(excluded)


def test_an_entry_that_still_stands_on_the_shortlist_is_not_excluded() -> None:
    given(*judged(X, Y), others=(shortlist(X, Y),)).when(ExcludeEntry(X, REASON)).then()


def test_a_revocation_before_anything_was_admitted_concerns_nobody_here() -> None:
    given(others=(shortlist(Y),)).when(ExcludeEntry(X, REASON)).then()
    given(*judged(Y), others=(shortlist(Y),)).when(ExcludeEntry(X, REASON)).then()


def test_a_decision_that_an_exclusion_overtakes_is_reopened_announced_or_not() -> None:
    confirmed = DecisionConfirmed(confirmed_by=OFFICIAL)
    announced = ResultsAnnounced(winners=(x_first,))
    for so_far in ((decided,), (decided, confirmed), (decided, confirmed, announced)):
        given(*closed(X, Y), *so_far, others=(shortlist(Y),)).when(ExcludeEntry(X, REASON)).then(excluded, reopened)


def test_the_others_move_up_and_the_sheets_of_an_excluded_entry_count_for_nothing() -> None:
    [event] = category.decide(category_of([*closed(X, Y), excluded]), DecideWinners(CHAIR), *X_WINS, *PANEL)
    assert isinstance(event, WinnersDecided)
    assert [(placed.place, placed.entry, placed.shown) for placed in event.ranking] == [(1, Y, Decimal("60.05"))]


def test_an_incomplete_category_is_ranked_as_if_the_excluded_entry_had_never_been_there() -> None:
    """BUDI gives X nothing, which would make him the most severe of jurors, and has no sheet for Z."""
    of_x = (sheet_of(X, ANA, 100, 100, 100, 100, 100), sheet_of(X, BUDI, 0, 0, 0, 0, 0), sheet_of(X, CITRA, 90, 90, 90, 90, 90))
    others = (
        sheet_of(Y, ANA, 60, 60, 60, 60, 60),
        sheet_of(Y, BUDI, 64, 64, 64, 64, 64),
        sheet_of(Y, CITRA, 62, 62, 62, 62, 62),
        sheet_of(Z, ANA, 61, 61, 61, 61, 61),
        Unopened(),
        sheet_of(Z, CITRA, 62, 62, 62, 62, 62),
    )
    three = (ANA, BUDI, CITRA)
    jurors = tuple(juror_of(person) for person in three)
    with_x = category_of([*closed(X, Y, Z, jurors=three), excluded])
    [after] = category.decide(with_x, DecideWinners(CHAIR), *of_x, *others, *jurors)
    [never] = category.decide(category_of(closed(Y, Z, jurors=three)), DecideWinners(CHAIR), *others, *jurors)
    assert after == never
    assert isinstance(after, WinnersDecided)
    assert after.method == "severity"


def test_nobody_scores_an_excluded_entry() -> None:
    without = category_of([*judged(X, Y), excluded])
    of_ana = specification(SCORESHEET, others=lambda: (without, juror_of(ANA)))
    of_ana().when(OpenScoresheet(X, ANA)).is_refused(
        "Entry X is excluded: meniru inovasi lain. The other entries are judged without it"
    )


def test_an_excluded_entry_is_not_admitted_again_and_judging_opens_without_it() -> None:
    given(*prepared(X, Y), excluded, others=(shortlist(X, Y),)).when(AdmitEntry(X)).then()
    given(*prepared(X, Y), excluded, others=(shortlist(Y),)).when(OpenJudging()).then(opened(Y))


def test_with_every_entry_excluded_there_is_nothing_to_decide() -> None:
    given(*closed(X), excluded, others=(*X_WINS[:2], *PANEL)).when(DecideWinners(CHAIR)).is_refused(
        "every entry of this category is excluded; there is nothing to decide"
    )


# -- disqualified innovations

OPD = entry("opd-01", "opd")
struck = InnovationStruck(entry=OPD, innovation="i1", reason=REASON)


def portfolio(innovations: int) -> list[Event]:
    """An institution's entry with so many innovations, closed with the full quorum."""
    of_opd = EntryAdmitted(entry=OPD, institution="opd-01", name="Dinas Contoh 1", dossier=dossier(innovations))
    return [locked("opd"), of_opd, panel(OPD, ANA, BUDI), opened(OPD), JudgingClosed()]


def test_a_disqualified_innovation_leaves_the_dossier_of_its_institution() -> None:
    given(*portfolio(3)).when(StrikeInnovation("i1", REASON)).then(struck)


def test_the_count_of_the_portfolio_falls_and_the_sheets_stay() -> None:
    sheets = (sheet_of(OPD, ANA, 80, 80, 80, 80, 80), sheet_of(OPD, BUDI, 80, 80, 80, 80, 80))
    scores = []
    for so_far in (portfolio(3), [*portfolio(3), struck]):
        [event] = category.decide(category_of(so_far), DecideWinners(CHAIR), *sheets, *PANEL)
        assert isinstance(event, WinnersDecided)
        scores.append(event.ranking[0].score)
    assert scores == [Decimal("76.00"), Decimal("72.00")], "80 % of 80 and 20 % of 60, then of 40"


def test_with_its_last_innovation_the_entry_is_excluded() -> None:
    given(*portfolio(1)).when(StrikeInnovation("i0", REASON)).then(
        InnovationStruck(entry=OPD, innovation="i0", reason=REASON),
        EntryExcluded(entry=OPD, reason=REASON, cause="InnovationDisqualified"),
    )


def test_an_innovation_that_competes_by_itself_is_excluded() -> None:
    given(*judged(X)).when(StrikeInnovation("i0", REASON)).then(
        InnovationStruck(entry=X, innovation="i0", reason=REASON),
        EntryExcluded(entry=X, reason=REASON, cause="InnovationDisqualified"),
    )


def test_an_innovation_that_is_in_no_dossier_concerns_nobody_here() -> None:
    given(*portfolio(2)).when(StrikeInnovation("i7", REASON)).then()


def test_a_disqualification_that_falls_brings_the_innovation_and_its_entry_back() -> None:
    gone: list[Event] = [
        InnovationStruck(entry=X, innovation="i0", reason=REASON),
        EntryExcluded(entry=X, reason=REASON, cause="InnovationDisqualified"),
    ]
    given(*closed(X, Y), *gone).when(ReinstateInnovation("i0", "")).then(InnovationReinstated(entry=X, innovation="i0"))
    back = category_of([*closed(X, Y), *gone, InnovationReinstated(entry=X, innovation="i0")])
    [event] = category.decide(back, DecideWinners(CHAIR), *X_WINS, *PANEL)
    assert event == decided, "its sheets count as they stand"


def test_a_reinstated_innovation_reopens_a_decision_made_without_it() -> None:
    without = replace(decided, ranking=(x_first,))
    given(*portfolio(2), struck, without).when(ReinstateInnovation("i1", REASON)).then(
        InnovationReinstated(entry=OPD, innovation="i1"), reopened
    )


def test_an_entry_whose_nomination_was_revoked_does_not_come_back_with_its_innovation() -> None:
    both = replace(admitted(X), dossier=(*dossier(1), DossierItem(innovation="i5", revision=1, digest="1" * 64)))
    so_far = [locked(), both, InnovationStruck(entry=X, innovation="i5", reason=REASON), excluded]
    given(*so_far).when(ReinstateInnovation("i5", "")).then()


def test_what_was_never_struck_is_not_reinstated() -> None:
    given(*judged(X)).when(ReinstateInnovation("i0", "")).then()
