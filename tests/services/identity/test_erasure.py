"""Erasing a person: not while the record of an edition that names him must be kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from services.identity.account import ACCOUNT, Active
from services.identity.erasure import ErasePerson
from services.identity.retention import RETENTION, Retention
from shared.events import Event
from shared.events.identity import AccountActivated, AccountInvited, PersonErased, RoleGranted
from shared.events.registration import (
    DeadlineExtended,
    EditionConcluded,
    RegistrationReopened,
    RulebookAmended,
    RulebookPublished,
)
from shared.refusals import Forbidden
from shared.rulebook import Calendar, Rulebook
from tests.services.registration.made_up import rulebook
from tests.specification import specification

ADA = "ada"
ACCOUNT_OF_ADA = (AccountInvited(person=ADA), AccountActivated(person=ADA))
JUROR = RoleGranted(person=ADA, role="juror", edition="batam-2023")
ROOT = Active({("administrator", ""): RoleGranted(person="root", role="administrator")})
JUDGED = datetime(2023, 5, 31, 16, tzinfo=UTC)
KEPT_UNTIL = datetime(2028, 5, 31, 16, tzinfo=UTC)
OVER = Retention("batam-2023", 5, JUDGED, JUDGED)


def asked(at: datetime, *editions: str) -> ErasePerson:
    return ErasePerson(ADA, editions, at)


def edition(judged: datetime | None = JUDGED, *later: Event, years: int = 5) -> Retention:
    """As it is folded from registration's events."""
    calendar = Calendar(
        registration_opens=datetime(2023, 2, 1, tzinfo=UTC),
        registration_closes=datetime(2023, 3, 31, tzinfo=UTC),
        judging_closes=judged,
    )
    rules: Rulebook = msgspec.structs.replace(rulebook(), edition="batam-2023", calendar=calendar, retention_years=years)
    state = RETENTION.initial
    for event in (RulebookPublished(digest="d", rulebook=rules), *later):
        state = RETENTION.evolve(state, event)
    return state


def amended(judged: datetime | None, years: int = 5) -> RulebookAmended:
    """The rulebook of `edition()` with another end."""
    rules = msgspec.structs.replace(rulebook(), edition="batam-2023", retention_years=years)
    calendar = msgspec.structs.replace(rules.calendar, judging_closes=judged)
    return RulebookAmended(
        digest="e", rulebook=msgspec.structs.replace(rules, calendar=calendar), reason="the jury needs longer"
    )


given = specification(ACCOUNT, others=lambda asking=ROOT, editions=(): (asking, *editions))


def test_who_is_named_in_no_edition_is_erased() -> None:
    given(*ACCOUNT_OF_ADA).when(asked(JUDGED)).then(PersonErased(person=ADA))


def test_who_never_had_an_account_is_erased_as_well() -> None:
    given(editions=(OVER,)).when(asked(KEPT_UNTIL, "batam-2023")).then(PersonErased(person=ADA, editions=("batam-2023",)))


def test_while_an_edition_that_names_him_must_be_kept_the_erasure_is_refused_and_says_until_when() -> None:
    early = KEPT_UNTIL - timedelta(seconds=1)
    given(*ACCOUNT_OF_ADA, editions=(OVER,)).when(asked(early, "batam-2023")).is_refused(
        "the record of batam-2023 names this person and is kept for 5 years, until 2028-05-31; ask again after that day"
    )


def test_after_that_he_is_erased_with_the_role_that_he_held_there() -> None:
    erased = PersonErased(person=ADA, editions=("batam-2023",))
    given(*ACCOUNT_OF_ADA, JUROR, editions=(OVER,)).when(asked(KEPT_UNTIL, "batam-2023")).then(erased)


def test_one_edition_that_must_be_kept_is_enough() -> None:
    newer = Retention("batam-2028", 5, KEPT_UNTIL, KEPT_UNTIL)
    given(*ACCOUNT_OF_ADA, editions=(OVER, newer)).when(asked(KEPT_UNTIL, "batam-2023", "batam-2028")).is_refused(
        "the record of batam-2028 names this person and is kept for 5 years, until 2033-05-31; ask again after that day"
    )


def test_an_edition_without_a_last_day_must_be_concluded_first() -> None:
    open_ended = Retention("batam-2023", 5, None, JUDGED)
    given(*ACCOUNT_OF_ADA, editions=(open_ended,)).when(asked(KEPT_UNTIL, "batam-2023")).is_refused(
        "the record of batam-2023 names this person and is kept for 5 years after the edition is concluded; "
        "it is not concluded yet"
    )


def test_a_role_in_an_edition_that_has_not_begun_is_revoked_first() -> None:
    given(*ACCOUNT_OF_ADA, JUROR, editions=(Retention(),)).when(asked(JUDGED, "batam-2023")).is_refused(
        "this person holds a role in batam-2023, which has not begun; revoke it first"
    )
    given(*ACCOUNT_OF_ADA, editions=(Retention(),)).when(asked(JUDGED, "batam-2023")).then(
        PersonErased(person=ADA, editions=("batam-2023",))
    )


def test_a_role_granted_while_the_log_was_searched_stops_the_erasure() -> None:
    given(*ACCOUNT_OF_ADA, JUROR).when(asked(KEPT_UNTIL)).is_refused(
        "this person has meanwhile got a role in batam-2023; look at his roles and decide again"
    )


def test_an_administrator_is_not_erased_and_only_an_administrator_erases() -> None:
    given(*ACCOUNT_OF_ADA, RoleGranted(person=ADA, role="administrator")).when(asked(JUDGED)).is_refused(
        "this person is an administrator; revoke that role first"
    )
    given(*ACCOUNT_OF_ADA, asking=Active()).when(asked(JUDGED)).is_refused(
        "roles are granted and revoked, and other people's accounts changed, by an administrator", Forbidden
    )


# -- until when an edition is kept


def test_an_edition_is_kept_from_the_last_day_of_its_calendar() -> None:
    assert edition().until == KEPT_UNTIL
    assert edition(years=2).until == datetime(2025, 5, 31, 16, tzinfo=UTC)
    assert edition(judged=datetime(2024, 2, 29, tzinfo=UTC)).until == datetime(2029, 3, 1, tzinfo=UTC)


def test_an_extension_beyond_that_day_counts() -> None:
    longer = DeadlineExtended(closes=datetime(2023, 7, 1, tzinfo=UTC), reason="flood")
    shorter: dict[str, Any] = {"closes": datetime(2023, 4, 10, tzinfo=UTC), "reason": "flood"}
    assert edition(JUDGED, longer).until == datetime(2028, 7, 1, tzinfo=UTC)
    assert edition(JUDGED, RegistrationReopened(**shorter)).until == KEPT_UNTIL


def test_without_a_last_day_it_is_kept_from_the_close_of_registration_once_it_is_concluded() -> None:
    assert edition(None).until is None
    assert edition(None, EditionConcluded()).until == datetime(2028, 3, 31, tzinfo=UTC)


def test_before_it_opens_nothing_is_kept_for_it() -> None:
    assert not RETENTION.initial.edition and edition().edition == "batam-2023"


def test_an_amended_rulebook_says_from_then_on_how_long_the_record_is_kept() -> None:
    autumn = datetime(2023, 9, 30, tzinfo=UTC)
    assert edition(JUDGED, amended(autumn)).until == autumn.replace(year=2028)
    assert edition(JUDGED, amended(JUDGED, years=10)).until == JUDGED.replace(year=2033)
    extended = DeadlineExtended(closes=autumn, reason="the flood")
    assert edition(JUDGED, extended, amended(JUDGED)).until == autumn.replace(year=2028)
    assert edition(JUDGED, amended(None)).until is None
