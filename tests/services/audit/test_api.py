import hashlib
from decimal import Decimal
from typing import Any

import httpx
import pytest

from services.audit.app import create_app
from shared.eventlog import Append, Draft, Wanted
from shared.events.judging import ScoreRecorded, ScoresheetOpened
from shared.events.registration import InstitutionRegistered
from shared.security import Grant
from shared.transparency.checkpoint import open_checkpoint
from shared.transparency.merkle import leaf_hash, root
from shared.transparency.note import Verifier
from tests.world import World, bearer, eventually

SHEET = "scoresheet/test.digital.a.p1"
COMMENT = "a telling comment"


async def recorded(world: World) -> None:
    """Two events of an edition (the second because of the first), one of another, one of none."""
    [opened] = await world.record(SHEET, ScoresheetOpened(entry="test.digital.a", juror="p1"), actor="person/chair")
    judging = world.log("judging")
    loaded = await judging.load([Wanted("judging", SHEET)])
    score = Draft(
        event=ScoreRecorded(criterion="novelty", score=Decimal("81.5"), comment=COMMENT),
        subject=SHEET,
        version=2,
        time=loaded.now,
        actor="person/p1",
        request="r",
        edition="test",
        correlation=opened.envelope.correlationid,
        causation=opened.envelope.id,
    )
    await judging.append(Append(loaded.now, "r", "", (("judging", SHEET, 1),), ((SHEET, score.encode()),)))
    other = InstitutionRegistered(code="opd-01", kind="opd", name="Dinas Contoh")
    await world.record("institution/opd-01", other, edition="other")
    await world.record("institution/opd-02", other, edition=None)


@pytest.fixture
async def auditor(world: World) -> str:
    return await world.token("person/auditor", Grant("auditor", "test"))


async def ready(client: httpx.AsyncClient) -> None:
    async def is_ready() -> bool:
        return (await client.get("/readyz")).status_code == 200

    await eventually(is_ready)


async def trail(client: httpx.AsyncClient, token: str, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get("/v1/editions/test/trail", params=query, headers=bearer(token))
    assert answer.status_code == 200, answer.text
    lines: list[dict[str, Any]] = answer.json()
    return lines


async def test_the_trail_tells_who_did_what_and_because_of_which_event(world: World, auditor: str) -> None:
    await recorded(world)
    async with world.running(create_app(world.settings("audit"))) as client:
        await ready(client)
        opened, score = await trail(client, auditor)
        assert (opened["type"], opened["actor"], opened["cause"]) == ("ScoresheetOpened", "person/chair", None)
        assert (score["type"], score["actor"], score["version"]) == ("ScoreRecorded", "person/p1", 2)
        assert score["cause"] == opened["position"]
        assert score["time"].endswith("+00:00") and score["subject"] == SHEET


async def test_the_trail_can_be_asked_by_subject_type_actor_and_position(world: World, auditor: str) -> None:
    await recorded(world)
    async with world.running(create_app(world.settings("audit"))) as client:
        await ready(client)
        opened, score = await trail(client, auditor)
        assert await trail(client, auditor, type="ScoreRecorded") == [score]
        assert await trail(client, auditor, actor="person/chair") == [opened]
        assert await trail(client, auditor, subject=SHEET, after=opened["position"]) == [score]
        assert await trail(client, auditor, subject="scoresheet/another") == []
        first = await client.get("/v1/editions/test/trail", params={"limit": 1}, headers=bearer(auditor))
        link = first.headers["link"].split(">")[0].lstrip("<")
        assert (await client.get(f"/v1/editions/test/trail{link}", headers=bearer(auditor))).json() == [score]


async def test_no_line_of_the_trail_holds_a_score_whoever_asks(world: World, auditor: str) -> None:
    await recorded(world)
    committee = await world.token("person/committee", Grant("committee", "test"))
    async with world.running(create_app(world.settings("audit"))) as client:
        await ready(client)
        for token in (auditor, committee):
            answer = await client.get("/v1/editions/test/trail", headers=bearer(token))
            assert answer.status_code == 200
            assert COMMENT not in answer.text and "81.5" not in answer.text


@pytest.mark.parametrize("role", ["juror", "chair", "screener", "head", "operator", "service", "administrator"])
async def test_nobody_else_sees_the_trail_or_an_event(world: World, role: str) -> None:
    await recorded(world)
    token = await world.token("person/x", Grant(role, "test"), Grant("auditor", "third"), Grant("committee", "other"))
    async with world.running(create_app(world.settings("audit"))) as client:
        await ready(client)
        assert (await client.get("/v1/editions/test/trail", headers=bearer(token))).status_code == 403
        assert (await client.get("/v1/editions/test/trail")).status_code == 401
        answer = await client.get("/v1/events/2", headers=bearer(token))
        assert answer.status_code == 403
        assert COMMENT not in answer.text


async def test_the_committee_sees_no_events_data(world: World) -> None:
    await recorded(world)
    committee = await world.token("person/committee", Grant("committee", "test"))
    async with world.running(create_app(world.settings("audit"))) as client:
        await ready(client)
        answer = await client.get("/v1/events/2", headers=bearer(committee))
        assert answer.status_code == 403 and answer.json()["detail"] == "an event's data is for auditors alone"


async def test_an_auditor_sees_an_event_with_its_bytes_hash_cause_and_effects(world: World, auditor: str) -> None:
    await recorded(world)
    events = await world.all_events()
    opened, score = (next(e for e in events if e.type == name) for name in ("ScoresheetOpened", "ScoreRecorded"))
    async with world.running(create_app(world.settings("audit"))) as client:
        await ready(client)
        seen = (await client.get(f"/v1/events/{score.position}", headers=bearer(auditor))).json()
        assert seen["bytes"].encode() == score.raw
        assert seen["event"]["data"] == {"criterion": "novelty", "score": "81.5", "comment": COMMENT}
        assert seen["sha256"] == hashlib.sha256(score.raw).hexdigest()
        assert seen["leaf_hash"] == leaf_hash(score.raw).hex()
        assert seen["signed"] is True
        assert seen["cause"]["position"] == opened.position and seen["effects"] == []
        cause = (await client.get(f"/v1/events/{opened.position}", headers=bearer(auditor))).json()
        assert [line["position"] for line in cause["effects"]] == [score.position]


async def test_an_auditor_sees_events_of_no_edition_but_none_of_another(world: World, auditor: str) -> None:
    await recorded(world)
    events = await world.all_events()
    other, none = (e.position for e in events if e.type == "InstitutionRegistered")
    async with world.running(create_app(world.settings("audit"))) as client:
        await ready(client)
        assert (await client.get(f"/v1/events/{none}", headers=bearer(auditor))).status_code == 200
        assert (await client.get(f"/v1/events/{other}", headers=bearer(auditor))).status_code == 403
        assert (await client.get("/v1/events/999", headers=bearer(auditor))).status_code == 404


async def test_anybody_can_compute_the_signed_root_from_the_public_tiles(world: World) -> None:
    await recorded(world)
    async with world.running(create_app(world.settings("audit"))) as client:
        await ready(client)
        described = (await client.get("/v1/notary")).json()
        note = await client.get("/v1/checkpoint")
        assert note.headers["content-type"].startswith("text/plain")
        checkpoint = open_checkpoint(note.content, described["origin"], [Verifier.parse(described["vkey"])])
        tile = (await client.get(f"/v1/tile/0/000.p/{checkpoint.size}")).content
        leaves = [tile[i : i + 32] for i in range(0, len(tile), 32)]
        assert root(leaves) == checkpoint.root
        assert leaves == [leaf_hash(e.raw) for e in await world.all_events()][: checkpoint.size]
        assert described["position"] == checkpoint.size >= 4


async def test_earlier_checkpoints_and_keys_are_everybodys(world: World) -> None:
    await recorded(world)
    async with world.running(create_app(world.settings("audit"))) as client:
        await ready(client)
        described = (await client.get("/v1/notary")).json()
        assert (await client.get("/v1/keys")).text.split() == [described["vkey"]]
        index = await client.get("/v1/checkpoints/index")
        assert index.headers["content-type"].startswith("text/plain")
        [name] = index.text.split()
        note = await client.get(f"/v1/checkpoints/{name}")
        first = open_checkpoint(note.content, described["origin"], [Verifier.parse(described["vkey"])])
        assert first.size == int(name) and len(name) == 12
        leaves = [leaf_hash(e.raw) for e in await world.all_events()]
        assert first.root == root(leaves[: first.size])


@pytest.mark.parametrize("name", ["000000000000", "5", "..%2fvkey", "%2e%2e", "index.txt", "index%0a"])
async def test_no_other_file_is_served_as_a_checkpoint(world: World, name: str) -> None:
    await recorded(world)
    async with world.running(create_app(world.settings("audit"))) as client:
        await ready(client)
        answer = await client.get(f"/v1/checkpoints/{name}")
        assert answer.status_code == 404 and answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:makmal:problem:unknown" and answer.json()["detail_id"]


@pytest.mark.parametrize("path", ["../vkey", "0/%2e%2e/%2e%2e/%2e%2e/notary/key", "0/000.p/0", "0/001", "00/000"])
async def test_nothing_but_hash_tiles_is_served(world: World, path: str) -> None:
    await recorded(world)
    async with world.running(create_app(world.settings("audit"))) as client:
        await ready(client)
        assert (await client.get(f"/v1/tile/{path}")).status_code == 404


async def test_the_service_is_not_ready_while_the_notary_is_stopped(world: World) -> None:
    await recorded(world)
    client_of_broker = world.log("audit").client
    async with world.running(create_app(world.settings("audit"))) as client:
        await ready(client)
        await client_of_broker.incr(world.keys.position)
        await world.record("institution/opd-03", InstitutionRegistered(code="opd-03", kind="opd", name="Dinas Contoh"))

        async def says_why() -> bool:
            answer = await client.get("/readyz")
            return answer.status_code == 503 and "is missing from all streams" in answer.json()["why"]

        await eventually(says_why)
        figures = (await client.get("/metrics")).text
        torn = await world.log("audit").position() - 1
        assert f"\nmakmal_notary_stopped_position {float(torn)}\n" in figures
        assert f"\nmakmal_notary_position {float(torn - 1)}\n" in figures
        assert "\nmakmal_notary_lag 2.0\n" in figures
