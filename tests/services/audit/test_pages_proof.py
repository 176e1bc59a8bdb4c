"""What anybody may check in a browser: the page "Check it yourself" and receipts, on a real log with a real notary."""

from collections.abc import AsyncIterator
from decimal import Decimal
from html import unescape

import httpx
import pytest
from msgspec.structs import replace

from services.audit.app import create_app
from services.audit.pages_path import path_of
from shared.events.judging import ResultsAnnounced, ScoreRecorded
from shared.events.registration import EditionOpened, RulebookPublished
from shared.rulebook import Publish
from shared.security import Grant
from shared.transparency.checkpoint import parse_checkpoint
from shared.transparency.note import parse
from shared.transparency.proof import parse_receipt
from tests.browsing import Browser
from tests.golden.examples import example
from tests.services.judging.competition import RULEBOOK
from tests.world import World, eventually

SCORE = ScoreRecorded(criterion="novelty", score=Decimal("81.5"), comment="a telling comment")
JUROR = "person/juror"


@pytest.fixture
async def position(world: World) -> int:
    """Of a score, in an edition that publishes its events when all is announced."""
    rulebook = replace(RULEBOOK, edition="test", publish=Publish(events=True))
    opened = replace(example(EditionOpened), rulebook=rulebook.digest())
    await world.record("edition/test", opened, RulebookPublished(digest=rulebook.digest(), rulebook=rulebook))
    [recorded] = await world.record("scoresheet/test.digital.a.juror", SCORE, actor=JUROR)
    return recorded.position


@pytest.fixture
async def client(world: World, position: int) -> AsyncIterator[httpx.AsyncClient]:
    async with world.running(create_app(world.settings("audit"))) as client:

        async def ready() -> bool:
            return (await client.get("/readyz")).status_code == 200

        await eventually(ready)
        yield client


def browser_of(client: httpx.AsyncClient, token: str = "", language: str = "en") -> Browser:
    browser = Browser(client, token)
    browser.cookies["__Host-bahasa"] = language
    return browser


@pytest.mark.parametrize(("language", "said"), [("en", "Check it yourself"), ("id", "Periksa sendiri")])
async def test_anybody_reads_what_is_promised_what_is_signed_and_by_which_key(
    client: httpx.AsyncClient, language: str, said: str
) -> None:
    browser = browser_of(client, language=language)
    shown = await browser.look("/e/test/proof")
    assert shown.status_code == 200 and f"<h1>{said}</h1>" in shown.text
    described = (await client.get("/v1/notary")).json()
    assert described["fingerprint"] in unescape(shown.text)
    assert "python3 verify.py" in shown.text and "/audit/v1/checkpoint" in shown.text
    checkpoint = parse_checkpoint(parse((await client.get("/v1/checkpoint")).content).text)
    shown = await browser.look("/e/test/proof")
    assert checkpoint.root.hex() in shown.text


async def test_an_edition_that_never_opened_has_no_page(client: httpx.AsyncClient) -> None:
    assert (await browser_of(client).look("/e/nowhere/proof")).status_code == 404


async def test_anybody_sees_that_a_number_is_proven_but_not_what_is_sealed(client: httpx.AsyncClient, position: int) -> None:
    shown = await browser_of(client).look(f"/receipts/{position}")
    assert shown.status_code == 200
    assert f"Proven: number {position} stands in the log" in shown.text
    for sealed in ("81.5", "telling", "ScoreRecorded", JUROR, "scoresheet"):
        assert sealed not in shown.text


async def test_who_gave_the_score_and_the_auditor_read_it_and_get_it_in_the_file(
    world: World, client: httpx.AsyncClient, position: int
) -> None:
    for token in (await world.token(JUROR), await world.token("person/a", Grant("auditor", "test"))):
        browser = browser_of(client, token)
        shown = await browser.look(f"/receipts/{position}")
        assert "81.5" in shown.text and f"Number {position} in the log" in shown.text
        file = await browser.look(f"/receipts/{position}/file")
        assert f'filename="makmal-{position}.tlog-proof"' in file.headers["content-disposition"]
        assert b"81.5" in (parse_receipt(file.content).extra or b"")
    for role in ("chair", "committee", "juror", "screener", "administrator"):
        browser = browser_of(client, await world.token("person/x", Grant(role, "test")))
        assert "81.5" not in (await browser.look(f"/receipts/{position}")).text, role
        assert parse_receipt((await browser.look(f"/receipts/{position}/file")).content).extra is None, role


async def test_once_all_is_announced_everybody_reads_it(world: World, client: httpx.AsyncClient, position: int) -> None:
    for category in RULEBOOK.categories:
        await world.record(f"category/test.{category.id}", ResultsAnnounced(winners=()))
    assert "81.5" in (await browser_of(client).look(f"/receipts/{position}")).text


async def test_the_steps_lead_from_the_event_to_the_root_that_is_signed(client: httpx.AsyncClient, position: int) -> None:
    receipt = parse_receipt((await client.get(f"/v1/receipts/{position}")).content)
    checkpoint = parse_checkpoint(parse(receipt.checkpoint).text)
    shown = (await browser_of(client).look(f"/receipts/{position}")).text
    assert checkpoint.root.hex() in shown
    assert len(path_of(receipt, b"another", checkpoint.size)) == len(receipt.hashes)
    assert path_of(receipt, b"another", checkpoint.size)[-1].made != checkpoint.root.hex()
    assert path_of(receipt, b"another", checkpoint.size)[-1].covers_last == checkpoint.size


async def test_the_form_leads_to_a_receipt_and_says_what_a_number_is(client: httpx.AsyncClient, position: int) -> None:
    browser = browser_of(client)
    found = await browser.look(f"/receipts?position={position}")
    assert found.status_code == 303 and found.headers["location"] == f"/audit/receipts/{position}"
    for wrong in ("", "abc", "0", "-1", "9" * 30):
        refused = await browser.look(f"/receipts?position={wrong}")
        assert refused.status_code == 422 and "write a whole number from 1" in refused.text, wrong
    missing = await browser.look("/receipts/4711")
    assert missing.status_code == 404 and "none at position 4711" in missing.text
