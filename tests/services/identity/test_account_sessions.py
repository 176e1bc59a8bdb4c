"""Accounts: sessions ended, passwords reset."""

from datetime import timedelta

import pytest

from services.identity.account import ACCOUNT, Absent, Active, ChangePassword, EndSessions, InviteAccount, OfferReset
from services.identity.roles import GrantRole
from shared.events.identity import (
    AccountActivated,
    AccountInvited,
    PasswordChanged,
    PasswordResetOffered,
    PersonErased,
    RoleGranted,
    SessionEnded,
)
from shared.refusals import Forbidden
from tests.specification import NOON, specification

ADA = "ada"
INVITED = AccountInvited(person=ADA)
ACTIVATED = AccountActivated(person=ADA)
ROOT = Active({("administrator", ""): RoleGranted(person="root", role="administrator")})
LATER = NOON + timedelta(minutes=15)
FIRST = SessionEnded(person=ADA, session="s1", expires=LATER)
SECOND = SessionEnded(person=ADA, session="s2", expires=LATER)
OFFERED = PasswordResetOffered(person=ADA, reset="one")
CHANGED = PasswordChanged(person=ADA, reset="one")
NOT_HIS = "roles are granted and revoked, and other people's accounts changed, by an administrator"

given = specification(ACCOUNT, others=lambda asking=ROOT: (asking,))


def ending(*sessions: str, by: str = f"person/{ADA}") -> EndSessions:
    return EndSessions(ADA, tuple((session, LATER) for session in sessions), by)


def test_a_person_ends_his_own_sessions() -> None:
    given(INVITED, ACTIVATED, asking=Active()).when(ending("s1", "s2")).then(FIRST, SECOND)


def test_a_session_ends_once() -> None:
    given(INVITED, ACTIVATED, FIRST).when(ending("s1")).then()
    given(INVITED, ACTIVATED, FIRST).when(ending("s1", "s2")).then(SECOND)


def test_only_an_administrator_ends_the_sessions_of_somebody_else() -> None:
    given(INVITED, ACTIVATED).when(ending("s1", by="person/root")).then(FIRST)
    given(INVITED, ACTIVATED, asking=Active()).when(ending("s1", by="person/eve")).is_refused(NOT_HIS, Forbidden)


def test_an_administrator_offers_a_new_password_to_the_holder_of_an_active_account() -> None:
    given(INVITED, ACTIVATED).when(OfferReset(ADA, "one", "person/root")).then(OFFERED)
    given(INVITED, ACTIVATED, OFFERED).when(OfferReset(ADA, "one", "person/root")).then()


def test_nobody_else_offers_it() -> None:
    given(INVITED, ACTIVATED, asking=Active()).when(OfferReset(ADA, "one", "person/eve")).is_refused(NOT_HIS, Forbidden)


def test_somebody_who_has_shown_his_password_offers_it_to_himself() -> None:
    given(INVITED, ACTIVATED, asking=Active()).when(OfferReset(ADA, "one", f"person/{ADA}")).then(OFFERED)


def test_who_has_the_link_changes_the_password_once() -> None:
    given(INVITED, ACTIVATED, OFFERED).when(ChangePassword(ADA, "one")).then(CHANGED)
    given(INVITED, ACTIVATED, OFFERED, CHANGED).when(ChangePassword(ADA, "one")).then()


def test_an_older_link_and_one_that_was_never_offered_change_nothing() -> None:
    newer = PasswordResetOffered(person=ADA, reset="two")
    sentence = "a newer link has replaced this one; use the newest"
    given(INVITED, ACTIVATED, OFFERED, newer).when(ChangePassword(ADA, "one")).is_refused(sentence)
    given(INVITED, ACTIVATED).when(ChangePassword(ADA, "one")).is_refused(sentence)


def test_before_an_account_is_active_there_is_no_password_to_reset() -> None:
    for command in (OfferReset(ADA, "one", "person/root"), ChangePassword(ADA, "one"), ending("s1")):
        given(INVITED).when(command).is_refused(
            "this person has not taken up his invitation; invite him again instead",
        )
        given().when(command).is_refused("nobody has invited this person; ask the committee for an invitation")


def test_an_erased_person_is_nobody_any_more() -> None:
    erased = (INVITED, ACTIVATED, PersonErased(person=ADA))
    role = GrantRole(person=ADA, role="juror", edition="batam-2023", by="person/root")
    for command in (InviteAccount(ADA, "person/root"), OfferReset(ADA, "one", "person/root"), role, ending("s1")):
        given(*erased).when(command).is_refused("this person was erased; register him anew, as a new person")


def test_events_that_cannot_follow_are_not_folded() -> None:
    erased = PersonErased(person=ADA)
    for before, event in (((INVITED,), FIRST), ((), OFFERED), ((INVITED,), CHANGED), ((erased,), erased), ((erased,), INVITED)):
        with pytest.raises(ValueError, match="cannot follow"):
            ACCOUNT.evolve(given(*before).state, event)
    assert given().state == Absent()
