"""Evidence of an innovation: what may be claimed, shown by which letter, until when, and what replaces it."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from services.registration.catalogue import read_catalogue
from services.registration.edition import EDITION
from services.registration.enrolment import ENROLMENT
from services.registration.evidence import EVIDENCE, AttachEvidence, Claim, Command, ReplaceEvidence
from shared.events.registration import (
    EvidenceAttached,
    EvidenceReplaced,
    InnovationSubmitted,
    InnovationWithdrawn,
    LateSubmissionPermitted,
    RegistrationClosed,
    RegistrationReopened,
)
from shared.events.screening import DossierItem, Nominated
from shared.facts import INNOVATION, ReturnFacts, ShortlistFacts, claim_digest
from shared.refusals import Invalid, Refused, Unknown
from tests.golden.examples import example
from tests.services.registration.made_up import CLOSES, ENROLLED, LATER, NOON, OWES_ONE, SECOND, opened, record, rulebook
from tests.specification import specification


def state_of(fold: Any, *events: Any) -> Any:
    state = fold.initial
    for event in events:
        state = fold.evolve(state, event)
    return state


RULES = rulebook(catalogue=read_catalogue("iid-2023"))
registering = state_of(EDITION, *opened(RULES))
closed = state_of(EDITION, *opened(RULES), RegistrationClosed(effective=CLOSES, by="calendar"))
submitted = InnovationSubmitted(edition="test", institution="opd-01", record=record())
standing = state_of(INNOVATION, submitted)
enrolled = state_of(ENROLMENT, ENROLLED, OWES_ONE)
late = state_of(
    ENROLMENT, ENROLLED, OWES_ONE, LateSubmissionPermitted(institution="opd-01", until=LATER, reason="Jaringan terputus")
)

given = specification(
    EVIDENCE,
    others=lambda innovation=standing, edition=registering, enrolment=enrolled, returned=ReturnFacts(), shortlists=(ShortlistFacts(),): (
        *(innovation, edition, enrolment, returned),
        *shortlists,
    ),
)

DECREE = Claim(
    indicator=1,
    parameter=2,
    letter_number="188.45/17/2023",
    letter_date=date(2023, 2, 20),
    subject="Penetapan inovasi daerah",
    sha256="a" * 64,
    media_type="application/pdf",
    size=2048,
)
BETTER = msgspec.structs.replace(DECREE, parameter=3, sha256="b" * 64)
attached = EvidenceAttached(innovation="i-1", institution="opd-01", **msgspec.structs.asdict(DECREE))
replaced = EvidenceReplaced(innovation="i-1", institution="opd-01", **msgspec.structs.asdict(BETTER), previous="a" * 64)


reopened = state_of(
    EDITION,
    *opened(RULES),
    RegistrationClosed(effective=NOON, by="committee"),
    RegistrationReopened(closes=LATER, reason="Banjir"),
)
NOMINATED = msgspec.structs.replace(
    example(Nominated),
    entry="test.digital.i-1",
    institution="opd-01",
    dossier=(DossierItem(innovation="i-1", revision=1, digest=standing.digest),),
)


def test_the_evidence_of_a_nominated_dossier_is_not_changed_while_registration_is_reopened() -> None:
    for before, command in (((), AttachEvidence("i-1", DECREE, NOON)), ((attached,), ReplaceEvidence("i-1", BETTER, NOON))):
        given(*before, edition=reopened, shortlists=(ShortlistFacts((NOMINATED,)),)).when(command).is_refused(
            "it stands in the nominated entry test.digital.i-1, whose dossier is fixed; revoke the nomination first"
        )
    given(edition=reopened).when(AttachEvidence("i-1", DECREE, NOON)).then(attached)


def attach(claim: Claim = DECREE, at: Any = NOON, **other: Any) -> AttachEvidence:
    return AttachEvidence("i-1", msgspec.structs.replace(claim, **other), at)


def replace(claim: Claim = BETTER, at: Any = NOON, **other: Any) -> ReplaceEvidence:
    return ReplaceEvidence("i-1", msgspec.structs.replace(claim, **other), at)


# -- claiming


def test_a_parameter_is_claimed_with_the_letter_that_shows_it() -> None:
    given().when(attach()).then(attached)


def test_claiming_the_same_again_changes_nothing() -> None:
    given(attached).when(attach()).then()


def test_each_indicator_has_its_own_claim() -> None:
    second = EvidenceAttached(innovation="i-1", institution="opd-01", **msgspec.structs.asdict(DECREE) | {"indicator": 2})
    given(attached).when(attach(indicator=2)).then(second)


def test_an_indicator_that_has_its_evidence_takes_no_second_one() -> None:
    given(attached).when(attach(BETTER)).is_refused("indicator 1 has its evidence already; replace that one instead")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"indicator": 21}, "catalogue iid-2023 has no indicator 21; write 1 to 20"),
        ({"parameter": 4}, "indicator 1 has the parameters 1 to 3, not 4"),
        ({"parameter": 0}, "indicator 1 has the parameters 1 to 3, not 0"),
        ({"letter_number": " "}, "write the number of the letter that shows it"),
        ({"subject": ""}, "write the subject of the letter that shows it"),
        (
            {"letter_date": date(2023, 3, 2)},
            "the letter is dated 2023-03-02, which is to come; write the date that stands on it",
        ),
    ],
)
def test_a_claim_that_nothing_can_show_is_refused(wrong: dict[str, Any], told: str) -> None:
    given().when(attach(**wrong)).is_refused(told, Invalid)


def test_a_letter_of_today_counts_also_where_today_has_begun_earlier() -> None:
    """At 16:00 UTC it is the next day in Jayapura."""
    evening = NOON + timedelta(hours=4)
    event = msgspec.structs.replace(attached, letter_date=date(2023, 3, 2))
    given().when(attach(at=evening, letter_date=date(2023, 3, 2))).then(event)


def test_an_edition_without_a_catalogue_takes_no_evidence() -> None:
    plain = state_of(EDITION, *opened())
    given(edition=plain).when(attach()).is_refused(
        "this edition has no catalogue of indicators, so it takes no evidence; the innovation stands without"
    )


def test_only_what_was_submitted_has_evidence() -> None:
    given(innovation=INNOVATION.initial).when(attach()).is_refused("no such innovation was submitted; submit it first", Unknown)


def test_what_was_withdrawn_takes_no_evidence() -> None:
    gone = state_of(INNOVATION, submitted, InnovationWithdrawn(institution="opd-01", reason="Digabung"))
    given(innovation=gone).when(attach()).is_refused("this innovation was withdrawn; submit it anew, then attach its evidence")


# -- replacing


def test_another_document_takes_the_place_of_the_first() -> None:
    given(attached).when(replace()).then(replaced)


def test_what_is_not_there_cannot_be_replaced() -> None:
    given().when(replace()).is_refused("indicator 1 has no evidence yet; attach it first")


def test_a_verification_of_the_claim_before_does_not_fit_the_one_that_replaced_it() -> None:
    only_the_parameter = msgspec.structs.replace(replaced, sha256="a" * 64)
    assert len({claim_digest(attached), claim_digest(replaced), claim_digest(only_the_parameter)}) == 3


# -- until when


def test_no_evidence_after_the_close() -> None:
    told = f"registration closed on {CLOSES.isoformat(' ', 'seconds')}; only the committee can reopen it"
    given().when(attach(at=CLOSES)).is_refused(told)
    given(attached, edition=closed).when(replace(at=CLOSES + SECOND)).is_refused(told)


def test_an_institution_with_a_late_permission_attaches_until_it_ends() -> None:
    given(edition=closed, enrolment=late).when(attach(at=LATER - SECOND)).then(attached)
    with pytest.raises(Refused, match="registration closed"):
        EVIDENCE.decide(EVIDENCE.initial, attach(at=LATER), standing, closed, late, ReturnFacts(), ShortlistFacts())


def test_what_screening_has_returned_takes_evidence_until_its_deadline() -> None:
    returned = ReturnFacts(until=LATER)
    given(attached, edition=closed, returned=returned).when(replace(at=LATER)).then(replaced)
    with pytest.raises(Refused, match="registration closed"):
        EVIDENCE.decide(EVIDENCE.initial, attach(at=LATER + SECOND), standing, closed, enrolled, returned)


# -- whatever is asked in whatever order


claims = st.builds(
    lambda indicator, parameter, sha256: msgspec.structs.replace(
        DECREE, indicator=indicator, parameter=parameter, sha256=sha256
    ),
    st.integers(0, 3),
    st.integers(0, 4),
    st.sampled_from(["a" * 64, "b" * 64]),
)
commands: st.SearchStrategy[Command] = st.one_of(
    claims.map(lambda claim: AttachEvidence("i-1", claim, NOON)), claims.map(lambda claim: ReplaceEvidence("i-1", claim, NOON))
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@hypothesis_given(st.lists(commands, max_size=12))
def test_the_command_read_back_from_events_leads_to_them_again(asked: list[Command]) -> None:
    state = EVIDENCE.initial
    for command in asked:
        others = (standing, registering, enrolled, ReturnFacts())
        try:
            events = EVIDENCE.decide(state, command, *others)
        except Refused:
            continue
        if events:
            assert EVIDENCE.decide(state, EVIDENCE.command_of(events, "", NOON), *others) == events
        for event in events:
            state = EVIDENCE.evolve(state, event)
        assert EVIDENCE.decide(state, command, *others) == []
