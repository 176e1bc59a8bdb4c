"""The calendar closes registration by itself, to the moment, whoever is awake."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec

from services.registration.app import create_app
from shared.events.registration import DeadlineExtended, RegistrationClosed
from shared.security import Grant
from tests.services.registration.made_up import ENROLLED, OWES_ONE, opened, record_json, rulebook
from tests.world import World, bearer, eventually


def closing_at(closes: datetime, edition: str = "test") -> Any:
    calendar = msgspec.structs.replace(
        rulebook().calendar, registration_opens=closes - timedelta(hours=1), registration_closes=closes, judging_closes=None
    )
    return rulebook(edition=edition, calendar=calendar)


def soon(seconds: float) -> datetime:
    """To the microsecond, as a mapped calendar has it."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


async def closed(world: World, edition: str = "test") -> Any:
    """The envelope and event of the edition's close, or None."""
    found = [e for e in await world.all_events() if e.type == "RegistrationClosed" and e.subject == f"edition/{edition}"]
    return (found[0].envelope, found[0].event) if found else None


async def open_edition(world: World, client: httpx.AsyncClient, closes: datetime) -> str:
    """Through the API; the committee's token."""
    token = await world.token("person/committee", Grant("committee", "test"))
    body = {"rulebook": msgspec.to_builtins(closing_at(closes))}
    assert (await client.post("/v1/editions", json=body, headers=bearer(token))).status_code == 201
    return token


async def test_registration_closes_soon_after_the_deadline_and_is_refused_at_once(world: World) -> None:
    await world.record("enrolment/test.opd-01", ENROLLED, OWES_ONE)
    async with world.running(create_app(world.settings("registration"))) as client:
        closes = soon(1.0)
        await open_edition(world, client, closes)
        token = await world.token("client/simoda", Grant("service", "test"))
        statuses: list[int] = []
        while not statuses or statuses[-1] == 201:
            body = {"institution": "opd-01", "record": record_json(name=f"Inovasi {len(statuses)}"), "pic": "ani"}
            answer = await client.post("/v1/editions/test/innovations", json=body, headers=bearer(token))
            statuses.append(answer.status_code)
        assert set(statuses[:-1]) == {201}
        assert statuses[-1] == 409
        envelope, event = await eventually(lambda: closed(world))
    assert event == RegistrationClosed(effective=closes, by="calendar")
    assert timedelta(milliseconds=-1) < envelope.time - closes < timedelta(seconds=1)
    submitted = [e.envelope.time for e in await world.all_events() if e.type == "InnovationSubmitted"]
    assert submitted and max(submitted) < closes


async def test_a_deadline_that_passed_while_no_process_was_awake_is_recorded_at_the_start(world: World) -> None:
    for edition, seconds in (("first", -3600.0), ("second", -0.001), ("third", 3600.0)):
        await world.record(f"edition/{edition}", *opened(closing_at(soon(seconds), edition)), edition=edition)
    async with world.running(create_app(world.settings("registration"))):
        for edition in ("first", "second"):
            _, event = await eventually(lambda edition=edition: closed(world, edition))
            assert event.by == "calendar"
        assert await closed(world, "third") is None


async def test_a_deadline_extended_meanwhile_does_not_close(world: World) -> None:
    async with world.running(create_app(world.settings("registration"))) as client:
        closes, later = soon(1.0), soon(1.5)
        token = await open_edition(world, client, closes)
        body = {"closes": later.isoformat(), "reason": "Banjir"}
        answer = await client.post("/v1/editions/test/registration/extension", json=body, headers=bearer(token))
        assert answer.status_code == 200
        _, event = await eventually(lambda: closed(world))
        assert event.effective == later


async def test_an_extension_by_another_process_is_seen_at_the_deadline(world: World) -> None:
    """What stands in the log decides, also where the calendar has not heard of it."""
    closes, later = soon(0.4), soon(0.9)
    await world.record("edition/test", *opened(closing_at(closes)))
    async with world.running(create_app(world.settings("registration"))):
        await world.record("edition/test", DeadlineExtended(closes=later, reason="Banjir"))
        _, event = await eventually(lambda: closed(world), timeout=8)
        assert event.effective == later


async def test_several_processes_close_it_once(world: World) -> None:
    await world.record("edition/test", *opened(closing_at(soon(0.4))))
    settings = world.settings("registration")
    async with world.running(create_app(settings)), world.running(create_app(settings)):
        await eventually(lambda: closed(world))
        await asyncio.sleep(0.3)
    assert [e.type for e in await world.all_events()].count("RegistrationClosed") == 1
