"""Disqualification, the institution's objection to it, and what follows from both for the shortlist."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.screening.assessment import ASSESSMENT
from services.screening.contested import CONTESTED, Contested, FollowDisqualification
from services.screening.disqualification import ConfirmObjection, DecideObjection, Disqualify, FileObjection
from services.screening.standing import Eligible
from shared.events.screening import (
    DisqualificationPending,
    DisqualificationSettled,
    ObjectionConfirmed,
    ObjectionFiled,
    ObjectionRejected,
    ObjectionUpheld,
)
from shared.refusals import Forbidden, Invalid
from tests.services.screening.competition import AGENCY, GARDEN, OPEN, OUT, QUEUE, after, assessed, scored
from tests.specification import NOON, specification

on_the_committees_desk = specification(ASSESSMENT, lambda edition=OPEN: (edition,))
given = specification(ASSESSMENT)

FILED = ObjectionFiled(innovation="queue", grounds="The letter is genuine.", filed_by="head")
UPHELD = ObjectionUpheld(innovation="queue", explanation="The notary confirms it.", decided_by="wati")
REJECTED = ObjectionRejected(innovation="queue", explanation="The notary denies it.", decided_by="wati")


def disqualify(reason: str = "untrue", explanation: str = "The letter is forged.", person: str = "ani") -> Disqualify:
    return Disqualify("queue", reason, explanation, person, NOON)


def objection(grounds: str = "The letter is genuine.", days: float = 1, person: str = "head") -> FileObjection:
    return FileObjection("queue", grounds, person, NOON + timedelta(days=days))


def uphold(person: str = "wati", explanation: str = "The notary confirms it.") -> DecideObjection:
    return DecideObjection("queue", True, explanation, person)


reject = DecideObjection("queue", False, "The notary denies it.", "wati")


# -- disqualification


def test_the_committee_disqualifies_an_eligible_innovation_and_names_the_end_of_the_objection_period() -> None:
    on_the_committees_desk(assessed()).when(disqualify()).then(OUT)


def test_a_rehearsal_may_shorten_the_days_of_the_objection_period() -> None:
    assert OPEN.rulebook is not None
    hurried = replace(OPEN, rulebook=replace(OPEN.rulebook, day_seconds=2))
    soon = replace(OUT, objections_until=NOON + timedelta(seconds=6))
    on_the_committees_desk(assessed(), edition=hurried).when(disqualify()).then(soon)


def test_a_disqualification_needs_an_explanation() -> None:
    on_the_committees_desk(assessed()).when(disqualify(explanation=" ")).is_refused(
        "say what was found: a disqualification needs an explanation", Invalid
    )


def test_a_disqualification_needs_a_reason_of_the_rulebook() -> None:
    on_the_committees_desk(assessed()).when(disqualify("dislike")).is_refused(
        "the rulebook has no reason dislike; it has incomplete, untrue", Invalid
    )


def test_only_an_eligible_innovation_can_be_disqualified() -> None:
    sentence = "only an eligible innovation can be disqualified; assess this one as not eligible instead"
    on_the_committees_desk().when(disqualify()).is_refused(sentence)
    on_the_committees_desk(assessed(eligible=False)).when(disqualify()).is_refused(sentence)


def test_what_is_disqualified_is_not_disqualified_for_another_reason() -> None:
    on_the_committees_desk(assessed(), OUT).when(disqualify()).then()
    on_the_committees_desk(assessed(), OUT).when(disqualify("incomplete")).is_refused(
        "this innovation is disqualified (untrue); only an objection that is upheld brings it back"
    )


# -- objection


def test_the_institution_objects_within_the_period() -> None:
    given(assessed(), OUT).when(objection()).then(FILED)
    given(assessed(), OUT).when(objection(days=3)).then(FILED)


def test_after_the_period_no_objection_is_taken() -> None:
    given(assessed(), OUT).when(objection(days=3.01)).is_refused(
        "the time for objections is over (2023-03-04 12:00+00:00); the disqualification stands"
    )


def test_an_objection_needs_its_grounds() -> None:
    given(assessed(), OUT).when(objection(" ")).is_refused(
        "say what speaks against the disqualification: an objection needs its grounds", Invalid
    )


def test_there_is_no_objection_where_nothing_is_disqualified() -> None:
    given(assessed()).when(objection()).is_refused("this innovation is not disqualified; there is nothing to object to")


def test_a_disqualification_is_objected_to_once() -> None:
    given(assessed(), OUT, FILED).when(objection()).then()
    given(assessed(), OUT, FILED).when(objection("Once more.")).is_refused(
        "an objection to this disqualification is filed already; the committee decides on it"
    )
    given(assessed(), OUT, FILED, REJECTED).when(objection("Once more.")).is_refused(
        "an objection to this disqualification was decided; it stands"
    )


# -- on paper

SCAN = "ab" * 32
ON_PAPER = replace(FILED, recorded_by="person/ani", scan_digest=SCAN)
CONFIRMED_BY_HEAD = ObjectionConfirmed(innovation="queue", person="head", scan_digest=SCAN)


def test_an_objection_on_paper_names_who_typed_it_and_the_scan_and_is_confirmed_by_its_author() -> None:
    typed = FileObjection("queue", "The letter is genuine.", "head", NOON, "person/ani", SCAN)
    given(assessed(), OUT).when(typed).then(ON_PAPER)
    given(assessed(), OUT, ON_PAPER).when(ConfirmObjection("queue", "head")).then(CONFIRMED_BY_HEAD)


def test_nobody_else_confirms_it_and_what_was_not_typed_needs_no_confirmation() -> None:
    given(assessed(), OUT, ON_PAPER).when(ConfirmObjection("queue", "ani")).is_refused(
        "this objection was filed for somebody else; only that person confirms it", Forbidden
    )
    given(assessed(), OUT, FILED).when(ConfirmObjection("queue", "head")).is_refused(
        "no objection here was typed from paper; there is nothing to confirm"
    )


def test_an_objection_on_paper_is_decided_also_before_it_is_confirmed() -> None:
    given(assessed(), OUT, ON_PAPER).when(uphold()).then(UPHELD)
    given(assessed(), OUT, ON_PAPER, CONFIRMED_BY_HEAD).when(uphold()).then(UPHELD)


# -- the decision on it


def test_an_objection_that_is_upheld_brings_the_innovation_back_as_it_stood() -> None:
    given(assessed(), scored("80"), OUT, FILED).when(uphold()).then(UPHELD)
    state = given(assessed(), scored("80"), OUT, FILED, UPHELD).state
    assert isinstance(state, Eligible)
    assert (state.assessed, state.scores) == (assessed(), {"sri": scored("80")})


def test_an_objection_that_is_rejected_leaves_the_disqualification_for_good() -> None:
    given(assessed(), OUT, FILED).when(reject).then(REJECTED)
    given(assessed(), OUT, FILED, REJECTED).when(uphold()).is_refused(
        "no objection is open here; only a filed objection can be decided, and only once"
    )


def test_who_disqualified_does_not_decide_on_the_objection() -> None:
    given(assessed(), OUT, FILED).when(uphold("ani")).is_refused(
        "you disqualified this innovation; another member of the committee decides on the objection", Forbidden
    )


def test_the_decision_on_an_objection_needs_an_explanation() -> None:
    given(assessed(), OUT, FILED).when(uphold(explanation="")).is_refused(
        "say why: the decision on an objection needs an explanation", Invalid
    )


def test_nothing_is_decided_where_nobody_objected() -> None:
    given(assessed(), OUT).when(uphold()).is_refused(
        "no objection is open here; only a filed objection can be decided, and only once"
    )


def test_what_came_back_in_may_be_disqualified_again() -> None:
    on_the_committees_desk(assessed(), OUT, FILED, UPHELD).when(disqualify("incomplete")).then(
        replace(OUT, reason="incomplete")
    )


# -- what may still fall

PENDING = DisqualificationPending(innovation="queue", categories=("opd", "digital"), until=NOON + timedelta(days=3))
OPEN_ENDED = replace(PENDING, until=None)

given_contested = specification(CONTESTED, lambda standing, innovation=QUEUE: (after(*standing), OPEN, innovation, AGENCY))
follow = FollowDisqualification("queue")


def test_a_disqualification_is_pending_in_every_category_in_which_the_innovation_competes() -> None:
    given_contested(standing=(assessed(), OUT)).when(follow).then(PENDING)
    given_contested(standing=(assessed(), OUT), innovation=GARDEN).when(follow).then(replace(PENDING, categories=("opd",)))


def test_an_objection_keeps_it_pending_until_it_is_decided() -> None:
    given_contested(PENDING, standing=(assessed(), OUT, FILED)).when(follow).then(OPEN_ENDED)


@pytest.mark.parametrize("decision", [UPHELD, REJECTED])
def test_the_decision_settles_it(decision: ObjectionUpheld | ObjectionRejected) -> None:
    standing = (assessed(), OUT, FILED, decision)
    given_contested(PENDING, OPEN_ENDED, standing=standing).when(follow).then(DisqualificationSettled(innovation="queue"))


def test_what_is_not_disqualified_is_not_pending() -> None:
    given_contested(standing=(assessed(),)).when(follow).then()


def test_it_may_fall_as_long_as_the_period_runs_or_an_objection_is_open() -> None:
    assert Contested({"queue": PENDING}).open("digital", NOON + timedelta(days=3)) == ("queue",)
    assert Contested({"queue": PENDING}).open("digital", NOON + timedelta(days=3.01)) == ()
    assert Contested({"queue": OPEN_ENDED}).open("digital", NOON + timedelta(days=300)) == ("queue",)
    assert Contested({"queue": PENDING}).open("robots", NOON) == ()


def test_an_event_that_cannot_follow_is_an_error() -> None:
    for decider, events in ((ASSESSMENT, (assessed(), FILED)), (ASSESSMENT, (assessed(), OUT, UPHELD))):
        with pytest.raises(ValueError, match="cannot follow"):
            specification(decider)(*events)
    with pytest.raises(ValueError, match="cannot follow"):
        specification(CONTESTED)(DisqualificationSettled(innovation="queue"))
