from hypothesis import given as any_of
from hypothesis import strategies as st

from services.audit.on_record import NOTARY, Command, RecordInconsistency, RecordKey
from shared.events.audit import InconsistencyFound, NotaryKeyRotated
from shared.refusals import Refused
from tests.specification import NOON, specification

given = specification(NOTARY)

first_key = NotaryKeyRotated(vkey="makmal/test+00000001+AQ==")
second_key = NotaryKeyRotated(vkey="makmal/test+00000002+AQ==")
found_at_7 = InconsistencyFound(position=7, what="the event at position 7 is not the one that was signed")


def test_the_first_key_goes_on_record() -> None:
    given().when(RecordKey(first_key.vkey)).then(first_key)


def test_the_same_key_is_recorded_once() -> None:
    given(first_key).when(RecordKey(first_key.vkey)).then()


def test_another_key_is_a_rotation() -> None:
    given(first_key, found_at_7).when(RecordKey(second_key.vkey)).then(second_key)


def test_an_inconsistency_goes_on_record_once() -> None:
    given(first_key).when(RecordInconsistency(7, found_at_7.what)).then(found_at_7)
    given(first_key, found_at_7).when(RecordInconsistency(7, "still so")).then()


def test_nothing_contradicts_a_notary_who_has_signed_nothing() -> None:
    given().when(RecordInconsistency(7, found_at_7.what)).is_refused(
        "the notary has signed nothing yet that the log could contradict; record its key first"
    )


commands = st.lists(
    st.builds(RecordKey, st.sampled_from("abc")) | st.builds(RecordInconsistency, st.integers(1, 4), st.text(max_size=3))
)


@any_of(commands)
def test_every_recorded_event_leads_back_to_its_command(asked: list[Command]) -> None:
    state = NOTARY.initial
    for command in asked:
        try:
            events = NOTARY.decide(state, command)
        except Refused:
            continue
        if events:
            assert NOTARY.decide(state, NOTARY.command_of(events, "", NOON)) == events
        for event in events:
            state = NOTARY.evolve(state, event)
