"""A category being judged: its rules locked, its entries admitted, its panels assigned, judging opened and closed."""

from services.judging import juror
from services.judging.category import (
    CATEGORY,
    AdmitEntry,
    AssignPanel,
    CloseJudging,
    LockRubric,
    OpenJudging,
)
from services.judging.verdict import AnnounceResults, DecideWinners, ResolveTie
from shared.events.judging import (
    ConflictDeclared,
    JudgingClosed,
    JurorRecused,
    RubricLocked,
)
from shared.facts import EditionFacts, ShortlistFacts
from shared.refusals import Invalid, Unknown
from tests.services.judging.competition import (
    ANA,
    BUDI,
    CHAIR,
    CITRA,
    OFFICIAL,
    OPEN_EDITION,
    RULEBOOK,
    X,
    Y,
    Z,
    admitted,
    closed,
    judged,
    juror_of,
    locked,
    opened,
    panel,
    prepared,
    shortlist,
)
from tests.specification import NOON, specification

given = specification(CATEGORY, others=lambda others=(): others)

PANEL = (juror_of(ANA), juror_of(BUDI))


# -- preparing


def test_the_rules_of_the_category_are_locked_with_the_digest_of_the_rulebook() -> None:
    given(others=(OPEN_EDITION,)).when(LockRubric("digital")).then(
        RubricLocked(
            rulebook=RULEBOOK.digest(),
            category=RULEBOOK.categories[0],
            rubric=RULEBOOK.rubrics[0],
            aggregation=RULEBOOK.aggregation,
            ladder=RULEBOOK.ladder,
            quorum=2,
        )
    )


def test_a_category_that_the_rulebook_does_not_have_is_not_judged() -> None:
    for edition in (OPEN_EDITION, EditionFacts()):
        given(others=(edition,)).when(LockRubric("dance")).is_refused("the edition's rulebook has no category dance", Unknown)


def test_locked_rules_stay_whatever_becomes_of_the_rulebook() -> None:
    given(locked(), others=(EditionFacts(),)).when(LockRubric("digital")).then()


def test_an_entry_is_admitted_as_it_was_nominated() -> None:
    given(locked(), others=(shortlist(X, Y),)).when(AdmitEntry(X)).then(admitted(X))


def test_an_entry_is_admitted_from_a_confirmed_shortlist_only() -> None:
    for facts in (shortlist(X, confirmed=False), shortlist(Y), ShortlistFacts()):
        given(locked(), others=(facts,)).when(AdmitEntry(X)).is_refused(
            f"{X} does not stand on a confirmed shortlist; only such entries are admitted"
        )


def test_admitting_again_changes_nothing() -> None:
    given(*judged(X), others=(shortlist(X),)).when(AdmitEntry(X)).then()


def test_no_entry_joins_once_judging_has_begun() -> None:
    given(*judged(X), others=(shortlist(X, Y),)).when(AdmitEntry(Y)).is_refused(
        "judging has begun with other entries; an entry is admitted before judging opens"
    )


def test_nothing_happens_in_a_category_without_a_confirmed_shortlist() -> None:
    for command in (
        AdmitEntry(X),
        AssignPanel(X, (ANA,)),
        OpenJudging(),
        CloseJudging(),
        DecideWinners(CHAIR),
        AnnounceResults(OFFICIAL, NOON),
    ):
        given(others=(shortlist(X),)).when(command).is_refused(
            "this category has no confirmed shortlist yet; judging is prepared once screening confirms it"
        )


# -- panels


def test_a_panel_is_assigned() -> None:
    given(locked(), admitted(X), others=PANEL).when(AssignPanel(X, (ANA, BUDI))).then(panel(X, ANA, BUDI))


def test_a_panel_can_change_while_judging_is_open() -> None:
    given(*judged(X), others=(juror_of(BUDI), juror_of(CITRA))).when(AssignPanel(X, (BUDI, CITRA))).then(panel(X, BUDI, CITRA))


def test_assigning_the_same_panel_again_changes_nothing() -> None:
    given(*closed(X), others=PANEL).when(AssignPanel(X, (ANA, BUDI))).then()


def test_no_panel_holds_a_juror_with_a_conflict_of_interest() -> None:
    related = juror_of(BUDI, ConflictDeclared(juror=BUDI, institution="opd-01", relation="kin"))
    given(locked(), admitted(X), others=(juror_of(ANA), related)).when(AssignPanel(X, (ANA, BUDI))).is_refused(
        f"juror {BUDI} cannot judge Entry X: a conflict of interest with opd-01 (kin) is on record. Choose another juror"
    )


def test_no_panel_holds_a_juror_who_stepped_back_or_was_never_appointed() -> None:
    recused = juror_of(ANA, JurorRecused(juror=ANA, entry=X, reason="membimbing"))
    given(locked(), admitted(X), others=(recused,)).when(AssignPanel(X, (ANA,))).is_refused(
        f"juror {ANA} cannot judge Entry X: a recusal from this entry is on record. Choose another juror"
    )
    given(locked(), admitted(X), others=(juror.Unappointed(),)).when(AssignPanel(X, (CITRA,))).is_refused(
        f"juror {CITRA} cannot judge Entry X: no appointment as a juror of this edition is on record. Choose another juror"
    )


def test_a_panel_has_jurors_each_of_them_once() -> None:
    sentence = "the panel of Entry X needs jurors, each of them once; appoint one without a conflict of interest"
    given(locked(), admitted(X)).when(AssignPanel(X, ())).is_refused(sentence, Invalid)
    given(locked(), admitted(X), others=(PANEL[0], PANEL[0])).when(AssignPanel(X, (ANA, ANA))).is_refused(sentence, Invalid)


def test_only_admitted_entries_have_panels() -> None:
    given(locked(), admitted(X), others=PANEL).when(AssignPanel(Y, (ANA, BUDI))).is_refused(
        f"{Y} is no admitted entry; the entries stand in the list of its category", Unknown
    )


def test_panels_stand_once_judging_is_closed() -> None:
    given(*closed(X), others=PANEL[:1]).when(AssignPanel(X, (ANA,))).is_refused("judging is closed: its panels stand")


# -- opening and closing


def test_judging_opens_when_exactly_the_confirmed_entries_are_admitted() -> None:
    given(*prepared(X, Y), others=(shortlist(Y, X),)).when(OpenJudging()).then(opened(X, Y))


def test_judging_does_not_open_with_an_entry_missing_or_too_many() -> None:
    for facts, count in ((shortlist(X, Y, Z), 3), (shortlist(X), 1), (shortlist(X, Y, confirmed=False), 0)):
        given(*prepared(X, Y), others=(facts,)).when(OpenJudging()).is_refused(
            f"judging opens with exactly the confirmed entries: {count} are confirmed, 2 admitted"
        )


def test_judging_does_not_open_with_other_entries_of_the_same_number() -> None:
    given(*prepared(X, Y), others=(shortlist(X, Z),)).when(OpenJudging()).is_refused(
        "judging opens with exactly the confirmed entries: 2 are confirmed, 2 admitted"
    )


def test_there_is_no_judging_without_entries() -> None:
    given(locked(), others=(ShortlistFacts((), True),)).when(OpenJudging()).is_refused(
        "judging opens with exactly the confirmed entries: 0 are confirmed, 0 admitted"
    )


def test_opening_again_changes_nothing() -> None:
    given(*judged(X), others=(shortlist(X),)).when(OpenJudging()).then()
    given(*closed(X), others=(shortlist(X),)).when(OpenJudging()).then()


def test_judging_is_closed_once() -> None:
    given(*judged(X)).when(CloseJudging()).then(JudgingClosed())
    given(*closed(X)).when(CloseJudging()).then()


def test_what_was_never_opened_is_not_closed_or_decided() -> None:
    for command in (CloseJudging(), DecideWinners(CHAIR), ResolveTie((X, Y), "3:2"), AnnounceResults(OFFICIAL, NOON)):
        given(*prepared(X)).when(command).is_refused("judging of this category has not been opened")


def test_nothing_is_decided_while_judging_is_open() -> None:
    for command in (DecideWinners(CHAIR), ResolveTie((X, Y), "3:2"), AnnounceResults(OFFICIAL, NOON)):
        given(*judged(X)).when(command).is_refused("judging of this category is still open; close it first")
