"""Whom a deadline concerns: institutions that owe an innovation, counted as registration's ledger counts."""

from typing import Any

import msgspec
import pytest
from sqlmodel import create_engine

from services.notification.duties import DUTIES, owing
from services.notification.people import PEOPLE
from shared.database import table
from shared.eventlog import Draft, Recorded, parse
from shared.events import Event
from shared.events.registration import (
    EnrolmentCarriedOver,
    InnovationEndorsed,
    InnovationRevised,
    InnovationSubmitted,
    InstitutionEnrolled,
    ObligationCarriedOver,
    ObligationSet,
    PicAppointed,
    RulebookPublished,
)
from shared.runner.projection import apply
from tests.services.notification.competition import RULEBOOK, record_named
from tests.specification import NOON

ENDORSED = InnovationEndorsed(institution="opd-01", digest="ab" * 32, endorsed_by="head-1")


def owed_by(*facts: tuple[str, Event], **rules: Any) -> list[str]:
    """The institutions that owe: opd-01 and opd-02 each an innovation with a PIC, the unit uptd-01 of opd-01 nothing."""
    rulebook = msgspec.structs.replace(RULEBOOK, **rules)
    given: list[tuple[str, Event]] = [("edition/test", RulebookPublished(digest=rulebook.digest(), rulebook=rulebook))]
    for code, parent in (("opd-01", ""), ("opd-02", ""), ("uptd-01", "opd-01")):
        given.append((f"enrolment/test.{code}", InstitutionEnrolled(institution=code, kind="opd", name=code, parent=parent)))
        if not parent:
            given.append((f"enrolment/test.{code}", ObligationSet(institution=code, innovations=1, pic=True)))
    recorded = [_recorded(position, subject, event) for position, (subject, event) in enumerate([*given, *facts], 1)]
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        for projection in (PEOPLE, DUTIES):
            for one in projection.tables:
                table(one).create(connection)
            apply(connection, projection, recorded)
        return list(owing(connection, "test"))


def _recorded(position: int, subject: str, event: Event) -> Recorded:
    draft = Draft(event=event, subject=subject, version=1, time=NOON, actor="person/x", request="ab" * 16, edition="test")
    return parse(event.owner(), position, draft.encode())


def entered(id: str, institution: str, pic: str = "pic-1") -> list[tuple[str, Event]]:
    submitted = InnovationSubmitted(edition="test", institution=institution, record=record_named(id))
    appointed = [PicAppointed(institution=institution, person=pic)] if pic else []
    return [(f"innovation/{id}", event) for event in (submitted, *appointed)]


def test_an_innovation_with_a_person_in_charge_meets_the_duty_of_its_institution() -> None:
    assert owed_by() == ["opd-01", "opd-02"]
    assert owed_by(*entered("i", "opd-01")) == ["opd-02"]


def test_an_innovation_that_nobody_is_in_charge_of_does_not() -> None:
    assert owed_by(*entered("i", "opd-01", pic="")) == ["opd-01", "opd-02"]


@pytest.mark.parametrize(("says", "owing"), [(False, ["opd-01", "opd-02"]), (True, ["opd-02"])])
def test_whether_a_units_innovation_meets_its_parents_duty_is_the_editions_to_say(says: bool, owing: list[str]) -> None:
    assert owed_by(*entered("i", "uptd-01"), unit_meets_parent=says) == owing


def test_where_the_edition_asks_for_the_heads_endorsement_an_innovation_counts_with_it_and_until_it_is_revised() -> None:
    facts = entered("i", "opd-01")
    assert owed_by(*facts, endorsement=True) == ["opd-01", "opd-02"]
    facts.append(("innovation/i", ENDORSED))
    assert owed_by(*facts, endorsement=True) == ["opd-02"]
    facts.append(("innovation/i", InnovationRevised(institution="opd-01", record=record_named("other"))))
    assert owed_by(*facts, endorsement=True) == ["opd-01", "opd-02"]


def test_the_successor_of_a_merged_institution_answers_for_what_that_entered_and_owed() -> None:
    merged: list[tuple[str, Event]] = [
        ("enrolment/test.opd-02", ObligationCarriedOver(institution="opd-02", previous="opd-01", innovations=1, pic=True)),
        ("enrolment/test.opd-01", EnrolmentCarriedOver(institution="opd-01", into="opd-02")),
    ]
    assert owed_by(*entered("i", "opd-01"), *merged) == ["opd-02"]
    assert owed_by(*entered("i", "opd-01"), *merged, *entered("j", "opd-02")) == []
