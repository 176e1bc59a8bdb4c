"""Who may be nominated in a category, and when its shortlist may be confirmed."""

from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from services.screening.assessment import ASSESSMENT, State, Unassessed
from services.screening.portfolio import Portfolio
from services.screening.shortlist import (
    SHORTLIST,
    Command,
    Confirmed,
    ConfirmShortlist,
    NominateInnovation,
    NominateInstitution,
    Open,
    RevokeNomination,
)
from shared.events import Event
from shared.events.screening import InnovationDisqualified, Nominated, NominationRevoked, ShortlistConfirmed
from shared.facts import EditionFacts, EnrolmentFacts, InnovationFacts
from shared.refusals import Invalid, Refused, Unknown
from tests.services.screening.competition import (
    AGENCY,
    CLOSED,
    GARDEN,
    OPEN,
    QUEUE,
    WARD,
    agency_entry,
    assessed,
    digital_entry,
    item,
    scored,
)
from tests.specification import NOON, specification


def after(*events: Event) -> State:
    state = ASSESSMENT.initial
    for event in events:
        state = ASSESSMENT.evolve(state, event)
    return state


OUT = InnovationDisqualified(innovation="queue", reason="untrue", explanation="The letter is forged.")
QUEUE_80 = after(assessed(), scored("80"))
GARDEN_75 = after(assessed("garden"), scored("75", innovation="garden"))
BOTH = Portfolio(frozenset({"queue", "garden"}))
REVOKED = NominationRevoked(category="digital", entry="test.digital.queue", entrant="queue", reason="It was revised.")

given_innovation = specification(
    SHORTLIST,
    lambda edition=CLOSED, enrolment=AGENCY, assessment=QUEUE_80, innovation=QUEUE: (
        edition,
        enrolment,
        assessment,
        innovation,
    ),
)


def _institution(
    edition: EditionFacts = CLOSED,
    enrolment: EnrolmentFacts = AGENCY,
    portfolio: Portfolio = BOTH,
    pairs: tuple[Any, ...] = (GARDEN_75, GARDEN, QUEUE_80, QUEUE),
) -> tuple[Any, ...]:
    return edition, enrolment, portfolio, *pairs


given_institution = specification(SHORTLIST, _institution)
given_shortlist = specification(SHORTLIST, lambda edition=CLOSED, around=(QUEUE_80, QUEUE): (edition, *around))
given_alone = specification(SHORTLIST)

nominate_queue = NominateInnovation("digital", "queue")
nominate_agency = NominateInstitution("opd", "opd-01")
confirm = ConfirmShortlist("digital")
CONFIRMED = ShortlistConfirmed(category="digital", entries=("test.digital.queue",))


def another(entrant: str) -> Nominated:
    return replace(digital_entry(), entrant=entrant, entry=f"test.digital.{entrant}")


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
        "not scored yet: Demo Queue; every innovation of an entry has a desk score before the nomination"
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
    given_innovation().when(NominateInnovation("opd", "queue")).is_refused(
        "in Best agency institutions compete; nominate an institution by its code", Invalid
    )
    given_institution().when(NominateInstitution("digital", "opd-01")).is_refused(
        "in Best digital innovations compete; nominate an innovation by its ID", Invalid
    )


def test_a_category_that_the_rulebook_does_not_have_is_unknown() -> None:
    given_innovation().when(NominateInnovation("robots", "queue")).is_refused(
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
        "not scored yet: Demo Garden; every innovation of an entry has a desk score before the nomination"
    )


def test_an_institution_of_another_kind_does_not_compete() -> None:
    given_institution(enrolment=WARD).when(nominate_agency).is_refused(
        "Demo Ward is of kind ward; in Best agency these compete: opd"
    )


def test_an_institution_that_is_not_enrolled_is_unknown() -> None:
    given_institution(enrolment=EnrolmentFacts()).when(nominate_agency).is_refused(
        "opd-01 is not enrolled in this edition; take its code from the candidates", Unknown
    )


# -- revocation


def test_a_nomination_is_revoked_with_a_reason() -> None:
    given_alone(digital_entry()).when(RevokeNomination("digital", "queue", "It was revised.")).then(REVOKED)


def test_a_revocation_needs_a_reason() -> None:
    given_alone(digital_entry()).when(RevokeNomination("digital", "queue", "  ")).is_refused(
        "say why the nomination is revoked, in at most 2000 characters", Invalid
    )


def test_what_is_not_nominated_cannot_be_revoked() -> None:
    given_alone().when(RevokeNomination("digital", "queue", "Why.")).is_refused(
        "queue is not nominated here; only a nominated entry can be revoked"
    )


def test_after_the_confirmation_nothing_is_revoked() -> None:
    given_alone(digital_entry(), CONFIRMED).when(RevokeNomination("digital", "queue", "Why.")).is_refused(
        "the shortlist of this category is confirmed; its entries stand"
    )


def test_a_revoked_entrant_may_be_nominated_again_and_makes_room_for_others() -> None:
    given_innovation(digital_entry(), another("b"), REVOKED).when(nominate_queue).then(digital_entry())


# -- confirmation


def test_the_shortlist_is_confirmed_with_all_its_entries() -> None:
    given_shortlist(digital_entry()).when(confirm).then(CONFIRMED)


def test_institutions_are_confirmed_with_their_portfolios() -> None:
    dossier = item("garden", GARDEN), item("queue", QUEUE)
    around = (BOTH, GARDEN_75, GARDEN, QUEUE_80, QUEUE)
    given_shortlist(agency_entry("77.50", *dossier), around=around).when(ConfirmShortlist("opd")).then(
        ShortlistConfirmed(category="opd", entries=("test.opd.opd-01",))
    )


def test_an_empty_shortlist_is_not_confirmed() -> None:
    given_shortlist(around=()).when(confirm).is_refused(
        "nobody is nominated in Best digital; nominate at least one entry first"
    )


def test_nothing_is_confirmed_while_registration_is_reopened() -> None:
    given_shortlist(digital_entry(), edition=OPEN).when(confirm).is_refused(
        "registration is still open; the shortlist is made once it is closed"
    )


@pytest.mark.parametrize(
    "around",
    [
        (after(assessed(), scored("80"), OUT), QUEUE),
        (QUEUE_80, replace(QUEUE, withdrawn=True)),
        (QUEUE_80, replace(QUEUE, revision=2)),
    ],
    ids=["disqualified", "withdrawn", "revised"],
)
def test_an_entry_whose_dossier_no_longer_stands_must_be_revoked_first(around: tuple[Any, ...]) -> None:
    given_shortlist(digital_entry(), around=around).when(confirm).is_refused(
        "changed since the nomination: Demo Queue (queue); revoke these nominations, and nominate anew what still may"
    )


def test_an_institution_with_an_innovation_admitted_since_must_be_nominated_anew() -> None:
    around = (BOTH, GARDEN_75, GARDEN, QUEUE_80, QUEUE)
    given_shortlist(agency_entry(), around=around).when(ConfirmShortlist("opd")).is_refused(
        "changed since the nomination: Demo Agency (opd-01); revoke these nominations, and nominate anew what still may"
    )


@pytest.mark.parametrize(
    "around",
    [(), (QUEUE_80, QUEUE, GARDEN_75, GARDEN), (GARDEN_75, GARDEN), (BOTH, GARDEN_75, GARDEN, QUEUE_80, QUEUE)],
    ids=["none", "too many", "another", "an institution's"],
)
def test_the_entries_looked_at_must_be_exactly_the_nominated_ones(around: tuple[Any, ...]) -> None:
    given_shortlist(digital_entry(), around=around).when(confirm).is_refused(
        "the entrants' innovations have changed meanwhile; look at the candidates again, then repeat it"
    )


def test_confirming_again_changes_nothing() -> None:
    given_shortlist(digital_entry(), CONFIRMED).when(confirm).then()


def test_an_event_that_cannot_follow_is_an_error() -> None:
    for events in [(REVOKED,), (digital_entry(), digital_entry()), (CONFIRMED, digital_entry()), (OUT,)]:
        with pytest.raises(ValueError, match="cannot follow"):
            given_alone(*events)


# -- whatever is asked, in whatever order

IDS = "abcd"
commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(NominateInnovation, st.just("digital"), st.sampled_from(IDS)),
    st.builds(RevokeNomination, st.just("digital"), st.sampled_from(IDS), st.sampled_from(["", "Late.", "Wrong."])),
    st.just(ConfirmShortlist("digital")),
)


@for_all(st.lists(st.tuples(commands, st.sampled_from([CLOSED, CLOSED, OPEN])), max_size=12))
def test_whatever_is_asked_the_shortlist_stays_within_its_rules(asked: list[tuple[Command, EditionFacts]]) -> None:
    state: Open | Confirmed = Open()
    for command, edition in asked:
        match command:
            case NominateInnovation(innovation=innovation):
                around: tuple[Any, ...] = (
                    edition,
                    AGENCY,
                    after(assessed(innovation), scored("80", innovation=innovation)),
                    QUEUE,
                )
            case RevokeNomination():
                around = ()
            case _:
                pairs = [(after(assessed(i), scored("80", innovation=i)), QUEUE) for i in state.nominated]
                around = (edition, *(part for pair in pairs for part in pair))
        try:
            events = SHORTLIST.decide(state, command, *around)
        except Refused:
            continue
        if events:
            assert isinstance(state, Open), "a confirmed shortlist has changed"
            assert SHORTLIST.decide(state, SHORTLIST.command_of(events, "", NOON), *around) == events
        for event in events:
            state = SHORTLIST.evolve(state, event)
        assert list(SHORTLIST.decide(state, command, *around)) == []
        assert len(state.nominated) <= 2
        assert state.nominated or not isinstance(state, Confirmed)
