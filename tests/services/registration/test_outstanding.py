"""Drafts that are not submitted are told of before the deadline: how many of each institution, and nothing else."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

import msgspec
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.registration.edition import EDITION
from services.registration.outstanding import OUTSTANDING, ReportDrafts
from shared.events.registration import DeadlineExtended, DraftsOutstanding, RegistrationClosed
from tests.services.registration.made_up import CLOSES, LATER, SECOND, opened, rulebook
from tests.services.registration.office import Office
from tests.specification import specification
from tests.world import eventually

DAY = timedelta(days=1)


def edition(*more: Any) -> Any:
    return reduce(EDITION.evolve, (*opened(rulebook(reminders=(7, 1))), *more), EDITION.initial)


given = specification(OUTSTANDING, others=lambda opened=edition(): (opened,))


def report(days: int = 7, at: datetime = CLOSES - 7 * DAY, drafts: int = 2, closes: datetime = CLOSES) -> ReportDrafts:
    return ReportDrafts("test", "opd-01", drafts, closes, days, at)


def outstanding(days: int = 7, drafts: int = 2) -> DraftsOutstanding:
    return DraftsOutstanding(edition="test", institution="opd-01", drafts=drafts, closes=CLOSES, days=days)


def test_an_institutions_drafts_are_told_of_at_each_step_before_the_deadline() -> None:
    given().when(report()).then(outstanding())
    given(outstanding()).when(report(1, CLOSES - DAY)).then(outstanding(1))


def test_a_step_is_told_of_once_however_many_drafts_come() -> None:
    given(outstanding()).when(report(drafts=5)).then()


def test_where_there_is_no_draft_nothing_is_told() -> None:
    given().when(report(drafts=0)).then()


def test_a_step_comes_neither_early_nor_more_than_a_day_late_nor_after_the_deadline() -> None:
    given().when(report(at=CLOSES - 7 * DAY - SECOND)).then()
    given().when(report(at=CLOSES - 6 * DAY)).then()
    given().when(report(1, CLOSES)).then()


def test_a_deadline_that_was_moved_and_one_that_has_passed_have_no_steps() -> None:
    moved = edition(DeadlineExtended(closes=LATER, reason="Banjir"))
    closed = edition(RegistrationClosed(effective=CLOSES - 8 * DAY, by="committee"))
    given(opened=moved).when(report()).then()
    given(opened=closed).when(report()).then()
    given().when(report(3, CLOSES - 3 * DAY)).then()


@for_all(st.lists(st.builds(report, st.sampled_from([7, 3, 1]), st.sampled_from([CLOSES - n * DAY for n in range(9)]))))
def test_the_command_can_be_read_back_from_its_events(commands: list[ReportDrafts]) -> None:
    state, registering = OUTSTANDING.initial, edition()
    for command in commands:
        events = OUTSTANDING.decide(state, command, registering)
        if events:
            read_back = OUTSTANDING.command_of(events, "", command.at)
            assert OUTSTANDING.decide(state, read_back, registering) == events
        state = reduce(OUTSTANDING.evolve, events, state)
        assert OUTSTANDING.decide(state, command, registering) == []


async def test_the_service_tells_of_the_drafts_that_lie_there_and_of_no_submitted_one(empty: Office) -> None:
    now = datetime.now(UTC)
    rules = rulebook(reminders=(3,), day_seconds=60)
    calendar = msgspec.structs.replace(
        rules.calendar,
        registration_opens=now - timedelta(hours=1),
        registration_closes=now + timedelta(seconds=184),
        judging_closes=None,
    )
    assert (await empty.open(msgspec.structs.replace(rules, calendar=calendar))).status_code == 201
    for code in ("opd-01", "opd-02"):
        await empty.enrol(code)
    for who, code in (("operator", "opd-01"), ("operator", "opd-01"), ("head", "opd-02")):
        begun = await empty.post(who, "/editions/test/drafts", {"institution": code, "record": {"name": "Rahasia"}})
        assert begun.status_code == 201
    path = f"/editions/test/drafts/{begun.json()['draft']}"
    dropped = await empty.client.delete(
        f"/v1{path}", headers={"Authorization": f"Bearer {empty.tokens['head']}", "If-Match": '"1"'}
    )
    assert dropped.status_code == 200

    async def told() -> list[Any]:
        return [e for e in await empty.world.all_events() if isinstance(e.event, DraftsOutstanding)]

    [one] = await eventually(told, timeout=12)
    assert (one.subject, one.event.institution, one.event.drafts, one.event.days) == ("drafts/test.opd-01", "opd-01", 2, 3)
    assert not any(b"Rahasia" in e.raw for e in await empty.world.all_events())
