"""From closed sheets to a public result: who decides, who confirms, who announces, and what happens when it is reopened."""

from datetime import timedelta

from msgspec.structs import replace

from services.judging.category import CATEGORY, AdmitEntry, CloseJudging, LockRubric, OpenJudging
from services.judging.verdict import AnnounceResults, ConfirmDecision, DecideWinners, ReopenDecision, ReopenForVoided
from shared.events.judging import (
    AwardConferred,
    ConflictDeclared,
    ConflictProposed,
    DecisionConfirmed,
    DecisionReopened,
    ResultCorrected,
    ResultsAnnounced,
)
from shared.facts import EditionFacts
from shared.refusals import Forbidden, Invalid
from shared.rulebook import Publish
from tests.services.judging.competition import (
    ANA,
    BUDI,
    CHAIR,
    OFFICIAL,
    OPEN_EDITION,
    RULEBOOK,
    SECOND,
    WHEN,
    X,
    Y,
    Z,
    closed,
    juror_of,
)
from tests.services.judging.test_winners import PANEL, X_WINS, decided, x_first, y_second
from tests.specification import NOON, specification

given = specification(CATEGORY, others=lambda others=(): others)

SHEETS = (*X_WINS, *PANEL)
confirmed = DecisionConfirmed(confirmed_by=OFFICIAL)
THREE_DAYS = NOON + timedelta(days=3)
announced = ResultsAnnounced(winners=(x_first,), objections_until=THREE_DAYS, announced_by=SECOND)
to_the_end = (*closed(X, Y), decided, confirmed, announced)
reopened = DecisionReopened(reason="hubungan keluarga ditemukan", reopened_by=CHAIR)


# -- deciding otherwise than the ranking


def test_the_chair_may_deviate_from_the_ranking_with_a_reason_that_stays() -> None:
    y_instead = replace(y_second, place=1)
    given(*closed(X, Y), others=SHEETS).when(DecideWinners(CHAIR, (Y,), "X dibuat oleh pihak ketiga")).then(
        replace(decided, winners=(y_instead,), deviation="X dibuat oleh pihak ketiga")
    )


def test_there_is_no_deviation_without_a_reason() -> None:
    given(*closed(X, Y), others=SHEETS).when(DecideWinners(CHAIR, (Y,), " ")).is_refused(
        "these winners are not the first of the ranking; say why, it will be public", Invalid
    )


def test_naming_the_winners_of_the_ranking_is_no_deviation() -> None:
    given(*closed(X, Y), others=SHEETS).when(DecideWinners(CHAIR, (X,), "sesuai peringkat")).then(decided)


def test_a_deviation_names_as_many_entries_of_the_category_as_there_are_places() -> None:
    for order in ((Y, X), (Z,), (Y, Y)):
        given(*closed(X, Y), others=SHEETS).when(DecideWinners(CHAIR, order, "alasan")).is_refused(
            "name 1 different entries of this category, the winner first, or leave it to the ranking", Invalid
        )


def test_what_is_decided_is_decided_otherwise_only_after_a_reopening() -> None:
    given(*closed(X, Y), decided, others=SHEETS).when(DecideWinners(CHAIR, (Y,), "alasan")).is_refused(
        "the winners are decided otherwise; reopen the decision, with the reason, before deciding anew"
    )
    given(*closed(X, Y), decided, others=SHEETS).when(DecideWinners(CHAIR, (X,))).then()


def test_nobody_decides_where_his_employer_competes() -> None:
    employed = juror_of(ANA, ConflictDeclared(juror=ANA, institution="opd-02", relation="employer"))
    given(*closed(X, Y), others=(*X_WINS, employed, PANEL[1])).when(DecideWinners(f"person/{ANA}")).is_refused(
        "your employer opd-02 competes in this category; somebody else decides it", Forbidden
    )


def test_nothing_is_decided_while_a_proposed_conflict_is_in_doubt() -> None:
    proposed = ConflictProposed(juror=ANA, institution="opd-02", relation="kin", note="ipar", proposed_by=SECOND)
    given(*closed(X, Y), others=(*X_WINS, juror_of(ANA, proposed), PANEL[1])).when(DecideWinners(CHAIR)).is_refused(
        f"whether juror {ANA} has a tie to opd-02 (kin) is not settled; confirm or dismiss it"
    )


def test_a_proposed_conflict_with_an_institution_that_does_not_compete_here_holds_nothing_up() -> None:
    proposed = ConflictProposed(juror=ANA, institution="opd-09", relation="kin", note="ipar", proposed_by=SECOND)
    given(*closed(X, Y), others=(*X_WINS, juror_of(ANA, proposed), PANEL[1])).when(DecideWinners(CHAIR)).then(decided)


# -- confirming


def test_another_person_confirms_the_decision() -> None:
    given(*closed(X, Y), decided).when(ConfirmDecision(OFFICIAL)).then(confirmed)


def test_nobody_confirms_his_own_decision() -> None:
    given(*closed(X, Y), decided).when(ConfirmDecision(CHAIR)).is_refused(
        "you decided the winners yourself; another person confirms the decision", Forbidden
    )


def test_there_is_nothing_to_confirm_or_announce_before_the_decision() -> None:
    for command in (ConfirmDecision(OFFICIAL), AnnounceResults(SECOND, NOON)):
        given(*closed(X, Y)).when(command).is_refused("the winners are not decided yet; the chair decides them first")


def test_confirming_again_changes_nothing() -> None:
    given(*closed(X, Y), decided, confirmed).when(ConfirmDecision(SECOND)).then()
    given(*to_the_end).when(ConfirmDecision(SECOND)).then()


# -- announcing


def test_the_entries_at_the_awarded_places_are_announced_with_the_end_of_the_objection_period() -> None:
    given(*closed(X, Y), decided, confirmed, others=(OPEN_EDITION,)).when(AnnounceResults(SECOND, NOON)).then(announced)


def test_the_other_nominees_are_announced_where_the_edition_publishes_them() -> None:
    edition = EditionFacts(replace(RULEBOOK, publish=Publish(scores="nominees")))
    given(*closed(X, Y), decided, confirmed, others=(edition,)).when(AnnounceResults(SECOND, NOON)).then(
        replace(announced, others=(y_second,))
    )


def test_nothing_is_announced_before_the_decision_is_confirmed() -> None:
    given(*closed(X, Y), decided, others=(OPEN_EDITION,)).when(AnnounceResults(SECOND, NOON)).is_refused(
        "the decision is not confirmed yet; another person than who decided confirms it first"
    )


def test_nobody_announces_his_own_decision() -> None:
    given(*closed(X, Y), decided, confirmed, others=(OPEN_EDITION,)).when(AnnounceResults(CHAIR, NOON)).is_refused(
        "you decided the winners yourself; another person announces them", Forbidden
    )


def test_what_is_announced_stands() -> None:
    later = (AnnounceResults(OFFICIAL, NOON), DecideWinners(CHAIR), CloseJudging(), OpenJudging(), LockRubric("digital"))
    for command in (*later, AdmitEntry(X)):
        given(*to_the_end).when(command).then()


# -- reopening


def test_a_decision_is_reopened_with_the_reason_before_or_after_the_announcement() -> None:
    for so_far in ((decided,), (decided, confirmed), (decided, confirmed, announced)):
        given(*closed(X, Y), *so_far).when(ReopenDecision("hubungan keluarga ditemukan", CHAIR)).then(reopened)


def test_a_reopening_needs_a_reason_and_a_decision() -> None:
    given(*closed(X, Y), decided).when(ReopenDecision(" ", CHAIR)).is_refused("say why the decision is reopened", Invalid)
    given(*closed(X, Y)).when(ReopenDecision("alasan", CHAIR)).is_refused("nothing is decided yet that could be reopened")


def test_reopening_again_changes_nothing() -> None:
    given(*to_the_end, reopened).when(ReopenDecision("sekali lagi", CHAIR)).then()


def test_what_awards_were_conferred_on_is_not_reopened() -> None:
    award = AwardConferred(entry=X, place=1, decree="SK 1/2023", decree_date=WHEN.date())
    given(*to_the_end, award).when(ReopenDecision("alasan", CHAIR)).is_refused(
        "awards of this category are conferred: its result stands"
    )


def test_after_an_announcement_was_reopened_a_correction_takes_its_place() -> None:
    anew = (*to_the_end, reopened, decided, confirmed)
    given(*anew, others=(OPEN_EDITION,)).when(AnnounceResults(SECOND, NOON)).then(
        ResultCorrected(
            winners=(x_first,), reason="hubungan keluarga ditemukan", objections_until=THREE_DAYS, announced_by=SECOND
        )
    )


def test_a_reopening_before_the_announcement_leads_to_a_first_announcement_not_to_a_correction() -> None:
    anew = (*closed(X, Y), decided, reopened, decided, confirmed)
    given(*anew, others=(OPEN_EDITION,)).when(AnnounceResults(SECOND, NOON)).then(announced)


def test_a_conflict_that_voids_a_counted_sheet_reopens_a_decision_that_is_not_announced() -> None:
    related = juror_of(BUDI, ConflictDeclared(juror=BUDI, institution="opd-01", relation="kin"))
    bare = (related, X_WINS[1])
    for so_far in ((decided,), (decided, confirmed)):
        [event] = CATEGORY.decide(given(*closed(X, Y), *so_far).state, ReopenForVoided("benturan", CHAIR), *bare)
        assert event == DecisionReopened(reason="benturan", reopened_by=CHAIR)
    given(*to_the_end, others=bare).when(ReopenForVoided("benturan", CHAIR)).then()
    given(*closed(X, Y), others=bare).when(ReopenForVoided("benturan", CHAIR)).then()


def test_a_conflict_that_touches_no_counted_sheet_reopens_nothing() -> None:
    related = juror_of(BUDI, ConflictDeclared(juror=BUDI, institution="opd-03", relation="kin"))
    given(*closed(X, Y), decided, others=(related, X_WINS[1])).when(ReopenForVoided("benturan", CHAIR)).then()
