"""Institutions are permanent: renamed and merged, while documents of the past keep the old name."""

from datetime import date
from typing import Any

from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from services.registration.institution import (
    INSTITUTION,
    Command,
    MergeInstitution,
    RegisterInstitution,
    RenameInstitution,
)
from shared.events.registration import Decree, InstitutionMerged, InstitutionRegistered, InstitutionRenamed
from shared.refusals import Invalid, Refused, Unknown
from tests.services.registration.made_up import NOON
from tests.specification import specification


def state_of(*events: Any) -> Any:
    state = INSTITUTION.initial
    for event in events:
        state = INSTITUTION.evolve(state, event)
    return state


DECREE = Decree("Perda 3/2023", date(2023, 1, 2))
registered = InstitutionRegistered(code="opd-01", kind="opd", name="Bapelitbangda", abbreviation="BPL")
renamed = InstitutionRenamed(previous="Bapelitbangda", name="Bappeda", reason="Perda baru", decree=DECREE)
merged = InstitutionMerged(code="opd-01", into="opd-09", reason="Perda baru", decree=DECREE)
successor = state_of(InstitutionRegistered(code="opd-09", kind="opd", name="Brida"))

given = specification(INSTITUTION, others=lambda other=successor: (other,))


def test_an_institution_is_renamed_with_a_reason_by_a_decree() -> None:
    given(registered).when(RenameInstitution("Bappeda", "", " Perda baru", DECREE)).then(renamed)
    given(registered).when(RenameInstitution("Bappeda", "", "")).is_refused("give a reason; it stands on record", Invalid)
    given(registered).when(RenameInstitution(" ", "", "x")).is_refused("give the new name", Invalid)


def test_what_it_was_first_registered_as_stays_on_record() -> None:
    state = state_of(registered, renamed)
    assert (state.registered.name, state.name) == ("Bapelitbangda", "Bappeda")


def test_an_institution_is_merged_into_one_that_goes_on() -> None:
    given(registered).when(MergeInstitution("opd-09", "Perda baru", DECREE)).then(merged)
    sentence = "{} is no institution that could take over; enrol the successor first"
    given(registered, other=INSTITUTION.initial).when(MergeInstitution("opd-09", "x")).is_refused(sentence.format("opd-09"))
    given(registered, other=state_of(registered)).when(MergeInstitution("opd-01", "x")).is_refused(sentence.format("opd-01"))
    gone = state_of(registered, merged)
    given(registered, other=gone).when(MergeInstitution("opd-03", "x")).is_refused(sentence.format("opd-03"))


def test_a_merged_institution_is_neither_renamed_nor_merged_again() -> None:
    sentence = "opd-01 is merged into opd-09 already; name that one"
    given(registered, merged).when(RenameInstitution("Bappeda", "", "x")).is_refused(sentence)
    given(registered, merged).when(MergeInstitution("opd-10", "x")).is_refused(sentence)


def test_only_what_is_registered_is_renamed_or_merged() -> None:
    for command in (RenameInstitution("Bappeda", "", "x"), MergeInstitution("opd-09", "x")):
        given().when(command).is_refused(
            "this institution is not registered; the committee enrols it in an edition first", Unknown
        )


commands = st.one_of(
    st.just(RegisterInstitution("opd-01", "opd", "Bapelitbangda", "BPL")),
    st.builds(RenameInstitution, st.sampled_from(["Bappeda", "Bapelitbangda"]), st.just("BPL"), st.sampled_from(["", "x"])),
    st.builds(MergeInstitution, st.sampled_from(["opd-01", "opd-09"]), st.just("x"), st.sampled_from([None, DECREE])),
)


@hypothesis_given(st.lists(commands, max_size=6))
def test_the_commands_can_be_read_back_from_the_events(given_commands: list[Command]) -> None:
    state = INSTITUTION.initial
    for command in given_commands:
        try:
            events = INSTITUTION.decide(state, command, successor)
        except Refused:
            continue
        if events:
            assert INSTITUTION.decide(state, INSTITUTION.command_of(events, "", NOON), successor) == events
        for event in events:
            state = INSTITUTION.evolve(state, event)
        assert list(INSTITUTION.decide(state, command, successor)) == []
