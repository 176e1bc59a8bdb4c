"""What a principal may do: by the roles he holds in an edition, and never in what concerns his own institution."""

import pytest

from shared.refusals import Forbidden
from shared.security import Grant, Principal

SCREENER_OF_BAPPEDA = Principal("person/ani", (Grant("screener", "batam-2023", employer="opd-05"),))


def concerns(principal: Principal, institution: str, edition: str = "batam-2023") -> bool:
    try:
        principal.must_not_concern(edition, institution)
    except Forbidden as forbidden:
        assert institution in forbidden.en and institution in forbidden.id
        return True
    return False


def test_nobody_decides_on_the_institution_that_he_works_for() -> None:
    assert concerns(SCREENER_OF_BAPPEDA, "opd-05")
    assert not concerns(SCREENER_OF_BAPPEDA, "opd-06")


def test_his_employer_counts_whichever_of_his_roles_names_it() -> None:
    both = Principal("person/ani", (Grant("juror", "batam-2023"), Grant("screener", "batam-2023", employer="opd-05")))
    assert concerns(both, "opd-05")


@pytest.mark.parametrize("role", ["head", "operator"])
def test_nobody_decides_on_an_institution_that_he_heads_or_enters_for(role: str) -> None:
    principal = Principal("person/ani", (Grant("committee", "batam-2023"), Grant(role, "batam-2023", ("opd-05",))))
    assert concerns(principal, "opd-05")
    assert not concerns(principal, "opd-06")


def test_what_he_was_in_another_edition_does_not_count() -> None:
    assert not concerns(SCREENER_OF_BAPPEDA, "opd-05", "batam-2024")


def test_who_works_for_no_institution_that_competes_decides_on_all() -> None:
    assert not concerns(Principal("person/ani", (Grant("juror", "batam-2023"),)), "")
