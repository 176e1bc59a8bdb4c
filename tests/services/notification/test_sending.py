"""Messages on their way: the whole service on a real broker, a real SMTP server, and faults in between."""

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from services.notification.app import create_app
from services.notification.sending import Patience
from shared.eventlog import Recorded
from shared.events import Event
from shared.events.judging import JurorRecused
from shared.events.notification import (
    MessageAbandoned,
    MessageBounced,
    MessageQueued,
    MessageRequeued,
    MessageSent,
    MessageUncertain,
)
from shared.security import Grant
from shared.settings import Settings
from tests.services.notification.post import PostOffice, VaultDesk
from tests.world import World, bearer, eventually

ROOT = Path(__file__).resolve().parents[3]


async def queue(world: World, vault: VaultDesk, person: str, template: str = "juror_appointed", **facts: str) -> str:
    """A message to a person whose address is `<person>@demo.test`; its ID."""
    vault.knows(person, f"{person}@demo.test")
    id = str(uuid.uuid4())
    told = {"edition:en": "Competition", "edition:id": "Lomba", "university": "Universitas Demo", **facts}
    await world.record(f"message/{id}", MessageQueued(to=person, template=template, about="juror/test.x", cause=1, facts=told))
    return id


async def outcomes(world: World, id: str) -> list[Event]:
    return [recorded.event for recorded in await history(world, id)][1:]


async def history(world: World, id: str) -> list[Recorded]:
    return [recorded for recorded in await world.all_events() if recorded.subject == f"message/{id}"]


async def became(world: World, id: str, kind: type[Event], timeout: float = 10.0) -> Any:
    """The outcome of this kind, once it is on record."""

    async def found() -> Event | None:
        return next((event for event in await outcomes(world, id) if isinstance(event, kind)), None)

    return await eventually(found, timeout=timeout)


@asynccontextmanager
async def running(world: World, settings: Settings, patience: Patience) -> AsyncIterator[Any]:
    async with world.running(create_app(settings, patience)) as client:
        yield client


async def test_a_queued_message_arrives_and_is_on_record_as_sent(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    async with running(world, settings, hasty):
        id = await queue(world, vault, "budi")
        sent = await became(world, id, MessageSent)
    [letter] = post.arrived
    assert letter.recipient == "budi@demo.test"
    assert letter.subject == "You are appointed as a juror of Competition"
    assert letter.message_id == sent.message_id == f"<{id}@makmal.test>"
    assert [recorded.envelope.actor for recorded in await history(world, id)][1:] == ["worker/notification.mail"]
    assert all(b"demo.test" not in recorded.raw for recorded in await world.all_events())


async def test_many_messages_share_few_connections(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    async with running(world, settings, replace(hasty, job=30)):
        ids = [await queue(world, vault, f"p{n}") for n in range(60)]
        for id in ids:
            await became(world, id, MessageSent, timeout=20)
    assert len(post) == 60 and set(post.by_recipient.values()) == {1}
    assert len(post.connections) <= 8


async def test_a_server_that_is_busy_is_tried_again(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    post.faults = {"budi@demo.test": ["451 come back later", "data 452 no room just now"]}
    async with running(world, settings, hasty):
        id = await queue(world, vault, "budi")
        await became(world, id, MessageSent)
    assert len(post) == 1
    assert [type(event) for event in await outcomes(world, id)] == [MessageSent]


async def test_a_server_that_is_away_is_tried_again(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    post.stop()
    async with running(world, settings, hasty):
        id = await queue(world, vault, "budi")
        await asyncio.sleep(0.8)
        assert await outcomes(world, id) == []
        post.start()
        await became(world, id, MessageSent)
    assert len(post) == 1


async def test_mail_waits_while_the_vault_is_away(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    vault.closed = True
    async with running(world, settings, hasty):
        id = await queue(world, vault, "budi")
        await asyncio.sleep(0.8)
        assert len(vault.asked) > 1 and await outcomes(world, id) == []
        vault.closed = False
        await became(world, id, MessageSent)


async def test_what_cannot_be_sent_for_too_long_is_abandoned(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    post.faults = {"budi@demo.test": ["451 budi@demo.test has no room"] * 100}
    async with running(world, settings, replace(hasty, give_up=0.5)):
        id = await queue(world, vault, "budi")
        abandoned = await became(world, id, MessageAbandoned)
    assert abandoned.reason == "it could not be sent in time: 451 (address) has no room"


async def test_a_refusal_for_good_is_a_bounce_and_tells_no_address(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    post.faults = {"a@demo.test": ["550 <a@demo.test> unknown here"], "b@demo.test": ["data 554 looks like spam"]}
    async with running(world, settings, hasty):
        first, second = await queue(world, vault, "a"), await queue(world, vault, "b")
        bounces = [await became(world, first, MessageBounced), await became(world, second, MessageBounced)]
    assert [(bounce.code, bounce.answer) for bounce in bounces] == [(550, "<(address)> unknown here"), (554, "looks like spam")]
    assert len(post) == 0


async def test_a_person_who_was_erased_gets_nothing(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    async with running(world, settings, hasty):
        vault.closed = True
        id = await queue(world, vault, "budi")
        vault.people.clear()
        vault.closed = False
        abandoned = await became(world, id, MessageAbandoned)
    assert abandoned.reason == "there is no e-mail address for this person (any more)"
    assert len(post) == 0


async def test_a_letter_that_cannot_be_written_is_given_up_and_holds_up_nobody(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    async with running(world, settings, replace(hasty, job=0.3)):
        poison = await queue(world, vault, "budi", template="no_such_letter")
        good = await queue(world, vault, "siti")
        await became(world, good, MessageSent)
        abandoned = await became(world, poison, MessageAbandoned, timeout=20)
    assert abandoned.reason.startswith("TemplateNotFound")


async def test_a_connection_lost_after_the_letter_went_out_leaves_a_doubt_that_only_people_resolve(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    post.faults = {"budi@demo.test": ["drop"]}
    async with running(world, settings, hasty) as client:
        id = await queue(world, vault, "budi")
        uncertain = await became(world, id, MessageUncertain)
        await asyncio.sleep(hasty.hand_again + 1)
        assert [type(event) for event in await outcomes(world, id)] == [MessageUncertain]
        assert len(post) == 1

        headers = bearer(await world.token("person/c", Grant("committee", "test")))
        answer = await client.post(f"/v1/messages/{id}/resend", headers=headers)
        assert answer.status_code == 202, answer.text
        sent = await became(world, id, MessageSent)
    assert [type(event) for event in await outcomes(world, id)] == [MessageUncertain, MessageRequeued, MessageSent]
    assert sent.message_id == uncertain.message_id
    assert [letter.message_id for letter in post.arrived] == [sent.message_id] * 2


async def test_a_process_killed_while_the_letter_was_out_leaves_a_doubt(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    post.faults = {"budi@demo.test": ["hang"]}
    arguments = [world.keys.log, world.broker_url, str(settings.data), post.url, vault.url]
    command = [sys.executable, str(Path(__file__).with_name("doomed_service.py")), *arguments]
    process = await asyncio.create_subprocess_exec(*command, env={**os.environ, "PYTHONPATH": str(ROOT)})
    database = settings.data / "notification.db"

    async def begun() -> bool:
        return database.exists()

    await eventually(begun, timeout=30)
    await asyncio.sleep(0.5)
    id = await queue(world, vault, "budi")
    assert await asyncio.to_thread(post.began.wait, 30)
    process.kill()
    await process.wait()
    assert await outcomes(world, id) == []
    async with running(world, settings, hasty):
        await became(world, id, MessageUncertain)
        other = await queue(world, vault, "siti")
        await became(world, other, MessageSent)
    assert [type(event) for event in await outcomes(world, id)] == [MessageUncertain]
    assert post.by_recipient == {"budi@demo.test": 1, "siti@demo.test": 1}


async def test_a_restart_sends_nothing_twice_and_what_came_meanwhile_once(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    async with running(world, settings, hasty):
        first = await queue(world, vault, "budi")
        await became(world, first, MessageSent)
    second = await queue(world, vault, "siti")
    async with running(world, settings, hasty):
        await became(world, second, MessageSent)
        await asyncio.sleep(1.0)
    assert post.by_recipient == {"budi@demo.test": 1, "siti@demo.test": 1}


async def test_an_empty_database_sends_nothing_again(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    async with running(world, settings, hasty):
        for n in range(5):
            await became(world, await queue(world, vault, f"p{n}"), MessageSent)
    under_way = await queue(world, vault, "siti")  # may have been sent by the outbox that is lost now
    empty = replace(settings, database_url=f"sqlite:///{settings.data}/new.db")
    async with running(world, empty, hasty) as client:
        await became(world, under_way, MessageUncertain)
        fresh = await queue(world, vault, "tuti")
        sent = await became(world, fresh, MessageSent)
        headers = bearer(await world.token("person/c", Grant("auditor", "test")))
        position = (await history(world, fresh))[-1].position
        shown = (await client.get(f"/v1/editions/test/messages?at_least={position}", headers=headers)).json()
    assert sent.message_id == f"<{fresh}@makmal.test>"
    assert len(post) == 6
    assert shown["counts"] == {"sent": 6, "uncertain": 1}


async def test_an_older_copy_of_the_database_sends_nothing_again(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    """It catches up with the log first: what looks queued halfway was sent long ago."""
    async with running(world, settings, hasty):
        pass
    ids = [await queue(world, vault, f"p{n}") for n in range(3)]
    meanwhile = [JurorRecused(juror="j", entry="e", reason="x")] * 1000
    for _ in range(4):
        await world.record("juror/test.j", *meanwhile)
    for id in ids:
        await world.record(f"message/{id}", MessageSent(message_id=f"<{id}@makmal.test>"))
    async with running(world, settings, hasty):
        await became(world, await queue(world, vault, "siti"), MessageSent)
    assert post.by_recipient == {"siti@demo.test": 1}


async def test_without_an_smtp_server_mail_waits_in_the_outbox(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    async with running(world, replace(settings, smtp_url=""), hasty):
        id = await queue(world, vault, "budi")
        await asyncio.sleep(0.5)
        assert await outcomes(world, id) == []
    async with running(world, settings, hasty):
        await became(world, id, MessageSent)
    assert len(post) == 1


async def test_two_workers_with_the_same_job_send_once(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    """The dispatcher hands a message out again when it hears nothing; both jobs may be worked at the same time."""
    async with running(world, settings, replace(hasty, hand_again=0.0)):
        ids = [await queue(world, vault, f"p{n}") for n in range(10)]
        for id in ids:
            await became(world, id, MessageSent)
    assert set(post.by_recipient.values()) == {1} and len(post) == 10
