"""Which tokens hold, as identity's events have it."""

from datetime import UTC, datetime, timedelta

from shared.eventlog import Draft, Recorded, parse
from shared.events import Event
from shared.events.identity import (
    AccountActivated,
    ClientRevoked,
    ClientSecretRotated,
    PasswordChanged,
    PersonErased,
    RoleGranted,
    RoleRevoked,
    SessionEnded,
    SigningKeyRotated,
)
from shared.security.standing import Standing

NOW = datetime(2023, 3, 1, 12, 0, tzinfo=UTC)
JUROR = RoleGranted(person="ani", role="juror", edition="batam-2023")


def recorded(event: Event, version: int = 1) -> Recorded:
    raw = Draft(event=event, subject="any", version=version, time=NOW, actor="person/root", request="r").encode()
    return parse("identity", 1, raw)


def standing(*events: Event) -> Standing:
    """After these events of one account (or client), of versions 1, 2, 3 …"""
    found = Standing()
    for version, event in enumerate(events, 1):
        found.move_on(recorded(event, version))
    return found


def test_a_token_holds_while_nothing_was_taken_from_its_holder() -> None:
    assert not standing(JUROR).refuses("person/ani", 0, "s1")


def test_a_token_from_before_a_role_was_revoked_is_refused_and_a_later_one_holds() -> None:
    revoked = standing(JUROR, RoleRevoked(person="ani", role="juror", edition="batam-2023", reason="left"))
    assert revoked.refuses("person/ani", 1, "s1")
    assert not revoked.refuses("person/ani", 2, "s1") and not revoked.refuses("person/budi", 1, "s1")


def test_a_role_granted_anew_on_other_terms_outdates_tokens_but_a_first_grant_does_not() -> None:
    narrower = RoleGranted(person="ani", role="juror", edition="batam-2023", employer="opd-05")
    chair = RoleGranted(person="ani", role="chair", edition="batam-2023")
    assert standing(JUROR, narrower).refuses("person/ani", 1, "s1")
    assert not standing(JUROR, chair).refuses("person/ani", 1, "s1")
    revoked = RoleRevoked(person="ani", role="juror", edition="batam-2023", reason="left")
    assert not standing(JUROR, revoked, JUROR).refuses("person/ani", 2, "s1")


def test_only_the_ended_session_is_refused_and_it_is_forgotten_when_its_token_has_run_out() -> None:
    ends = NOW + timedelta(minutes=15)
    found = standing(SessionEnded(person="ani", session="s1", expires=ends))
    assert found.refuses("person/ani", 9, "s1") and not found.refuses("person/ani", 0, "s2")
    found.forget(ends.timestamp() - 1)
    assert found.refuses("person/ani", 9, "s1")
    found.forget(ends.timestamp())
    assert not found.refuses("person/ani", 9, "s1")


def test_a_new_password_and_an_erasure_end_every_session() -> None:
    for event in (PasswordChanged(person="ani", reset="r"), PersonErased(person="ani")):
        assert standing(AccountActivated(person="ani"), event).refuses("person/ani", 1, "s1")


def test_tokens_of_a_client_are_refused_when_its_secret_was_rotated_or_it_was_revoked() -> None:
    for event in (ClientSecretRotated(client="sipd", secret="two"), ClientRevoked(client="sipd", reason="off")):
        found = standing(AccountActivated(person="sipd"), event)
        assert found.refuses("client/sipd", 1, "") and not found.refuses("person/sipd", 1, "")


def test_it_says_which_events_touch_tokens() -> None:
    found = Standing()
    key = SigningKeyRotated(kid="k", jwk={"kty": "OKP"})
    assert [found.move_on(recorded(event)) for event in (key, JUROR, AccountActivated(person="ani"))] == [True, False, False]
    assert found.keys == {"k": {"kty": "OKP"}}
