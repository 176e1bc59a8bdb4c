"""Signing keys: which key signs from now on, and which older ones are still honoured."""

from collections.abc import Sequence

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.identity.signing_keys import SIGNING_KEYS, KeySet, RotateSigningKey, State
from shared.eventlog import Draft, parse
from shared.events.identity import SigningKeyRotated
from shared.refusals import Refused
from shared.security.standing import Standing
from tests.specification import NOON, specification

given = specification(SIGNING_KEYS)


def jwk(name: str) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": name}


def rotated(kid: str, *retired: str) -> SigningKeyRotated:
    return SigningKeyRotated(kid=kid, jwk=jwk(kid), retired=retired)


def rotate(kid: str, *retire: str) -> RotateSigningKey:
    return RotateSigningKey(kid, jwk(kid), retire)


def test_the_first_key_is_published() -> None:
    given().when(rotate("a")).then(rotated("a"))


def test_the_key_so_far_is_honoured_until_it_is_retired() -> None:
    assert given(rotated("a"), rotated("b")).state.keys == {"a": jwk("a"), "b": jwk("b")}
    given(rotated("a"), rotated("b")).when(rotate("c", "a")).then(rotated("c", "a"))
    assert given(rotated("a"), rotated("b"), rotated("c", "a")).state == KeySet(
        "c", {"b": jwk("b"), "c": jwk("c")}, frozenset({"a"})
    )


def test_a_stolen_key_is_retired_at_once() -> None:
    given(rotated("a")).when(rotate("b", "a")).then(rotated("b", "a"))


def test_what_is_not_published_is_not_retired() -> None:
    given(rotated("a")).when(rotate("b", "z")).then(rotated("b"))


def test_an_earlier_key_does_not_come_back() -> None:
    sentence = "the key a has signed before; rotate to a new key"
    given(rotated("a"), rotated("b")).when(rotate("a")).is_refused(sentence)
    given(rotated("a"), rotated("b", "a")).when(rotate("a")).is_refused(sentence)


def test_keys_that_cannot_follow_are_not_folded() -> None:
    for event in (rotated("a"), rotated("b", "z")):
        with pytest.raises(ValueError, match="cannot follow"):
            SIGNING_KEYS.evolve(given(rotated("a")).state, event)


_kids = st.sampled_from("abcd")


@for_all(st.lists(st.builds(lambda kid, retire: rotate(kid, *retire), _kids, st.lists(_kids)), max_size=6))
def test_the_command_of_any_events_leads_to_them_and_verifiers_see_the_same_keys(commands: Sequence[RotateSigningKey]) -> None:
    state: State = SIGNING_KEYS.initial
    seen = Standing()
    for command in commands:
        try:
            events = SIGNING_KEYS.decide(state, command)
        except Refused:
            continue
        if events:
            assert SIGNING_KEYS.decide(state, SIGNING_KEYS.command_of(events, "service/identity", NOON)) == events
        for event in events:
            state = SIGNING_KEYS.evolve(state, event)
            raw = Draft(
                event=event, subject="signing-keys", version=1, time=NOON, actor="service/identity", request="r"
            ).encode()
            seen.move_on(parse("identity", 1, raw))
        assert SIGNING_KEYS.decide(state, command) == []
        assert state.keys == seen.keys and state.current in state.keys
