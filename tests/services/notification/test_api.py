"""What the committee sees of the mail, and sends again."""

import uuid
from typing import Any

import pytest

from services.notification.app import create_app
from shared.events import Event
from shared.events.notification import MessageBounced, MessageQueued, MessageRequeued, MessageSent, MessageUncertain
from shared.security import Grant
from tests.world import World, bearer

COMMITTEE = Grant("committee", "test")


async def message(world: World, *outcomes: Event, edition: str = "test") -> tuple[str, int]:
    id = str(uuid.uuid4())
    queued = MessageQueued(to="p1", template="nominated", about="shortlist/test.digital", cause=7, facts={"entry": "Kartu é"})
    recorded = await world.record(f"message/{id}", queued, *outcomes, edition=edition)
    return id, recorded[-1].position


async def test_the_committee_sees_every_message_and_how_many_there_are(world: World) -> None:
    sent, _ = await message(world, MessageSent(message_id="<a@b>"))
    bounced, position = await message(world, MessageBounced(code=550, answer="unknown here"))
    await message(world, edition="other")
    async with world.running(create_app(world.settings("notification"))) as client:
        headers = bearer(await world.token("person/c", COMMITTEE))
        answer = await client.get(f"/v1/editions/test/messages?at_least={position}", headers=headers)
        body: dict[str, Any] = answer.json()
        assert body["counts"] == {"sent": 1, "bounced": 1}
        assert [m["id"] for m in body["messages"]] == [sent, bounced]
        last = body["messages"][1]
        assert (last["state"], last["answer"], last["facts"]) == ("bounced", "550 unknown here", {"entry": "Kartu é"})
        assert "link" not in answer.headers


async def test_the_list_goes_on_page_by_page_and_by_state(world: World) -> None:
    wanted = [(await message(world, MessageUncertain(message_id="<a@b>")))[0] for _ in range(5)]
    _, position = await message(world, MessageSent(message_id="<a@b>"))
    async with world.running(create_app(world.settings("notification"))) as client:
        headers = bearer(await world.token("person/c", COMMITTEE))
        seen: list[str] = []
        page = f"/v1/editions/test/messages?state=uncertain&limit=2&at_least={position}"
        while page:
            answer = await client.get(page, headers=headers)
            assert answer.json()["counts"] == {"uncertain": 5, "sent": 1}
            seen += [m["id"] for m in answer.json()["messages"]]
            page = f"/v1/editions/test/messages{answer.links['next']['url']}" if "next" in answer.links else ""
        assert seen == wanted


@pytest.mark.parametrize("grants", [(), (Grant("juror", "test"),), (Grant("committee", "other"),), (Grant("administrator"),)])
async def test_nobody_else_sees_or_resends(world: World, grants: tuple[Grant, ...]) -> None:
    id, position = await message(world, MessageUncertain(message_id="<a@b>"))
    async with world.running(create_app(world.settings("notification"))) as client:
        headers = bearer(await world.token("person/x", *grants))
        assert (await client.get(f"/v1/editions/test/messages?at_least={position}", headers=headers)).status_code == 403
        assert (await client.post(f"/v1/messages/{id}/resend", headers=headers)).status_code == 403
        assert (await client.get("/v1/editions/test/messages")).status_code == 401


async def test_an_auditor_sees_but_does_not_resend(world: World) -> None:
    id, position = await message(world, MessageUncertain(message_id="<a@b>"))
    async with world.running(create_app(world.settings("notification"))) as client:
        headers = bearer(await world.token("person/a", Grant("auditor", "test")))
        assert (await client.get(f"/v1/editions/test/messages?at_least={position}", headers=headers)).status_code == 200
        assert (await client.post(f"/v1/messages/{id}/resend", headers=headers)).status_code == 403


async def test_a_message_is_resent_once_for_the_same_request(world: World) -> None:
    id, position = await message(world, MessageBounced(code=550, answer="unknown here"))
    async with world.running(create_app(world.settings("notification"))) as client:
        headers = bearer(await world.token("person/c", COMMITTEE))
        await client.get(f"/v1/editions/test/messages?at_least={position}", headers=headers)
        answers = [await client.post(f"/v1/messages/{id}/resend", headers=headers) for _ in range(2)]
        assert [a.status_code for a in answers] == [202, 202]
        assert answers[0].json() == answers[1].json() == {"id": id}
        at = answers[0].headers["Makmal-Position"]
        shown = (await client.get(f"/v1/editions/test/messages?at_least={at}", headers=headers)).json()["messages"][0]
        assert (shown["state"], shown["attempt"], shown["answer"]) == ("queued", 2, "")
    requeued = [e for e in await world.all_events() if e.type == "MessageRequeued"]
    assert [e.event for e in requeued] == [MessageRequeued(attempt=2)]
    assert requeued[0].envelope.actor == "person/c"


async def test_what_was_sent_or_never_was_cannot_be_resent(world: World) -> None:
    id, position = await message(world, MessageSent(message_id="<a@b>"))
    async with world.running(create_app(world.settings("notification"))) as client:
        token = await world.token("person/c", COMMITTEE)
        await client.get(f"/v1/editions/test/messages?at_least={position}", headers=bearer(token))
        refused = await client.post(f"/v1/messages/{id}/resend", headers=bearer(token))
        assert refused.status_code == 409 and refused.json()["detail"].startswith("this message was sent")
        unknown = await client.post(f"/v1/messages/{uuid.uuid4()}/resend", headers=bearer(token))
        assert unknown.status_code == 404
