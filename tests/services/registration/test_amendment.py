"""The rulebook is amended, and categories are merged, before the stage that it changes begins; nothing else of it changes."""

from datetime import date
from decimal import Decimal
from functools import reduce

import msgspec
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from services.registration.amendment import AmendRulebook, MergeCategories
from services.registration.edition import EDITION, Command
from services.registration.edition_calendar import CloseRegistration, ExtendDeadline, ReopenRegistration
from shared.events.registration import Decree, RegistrationClosed, RegistrationReopened, RulebookAmended
from shared.facts import EDITION as FACTS
from shared.refusals import Invalid, Refused, Unknown
from shared.rulebook import Category, Criterion, Rubric, Rulebook
from tests.services.registration.made_up import CLOSES, LATER, NOON, OPENS, SECOND, both, opened, rulebook
from tests.specification import specification

given = specification(EDITION)

DIGITAL = rulebook().categories[0]
ANALOGUE = msgspec.structs.replace(DIGITAL, id="non-digital", where={"type": "non digital"}, kinds=("kelurahan",))
OF_AGENCIES = Category(id="opd", name=both("OPD"), entrant="institution", kinds=("opd",), nominees=3, places=3, rubric="idea")
RULES = rulebook(categories=(DIGITAL, ANALOGUE, OF_AGENCIES))
DECREE = Decree("SK 7/2023", date(2023, 3, 2))


def amended(rules: Rulebook, **more: object) -> RulebookAmended:
    told = {"digest": rules.digest(), "rulebook": rules, "reason": "Terlalu sedikit peserta", **more}
    return RulebookAmended(**told)  # type: ignore[arg-type]


ONE_CATEGORY = rulebook(categories=(msgspec.structs.replace(DIGITAL, where={}), OF_AGENCIES))
MERGE = MergeCategories("non-digital", "digital", "Terlalu sedikit peserta", NOON, DECREE)
MERGED = amended(ONE_CATEGORY, merged={"non-digital": "digital"}, decree=DECREE)


def test_two_categories_become_one_that_takes_in_all_who_would_have_competed_in_either() -> None:
    given(*opened(RULES)).when(MERGE).then(MERGED)


def test_what_both_categories_ask_for_is_still_asked_for() -> None:
    picky = msgspec.structs.replace(DIGITAL, where={"type": "digital", "stage": "penerapan"})
    other = msgspec.structs.replace(DIGITAL, id="other", where={"type": "non digital", "stage": "penerapan"})
    rules = rulebook(categories=(picky, other))
    result = rulebook(categories=(msgspec.structs.replace(picky, where={"stage": "penerapan"}),))
    given(*opened(rules)).when(MergeCategories("other", "digital", "Terlalu sedikit peserta", NOON)).then(
        amended(result, merged={"other": "digital"})
    )


def test_institutions_and_innovations_never_compete_in_one_category() -> None:
    given(*opened(RULES)).when(MergeCategories("opd", "digital", "x", NOON)).is_refused(
        "opd and digital cannot be one: name two categories, both of institutions or both of innovations", Invalid
    )


def test_only_known_categories_are_merged() -> None:
    given(*opened(RULES)).when(MergeCategories("none", "digital", "x", NOON)).is_refused(
        "there is no category none; there are digital, non-digital, opd", Unknown
    )


def test_a_category_is_judged_by_another_rubric_from_now_on() -> None:
    heavier = Rubric("idea", (Criterion(id="novelty", name=both("Kebaruan"), weight=Decimal(100)),))
    rules = rulebook(rubrics=(heavier,), quorum=2)
    given(*opened()).when(AmendRulebook(rules, "Terlalu sedikit peserta", NOON)).then(amended(rules))


def test_an_amendment_says_why() -> None:
    given(*opened(RULES)).when(MergeCategories("non-digital", "digital", " ", NOON)).is_refused(
        "give a reason; it stands on record", Invalid
    )


def test_the_amended_rulebook_is_held_to_the_same_rules() -> None:
    given(*opened()).when(AmendRulebook(rulebook(quorum=0), "x", NOON)).is_refused("quorum: write 1 or more", Invalid)


def test_what_institutions_registered_under_stays() -> None:
    given(*opened()).when(AmendRulebook(rulebook(minimum_words=100, obligations=()), "x", NOON)).is_refused(
        "institutions registered under these, so they stay as published: obligations, minimum_words"
    )


def test_the_rules_stand_once_registration_has_closed_even_if_it_is_reopened() -> None:
    sentence = "screening began when registration closed, {}; the rules are amended before that, and stand now"
    closed = RegistrationClosed(effective=NOON, by="committee")
    reopened = RegistrationReopened(closes=LATER, reason="Banjir")
    given(*opened(RULES), closed).when(MERGE).is_refused(sentence.format("2023-03-01 12:00:00+00:00"))
    given(*opened(RULES), closed, reopened).when(MERGE).is_refused(sentence.format("2023-04-07 16:00:00+00:00"))
    late = msgspec.structs.replace(MERGE, at=CLOSES)
    given(*opened(RULES)).when(late).is_refused(sentence.format("2023-03-31 16:00:00+00:00"))


def test_what_was_amended_before_the_close_may_be_said_again_after_it_and_changes_nothing() -> None:
    closed = RegistrationClosed(effective=NOON, by="committee")
    reopened = RegistrationReopened(closes=LATER, reason="Banjir")
    again = msgspec.structs.replace(MERGE, at=LATER)
    rules = rulebook(quorum=2)
    amend = AmendRulebook(rules, "Terlalu sedikit peserta", LATER)
    for since in ((closed,), (closed, reopened)):
        given(*opened(RULES), MERGED, *since).when(again).then()
        given(*opened(), amended(rules), *since).when(amend).then()


def test_other_services_know_the_rules_as_amended() -> None:
    facts = FACTS.initial
    for event in (*opened(RULES), MERGED):
        facts = FACTS.evolve(facts, event)
    assert facts.rulebook == ONE_CATEGORY
    assert facts.closes == CLOSES


times = st.sampled_from([OPENS, NOON, CLOSES - SECOND, CLOSES, LATER])
commands = st.one_of(
    st.builds(MergeCategories, st.sampled_from(["digital", "non-digital", "opd"]), st.just("digital"), st.just("x"), times),
    st.builds(AmendRulebook, st.sampled_from([RULES, ONE_CATEGORY]), st.just("x"), times),
    st.builds(CloseRegistration, times),
    st.builds(ExtendDeadline, st.just(LATER), st.just("x"), times, st.sampled_from([None, DECREE])),
    st.builds(ReopenRegistration, st.just(LATER), st.just("x"), times),
)


@hypothesis_given(st.lists(commands, max_size=8))
def test_the_commands_can_be_read_back_from_the_events(given_commands: list[Command]) -> None:
    state = reduce(EDITION.evolve, opened(RULES), EDITION.initial)
    for command in given_commands:
        try:
            events = EDITION.decide(state, command)
        except Refused:
            continue
        if events:
            assert EDITION.decide(state, EDITION.command_of(events, "", getattr(command, "at", NOON))) == events
        for event in events:
            state = EDITION.evolve(state, event)
        assert EDITION.decide(state, command) == []
