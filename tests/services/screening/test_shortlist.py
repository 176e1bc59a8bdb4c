"""Who may be nominated in a category."""

from typing import Any

import pytest
from msgspec.structs import replace

from services.screening.nomination import NominateInnovation, NominateInstitution
from services.screening.panel import Assignments, Panel
from services.screening.portfolio import Portfolio
from services.screening.shortlist import SHORTLIST
from services.screening.standing import State, Unassessed
from shared.facts import EditionFacts, EnrolmentFacts, InnovationFacts
from shared.refusals import Invalid, Unknown
from tests.services.screening.competition import (
    AGENCY,
    BOTH,
    CLOSED,
    CONFIRMED,
    GARDEN,
    GARDEN_75,
    OPEN,
    OUT,
    QUEUE,
    QUEUE_80,
    REVOKED,
    WARD,
    after,
    agency_entry,
    another,
    assessed,
    bare,
    digital_entry,
    item,
    returned,
    scored,
)
from tests.specification import specification

NOBODY = Assignments()

given_innovation = specification(
    SHORTLIST,
    lambda edition=CLOSED, enrolment=AGENCY, assignments=NOBODY, assessment=QUEUE_80, innovation=QUEUE: (
        edition,
        enrolment,
        assignments,
        *bare(assessment, innovation),
    ),
)


def _institution(
    edition: EditionFacts = CLOSED,
    enrolment: EnrolmentFacts = AGENCY,
    assignments: Assignments = NOBODY,
    portfolio: Portfolio = BOTH,
    pairs: tuple[Any, ...] = (GARDEN_75, GARDEN, QUEUE_80, QUEUE),
) -> tuple[Any, ...]:
    return edition, enrolment, assignments, portfolio, *bare(*pairs)


given_institution = specification(SHORTLIST, _institution)

nominate_queue = NominateInnovation("digital", "queue", "ani")
nominate_agency = NominateInstitution("opd", "opd-01", "ani")


# -- innovations


def test_an_eligible_scored_innovation_is_nominated_with_its_revision_and_digest() -> None:
    given_innovation().when(nominate_queue).then(digital_entry("80.00"))


def test_the_desk_score_of_the_nomination_is_rounded_half_up() -> None:
    thirds = after(assessed(), scored("80"), scored("80", "budi"), scored("81", "tono"))
    given_innovation(assessment=thirds).when(nominate_queue).then(digital_entry("80.33"))
    half = after(assessed(), scored("80.01"), scored("80.02", "budi"))
    given_innovation(assessment=half).when(nominate_queue).then(digital_entry("80.02"))


def test_nobody_is_nominated_while_registration_is_open() -> None:
    given_innovation(edition=OPEN).when(nominate_queue).is_refused(
        "registration is still open; the shortlist is made once it is closed"
    )


def test_an_innovation_of_another_type_does_not_compete() -> None:
    given_innovation(innovation=GARDEN).when(nominate_queue).is_refused(
        "Demo Garden does not compete in Best digital, which is for: digital, opd, ward"
    )


def test_an_innovation_of_an_institution_of_another_kind_does_not_compete() -> None:
    given_innovation(enrolment=EnrolmentFacts("school", "Demo School")).when(nominate_queue).is_refused(
        "Demo Queue does not compete in Best digital, which is for: digital, opd, ward"
    )


@pytest.mark.parametrize("facts", [InnovationFacts(), replace(QUEUE, edition="another")])
def test_an_innovation_that_is_not_of_the_edition_is_unknown(facts: InnovationFacts) -> None:
    given_innovation(innovation=facts).when(nominate_queue).is_refused(
        "there is no such innovation in this edition; take its ID from the candidates", Unknown
    )


@pytest.mark.parametrize(
    ("assessment", "facts"),
    [
        (Unassessed(), QUEUE),
        (after(assessed(eligible=False)), QUEUE),
        (after(assessed(), scored("80"), OUT), QUEUE),
        (QUEUE_80, replace(QUEUE, withdrawn=True)),
    ],
    ids=["unassessed", "ineligible", "disqualified", "withdrawn"],
)
def test_an_innovation_that_is_not_admitted_is_not_nominated(assessment: State, facts: InnovationFacts) -> None:
    given_innovation(assessment=assessment, innovation=facts).when(nominate_queue).is_refused(
        "no admitted innovation: an entry needs one that is eligible, not disqualified and not withdrawn"
    )


def test_an_innovation_revised_since_its_assessment_is_assessed_first() -> None:
    given_innovation(innovation=replace(QUEUE, revision=2)).when(nominate_queue).is_refused(
        "revised since it was assessed: Demo Queue; assess it anew before the nomination"
    )


def test_an_innovation_without_a_score_is_not_nominated() -> None:
    given_innovation(assessment=after(assessed())).when(nominate_queue).is_refused(
        "not scored yet: Demo Queue; every innovation of an entry has all its desk scores before the nomination"
    )


def test_a_category_takes_no_more_than_its_nominees() -> None:
    given_innovation(another("a"), another("b")).when(nominate_queue).is_refused(
        "Best digital has its 2 nominees; revoke one before nominating another"
    )


def test_nominating_again_changes_nothing() -> None:
    given_innovation(digital_entry(), another("b")).when(nominate_queue).then()
    given_innovation(digital_entry(), CONFIRMED).when(nominate_queue).then()


def test_after_the_confirmation_nobody_is_nominated() -> None:
    given_innovation(another("a"), CONFIRMED).when(nominate_queue).is_refused(
        "the shortlist of this category is confirmed; its entries stand"
    )


def test_each_category_takes_the_entrants_that_it_is_for() -> None:
    given_innovation().when(NominateInnovation("opd", "queue", "ani")).is_refused(
        "in Best agency institutions compete; nominate an institution by its code", Invalid
    )
    given_institution().when(NominateInstitution("digital", "opd-01", "ani")).is_refused(
        "in Best digital innovations compete; nominate an innovation by its ID", Invalid
    )


def test_a_category_that_the_rulebook_does_not_have_is_unknown() -> None:
    given_innovation().when(NominateInnovation("robots", "queue", "ani")).is_refused(
        "there is no category robots; there are opd, digital", Unknown
    )


# -- institutions


def test_an_institution_is_nominated_with_its_whole_portfolio_and_the_mean_of_its_scores() -> None:
    dossier = item("garden", GARDEN), item("queue", QUEUE)
    given_institution().when(nominate_agency).then(agency_entry("77.50", *dossier))


def test_a_withdrawn_innovation_is_left_out_of_the_dossier() -> None:
    gone = replace(GARDEN, withdrawn=True)
    given_institution(pairs=(GARDEN_75, gone, QUEUE_80, QUEUE)).when(nominate_agency).then(
        agency_entry("80.00", item("queue", QUEUE))
    )


def test_an_institution_whose_innovations_are_all_gone_is_not_nominated() -> None:
    sentence = "no admitted innovation: an entry needs one that is eligible, not disqualified and not withdrawn"
    given_institution(portfolio=Portfolio(), pairs=()).when(nominate_agency).is_refused(sentence)


@pytest.mark.parametrize(
    "pairs",
    [
        (QUEUE_80, QUEUE),
        (QUEUE_80, QUEUE, QUEUE_80, QUEUE),
        (GARDEN_75, GARDEN, QUEUE_80, QUEUE, after(assessed("third")), QUEUE),
        (GARDEN_75, GARDEN, Unassessed(), QUEUE),
        (GARDEN_75, GARDEN, QUEUE_80),
    ],
    ids=["one missing", "one twice", "one too many", "another one", "half of one"],
)
def test_the_innovations_looked_at_must_be_exactly_the_portfolio(pairs: tuple[Any, ...]) -> None:
    given_institution(pairs=pairs).when(nominate_agency).is_refused(
        "the entrants' innovations have changed meanwhile; look at the candidates again, then repeat it"
    )


def test_every_innovation_of_an_institution_is_scored_before_its_nomination() -> None:
    given_institution(pairs=(after(assessed("garden")), GARDEN, QUEUE_80, QUEUE)).when(nominate_agency).is_refused(
        "not scored yet: Demo Garden; every innovation of an entry has all its desk scores before the nomination"
    )


def test_an_institution_of_another_kind_does_not_compete() -> None:
    given_institution(enrolment=WARD).when(nominate_agency).is_refused(
        "Demo Ward is of kind ward; in Best agency these compete: opd"
    )


def test_an_institution_that_is_not_enrolled_is_unknown() -> None:
    given_institution(enrolment=EnrolmentFacts()).when(nominate_agency).is_refused(
        "opd-01 is not enrolled in this edition; take its code from the candidates", Unknown
    )


def test_a_revoked_entrant_may_be_nominated_again_and_makes_room_for_others() -> None:
    given_innovation(digital_entry(), another("b"), REVOKED).when(nominate_queue).then(digital_entry())


# -- desk scores that are due, and equal ones


def test_an_assigned_innovation_is_nominated_once_each_of_its_screeners_has_scored_it() -> None:
    pair = Assignments({"queue": Panel("opd-01", ("sri", "budi"))})
    sentence = "not scored yet: Demo Queue; every innovation of an entry has all its desk scores before the nomination"
    given_innovation(assignments=pair).when(nominate_queue).is_refused(sentence)
    both = after(assessed(), scored("80"), scored("84", "budi"))
    given_innovation(assignments=pair, assessment=both).when(nominate_queue).then(digital_entry("82.00"))


def test_the_score_of_a_recused_screener_does_not_count() -> None:
    pair = Assignments({"queue": Panel("opd-01", ("sri",), {"budi": "kin"})})
    both = after(assessed(), scored("80"), scored("20", "budi"))
    given_innovation(assignments=pair, assessment=both).when(nominate_queue).then(digital_entry("80.00"))


def test_what_is_returned_for_revision_is_not_nominated() -> None:
    back = after(assessed(), scored("80"), returned())
    given_innovation(assessment=back).when(nominate_queue).is_refused(
        "returned for revision: Demo Queue; assess it anew before the nomination"
    )


def test_one_of_several_equal_candidates_at_the_edge_is_nominated_with_a_reason() -> None:
    tied = NominateInnovation("digital", "queue", "ani", ("map", "bus"))
    given_innovation().when(tied).is_refused(
        "Demo Queue is tied with 2 more at the edge of the shortlist; say why this one is nominated, in at most 2000 characters",
        Invalid,
    )
    because = NominateInnovation("digital", "queue", "ani", ("map", "bus"), "It is in use for longer.")
    expected = replace(digital_entry(), tied_with=("map", "bus"), reason="It is in use for longer.")
    given_innovation().when(because).then(expected)


def test_no_reason_is_needed_once_the_equal_ones_are_nominated_too() -> None:
    given_innovation(another("map")).when(NominateInnovation("digital", "queue", "ani", ("map",))).then(digital_entry())
