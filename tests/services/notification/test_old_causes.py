"""What happened long ago is told to nobody by itself: the log says that the message was skipped, and why."""

from dataclasses import replace
from datetime import timedelta

from services.notification.app import create_app
from services.notification.sending import Patience
from shared.eventlog import Recorded
from shared.events.judging import JurorAppointed
from shared.events.notification import MessageQueued, MessageSent, MessageSkipped
from shared.security import Grant
from shared.settings import Settings
from tests.services.notification.past import record_ago
from tests.services.notification.post import PostOffice, VaultDesk
from tests.world import World, bearer, eventually

APPOINTED = JurorAppointed(juror="budi", university="Universitas Demo")


async def of_type(world: World, kind: type) -> list[Recorded]:
    return [recorded for recorded in await world.all_events() if isinstance(recorded.event, kind)]


async def test_a_cause_older_than_a_day_is_skipped_on_record_and_linked_to_it(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    vault.knows("budi", "budi@demo.test")
    vault.knows("siti", "siti@demo.test")
    [old] = await record_ago(world, timedelta(days=1, minutes=1), "juror/test.budi", APPOINTED)
    fresh = JurorAppointed(juror="siti", university="Universitas Demo")
    await record_ago(world, timedelta(hours=23), "juror/test.siti", fresh)
    async with world.running(create_app(settings, hasty)):
        await eventually(lambda: of_type(world, MessageSent))
        [skipped] = await eventually(lambda: of_type(world, MessageSkipped))
    assert post.by_recipient == {"siti@demo.test": 1}
    assert (skipped.event.to, skipped.event.cause) == ("budi", old.position)
    assert skipped.envelope.causationid == old.envelope.id


async def test_a_skipped_message_is_listed_and_sent_by_hand(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    vault.knows("budi", "budi@demo.test")
    await record_ago(world, timedelta(days=30), "juror/test.budi", APPOINTED)
    async with world.running(create_app(settings, hasty)) as client:
        [skipped] = await eventually(lambda: of_type(world, MessageSkipped))
        headers = bearer(await world.token("person/c", Grant("committee", "test")))
        page = await client.get(f"/v1/editions/test/messages?state=skipped&at_least={skipped.position}", headers=headers)
        [shown] = page.json()["messages"]
        assert shown["answer"] == "what it tells of happened more than a day before"
        assert len(post) == 0
        assert (await client.post(f"/v1/messages/{shown['id']}/resend", headers=headers)).status_code == 202
        [sent] = await eventually(lambda: of_type(world, MessageSent))
    assert sent.subject == skipped.subject and post.by_recipient == {"budi@demo.test": 1}


async def test_a_database_that_is_lost_after_days_leads_to_no_letter(
    world: World, settings: Settings, post: PostOffice, vault: VaultDesk, hasty: Patience
) -> None:
    """Every fact of the log is heard anew; each has its message on record, or is too old for one."""
    for person in ("a", "b", "c"):
        appointed = JurorAppointed(juror=person, university="Universitas Demo")
        await record_ago(world, timedelta(days=3), f"juror/test.{person}", appointed)
    async with world.running(create_app(settings, hasty)):
        await eventually(lambda: _three(world))
    before = len(await world.all_events())
    empty = replace(settings, database_url=f"sqlite:///{settings.data}/new.db")
    async with world.running(create_app(empty, hasty)):
        vault.knows("d", "d@demo.test")
        await world.record("juror/test.d", JurorAppointed(juror="d", university="Universitas Demo"))
        await eventually(lambda: of_type(world, MessageSent))
    assert post.by_recipient == {"d@demo.test": 1}
    assert len(await of_type(world, MessageQueued)) == 1
    assert len(await world.all_events()) == before + 3  # the appointment, its message, and that it was sent


async def _three(world: World) -> bool:
    return len(await of_type(world, MessageSkipped)) == 3
