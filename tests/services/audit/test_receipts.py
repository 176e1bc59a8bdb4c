"""Receipts over HTTP: who gets one, who gets the event's bytes with it, and when."""

from collections.abc import AsyncIterator
from decimal import Decimal

import httpx
import pytest
from msgspec.structs import replace

from services.audit.app import create_app
from shared.eventlog import Recorded
from shared.events.judging import ResultsAnnounced, ScoreRecorded, WinnersDecided
from shared.events.registration import EditionOpened, InnovationSubmitted, RulebookPublished
from shared.rulebook import Publish
from shared.security import Grant
from shared.transparency.checkpoint import Checkpoint
from shared.transparency.entries import decode_entries
from shared.transparency.note import Verifier
from shared.transparency.proof import parse_receipt, verify
from tests.golden.examples import example
from tests.services.judging.competition import RULEBOOK
from tests.world import World, bearer, eventually

SCORE = ScoreRecorded(criterion="novelty", score=Decimal("81.5"), comment="a telling comment")
JUROR, CHAIR, OPERATOR = "person/juror", "person/chair", "person/operator"


async def score(world: World) -> Recorded:
    [recorded] = await world.record("scoresheet/test.digital.a.juror", SCORE, actor=JUROR)
    return recorded


async def publish(world: World, *, events: bool) -> None:
    rulebook = replace(RULEBOOK, edition="test", publish=Publish(events=events))
    opened = replace(example(EditionOpened), rulebook=rulebook.digest())
    await world.record("edition/test", opened, RulebookPublished(digest=rulebook.digest(), rulebook=rulebook))


async def announce(world: World, *categories: str) -> None:
    for category in categories:
        await world.record(f"category/test.{category}", ResultsAnnounced(winners=()))


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.running(create_app(world.settings("audit"))) as client:

        async def ready() -> bool:
            return (await client.get("/readyz")).status_code == 200

        await eventually(ready)
        yield client


async def extra(client: httpx.AsyncClient, position: int, token: str | None = None) -> bytes | None:
    """What the receipt of a position holds of the event, after it was checked that the receipt is good."""
    answer = await client.get(f"/v1/receipts/{position}", headers={"Authorization": f"Bearer {token}"} if token else {})
    assert answer.status_code == 200, answer.text
    assert "no-store" in answer.headers["cache-control"]
    receipt = parse_receipt(answer.content)
    assert receipt.index == position - 1
    return receipt.extra


async def verifier(client: httpx.AsyncClient) -> Verifier:
    return Verifier.parse((await client.get("/v1/notary")).json()["vkey"])


async def test_anybody_gets_a_receipt_without_the_bytes_and_it_proves_the_event_to_who_has_them(
    world: World, client: httpx.AsyncClient
) -> None:
    recorded = await score(world)
    answer = await client.get(f"/v1/receipts/{recorded.position}")
    assert answer.headers["content-type"].startswith("text/plain")
    assert f'filename="makmal-{recorded.position}.tlog-proof"' in answer.headers["content-disposition"]
    receipt = parse_receipt(answer.content)
    assert receipt.extra is None
    key = await verifier(client)
    proven = verify(receipt, recorded.raw, key.name, [key])
    assert proven.checkpoint == Checkpoint(key.name, proven.checkpoint.size, proven.checkpoint.root)
    assert proven.checkpoint.size >= recorded.position
    with pytest.raises(ValueError, match="another root"):
        verify(receipt, recorded.raw.replace(b"81.5", b"91.5"), key.name, [key])


async def test_a_receipt_asked_for_at_once_waits_for_the_notary(world: World, client: httpx.AsyncClient) -> None:
    for _ in range(3):
        recorded = await score(world)
        assert (await client.get(f"/v1/receipts/{recorded.position}")).status_code == 200


async def test_there_is_no_receipt_of_what_is_not_there(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/receipts/4711")
    assert answer.status_code == 404 and "none at position 4711" in answer.json()["detail"]
    assert (await client.get("/v1/receipts/0")).status_code == 422


async def test_before_the_announcement_a_score_is_given_to_its_juror_and_the_editions_auditor_alone(
    world: World, client: httpx.AsyncClient
) -> None:
    await publish(world, events=True)
    recorded = await score(world)
    at = recorded.position
    assert await extra(client, at, await world.token(JUROR, Grant("juror", "test"))) == recorded.raw
    assert await extra(client, at, await world.token("person/a", Grant("auditor", "test"))) == recorded.raw
    assert await extra(client, at) is None
    for role in ("juror", "chair", "committee", "screener", "head", "operator", "service", "administrator"):
        assert await extra(client, at, await world.token("person/x", Grant(role, "test", ("opd-01",)))) is None, role
    assert await extra(client, at, await world.token("person/a", Grant("auditor", "other"))) is None


async def test_what_was_decided_from_others_scores_is_not_even_for_who_decided_it_before_the_announcement(
    world: World, client: httpx.AsyncClient
) -> None:
    await publish(world, events=False)
    decided = replace(example(WinnersDecided), decided_by=CHAIR)
    [recorded] = await world.record("category/test.digital", decided, actor=CHAIR)
    chair = await world.token(CHAIR, Grant("chair", "test"))
    assert await extra(client, recorded.position, chair) is None
    await announce(world, "digital")
    assert await extra(client, recorded.position, chair) is None, "another category is still judged"
    await announce(world, "opd")
    assert await extra(client, recorded.position, chair) == recorded.raw


async def test_a_submission_is_given_to_who_made_it_and_to_those_who_act_for_its_institution(
    world: World, client: httpx.AsyncClient
) -> None:
    submitted = replace(example(InnovationSubmitted), edition="test", institution="opd-01")
    [recorded] = await world.record("innovation/i", submitted, actor=OPERATOR)
    at = recorded.position
    assert await extra(client, at, await world.token(OPERATOR)) == recorded.raw
    for role in ("head", "operator", "service"):
        assert await extra(client, at, await world.token("person/x", Grant(role, "test", ("opd-01",)))) == recorded.raw
        assert await extra(client, at, await world.token("person/x", Grant(role, "test", ("opd-02",)))) is None
        assert await extra(client, at, await world.token("person/x", Grant(role, "other", ("opd-01",)))) is None


@pytest.mark.parametrize("publishes", [True, False])
async def test_once_all_is_announced_everybody_gets_what_the_edition_publishes(
    world: World, client: httpx.AsyncClient, publishes: bool
) -> None:
    await publish(world, events=publishes)
    recorded = await score(world)
    await announce(world, "digital")
    assert await extra(client, recorded.position) is None
    assert (await client.get("/v1/tile/entries/000.p/2")).status_code == 403
    await announce(world, "opd")
    assert await extra(client, recorded.position) == (recorded.raw if publishes else None)
    await client.get("/v1/editions/test/trail", params={"at_least": recorded.position}, headers=bearer(await world.token("x")))
    answer = await client.get(f"/v1/tile/entries/000.p/{recorded.position}")
    assert answer.status_code == (200 if publishes else 403)
    if publishes:
        assert decode_entries(answer.content) == [e.raw for e in await world.all_events()][: recorded.position]


async def test_entries_are_for_who_audits_every_edition_in_them(world: World, client: httpx.AsyncClient) -> None:
    await score(world)
    [other] = await world.record("scoresheet/other.digital.a.juror", SCORE, edition="other")
    one = await world.token("person/a", Grant("auditor", "test"))
    both = await world.token("person/b", Grant("auditor", "test"), Grant("auditor", "other"))
    await extra(client, other.position)
    path = f"/v1/tile/entries/000.p/{other.position}"
    assert (await client.get(path, headers=bearer(one))).status_code == 403
    answer = await client.get(path, headers=bearer(both))
    assert answer.status_code == 200 and len(decode_entries(answer.content)) == other.position
    fewer = await client.get(f"/v1/tile/entries/000.p/{other.position - 1}", headers=bearer(one))
    assert decode_entries(fewer.content) == decode_entries(answer.content)[:-1]


async def test_a_bad_token_is_refused_and_not_taken_for_nobody(world: World, client: httpx.AsyncClient) -> None:
    recorded = await score(world)
    for path in (f"/v1/receipts/{recorded.position}", "/v1/tile/entries/000.p/1"):
        assert (await client.get(path, headers=bearer("not-a-token"))).status_code == 401


async def test_no_receipt_is_made_of_an_entry_that_was_changed_on_disk(world: World, client: httpx.AsyncClient) -> None:
    recorded = await score(world)
    await extra(client, recorded.position)
    for bundle in (world.directory / "audit" / "notary" / "entries").rglob("*"):
        if bundle.is_file():
            bundle.write_bytes(bundle.read_bytes().replace(b"81.5", b"91.5"))
    answer = await client.get(f"/v1/receipts/{recorded.position}")
    assert answer.status_code == 409 and "not the one that was signed" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path", ["000", "x000/000", "000.p/0", "000.p/256", "000.p/257", "000.p/99", "001", "0", "00/000.p/1", "../key"]
)
async def test_what_is_no_bundle_of_entries_is_unknown_to_auditors_and_denied_to_all_others(
    client: httpx.AsyncClient, world: World, path: str
) -> None:
    auditor = await world.token("person/a", Grant("auditor", "test"))
    assert (await client.get(f"/v1/tile/entries/{path}", headers=bearer(auditor))).status_code == 404
    assert (await client.get(f"/v1/tile/entries/{path}")).status_code in (403, 404)
