"""Reminders as the running service gives them, with days of a second and a half."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from services.notification.app import create_app
from shared.events import Event
from shared.events.identity import RoleGranted
from shared.events.judging import ScoresheetOpened, ScoresheetSubmitted
from shared.events.notification import CircularChased, DeadlineNear, MessageQueued, ReminderSkipped
from shared.events.registration import (
    DeadlineExtended,
    EditionOpened,
    InnovationSubmitted,
    InstitutionEnrolled,
    ObligationSet,
    PicAppointed,
    RulebookPublished,
)
from shared.rulebook import Rulebook
from shared.security import Grant
from tests.services.notification.competition import RULEBOOK, record_named
from tests.services.notification.past import record_ago
from tests.world import World, bearer, eventually

E = TypeVar("E", bound=Event)


def rules(closes: datetime, day: float, reminders: tuple[int, ...] = (2, 1), **more: Any) -> Rulebook:
    calendar = msgspec.structs.replace(RULEBOOK.calendar, registration_closes=closes, judging_closes=None)
    return msgspec.structs.replace(
        RULEBOOK, calendar=msgspec.structs.replace(calendar, **more), day_seconds=int(day), reminders=reminders
    )


async def opened(world: World, rulebook: Rulebook, ago: timedelta = timedelta(0)) -> None:
    first = EditionOpened(name=rulebook.name, authority="x", rehearsal=True, rules_version=1, rulebook=rulebook.digest())
    await record_ago(world, ago, "edition/test", first, RulebookPublished(digest=rulebook.digest(), rulebook=rulebook))
    for code, person in (("opd-01", "head-1"), ("opd-02", "head-2")):
        enrolled = InstitutionEnrolled(institution=code, kind="opd", name=f"Dinas {code}")
        await world.record(f"enrolment/test.{code}", enrolled, ObligationSet(institution=code, innovations=1, pic=True))
        granted = RoleGranted(person=person, role="head", edition="test", institutions=(code,))
        await world.record(f"account/{person}", granted)
    await world.record("account/boss", RoleGranted(person="boss", role="committee", edition="test"))


async def of_type(world: World, kind: type[E]) -> list[E]:
    return [recorded.event for recorded in await world.all_events() if isinstance(recorded.event, kind)]


async def letters(world: World, template: str) -> list[MessageQueued]:
    return [event for event in await of_type(world, MessageQueued) if event.template == template]


async def test_who_still_owes_is_reminded_at_each_step_and_at_the_last_the_committee_hears_of_it(world: World) -> None:
    await opened(world, rules(datetime.now(UTC) + timedelta(seconds=6), 2))
    record = record_named("Kartu")
    submitted = InnovationSubmitted(edition="test", institution="opd-01", record=record)
    await world.record("innovation/i1", submitted, PicAppointed(institution="opd-01", person="pic-1"))
    async with world.running(create_app(world.settings("notification"))):
        [escalated] = await eventually(lambda: letters(world, "registration_behind"), timeout=10)
        near = await of_type(world, DeadlineNear)
        await eventually(lambda: _count(world, "registration_near", 2))
    assert [(event.days, event.last) for event in near] == [(2, False), (1, True)]
    assert [event.to for event in await letters(world, "registration_near")] == ["head-2", "head-2"]
    assert (escalated.to, escalated.facts["institutions"]) == ("boss", "Dinas opd-02")


async def test_a_step_is_made_up_for_when_the_service_wakes_and_one_long_past_is_skipped(world: World) -> None:
    day = 86_400
    closes = datetime.now(UTC) + timedelta(days=2.5)
    await opened(world, rules(closes, day, (7, 3, 1)), ago=timedelta(days=9))
    async with world.running(create_app(world.settings("notification"))):
        await eventually(lambda: _count(world, "registration_near", 2), timeout=10)
        [skipped] = await of_type(world, ReminderSkipped)
        await asyncio.sleep(1.5)
    [near] = [recorded for recorded in await world.all_events() if recorded.type == "DeadlineNear"]
    assert (near.event, skipped.days) == (
        DeadlineNear(edition="test", what="registration", closes=closes, days=3, last=False),
        7,
    )
    reminded = await letters(world, "registration_near")
    assert {event.to for event in reminded} == {"head-1", "head-2"}
    assert {event.cause for event in reminded} == {near.position}


async def test_a_deadline_set_after_a_step_was_due_does_not_have_it(world: World) -> None:
    await opened(world, rules(datetime.now(UTC) + timedelta(seconds=40), 60, (7, 3, 1)))
    extended = DeadlineExtended(closes=datetime.now(UTC) + timedelta(seconds=50), reason="libur")
    await world.record("edition/test", extended)
    async with world.running(create_app(world.settings("notification"))):
        await asyncio.sleep(2.5)
    assert await of_type(world, DeadlineNear) == [] == await of_type(world, ReminderSkipped)


async def test_jurors_with_open_sheets_are_reminded_before_judging_closes(world: World) -> None:
    now = datetime.now(UTC)
    await opened(world, rules(now - timedelta(days=30), 2, (1,), judging_closes=now + timedelta(seconds=4)))
    for juror, entry in (("j1", "a"), ("j1", "b"), ("j2", "a")):
        sheet = ScoresheetOpened(entry=f"test.digital.{entry}", juror=juror)
        await world.record(f"scoresheet/test.digital.{entry}.{juror}", sheet)
    done = ScoresheetSubmitted(entry="test.digital.a", juror="j2")
    await world.record("scoresheet/test.digital.a.j2", done)
    async with world.running(create_app(world.settings("notification"))):
        [committee] = await eventually(lambda: letters(world, "judging_behind"), timeout=10)
        [juror] = await eventually(lambda: letters(world, "judging_near"))
    assert (juror.to, juror.facts["sheets"]) == ("j1", "2")
    assert (committee.to, committee.facts["sheets"], committee.facts["jurors"]) == ("boss", "2", "1")


async def test_two_processes_remind_once(world: World) -> None:
    await opened(world, rules(datetime.now(UTC) + timedelta(seconds=4), 2, (1,)))
    one = world.settings("notification")
    other = world.settings("notification", database_url=f"sqlite:///{one.data}/other.db")
    async with world.running(create_app(one)), world.running(create_app(other)):
        await eventually(lambda: _count(world, "registration_near", 2), timeout=10)
        await asyncio.sleep(1.5)
    assert len(await of_type(world, DeadlineNear)) == 1
    assert sorted(event.to for event in await letters(world, "registration_near")) == ["head-1", "head-2"]


async def test_who_does_not_acknowledge_a_circular_is_chased_and_then_the_committee_hears_of_it(world: World) -> None:
    await opened(world, rules(datetime.now(UTC) + timedelta(days=1), 1, ()))
    body = {"number": "1/SE", "dated": "2023-01-31", "title": "Lomba", "text": "Isi.", "kinds": ["opd"], "days": 1}
    async with world.running(create_app(world.settings("notification"))) as client:
        committee = bearer(await world.token("person/boss", Grant("committee", "test")))
        position = (await world.all_events())[-1].position
        await client.get(f"/v1/editions/test/circulars?at_least={position}", headers=committee)
        issued = await client.post("/v1/editions/test/circulars", headers=committee, json=body)
        head = bearer(await world.token("person/head-1", Grant("head", "test", ("opd-01",))))
        path = f"/v1/circulars/{issued.json()['id']}/acknowledgement"
        assert (await client.post(path, headers=head, json={"institution": "opd-01"})).status_code == 201
        [escalated] = await eventually(lambda: letters(world, "circular_unacknowledged"), timeout=10)
        chased = await letters(world, "circular_chased")
    assert {event.to for event in chased} == {"head-2"}
    assert (escalated.to, escalated.facts["institutions"]) == ("boss", "Dinas opd-02")
    assert all(event.institutions == ("opd-02",) for event in await of_type(world, CircularChased))


async def _count(world: World, template: str, number: int) -> bool:
    return len(await letters(world, template)) >= number
