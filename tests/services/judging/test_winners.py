"""From scoresheets to announced winners: which sheets count, what stands against a decision, ties and votes."""

from decimal import Decimal

from services.judging import category, docket
from services.judging.category import CATEGORY
from services.judging.seats import judged_by
from services.judging.sheet import Unopened
from services.judging.verdict import DecideWinners, ResolveTie
from shared.events.judging import (
    ConflictDeclared,
    JudgingClosed,
    JurorRecused,
    Placed,
    TieResolved,
    WinnersDecided,
)
from shared.refusals import Invalid
from tests.services.judging.competition import (
    ANA,
    BUDI,
    CHAIR,
    CITRA,
    DEWI,
    EDITION,
    X,
    Y,
    Z,
    admitted,
    category_of,
    closed,
    judged,
    juror_of,
    locked,
    opened,
    panel,
    sheet_of,
)
from tests.specification import specification

given = specification(CATEGORY, others=lambda others=(): others)

PANEL = (juror_of(ANA), juror_of(BUDI))
X_WINS = (
    sheet_of(X, ANA, 80, 70, 90, 60, 100),
    sheet_of(X, BUDI, 70, 80, 80, 80, 90),
    sheet_of(Y, ANA, 60, 60, 60, 60, 60),
    sheet_of(Y, BUDI, 60, 60, 60, 60, 61),
)
"""X 78.50 and 78.00, Y 60.00 and 60.10."""
LEVEL = tuple(sheet_of(e, j, 70, 70, 70, 70, 70) for e in (X, Y) for j in (ANA, BUDI))

x_first = Placed(place=1, entry=X, name="Entry X", score=Decimal("78.25"), shown=Decimal("78.25"), exact="313/4")
y_second = Placed(place=2, entry=Y, name="Entry Y", score=Decimal("60.05"), shown=Decimal("60.05"), exact="1201/20")
decided = WinnersDecided(method="mean", ranking=(x_first, y_second), winners=(x_first,), decided_by=CHAIR)


def test_the_winners_follow_from_the_submitted_sheets() -> None:
    given(*closed(X, Y), others=(*X_WINS, *PANEL)).when(DecideWinners(CHAIR)).then(decided)


def test_deciding_again_changes_nothing() -> None:
    given(*closed(X, Y), decided, others=(*LEVEL, *PANEL)).when(DecideWinners(CHAIR)).then()


def test_no_decision_below_the_quorum() -> None:
    open_sheet = sheet_of(X, BUDI, 70, 80, 80, 80, 90, submitted=False)
    given(*closed(X, Y), others=(X_WINS[0], open_sheet, *X_WINS[2:], *PANEL)).when(DecideWinners(CHAIR)).is_refused(
        "every entry needs 2 submitted scoresheets that count, and these have fewer: Entry X: 1"
    )


def test_no_decision_with_an_entry_that_nobody_scored() -> None:
    given(*closed(X, Y), others=(*X_WINS[:2], Unopened(), Unopened(), *PANEL)).when(DecideWinners(CHAIR)).is_refused(
        "every entry needs 2 submitted scoresheets that count, and these have fewer: Entry Y: 0"
    )


def test_the_sheet_of_a_juror_who_stepped_back_does_not_count_though_submitted() -> None:
    recused = juror_of(BUDI, JurorRecused(juror=BUDI, entry=X, reason="membimbing"))
    given(*closed(X, Y), others=(*X_WINS, PANEL[0], recused)).when(DecideWinners(CHAIR)).is_refused(
        "every entry needs 2 submitted scoresheets that count, and these have fewer: Entry X: 1"
    )


def test_the_sheet_of_a_juror_with_a_conflict_does_not_count_though_declared_after_the_close() -> None:
    related = juror_of(CITRA, ConflictDeclared(juror=CITRA, institution="opd-02", relation="mentor"))
    of_citra = (sheet_of(X, CITRA, 50, 50, 50, 50, 50), sheet_of(Y, CITRA, 100, 100, 100, 100, 100))
    three = closed(X, Y, jurors=(ANA, BUDI, CITRA))
    [event] = category.decide(category_of(three), DecideWinners(CHAIR), *X_WINS, *of_citra, *PANEL, related)
    assert isinstance(event, WinnersDecided)
    assert event.method == "severity", "one sheet of a full panel is missing"
    assert [placed.entry for placed in event.ranking] == [X, Y]
    [event] = category.decide(category_of(three), DecideWinners(CHAIR), *X_WINS, *of_citra, *PANEL, juror_of(CITRA))
    assert isinstance(event, WinnersDecided)
    assert [placed.entry for placed in event.ranking] == [Y, X], "without the conflict his sheet would decide"


def test_a_juror_who_left_the_panel_leaves_his_submitted_sheets() -> None:
    replaced = [*judged(X, Y), panel(X, ANA, CITRA), panel(Y, ANA, CITRA), JudgingClosed()]
    unopened = (Unopened(), Unopened())
    given(*replaced, others=(*X_WINS, *unopened, *PANEL, juror_of(CITRA))).when(DecideWinners(CHAIR)).then(decided)


def test_the_winners_follow_from_the_sheets_of_every_seat_ever_assigned() -> None:
    replaced = category_of([*judged(X, Y), panel(X, CITRA), JudgingClosed()])
    assert [a.subject for a in judged_by(EDITION, replaced)] == [
        *(f"scoresheet/{X}.{person}" for person in (ANA, BUDI, CITRA)),
        *(f"scoresheet/{Y}.{person}" for person in (ANA, BUDI)),
        *(f"juror/{EDITION}.{person}" for person in (ANA, BUDI, CITRA)),
    ]
    assert judged_by(EDITION, docket.Unlocked()) == ()


def test_no_decision_on_fewer_sheets_than_there_are_seats() -> None:
    given(*closed(X, Y), others=(*X_WINS[:3], *PANEL)).when(DecideWinners(CHAIR)).is_refused(
        "the panels have just changed; ask again"
    )


def test_no_decision_between_entries_that_no_juror_compares() -> None:
    apart = [locked(), admitted(X), admitted(Y), panel(X, ANA, BUDI), panel(Y, CITRA, DEWI), opened(X, Y), JudgingClosed()]
    sheets = (*X_WINS[:2], sheet_of(Y, CITRA, 60, 60, 60, 60, 60), sheet_of(Y, DEWI, 60, 60, 60, 60, 60))
    given(*apart, others=(*sheets, *PANEL, juror_of(CITRA), juror_of(DEWI))).when(DecideWinners(CHAIR)).is_refused(
        "no juror links these groups of entries, so their scores do not compare: Entry X | Entry Y. They need a juror in common"
    )


# -- ties

vote = TieResolved(order=(Y, X), note="3:2")


def test_a_tie_that_no_rung_breaks_waits_for_the_panels_vote() -> None:
    given(*closed(X, Y), others=(*LEVEL, *PANEL)).when(DecideWinners(CHAIR)).is_refused(
        "tied at place 1: Entry X, Entry Y. The panel votes, and the chair records the vote's order"
    )


def test_the_chair_records_the_vote_on_a_tie_that_stands() -> None:
    given(*closed(X, Y), others=(*LEVEL, *PANEL)).when(ResolveTie((Y, X), "3:2")).then(vote)


def test_the_vote_decides_and_is_named() -> None:
    [event] = category.decide(category_of([*closed(X, Y), vote]), DecideWinners(CHAIR), *LEVEL, *PANEL)
    assert isinstance(event, WinnersDecided)
    assert [(p.place, p.entry, p.score, p.resolved_by) for p in event.ranking] == [
        (1, Y, Decimal("70.00"), "vote"),
        (2, X, Decimal("70.00"), "vote"),
    ]


def test_a_tie_is_broken_by_the_ladder_before_any_vote() -> None:
    """Both 75.00: X leads in novelty."""
    sheets = [sheet_of(X, j, 80, 69, 75, 75, 75) for j in (ANA, BUDI)] + [
        sheet_of(Y, j, 75, 75, 75, 75, 75) for j in (ANA, BUDI)
    ]
    [event] = category.decide(category_of(closed(X, Y)), DecideWinners(CHAIR), *sheets, *PANEL)
    assert isinstance(event, WinnersDecided)
    assert [(p.entry, p.shown, p.resolved_by) for p in event.ranking] == [
        (X, Decimal("75.00"), "novelty"),
        (Y, Decimal("75.00"), "novelty"),
    ]


def test_there_is_no_vote_on_entries_that_are_not_tied() -> None:
    given(*closed(X, Y), others=(*X_WINS, *PANEL)).when(ResolveTie((Y, X), "3:2")).is_refused(
        "a vote orders exactly the entries of a tie that stands (none does)"
    )


def test_a_vote_orders_every_tied_entry_once() -> None:
    for order in ((Y,), (Y, X, X), (Y, Z)):
        given(*closed(X, Y), others=(*LEVEL, *PANEL)).when(ResolveTie(order, "3:2")).is_refused(
            f"a vote orders exactly the entries of a tie that stands (1: {X}, {Y})"
        )


def test_a_vote_is_noted() -> None:
    given(*closed(X, Y), others=(*LEVEL, *PANEL)).when(ResolveTie((Y, X), "")).is_refused("note how the panel voted", Invalid)


def test_a_recorded_vote_stands() -> None:
    given(*closed(X, Y), vote, others=(*LEVEL, *PANEL)).when(ResolveTie((Y, X), "3:2")).then()
    given(*closed(X, Y), vote, others=(*LEVEL, *PANEL)).when(ResolveTie((X, Y), "4:1")).is_refused(
        "a vote orders exactly the entries of a tie that stands (none does)"
    )
    given(*closed(X, Y), vote, decided).when(ResolveTie((X, Y), "4:1")).is_refused("the winners are decided: the vote stands")
    given(*closed(X, Y), vote, decided).when(ResolveTie((Y, X), "3:2")).then()
