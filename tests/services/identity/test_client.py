"""API clients: who is registered as what."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.identity.client import CLIENT, RegisterClient, State
from shared.events.identity import ClientRegistered
from shared.refusals import Refused
from tests.specification import NOON, specification

given = specification(CLIENT)

SIPD = ClientRegistered(client="sipd", edition="batam-2023", scopes=("innovations:write",), institutions=("opd-01", "opd-02"))


def register(**changed: Any) -> RegisterClient:
    terms: dict[str, Any] = {
        "client": "sipd",
        "edition": "batam-2023",
        "scopes": ("innovations:write",),
        "institutions": ("opd-02", "opd-01", "opd-02"),
    }
    return RegisterClient(**{**terms, **changed})


def test_a_client_is_registered_for_an_edition() -> None:
    given().when(register()).then(SIPD)


def test_registering_it_again_changes_nothing() -> None:
    given(SIPD).when(register()).then()


def test_the_terms_of_a_client_do_not_change() -> None:
    given(SIPD).when(register(institutions=())).is_refused(
        "a client sipd is registered with other terms; take another name for the new client"
    )


def test_a_client_is_not_registered_twice_in_the_log() -> None:
    with pytest.raises(ValueError, match="cannot follow"):
        CLIENT.evolve(given(SIPD).state, SIPD)


_commands = st.builds(
    register,
    edition=st.sampled_from(["batam-2023", "batam-2024"]),
    scopes=st.lists(st.sampled_from(["a", "b"])).map(tuple),
    institutions=st.lists(st.sampled_from(["opd-01", "opd-02"])).map(tuple),
)


@for_all(st.lists(_commands, max_size=5))
def test_the_command_of_any_events_leads_to_them_and_its_repetition_to_none(commands: Sequence[RegisterClient]) -> None:
    state: State = CLIENT.initial
    for command in commands:
        try:
            events = CLIENT.decide(state, command)
        except Refused:
            continue
        if events:
            assert CLIENT.decide(state, CLIENT.command_of(events, "person/root", NOON)) == events
        for event in events:
            state = CLIENT.evolve(state, event)
        assert CLIENT.decide(state, command) == []
