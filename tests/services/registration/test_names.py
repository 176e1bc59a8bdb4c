"""Names of innovations: unique within an institution and edition."""

from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from services.registration.names import NAMES, Command, FreeName, TakeName, folded
from shared.events.registration import NameFreed, NameTaken
from shared.refusals import Refused
from tests.services.registration.made_up import NOON
from tests.specification import specification

given = specification(NAMES)

fuel_card = NameTaken(name="Kartu Kendali", innovation="one")


def test_a_free_name_is_taken() -> None:
    given().when(TakeName("Kartu Kendali", "one")).then(fuel_card)


def test_a_name_stands_for_one_innovation() -> None:
    given(fuel_card).when(TakeName("Kartu Kendali", "two")).is_refused(
        "another innovation of this institution is called Kartu Kendali already; give this one a name of its own"
    )


def test_case_spaces_and_typographic_variants_make_no_other_name() -> None:
    for name in ("KARTU kendali", "  Kartu \t Kendali ", "Ｋartu Kendali"):
        given(fuel_card).when(TakeName(name, "two")).is_refused(
            "another innovation of this institution is called Kartu Kendali already; give this one a name of its own"
        )


def test_a_renamed_innovation_frees_its_old_name() -> None:
    given(fuel_card).when(TakeName("Kartu Pintar", "one")).then(
        NameFreed(name="Kartu Kendali", innovation="one"), NameTaken(name="Kartu Pintar", innovation="one")
    )


def test_an_innovation_that_writes_its_name_otherwise_keeps_it() -> None:
    given(fuel_card).when(TakeName("kartu kendali", "one")).then()


def test_an_innovation_that_is_submitted_again_keeps_the_name_it_was_revised_to() -> None:
    revised = NameFreed(name="Kartu Kendali", innovation="one"), NameTaken(name="Kartu Pintar", innovation="one")
    given(fuel_card, *revised).when(TakeName("Kartu Kendali", "one", first=True)).then()


def test_a_freed_name_can_be_taken_by_another() -> None:
    given(fuel_card).when(FreeName("one")).then(NameFreed(name="Kartu Kendali", innovation="one"))
    given(fuel_card, NameFreed(name="Kartu Kendali", innovation="one")).when(TakeName("kartu kendali", "two")).then(
        NameTaken(name="kartu kendali", innovation="two")
    )


def test_freeing_what_is_not_held_changes_nothing() -> None:
    given(fuel_card).when(FreeName("two")).then()


names = st.sampled_from(["Sapa", "SAPA", " sapa", "Rajut", "Rajut 2"])
innovations = st.sampled_from(["one", "two", "three"])


@hypothesis_given(st.lists(st.builds(TakeName, names, innovations) | st.builds(FreeName, innovations), max_size=20))
def test_no_two_innovations_ever_hold_one_name_and_none_holds_two(commands: list[Command]) -> None:
    state = NAMES.initial
    for command in commands:
        try:
            events = NAMES.decide(state, command)
        except Refused:
            continue
        if events:
            assert NAMES.decide(state, NAMES.command_of(events, "", NOON)) == events
        for event in events:
            state = NAMES.evolve(state, event)
        assert NAMES.decide(state, command) == []
        held = [taken.innovation for taken in state.taken.values()]
        assert len(held) == len(set(held))
        assert [folded(taken.name) for taken in state.taken.values()] == list(state.taken)
