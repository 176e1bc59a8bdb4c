"""What a screener verifies of an innovation's evidence, and what of it counts."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from services.screening.contested import Contested
from services.screening.nomination import NominateInnovation
from services.screening.panel import Assignments, Panel
from services.screening.shortlist import SHORTLIST, ConfirmShortlist
from services.screening.verification import VERIFICATION, Verification, VerifyEvidence
from shared.events.registration import EvidenceAttached, EvidenceReplaced
from shared.events.screening import EvidenceVerified
from shared.facts import EVIDENCE, EvidenceFacts, ShortlistFacts, claim_digest
from shared.maturity import as_it_stands, digest_of, points, verified_in
from shared.refusals import Forbidden, Invalid, Refused, Unknown
from shared.rulebook import Catalogue, Indicator
from tests.services.screening.competition import AGENCY, CLOSED, OPEN, QUEUE, QUEUE_80, RULES, digital_entry, item
from tests.specification import NOON, specification

Claim = EvidenceAttached | EvidenceReplaced

INDICATORS = tuple(Indicator(n, f"Indicator {n}", Decimal(weight), False, ("a", "b", "c")) for n, weight in ((1, 3), (2, 2)))
CATALOGUE = Catalogue("iid-2023", 2023, INDICATORS)
ASKED = replace(OPEN, rulebook=replace(RULES, catalogue=CATALOGUE))

DECREE = EvidenceAttached(
    innovation="queue",
    institution="opd-01",
    indicator=1,
    parameter=2,
    letter_number="1/2023",
    letter_date=date(2023, 1, 31),
    subject="Decree",
    sha256="ab" * 32,
    media_type="application/pdf",
    size=1000,
)
STAFF = replace(DECREE, indicator=2, parameter=3, sha256="cd" * 32)
NEW_DECREE = EvidenceReplaced(
    innovation="queue",
    institution="opd-01",
    indicator=1,
    parameter=3,
    letter_number="2/2023",
    letter_date=date(2023, 2, 28),
    subject="Decree",
    sha256="ef" * 32,
    media_type="application/pdf",
    size=1000,
    previous="ab" * 32,
)


def claimed(*claims: Claim) -> EvidenceFacts:
    state = EVIDENCE.initial
    for claim in claims:
        state = EVIDENCE.evolve(state, claim)
    return state


NOTHING, ONE, BOTH, CHANGED = claimed(), claimed(DECREE), claimed(DECREE, STAFF), claimed(DECREE, NEW_DECREE)
NOBODY, NOT_NOMINATED = Assignments(), ShortlistFacts()

given = specification(
    VERIFICATION,
    lambda innovation=QUEUE, evidence=BOTH, assignments=NOBODY, shortlist=NOT_NOMINATED: (
        ASKED,
        innovation,
        evidence,
        assignments,
        NOT_NOMINATED,
        shortlist,
    ),
)


def verify(claim: Claim = DECREE, parameter: int = 2, note: str = "", screener: str = "sri") -> VerifyEvidence:
    return VerifyEvidence("queue", claim.indicator, claim_digest(claim), parameter, note, screener)


def verified(claim: Claim = DECREE, parameter: int = 2, note: str = "", screener: str = "sri") -> EvidenceVerified:
    said = {"indicator": claim.indicator, "claim": claim_digest(claim), "parameter": parameter}
    return EvidenceVerified(innovation="queue", **said, note=note, screener=screener)  # type: ignore[arg-type]


def maturity(evidence: EvidenceFacts, *found: EvidenceVerified) -> Decimal:
    return points(verified_in(as_it_stands(evidence.claims, {one.indicator: one for one in found})), CATALOGUE)


# -- verifying


def test_a_screener_verifies_the_claimed_parameter() -> None:
    given().when(verify()).then(verified())


def test_he_may_find_less_than_is_claimed_and_says_why() -> None:
    why = "It is signed by the head only."
    given().when(verify(parameter=1, note=why)).then(verified(parameter=1, note=why))
    given().when(verify(parameter=0)).is_refused(
        "less than what is claimed is verified; say in the note what the document does not show", Invalid
    )


def test_he_never_finds_more_than_is_claimed() -> None:
    given().when(verify(parameter=3)).is_refused(
        "parameter 2 is claimed; verify it, a lower one, or 0 where the document shows none of it", Invalid
    )


def test_a_later_finding_takes_the_place_of_the_earlier_one() -> None:
    earlier = verified(parameter=1, note="Page 2 is missing.")
    given(earlier).when(verify(screener="budi")).then(verified(screener="budi"))


def test_nobody_verifies_a_claim_that_was_replaced_since_he_read_it() -> None:
    given(evidence=CHANGED).when(verify()).is_refused(
        "the evidence for indicator 1 is another by now; read it as it stands, then verify it"
    )


def test_what_is_not_claimed_cannot_be_verified() -> None:
    given(evidence=claimed(STAFF)).when(verify()).is_refused(
        "this innovation claims nothing for indicator 1; its list of evidence shows what it claims", Unknown
    )


def test_only_who_is_assigned_to_the_innovation_verifies() -> None:
    given(assignments=Assignments({"queue": Panel("opd-01", ("budi",))})).when(verify()).is_refused(
        "this innovation is assigned to other screeners; the worklist shows which are yours", Forbidden
    )


def test_nothing_of_a_withdrawn_innovation_is_verified() -> None:
    given(innovation=replace(QUEUE, withdrawn=True)).when(verify()).is_refused(
        "its institution has withdrawn this innovation; nothing is left to screen"
    )


def test_what_stands_in_a_nominated_dossier_stays_as_it_is() -> None:
    given(shortlist=ShortlistFacts((digital_entry(),))).when(verify()).is_refused(
        "it stands in the nominated entry test.digital.queue: the committee revokes the nomination first, "
        "or disqualifies the innovation"
    )


# -- what counts


def test_only_verified_points_count_and_they_are_weight_times_parameter() -> None:
    assert maturity(BOTH) == 0, "a claim alone is worth nothing"
    assert maturity(BOTH, verified()) == 3 * 2
    assert maturity(BOTH, verified(), verified(STAFF, 1, "One is named.")) == 3 * 2 + 2 * 1
    assert maturity(BOTH, verified(parameter=0, note="It is a draft.")) == 0


def test_evidence_that_is_replaced_is_unverified_again() -> None:
    found = {1: verified(), 2: verified(STAFF, 3)}
    replaced = claimed(DECREE, STAFF, NEW_DECREE)
    assert verified_in(as_it_stands(BOTH.claims, found)) == {1: 2, 2: 3}
    assert verified_in(as_it_stands(replaced.claims, found)) == {1: None, 2: 3}
    assert maturity(replaced, *found.values()) == 2 * 3
    again = found | {1: verified(NEW_DECREE, 3)}
    assert verified_in(as_it_stands(replaced.claims, again)) == {1: 3, 2: 3}


def test_exactly_what_was_verified_counts_again_once_it_is_put_back() -> None:
    back = replace(
        NEW_DECREE, **{field: getattr(DECREE, field) for field in DECREE.__struct_fields__}, previous=NEW_DECREE.sha256
    )
    assert verified_in(as_it_stands(claimed(DECREE, NEW_DECREE, back).claims, {1: verified()})) == {1: 2}


def test_another_letter_with_the_same_file_is_enough_to_unverify_it() -> None:
    relettered = replace(DECREE, letter_number="9/2023")
    assert verified_in(as_it_stands(claimed(relettered).claims, {1: verified()})) == {1: None}


# -- the dossier


def member(*found: EvidenceVerified, evidence: EvidenceFacts = ONE) -> tuple[Any, ...]:
    """The four states of the queue."""
    return QUEUE_80, QUEUE, evidence, Verification({one.indicator: one for one in found})


def entry(*found: EvidenceVerified) -> Any:
    told = as_it_stands(ONE.claims, {one.indicator: one for one in found})
    frozen = replace(item("queue", QUEUE), evidence=digest_of(told), maturity=points(verified_in(told), CATALOGUE))
    return replace(digital_entry(), dossier=(frozen,))


nominate = NominateInnovation("digital", "queue", "ani")
CLOSED_NOW = replace(CLOSED, rulebook=ASKED.rulebook)
AS_CLAIMED = member(verified())
given_nomination = specification(SHORTLIST, lambda states=AS_CLAIMED: (CLOSED_NOW, AGENCY, NOBODY, *states))
given_shortlist = specification(SHORTLIST, lambda states=AS_CLAIMED: (CLOSED_NOW, Contested(), *states))


def test_the_nomination_freezes_the_evidence_and_the_verified_points() -> None:
    given_nomination().when(nominate).then(entry(verified()))
    [frozen] = entry(verified()).dossier
    assert (len(frozen.evidence), frozen.maturity) == (64, 6)


def test_what_claims_nothing_is_nominated_without_evidence() -> None:
    given_nomination(states=member(evidence=NOTHING)).when(nominate).then(digital_entry())


@pytest.mark.parametrize(
    "states",
    [
        member(verified(), evidence=CHANGED),
        member(verified(), evidence=BOTH),
        member(verified(parameter=1, note="One page is missing.")),
    ],
    ids=["replaced", "one more claim", "verified otherwise"],
)
def test_a_shortlist_whose_evidence_has_changed_since_the_nomination_is_not_confirmed(states: tuple[Any, ...]) -> None:
    given_shortlist(entry(verified()), states=states).when(ConfirmShortlist("digital", "wati", NOON)).is_refused(
        "changed since the nomination: Demo Queue (queue); revoke these nominations, and nominate anew what still may"
    )


# -- whatever is asked

commands = st.builds(
    VerifyEvidence,
    st.just("queue"),
    st.integers(0, 3),
    st.sampled_from([claim_digest(claim) for claim in (DECREE, STAFF, NEW_DECREE)]),
    st.integers(-1, 4),
    st.sampled_from(["", " Why. "]),
    st.sampled_from(["sri", "budi"]),
)


@for_all(st.lists(st.tuples(commands, st.sampled_from([BOTH, CHANGED])), max_size=10))
def test_whatever_is_verified_stays_within_what_is_claimed(asked: list[tuple[VerifyEvidence, EvidenceFacts]]) -> None:
    state = Verification()
    for command, evidence in asked:
        around = ASKED, QUEUE, evidence, NOBODY, NOT_NOMINATED, NOT_NOMINATED
        try:
            events = VERIFICATION.decide(state, command, *around)
        except Refused:
            continue
        if events:
            assert VERIFICATION.decide(state, VERIFICATION.command_of(events, "", NOON), *around) == events
        for event in events:
            state = VERIFICATION.evolve(state, event)
        assert list(VERIFICATION.decide(state, command, *around)) == []
        for one in as_it_stands(evidence.claims, state.found):
            assert one.verified is None or 0 <= one.verified.parameter <= one.claim.parameter
