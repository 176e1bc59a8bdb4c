"""Webhooks on the running service: registered, delivered signed, tried again, given up, and never told what is sealed."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.notification.app import create_app
from services.notification.webhook_doors import Doors
from services.notification.webhook_events import NAMES
from services.notification.webhook_sending import Persistence
from shared.events import catalogue
from shared.events.judging import Placed, ResultsAnnounced, ScoreRecorded
from shared.events.registration import DeadlineExtended, InnovationSubmitted
from shared.security import Grant
from tests.services.notification.competition import record_named
from tests.services.notification.receiver import Receiver
from tests.specification import NOON
from tests.world import World, bearer, eventually

HASTY = Persistence(pauses=(0.05, 0.05), timeout=2.0, hand_again=3.0, look_every=0.1)
COMMITTEE = Grant("committee", "test")
EXTENDED = DeadlineExtended(closes=NOON, reason="libur")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as here:
        yield here


@dataclass
class Hooks:
    world: World
    client: httpx.AsyncClient
    receiver: Receiver
    names: dict[str, list[str]]

    async def asks(self, method: str, path: str, who: str, *grants: Grant, key: str | None = None, **body: Any) -> Any:
        headers = bearer(await self.world.token(who, *grants), key)
        return await self.client.request(method, path, headers=headers, json=body or None)

    async def register(self, *events: str, who: str = "person/c", grant: Grant = COMMITTEE, **more: Any) -> Any:
        body = {"edition": "test", "url": f"http://receiver.city:{self.receiver.port}/hook", "events": list(events), **more}
        return await self.asks("POST", "/v1/webhooks", who, grant, **body)

    async def deliveries(self, id: str, state: str) -> list[Any]:
        answer = await self.asks("GET", f"/v1/webhooks/{id}/deliveries?state={state}", "person/c", COMMITTEE)
        found: list[Any] = answer.json()
        return found


@asynccontextmanager
async def running(world: World, receiver: Receiver) -> AsyncIterator[Hooks]:
    names = {"receiver.city": ["127.0.0.1"]}

    async def resolve(host: str, port: int) -> Sequence[str]:
        return names.get(host, [host])

    doors = Doors([ip_network("127.0.0.0/8")], resolve)
    app = create_app(world.settings("notification"), persistence=HASTY, doors=doors)
    async with world.running(app) as client:
        yield Hooks(world, client, receiver, names)


@pytest.fixture
async def hooks(world: World, receiver: Receiver) -> AsyncIterator[Hooks]:
    async with running(world, receiver) as here:
        yield here


async def arrived(receiver: Receiver, number: int) -> bool:
    return len(receiver.got) >= number


async def test_what_happens_is_delivered_signed_with_type_position_and_public_facts(hooks: Hooks) -> None:
    registered = (await hooks.register("DeadlineExtended")).json()
    [event] = await hooks.world.record("edition/test", EXTENDED)
    await eventually(lambda: arrived(hooks.receiver, 1))
    [told] = hooks.receiver.read(registered["secret"])
    assert told["type"] == "DeadlineExtended"
    assert told["data"] == {
        "edition": "test",
        "position": event.position,
        "subject": "edition/test",
        "facts": {"closes": "2023-03-01T12:00:00Z", "reason": "libur"},
    }
    path, headers, _ = hooks.receiver.got[0]
    assert (path, headers["host"]) == ("/hook", f"receiver.city:{hooks.receiver.port}")
    assert headers["webhook-id"] == f"{registered['id']}.{event.position}"
    [done] = await eventually(lambda: hooks.deliveries(registered["id"], "delivered"))
    assert (done["position"], done["tries"]) == (event.position, 1)


async def test_the_secret_is_shown_once_and_the_same_request_is_answered_alike(hooks: Hooks) -> None:
    body = {"edition": "test", "url": f"http://receiver.city:{hooks.receiver.port}/", "events": ["ResultsAnnounced"]}
    first = await hooks.asks("POST", "/v1/webhooks", "person/c", COMMITTEE, key="the-same-key", **body)
    again = await hooks.asks("POST", "/v1/webhooks", "person/c", COMMITTEE, key="the-same-key", **body)
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    other = {**body, "events": ["CircularIssued"]}
    assert (await hooks.asks("POST", "/v1/webhooks", "person/c", COMMITTEE, key="the-same-key", **other)).status_code == 422
    listed = await hooks.asks("GET", "/v1/webhooks?edition=test", "person/c", COMMITTEE)
    assert len(listed.json()) == 1 and "secret" not in listed.text and "whsec_" not in listed.text


async def test_a_receiver_that_fails_is_tried_again_with_the_same_id(hooks: Hooks) -> None:
    hooks.receiver.answers = [500, 302]
    hooks.receiver.redirect = f"http://receiver.city:{hooks.receiver.port}/elsewhere"
    registered = (await hooks.register("DeadlineExtended")).json()
    await hooks.world.record("edition/test", EXTENDED)
    [done] = await eventually(lambda: hooks.deliveries(registered["id"], "delivered"))
    assert done["tries"] == 3
    assert len({headers["webhook-id"] for _, headers, _ in hooks.receiver.got}) == 1
    assert {path for path, _, _ in hooks.receiver.got} == {"/hook"}, "a redirect was followed"


async def test_what_is_never_taken_is_dead_until_its_owner_has_it_tried_again(hooks: Hooks) -> None:
    hooks.receiver.answers = [503] * 3
    id = (await hooks.register("DeadlineExtended")).json()["id"]
    await hooks.world.record("edition/test", EXTENDED)
    [dead] = await eventually(lambda: hooks.deliveries(id, "dead"))
    assert (dead["tries"], dead["answer"]) == (3, "it answered 503")
    revived = await hooks.asks("POST", f"/v1/webhooks/{id}/retry", "person/c", COMMITTEE)
    assert (revived.status_code, revived.json()) == (202, {"revived": 1})
    await eventually(lambda: hooks.deliveries(id, "delivered"))


async def test_a_name_that_turns_to_a_private_address_is_not_followed_there(hooks: Hooks) -> None:
    id = (await hooks.register("DeadlineExtended")).json()["id"]
    hooks.names["receiver.city"] = ["127.0.0.1", "10.0.0.8"]
    await hooks.world.record("edition/test", EXTENDED)
    [dead] = await eventually(lambda: hooks.deliveries(id, "dead"))
    assert "10.0.0.8, which is no public address" in dead["answer"]
    assert hooks.receiver.got == []


async def test_a_private_address_is_refused_at_once(hooks: Hooks) -> None:
    refused = await hooks.register("DeadlineExtended", url="https://10.0.0.8/hook")
    assert refused.status_code == 422 and "no public address" in refused.json()["detail"]


async def test_a_receiver_that_is_gone_hears_of_nothing_more(hooks: Hooks) -> None:
    hooks.receiver.answers = [410]
    id = (await hooks.register("DeadlineExtended")).json()["id"]
    await hooks.world.record("edition/test", EXTENDED)
    await eventually(lambda: hooks.deliveries(id, "dead"))
    [listed] = (await hooks.asks("GET", "/v1/webhooks?edition=test", "person/c", COMMITTEE)).json()
    assert listed["ended"] and listed["why_ended"] == "the receiver answered 410 Gone"
    assert (await hooks.asks("POST", f"/v1/webhooks/{id}/retry", "person/c", COMMITTEE)).status_code == 409


async def test_a_webhook_that_was_ended_hears_of_nothing_more(hooks: Hooks) -> None:
    id = (await hooks.register("DeadlineExtended")).json()["id"]
    other = (await hooks.register("DeadlineExtended")).json()["id"]
    assert (await hooks.asks("DELETE", f"/v1/webhooks/{id}", "person/c", COMMITTEE)).status_code == 204
    await hooks.world.record("edition/test", EXTENDED)
    await eventually(lambda: hooks.deliveries(other, "delivered"))
    assert len(hooks.receiver.got) == 1
    assert hooks.receiver.got[0][1]["webhook-id"].startswith(other)


SEALED = {
    *("ScoreRecorded", "ScoresheetSubmitted", "ScoresheetOpened", "DeskScoreRecorded", "ConflictDeclared", "TieResolved"),
    *("WinnersDecided", "Nominated", "EligibilityAssessed", "JurorRecused", "PanelAssigned", "MessageQueued", "AccountInvited"),
}


def test_no_sealed_event_can_be_asked_for() -> None:
    assert catalogue().keys() >= SEALED and not SEALED & set(NAMES)


def test_the_page_on_webhooks_lists_what_there_is() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "webhooks.md").read_text()
    assert {name for name in catalogue() if f"| `{name}` |" in page} == set(NAMES)


async def test_who_asks_for_scores_is_told_what_there_is(hooks: Hooks) -> None:
    refused = await hooks.register("ScoreRecorded", "ResultsAnnounced")
    assert refused.status_code == 422
    assert refused.json()["detail"].startswith("no webhook tells of ScoreRecorded; choose among AwardConferred, ")


async def test_results_are_told_without_scores(hooks: Hooks) -> None:
    secret = (await hooks.register("ResultsAnnounced")).json()["secret"]
    await hooks.world.record("scoresheet/test.digital.a.j1", ScoreRecorded(criterion="novelty", score=Decimal(97)))
    winner = Placed(place=1, entry="test.digital.a", name="A", score=Decimal("97.31"), shown=Decimal("97.31"), exact="9731/100")
    await hooks.world.record("category/test.digital", ResultsAnnounced(winners=(winner,)))
    await eventually(lambda: arrived(hooks.receiver, 1))
    [told] = hooks.receiver.read(secret)
    assert told["data"]["facts"] == {
        "winners": [{"place": 1, "entry": "test.digital.a", "name": "A"}],
        "objections_until": None,
    }
    assert b"97" not in hooks.receiver.got[0][2].split(b'"data"')[1]


async def test_a_client_hears_of_its_own_institutions_innovations_in_its_own_words(hooks: Hooks) -> None:
    mine = Grant("service", "test", ("opd-01",))
    token = await hooks.world.token("client/siida", mine, scopes=("webhooks:write",))
    body = {
        "edition": "test",
        "url": f"http://receiver.city:{hooks.receiver.port}/hook",
        "events": ["InnovationSubmitted", "DeadlineExtended"],
    }
    registered = await hooks.client.post("/v1/webhooks", headers=bearer(token), json=body)
    assert registered.status_code == 201, registered.text
    for id, code in (("i1", "opd-02"), ("i2", "opd-01")):
        submitted = InnovationSubmitted(
            edition="test", institution=code, record=record_named("Kartu"), external_reference=f"SIIDA-{id}"
        )
        await hooks.world.record(f"innovation/{id}", submitted)
    await hooks.world.record("edition/test", EXTENDED)
    await eventually(lambda: arrived(hooks.receiver, 2))
    told = {each["type"]: each["data"] for each in hooks.receiver.read(registered.json()["secret"])}
    assert told["InnovationSubmitted"]["facts"] == {
        "innovation": "i2",
        "institution": "opd-01",
        "external_reference": "SIIDA-i2",
    }
    assert len(hooks.receiver.got) == 2


async def test_nobody_sees_or_ends_anothers_webhook(hooks: Hooks) -> None:
    id = (await hooks.register("DeadlineExtended")).json()["id"]
    mine = Grant("service", "test")
    token = await hooks.world.token("client/siida", mine, scopes=("webhooks:write",))
    assert (await hooks.client.get("/v1/webhooks?edition=test", headers=bearer(token))).json() == []
    assert (await hooks.client.delete(f"/v1/webhooks/{id}", headers=bearer(token))).status_code == 404
    without = await hooks.world.token("client/other", mine, scopes=())
    assert (await hooks.client.get("/v1/webhooks?edition=test", headers=bearer(without))).status_code == 403
    for grant in (Grant("head", "test", ("opd-01",)), Grant("juror", "test"), Grant("committee", "other")):
        assert (await hooks.register("DeadlineExtended", grant=grant)).status_code == 403
        assert (await hooks.asks("GET", f"/v1/webhooks/{id}/deliveries", "person/x", grant)).status_code == 403


async def test_what_happened_before_it_was_registered_is_not_told_and_after_a_restart_nothing_twice(
    world: World, receiver: Receiver
) -> None:
    async with running(world, receiver) as here:
        [before] = await world.record("edition/test", EXTENDED)
        await here.client.get(f"/v1/editions/test/messages?at_least={before.position}")
        id = (await here.register("DeadlineExtended")).json()["id"]
    later = DeadlineExtended(closes=NOON, reason="lagi")
    [event] = await world.record("edition/test", later)
    async with running(world, receiver) as here:
        await eventually(lambda: here.deliveries(id, "delivered"))
    async with running(world, receiver) as here:
        again = DeadlineExtended(closes=NOON, reason="lagi-lagi")
        await world.record("edition/test", again)
        await eventually(lambda: arrived(receiver, 2))
    reached = [headers["webhook-id"] for _, headers, _ in receiver.got]
    assert reached[0] == f"{id}.{event.position}" and len(reached) == 2
