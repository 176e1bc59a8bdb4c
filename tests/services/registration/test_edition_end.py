"""An edition ends: cancelled, with a reason, or concluded. Its record stays, and nothing is done in it any more."""

from datetime import date

import pytest

from services.registration.amendment import MergeCategories
from services.registration.edition import EDITION, CancelEdition, ConcludeEdition, OpenEdition
from services.registration.edition_calendar import CloseByCalendar, CloseRegistration, ExtendDeadline, ReopenRegistration
from shared.events.registration import (
    DeadlineExtended,
    Decree,
    EditionCancelled,
    EditionConcluded,
    RegistrationClosed,
    RegistrationReopened,
)
from shared.facts import EDITION as FACTS
from shared.facts import must_go_on
from shared.refusals import Invalid, Refused
from tests.services.registration.made_up import CLOSES, LATER, NOON, opened, rulebook
from tests.specification import specification

given = specification(EDITION)

DECREE = Decree("SK 9/2023", date(2023, 4, 1), date(2023, 4, 3))
closed = RegistrationClosed(effective=NOON, by="committee")
cancelled = EditionCancelled(reason="Pandemi", effective=date(2023, 4, 3), decree=DECREE)
concluded = EditionConcluded(effective=date(2023, 6, 30), decree=DECREE)
CANCEL = CancelEdition(" Pandemi ", date(2023, 4, 3), DECREE)
CONCLUDE = ConcludeEdition(date(2023, 6, 30), DECREE)
GONE = "this edition is cancelled (Pandemi); it can be read, and nothing is done in it any more"
OVER = "this edition is concluded; its record stands as it is and can be read"


def test_an_edition_is_cancelled_at_any_time_with_a_reason_by_a_decree_that_holds_from_a_day() -> None:
    given(*opened()).when(CANCEL).then(cancelled)
    given(*opened(), closed).when(CANCEL).then(cancelled)


def test_a_cancellation_says_why() -> None:
    given(*opened()).when(CancelEdition("", date(2023, 4, 3))).is_refused("give a reason; it stands on record", Invalid)


def test_an_edition_is_concluded_once_registration_has_closed() -> None:
    given(*opened(), closed).when(CONCLUDE).then(concluded)
    given(*opened()).when(CONCLUDE).is_refused(
        "registration is not closed, its deadline is 2023-03-31 16:00:00+00:00; "
        "conclude the edition once its results are announced"
    )


@pytest.mark.parametrize(
    "command",
    [
        CloseRegistration(NOON),
        ExtendDeadline(LATER, "Banjir", NOON),
        ReopenRegistration(LATER, "Banjir", CLOSES),
        MergeCategories("digital", "other", "x", NOON),
        CancelEdition("Lain", date(2023, 4, 3)),
        ConcludeEdition(),
    ],
)
def test_nothing_is_done_in_an_edition_that_has_ended(command: object) -> None:
    given(*opened(), cancelled).when(command).is_refused(GONE)
    given(*opened(), closed, concluded).when(command).is_refused(OVER)


def test_the_calendar_leaves_it_alone_and_opening_it_again_changes_nothing() -> None:
    for how in ((cancelled,), (closed, concluded)):
        given(*opened(), *how).when(CloseByCalendar(LATER)).then()
        given(*opened(), *how).when(OpenEdition(rulebook())).then()


def test_what_moves_the_calendar_names_its_decree() -> None:
    given(*opened()).when(ExtendDeadline(LATER, "Banjir", NOON, DECREE)).then(
        DeadlineExtended(closes=LATER, reason="Banjir", decree=DECREE)
    )
    given(*opened()).when(CloseRegistration(NOON, DECREE)).then(
        RegistrationClosed(effective=NOON, by="committee", decree=DECREE)
    )
    given(*opened(), closed).when(ReopenRegistration(LATER, "Banjir", CLOSES, DECREE)).then(
        RegistrationReopened(closes=LATER, reason="Banjir", decree=DECREE)
    )


def test_other_services_refuse_what_is_asked_in_a_cancelled_edition() -> None:
    facts = FACTS.initial
    for event in opened():
        facts = FACTS.evolve(facts, event)
    must_go_on(facts)
    with pytest.raises(Refused) as refusal:
        must_go_on(FACTS.evolve(facts, cancelled))
    assert refusal.value.en == GONE
