"""Winners proposed for the national award, which an innovation may enter twice."""

from typing import Any

from hypothesis import given as for_any
from hypothesis import strategies as st
from msgspec.structs import replace

from services.judging import national
from services.judging.national import NATIONAL_AWARD, ProposeForNationalAward
from shared.events.judging import NationalAwardProposed
from shared.events.registration import InnovationRecord
from shared.facts import InnovationFacts
from shared.refusals import Refused
from tests.golden.examples import example
from tests.services.judging.competition import EDITION, X, Y, category_of, closed
from tests.services.judging.test_verdict import reopened, to_the_end
from tests.specification import NOON, specification

WON = category_of(list(to_the_end))
i0 = InnovationFacts(EDITION, "opd-01", replace(example(InnovationRecord), name="Kartu BBM"), 1)

given = specification(NATIONAL_AWARD, others=lambda judging=WON, innovation=i0: (judging, innovation))

propose = ProposeForNationalAward(EDITION, X, "i0")
proposed = NationalAwardProposed(edition=EDITION, entry=X, innovation="i0", name="Kartu BBM")


def before(edition: str, name: str = "Kartu BBM") -> NationalAwardProposed:
    return NationalAwardProposed(edition=edition, entry=f"{edition}.digital.z", innovation=f"in-{edition}", name=name)


def test_an_innovation_of_a_winner_is_proposed() -> None:
    given().when(propose).then(proposed)


def test_an_innovation_enters_at_most_twice_over_all_editions_by_whatever_id() -> None:
    given(before("kota-2021")).when(propose).then(proposed)
    given(before("kota-2021"), before("kota-2022", "KARTU  bbm")).when(propose).is_refused(
        "Kartu BBM has entered the national award in kota-2021, kota-2022; an innovation may enter at most twice. "
        "Propose another one"
    )


def test_other_innovations_of_the_institution_do_not_count() -> None:
    given(before("kota-2021"), before("kota-2022", "Bazar Upcycle")).when(propose).then(proposed)


def test_only_winners_of_a_result_that_stands_are_proposed() -> None:
    for judging, entry, name in (
        (WON, Y, "Entry Y"),
        (category_of(closed(X, Y)), X, "Entry X"),
        (category_of([*to_the_end, reopened]), X, "Entry X"),
    ):
        given(judging=judging).when(ProposeForNationalAward(EDITION, entry, "i0")).is_refused(
            f"{name} is no winner of a result that stands; winners are proposed for the national award"
        )


def test_the_innovation_stands_in_the_entrys_dossier() -> None:
    sentence = "this innovation is not in the entry's dossier; choose one of i0"
    given().when(ProposeForNationalAward(EDITION, X, "i9")).is_refused(sentence)
    given(innovation=InnovationFacts()).when(propose).is_refused(sentence)


def test_proposing_again_changes_nothing() -> None:
    given(proposed).when(propose).then()


@for_any(
    st.lists(
        st.tuples(st.sampled_from(["kota-2021", "kota-2022", EDITION]), st.sampled_from([X, Y]), st.sampled_from(["i0", "i1"]))
    )
)
def test_the_command_read_from_any_events_leads_to_the_same_events(asked: list[tuple[str, str, str]]) -> None:
    state: Any = NATIONAL_AWARD.initial
    for edition, entry, innovation in asked:
        command = ProposeForNationalAward(edition, entry, innovation)
        try:
            events = national.decide(state, command, WON, i0)
        except Refused:
            continue
        if events:
            assert national.decide(state, national.command_of(events, "", NOON), WON, i0) == events
        for event in events:
            state = national.evolve(state, event)
        assert national.decide(state, command, WON, i0) == []
    assert len(state.made) <= national.MOST_ENTRIES
