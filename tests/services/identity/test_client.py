"""API clients: who is registered as what."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.identity.client import CLIENT, Command, EndFormerSecret, RegisterClient, RevokeClient, RotateClientSecret, State
from shared.events.identity import ClientRegistered, ClientRevoked, ClientSecretRotated
from shared.refusals import Invalid, Refused, Unknown
from shared.security.scopes import SCOPES
from tests.specification import NOON, specification

given = specification(CLIENT)

SIPD = ClientRegistered(client="sipd", edition="batam-2023", scopes=("innovations:write",), institutions=("opd-01", "opd-02"))
REVOKED = ClientRevoked(client="sipd", reason="the system is switched off")
THE_SCOPES = ", ".join(SCOPES)


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


def test_a_client_has_scopes_of_the_table_and_at_least_one() -> None:
    given().when(register(scopes=("everything",))).is_refused(
        f"there is no scope everything; the scopes are {THE_SCOPES}", Invalid
    )
    given().when(register(scopes=())).is_refused(f"say what the client may do; the scopes are {THE_SCOPES}", Invalid)


def test_a_client_gets_a_new_secret_in_place_of_the_old_one() -> None:
    second = ClientSecretRotated(client="sipd", secret="two")
    given(SIPD).when(RotateClientSecret("sipd", "two")).then(second)
    given(SIPD, second).when(RotateClientSecret("sipd", "three")).then(ClientSecretRotated(client="sipd", secret="three"))


def test_a_client_is_revoked_with_a_reason() -> None:
    given(SIPD).when(RevokeClient("sipd", "the system is switched off")).then(REVOKED)
    given(SIPD).when(RevokeClient("sipd", " ")).is_refused("say why the client is revoked", Invalid)


def test_a_revoked_client_stays_revoked() -> None:
    given(SIPD, REVOKED).when(RevokeClient("sipd", "again")).then()
    for command in (register(), RotateClientSecret("sipd", "two")):
        given(SIPD, REVOKED).when(command).is_refused(
            "the client sipd was revoked for good; register a new client under another name"
        )


def test_what_is_not_registered_is_neither_rotated_nor_revoked() -> None:
    for command in (RotateClientSecret("sipd", "two"), RevokeClient("sipd", "why not")):
        given().when(command).is_refused("there is no client sipd; register it first", Unknown)


def test_a_client_is_not_registered_twice_in_the_log() -> None:
    for before, event in (((SIPD,), SIPD), ((SIPD, REVOKED), REVOKED), ((), REVOKED)):
        with pytest.raises(ValueError, match="cannot follow"):
            CLIENT.evolve(given(*before).state, event)


_commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(
        register,
        edition=st.sampled_from(["batam-2023", "batam-2024"]),
        scopes=st.lists(st.sampled_from(["innovations:read", "evidence:write", "other"]), max_size=2).map(tuple),
        institutions=st.lists(st.sampled_from(["opd-01", "opd-02"])).map(tuple),
    ),
    st.builds(RotateClientSecret, st.just("sipd"), st.sampled_from(["two", "three"]), st.sampled_from([None, NOON])),
    st.just(EndFormerSecret("sipd")),
    st.builds(RevokeClient, st.just("sipd"), st.sampled_from(["", "switched off"])),
)


@for_all(st.lists(_commands, max_size=8))
def test_the_command_of_any_events_leads_to_them_and_its_repetition_to_none(commands: Sequence[Command]) -> None:
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
