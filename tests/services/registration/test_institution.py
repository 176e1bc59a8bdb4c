"""Institutions, and their enrolment in an edition with what they owe there."""

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from services.registration.edition import EDITION
from services.registration.enrolment import ENROLMENT, EnrolInstitution
from services.registration.institution import INSTITUTION, RegisterInstitution
from shared.events.registration import InstitutionEnrolled, InstitutionRegistered, ObligationSet
from shared.refusals import Invalid, Refused
from tests.services.registration.made_up import ENROLLED, NOON, OWES_ONE, opened
from tests.specification import specification

registering = EDITION.initial
for fact in opened():
    registering = EDITION.evolve(registering, fact)

given_institution = specification(INSTITUTION)
given_enrolment = specification(ENROLMENT, others=lambda edition=registering: (edition,))


def test_an_institution_is_registered() -> None:
    given_institution().when(RegisterInstitution("kel-01", "kelurahan", "Tanjung Rekaan", "TR", "opd-01")).then(
        InstitutionRegistered(code="kel-01", kind="kelurahan", name="Tanjung Rekaan", abbreviation="TR", parent="opd-01")
    )


def test_a_registered_institution_stays_as_it_is_when_an_edition_calls_it_otherwise() -> None:
    registered = InstitutionRegistered(code="opd-01", kind="opd", name="Dinas Rekaan")
    given_institution(registered).when(RegisterInstitution("opd-01", "opd", "Badan Rekaan")).then()


def test_nothing_else_can_follow() -> None:
    with pytest.raises(ValueError, match="cannot follow"):
        INSTITUTION.evolve(INSTITUTION.initial, ENROLLED)


def test_an_agency_is_enrolled_with_what_it_owes() -> None:
    given_enrolment().when(EnrolInstitution("opd-01", "opd", "Dinas Rekaan")).then(ENROLLED, OWES_ONE)


def test_a_ward_owes_nothing() -> None:
    given_enrolment().when(EnrolInstitution("kel-01", "kelurahan", "Tanjung Rekaan", "", "opd-01")).then(
        InstitutionEnrolled(institution="kel-01", kind="kelurahan", name="Tanjung Rekaan", parent="opd-01")
    )


def test_enrolling_it_again_changes_nothing() -> None:
    given_enrolment(ENROLLED, OWES_ONE).when(EnrolInstitution("opd-01", "opd", "Dinas Rekaan")).then()


def test_a_code_stands_for_one_institution() -> None:
    given_enrolment(ENROLLED, OWES_ONE).when(EnrolInstitution("opd-01", "opd", "Dinas Lain")).is_refused(
        "opd-01 is enrolled already as Dinas Rekaan (opd); give every institution a code of its own"
    )


def test_an_institution_is_of_a_kind_that_the_edition_has() -> None:
    given_enrolment().when(EnrolInstitution("uptd-01", "uptd", "Puskesmas Rekaan")).is_refused(
        "this edition has no kind uptd; it has opd, kelurahan", Invalid
    )


def test_nobody_is_enrolled_before_the_edition_opens() -> None:
    given_enrolment(edition=EDITION.initial).when(EnrolInstitution("opd-01", "opd", "Dinas Rekaan")).is_refused(
        "this edition is not opened yet; the committee opens it"
    )


commands = st.builds(
    EnrolInstitution,
    st.just("opd-01"),
    st.sampled_from(["opd", "kelurahan", "uptd"]),
    st.sampled_from(["Dinas Rekaan", "Dinas Lain"]),
    st.sampled_from(["", "DR"]),
    st.sampled_from(["", "opd-02"]),
)


@hypothesis_given(st.lists(commands, max_size=5))
def test_the_commands_can_be_read_back_from_the_events(given_commands: list[EnrolInstitution]) -> None:
    state, institution = ENROLMENT.initial, INSTITUTION.initial
    for command in given_commands:
        try:
            events = ENROLMENT.decide(state, command, registering)
        except Refused:
            continue
        registered = INSTITUTION.decide(institution, RegisterInstitution(*(getattr(command, f) for f in TOLD)))
        if events:
            assert ENROLMENT.decide(state, ENROLMENT.command_of(events, "", NOON), registering) == events
        if registered:
            assert INSTITUTION.decide(institution, INSTITUTION.command_of(registered, "", NOON)) == registered
        for event in events:
            state = ENROLMENT.evolve(state, event)
        for event in registered:
            institution = INSTITUTION.evolve(institution, event)
    assert sum(isinstance(event, ObligationSet) for event in [getattr(state, "owes", None)]) <= 1


TOLD = ("institution", "kind", "name", "abbreviation", "parent")
