"""What an innovation's institution may do by late permission, after a merger, and once the edition has ended."""

from datetime import date
from functools import reduce
from typing import Any

import pytest
from msgspec.structs import replace

from services.registration.edition import EDITION
from services.registration.enrolment import ENROLMENT
from services.registration.innovation import INNOVATION, NamePic, ReviseInnovation, SubmitInnovation, WithdrawInnovation
from services.registration.innovation_state import ComesLate
from shared.events.registration import (
    EditionCancelled,
    EnrolmentCarriedOver,
    InnovationRevised,
    InnovationSubmitted,
    LateSubmissionPermitted,
    PicAppointed,
    RegistrationClosed,
    RegistrationReopened,
)
from shared.events.screening import DossierItem, Nominated
from shared.facts import ReturnFacts, ShortlistFacts, record_digest
from tests.golden.examples import example
from tests.services.registration.made_up import DESIGN, ENROLLED, LATER, NOON, OWES_ONE, SECOND, opened, record
from tests.specification import specification


def state_of(fold: Any, *events: Any) -> Any:
    return reduce(fold.evolve, events, fold.initial)


closed = state_of(EDITION, *opened(), RegistrationClosed(effective=NOON, by="committee"))
CLOSED = "registration closed on 2023-03-01 12:00:00+00:00; only the committee can reopen it"
EMPTY = (ShortlistFacts(),)
BEGUN = (ShortlistFacts(), ShortlistFacts((example(Nominated),)))
given = specification(
    INNOVATION,
    others=lambda edition=state_of(EDITION, *opened()), enrolment=state_of(ENROLMENT, ENROLLED), shortlists=EMPTY: (
        *(edition, enrolment, ReturnFacts()),
        *shortlists,
    ),
)
submitted = InnovationSubmitted(edition="test", institution="opd-01", record=record())
with_ani = PicAppointed(institution="opd-01", person="ani")
better = record(design=f"{DESIGN} lebih baik")


def submission(at: Any = NOON) -> SubmitInnovation:
    return SubmitInnovation("test", "opd-01", record(), at)


def test_a_late_permission_opens_registration_for_that_institution_alone() -> None:
    permitted = LateSubmissionPermitted(institution="opd-01", until=LATER, reason="Banjir")
    late = state_of(ENROLMENT, ENROLLED, OWES_ONE, permitted)
    given(edition=closed, enrolment=late).when(submission(at=LATER - SECOND)).then(submitted)
    given(submitted, edition=closed, enrolment=late).when(ReviseInnovation(better, NOON)).then(
        InnovationRevised(institution="opd-01", record=better)
    )
    given(edition=closed, enrolment=late).when(submission(at=LATER)).is_refused(CLOSED)
    given(edition=closed).when(submission(at=NOON + SECOND)).is_refused(CLOSED)


reopened = state_of(
    EDITION, *opened(), RegistrationClosed(effective=NOON, by="committee"), RegistrationReopened(closes=LATER, reason="Banjir")
)
NOMINATED = replace(
    example(Nominated),
    entry="test.digital.i-1",
    institution="opd-01",
    dossier=(DossierItem(innovation="i-1", revision=1, digest=record_digest(record())),),
)
FIXED = "it stands in the nominated entry test.digital.i-1, whose dossier is fixed; revoke the nomination first"


@pytest.mark.parametrize("command", [ReviseInnovation(better, NOON), WithdrawInnovation("Keliru", NOON)])
def test_what_stands_in_a_nominated_dossier_is_not_changed_while_registration_is_reopened(command: Any) -> None:
    given(submitted, edition=reopened, shortlists=(ShortlistFacts((NOMINATED,)),)).when(command).is_refused(FIXED)
    given(submitted, edition=reopened, shortlists=(ShortlistFacts((NOMINATED,), True),)).when(command).is_refused(FIXED)
    elsewhere = ShortlistFacts((replace(NOMINATED, institution="opd-02"),))
    assert INNOVATION.decide(given(submitted).state, command, reopened, state_of(ENROLMENT, ENROLLED), ReturnFacts(), elsewhere)
    with pytest.raises(ComesLate):
        INNOVATION.decide(given(submitted).state, command, reopened, state_of(ENROLMENT, ENROLLED), ReturnFacts())


def test_a_late_permission_ends_when_nominations_begin_whatever_it_is_for() -> None:
    permitted = LateSubmissionPermitted(institution="opd-01", until=LATER, reason="Banjir")
    late = state_of(ENROLMENT, ENROLLED, OWES_ONE, permitted)
    sentence = "nominations have begun (category é), and late permissions end with that; revoke them first, or enter in the next edition"
    given(edition=closed, enrolment=late, shortlists=BEGUN).when(submission(at=LATER - SECOND)).is_refused(sentence)
    for command in (
        ReviseInnovation(better, NOON + SECOND),
        WithdrawInnovation("Keliru", NOON + SECOND),
        NamePic("ani", NOON + SECOND),
    ):
        given(submitted, edition=closed, enrolment=late, shortlists=BEGUN).when(command).is_refused(sentence)


def test_who_is_in_time_is_not_asked_for_the_nominations_and_who_comes_late_is() -> None:
    late = state_of(ENROLMENT, ENROLLED, LateSubmissionPermitted(institution="opd-01", until=LATER, reason="Banjir"))
    given(enrolment=late, shortlists=()).when(submission()).then(submitted)
    given(edition=closed, enrolment=late, shortlists=()).when(submission(at=NOON + SECOND)).is_refused(
        "registration has closed meanwhile; send it again, and it is looked at by your late permission", ComesLate
    )


def test_nothing_is_submitted_for_an_institution_that_was_merged() -> None:
    gone = state_of(ENROLMENT, ENROLLED, EnrolmentCarriedOver(institution="opd-01", into="opd-09"))
    given(enrolment=gone).when(submission()).is_refused("opd-01 is merged into opd-09; submit for opd-09")


def test_nothing_happens_to_an_innovation_once_its_edition_has_ended() -> None:
    cancelled = EditionCancelled(reason="Pandemi", effective=date(2023, 4, 3))
    ended = state_of(EDITION, *opened(), cancelled)
    sentence = "this edition is cancelled (Pandemi); it can be read, and nothing is done in it any more"
    for command in (ReviseInnovation(better, NOON), WithdrawInnovation("x", NOON), NamePic("budi", NOON, "Mutasi")):
        given(submitted, with_ani, edition=ended).when(command).is_refused(sentence)
    given(edition=ended).when(submission()).is_refused(sentence)
