"""Objections to announced results, and the award once nothing can be objected any more."""

from datetime import timedelta

from msgspec.structs import replace

from services.judging.category import CATEGORY
from services.judging.objections import ConferAward, ConfirmObjection, FileObjection, RuleOnObjection
from shared.events.judging import (
    AwardConferred,
    DecisionReopened,
    EntryExcluded,
    ResultObjectionConfirmed,
    ResultObjectionFiled,
    ResultObjectionRejected,
    ResultObjectionUpheld,
)
from shared.refusals import Forbidden, Invalid, Unknown
from tests.services.judging.competition import OFFICIAL, SECOND, WHEN, X, Y, Z, closed
from tests.services.judging.test_verdict import THREE_DAYS, confirmed, reopened, to_the_end
from tests.services.judging.test_winners import decided
from tests.specification import NOON, specification

given = specification(CATEGORY)

HEAD = "person/" + "7" * 32
filing = FileObjection("o1", Y, "X menyalin inovasi kami", HEAD, NOON)
filed = ResultObjectionFiled(objection="o1", entry=Y, institution="opd-02", grounds="X menyalin inovasi kami", filed_by=HEAD)
upheld = ResultObjectionUpheld(objection="o1", reason="terbukti", ruled_by=OFFICIAL)
rejected = ResultObjectionRejected(objection="o1", reason="tidak terbukti", ruled_by=OFFICIAL)


def test_an_institution_objects_within_the_period() -> None:
    given(*to_the_end).when(filing).then(filed)
    given(*to_the_end).when(FileObjection("o1", Y, "X menyalin inovasi kami", HEAD, THREE_DAYS)).then(filed)


def test_after_the_period_no_objection_is_taken() -> None:
    late = THREE_DAYS + timedelta(seconds=1)
    given(*to_the_end).when(FileObjection("o1", Y, "alasan", HEAD, late)).is_refused(
        "the objection period ended at 2023-03-04T12:00+00:00: the result stands"
    )


def test_there_is_nothing_to_object_to_before_the_announcement() -> None:
    for so_far in ((), (decided,), (decided, confirmed)):
        given(*closed(X, Y), *so_far).when(filing).is_refused(
            "no result of this category is announced yet; objections and awards follow the announcement"
        )


def test_an_objection_has_grounds_and_an_entry_that_was_judged() -> None:
    given(*to_the_end).when(FileObjection("o1", Y, "  ", HEAD, NOON)).is_refused("say what you object to, and why", Invalid)
    given(*to_the_end).when(FileObjection("o1", Z, "alasan", HEAD, NOON)).is_refused(
        f"{Z} was not judged in this category; object for an entry that was", Unknown
    )


def test_an_institution_whose_entry_was_excluded_may_object_as_well() -> None:
    out = EntryExcluded(entry=Y, reason="dicabut", cause="NominationRevoked")
    given(*to_the_end, out).when(filing).then(filed)


def test_an_upheld_objection_reopens_the_decision() -> None:
    given(*to_the_end, filed).when(RuleOnObjection("o1", True, "terbukti", OFFICIAL)).then(
        upheld, DecisionReopened(reason="terbukti", reopened_by=OFFICIAL)
    )


def test_a_second_objection_upheld_finds_the_decision_reopened_already() -> None:
    given(*to_the_end, filed, reopened).when(RuleOnObjection("o1", True, "terbukti", OFFICIAL)).then(upheld)


def test_a_rejected_objection_leaves_the_result_as_it_is() -> None:
    given(*to_the_end, filed).when(RuleOnObjection("o1", False, "tidak terbukti", OFFICIAL)).then(rejected)


def test_a_ruling_has_a_reason_and_stands() -> None:
    given(*to_the_end, filed).when(RuleOnObjection("o1", False, " ", OFFICIAL)).is_refused(
        "give the reason of the ruling", Invalid
    )
    given(*to_the_end, filed, rejected).when(RuleOnObjection("o1", True, "ternyata", OFFICIAL)).is_refused(
        "this objection is ruled on: the ruling stands"
    )
    given(*to_the_end, filed, rejected).when(RuleOnObjection("o1", False, "lagi", SECOND)).then()


def test_nobody_rules_on_his_own_objection_nor_on_none() -> None:
    given(*to_the_end, filed).when(RuleOnObjection("o1", True, "terbukti", HEAD)).is_refused(
        "you filed or typed this objection; somebody else rules on it", Forbidden
    )
    given(*to_the_end).when(RuleOnObjection("o9", True, "terbukti", OFFICIAL)).is_refused(
        "there is no such objection in this category", Unknown
    )


def test_filing_the_same_objection_again_changes_nothing() -> None:
    given(*to_the_end, filed).when(filing).then()


# -- on paper

typed = replace(filed, recorded_by=SECOND, scan_digest="ab" * 32)


def test_an_objection_on_paper_is_typed_with_the_digest_of_its_scan_and_confirmed_by_whose_it_is() -> None:
    on_paper = FileObjection("o1", Y, "X menyalin inovasi kami", HEAD, NOON, SECOND, "ab" * 32)
    given(*to_the_end).when(on_paper).then(typed)
    [event] = CATEGORY.decide(given(*to_the_end, typed).state, ConfirmObjection("o1", HEAD))
    assert event == ResultObjectionConfirmed(objection="o1")
    given(*to_the_end, typed).when(ConfirmObjection("o1", SECOND)).is_refused(
        "an objection is confirmed by the person for whom it was typed", Forbidden
    )
    given(*to_the_end, filed).when(ConfirmObjection("o1", HEAD)).then()


def test_an_objection_on_paper_is_upheld_only_once_it_is_confirmed_and_never_by_who_typed_it() -> None:
    given(*to_the_end, typed).when(RuleOnObjection("o1", True, "terbukti", OFFICIAL)).is_refused(
        "this objection was typed from paper and is not confirmed yet by whose it is; only then can it be upheld"
    )
    given(*to_the_end, typed).when(RuleOnObjection("o1", False, "tidak terbukti", OFFICIAL)).then(rejected)
    confirmed_by_head = ResultObjectionConfirmed(objection="o1")
    given(*to_the_end, typed, confirmed_by_head).when(RuleOnObjection("o1", True, "terbukti", OFFICIAL)).then(
        upheld, DecisionReopened(reason="terbukti", reopened_by=OFFICIAL)
    )
    given(*to_the_end, typed, confirmed_by_head).when(RuleOnObjection("o1", True, "terbukti", SECOND)).is_refused(
        "you filed or typed this objection; somebody else rules on it", Forbidden
    )


# -- awards

LATER = THREE_DAYS + timedelta(seconds=1)
award = ConferAward(X, "SK 12/2023", WHEN.date(), LATER)
conferred = AwardConferred(entry=X, place=1, decree="SK 12/2023", decree_date=WHEN.date())


def test_the_award_is_conferred_by_decree_after_the_objection_period() -> None:
    given(*to_the_end).when(award).then(conferred)
    given(*to_the_end).when(ConferAward(X, "SK 12/2023", WHEN.date(), THREE_DAYS)).is_refused(
        "the objection period runs until 2023-03-04T12:00+00:00; awards are conferred after that"
    )


def test_no_award_while_an_objection_is_open() -> None:
    given(*to_the_end, filed).when(award).is_refused(
        "an objection to this result is not ruled on yet; awards are conferred after that"
    )
    given(*to_the_end, filed, rejected).when(award).then(conferred)


def test_awards_go_to_the_winners_of_a_result_that_stands() -> None:
    sentence = "awards go to the winners of a result that stands; see the results"
    given(*to_the_end).when(ConferAward(Y, "SK 12/2023", WHEN.date(), LATER)).is_refused(sentence)
    given(*to_the_end, reopened).when(award).is_refused(sentence)


def test_an_award_is_conferred_once() -> None:
    given(*to_the_end, conferred).when(award).then()
    given(*to_the_end, conferred).when(ConferAward(X, "SK 99/2023", WHEN.date(), LATER)).is_refused(
        "this award is conferred already, by SK 12/2023"
    )


def test_an_award_names_its_decree() -> None:
    given(*to_the_end).when(ConferAward(X, " ", WHEN.date(), LATER)).is_refused(
        "name the decree that confers the award", Invalid
    )
