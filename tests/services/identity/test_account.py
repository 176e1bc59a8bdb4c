"""Accounts and roles: who may sign in, and as what."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.identity.account import (
    ACCOUNT,
    Absent,
    ActivateAccount,
    Active,
    AppointFirstAdministrator,
    ChangePassword,
    Command,
    EndSessions,
    InviteAccount,
    OfferReset,
    State,
    roles_of,
)
from services.identity.erasure import ErasePerson
from services.identity.roles import GrantRole, RevokeRole
from shared.events.identity import AccountActivated, AccountInvited, RoleGranted, RoleRevoked
from shared.refusals import Forbidden, Invalid, Refused
from tests.specification import NOON, specification

ADA = "ada"
INVITED = AccountInvited(person=ADA)
ACTIVATED = AccountActivated(person=ADA)
DECREE: dict[str, Any] = {"decree": "SK-1/2023", "decree_date": date(2023, 2, 1)}
JUROR = RoleGranted(person=ADA, role="juror", edition="batam-2023", **DECREE)
ADMINISTRATOR = RoleGranted(person=ADA, role="administrator")
AN_ADMINISTRATOR = Active({("administrator", ""): RoleGranted(person="root", role="administrator")})
SOMEBODY = Active()

given = specification(ACCOUNT, others=lambda asking=AN_ADMINISTRATOR: (asking,))


def grant(role: str, edition: str = "batam-2023", by: str = "person/root", **more: Any) -> GrantRole:
    return GrantRole(person=ADA, role=role, edition=edition, by=by, **{**DECREE, **more})


def revoke(role: str, edition: str = "batam-2023", by: str = "person/root", reason: str = "moved away") -> RevokeRole:
    return RevokeRole(person=ADA, role=role, edition=edition, by=by, reason=reason)


# -- accounts


def test_a_person_is_invited() -> None:
    given().when(InviteAccount(ADA, "person/root")).then(INVITED)


def test_an_invitation_is_renewed_without_another_event() -> None:
    given(INVITED).when(InviteAccount(ADA, "person/c")).then()


def test_who_holds_roles_already_is_invited_anew_by_an_administrator_only() -> None:
    given(INVITED, JUROR).when(InviteAccount(ADA, "person/root")).then()
    given(INVITED, JUROR, asking=SOMEBODY).when(InviteAccount(ADA, "person/c")).is_refused(
        "this person holds roles already; only an administrator can renew the invitation", Forbidden
    )


def test_an_active_account_is_not_invited() -> None:
    given(INVITED, ACTIVATED).when(InviteAccount(ADA, "person/root")).is_refused(
        "this account is active; its holder signs in with his password"
    )


def test_an_invited_person_activates_his_account_and_keeps_the_roles_granted_meanwhile() -> None:
    given(INVITED).when(ActivateAccount(ADA)).then(ACTIVATED)
    assert given(INVITED, JUROR, ACTIVATED).state == Active({("juror", "batam-2023"): JUROR})


def test_nobody_activates_an_account_without_an_invitation() -> None:
    given().when(ActivateAccount(ADA)).is_refused("nobody has invited this person; ask the committee for an invitation")


def test_the_first_administrator_has_account_and_role_at_once() -> None:
    given().when(AppointFirstAdministrator(ADA)).then(INVITED, ADMINISTRATOR, ACTIVATED)


def test_there_is_a_first_administrator_only_once() -> None:
    given(INVITED, ADMINISTRATOR, ACTIVATED, RoleRevoked(person=ADA, role="administrator", reason="left")).when(
        AppointFirstAdministrator(ADA)
    ).then()


# -- roles


def test_an_administrator_grants_a_role_by_decree() -> None:
    given(INVITED, ACTIVATED).when(grant("juror")).then(JUROR)


def test_a_grant_names_the_institution_that_the_person_works_for() -> None:
    at_bappeda = RoleGranted(person=ADA, role="juror", edition="batam-2023", employer="opd-05", **DECREE)
    given(INVITED, ACTIVATED).when(grant("juror", employer="opd-05")).then(at_bappeda)
    given(INVITED, ACTIVATED, JUROR).when(grant("juror", employer="opd-05")).then(at_bappeda)


def test_the_institutions_of_an_operator_are_replaced_by_a_later_grant() -> None:
    first = RoleGranted(person=ADA, role="operator", edition="batam-2023", institutions=("opd-01",), **DECREE)
    second = RoleGranted(person=ADA, role="operator", edition="batam-2023", institutions=("opd-01", "opd-02"), **DECREE)
    after = given(INVITED, ACTIVATED, first)
    after.when(grant("operator", institutions=("opd-02", "opd-01", "opd-02"))).then(second)
    assert given(INVITED, ACTIVATED, first, second).state == Active({("operator", "batam-2023"): second})


def test_roles_of_two_editions_stand_beside_each_other() -> None:
    next_year = RoleGranted(person=ADA, role="juror", edition="batam-2024", **DECREE)
    given(INVITED, JUROR).when(grant("juror", "batam-2024")).then(next_year)


def test_a_person_without_account_gets_no_role() -> None:
    given().when(grant("juror")).is_refused("this person has no account; invite him first, then grant the role")


def test_who_is_no_administrator_any_more_grants_and_revokes_nothing() -> None:
    sentence = "roles are granted and revoked, and other people's accounts changed, by an administrator"
    given(INVITED, asking=SOMEBODY).when(grant("juror")).is_refused(sentence, Forbidden)
    given(INVITED, JUROR, asking=Absent()).when(revoke("juror")).is_refused(sentence, Forbidden)


def test_an_administrator_holds_no_role_in_the_competition() -> None:
    given(INVITED, ADMINISTRATOR, ACTIVATED).when(grant("juror")).is_refused(
        "this person is an administrator, who grants roles and holds none in a competition; choose somebody else"
    )


def test_who_holds_a_role_in_the_competition_does_not_become_administrator() -> None:
    given(INVITED, JUROR).when(GrantRole(person=ADA, role="administrator", by="person/root")).is_refused(
        "an administrator holds no role in a competition; this person is juror (batam-2023): revoke that first"
    )


def test_a_second_administrator_needs_no_decree() -> None:
    given(INVITED).when(GrantRole(person=ADA, role="administrator", by="person/root")).then(ADMINISTRATOR)


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (grant("juror", decree=" "), "juror is held by decree; give its number and its date"),
        (grant("juror", decree_date=None), "juror is held by decree; give its number and its date"),
        (grant("juror", edition=""), "say in which edition juror is held"),
        (grant("juror", institutions=("opd-01",)), "juror is not held for institutions; only head and operator are"),
        (grant("head"), "a head is the head of exactly one institution"),
        (grant("head", institutions=("opd-01", "opd-02")), "a head is the head of exactly one institution"),
        (grant("operator"), "say for which institutions the operator enters"),
        (grant("service"), "the role service is held by API clients; register a client instead"),
        (
            grant("king"),
            "there is no role king; the roles are committee, screener, juror, chair, head, operator, auditor, administrator",
        ),
        (
            grant("administrator"),
            "administrator is held outside of any edition and for no institution; "
            "leave edition, institutions and employer empty",
        ),
    ],
)
def test_a_grant_that_says_too_little_or_too_much_is_refused(command: GrantRole, sentence: str) -> None:
    given(INVITED, ACTIVATED).when(command).is_refused(sentence, Invalid)


def test_a_role_is_revoked_with_a_reason() -> None:
    revoked = RoleRevoked(person=ADA, role="juror", edition="batam-2023", reason="moved away")
    given(INVITED, ACTIVATED, JUROR).when(revoke("juror")).then(revoked)
    assert given(INVITED, ACTIVATED, JUROR, revoked).state == Active()
    given(INVITED, JUROR).when(revoke("juror", reason=" ")).is_refused("say why the role is revoked", Invalid)


def test_revoking_what_is_not_held_changes_nothing() -> None:
    given(INVITED, JUROR).when(revoke("chair")).then()
    given().when(revoke("juror")).then()


def test_an_administrator_does_not_revoke_himself_so_one_always_remains() -> None:
    held = (INVITED, ADMINISTRATOR, ACTIVATED)
    given(*held).when(revoke("administrator", "", by=f"person/{ADA}")).is_refused(
        "you cannot revoke your own role of administrator; ask another administrator to do it"
    )
    given(*held).when(revoke("administrator", "")).then(RoleRevoked(person=ADA, role="administrator", reason="moved away"))


def test_events_that_cannot_follow_are_not_folded() -> None:
    impossible = [((), ACTIVATED), ((INVITED,), INVITED), ((INVITED, ACTIVATED), ACTIVATED), ((), JUROR)]
    for before, event in [*impossible, ((INVITED,), RoleRevoked(person=ADA, role="juror", edition="batam-2023"))]:
        with pytest.raises(ValueError, match="cannot follow"):
            ACCOUNT.evolve(given(*before).state, event)


# -- any history

_roles = st.sampled_from(["juror", "chair", "operator", "head", "administrator", "service", "king"])
_editions = st.sampled_from(["", "batam-2023", "batam-2024"])
_by = st.sampled_from(["person/root", f"person/{ADA}"])
_commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(InviteAccount, st.just(ADA), _by),
    st.just(ActivateAccount(ADA)),
    st.just(AppointFirstAdministrator(ADA)),
    st.builds(
        GrantRole,
        person=st.just(ADA),
        role=_roles,
        edition=_editions,
        institutions=st.lists(st.sampled_from(["opd-01", "opd-02"])).map(tuple),
        decree=st.sampled_from(["", "SK-1", "SK-2"]),
        employer=st.sampled_from(["", "opd-05"]),
        decree_date=st.sampled_from([None, date(2023, 2, 1)]),
        by=_by,
    ),
    st.builds(RevokeRole, person=st.just(ADA), role=_roles, edition=_editions, reason=st.sampled_from(["", "left"]), by=_by),
    st.builds(OfferReset, st.just(ADA), st.sampled_from(["one", "two"]), _by),
    st.builds(ChangePassword, st.just(ADA), st.sampled_from(["one", "two"])),
    st.builds(EndSessions, st.just(ADA), st.lists(st.sampled_from([("s1", NOON), ("s2", NOON)]), unique=True).map(tuple), _by),
    st.builds(ErasePerson, st.just(ADA), st.just(()), st.just(NOON)),
)


@for_all(st.lists(_commands, max_size=12), st.sampled_from([AN_ADMINISTRATOR, SOMEBODY]))
def test_the_command_of_any_events_leads_to_them_and_its_repetition_to_none(commands: Sequence[Command], asking: State) -> None:
    state: State = ACCOUNT.initial
    for command in commands:
        try:
            events = ACCOUNT.decide(state, command, asking)
        except Refused:
            continue
        by = getattr(command, "by", "")
        if events:
            assert ACCOUNT.decide(state, ACCOUNT.command_of(events, by, NOON), asking) == events
        for event in events:
            state = ACCOUNT.evolve(state, event)
        if events:
            assert list(ACCOUNT.decide(state, command, asking)) == []
        held = roles_of(state)
        assert ("administrator", "") not in held or len(held) == 1
