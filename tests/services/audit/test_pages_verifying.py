"""A verification run from the page: it proves an untouched log and names the first number that is wrong."""

from collections.abc import AsyncIterator

import httpx
import pytest
from msgspec.structs import replace

from services.audit.app import create_app
from services.audit.pages_verifying import Violated, Walk
from shared.eventlog import Recorded
from shared.events.registration import EditionOpened, InstitutionRegistered, RulebookPublished
from shared.security import Grant
from shared.transparency.merkle import leaf_hash, root
from tests.browsing import Browser
from tests.golden.examples import example
from tests.services.judging.competition import RULEBOOK
from tests.world import World, eventually

PAGE = "/e/test/verification"
INSTITUTION = InstitutionRegistered(code="opd-01", kind="opd", name="Dinas")


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    rulebook = replace(RULEBOOK, edition="test")
    opened = replace(example(EditionOpened), rulebook=rulebook.digest())
    await world.record("edition/test", opened, RulebookPublished(digest=rulebook.digest(), rulebook=rulebook))
    await world.record("institution/opd-01", INSTITUTION)
    async with world.running(create_app(world.settings("audit"))) as client:

        async def ready() -> bool:
            return (await client.get("/readyz")).status_code == 200

        await eventually(ready)
        yield client


async def browser_of(world: World, client: httpx.AsyncClient, role: str, language: str = "en") -> Browser:
    browser = Browser(client, await world.token("person/x", Grant(role, "test")))
    browser.cookies["__Host-bahasa"] = language
    return browser


@pytest.mark.parametrize(("language", "said"), [("en", "Proven: all "), ("id", "Terbukti: semua ")])
async def test_an_auditor_has_the_log_verified(world: World, client: httpx.AsyncClient, language: str, said: str) -> None:
    browser = await browser_of(world, client, "auditor", language)
    first = await browser.look(PAGE)
    assert first.status_code == 200 and said not in first.text
    sent = await browser.send(PAGE, {})
    assert sent.status_code == 303 and sent.headers["location"] == f"/audit{PAGE}"

    async def proven() -> bool:
        return said in (await browser.look(PAGE)).text

    await eventually(proven)
    piece = await client.get(PAGE, headers={**browser._headers(), "HX-Request": "true"})
    assert said in piece.text and "<h1>" not in piece.text


@pytest.mark.parametrize("role", ["committee", "chair", "juror", "administrator"])
async def test_nobody_else_starts_or_sees_one(world: World, client: httpx.AsyncClient, role: str) -> None:
    browser = await browser_of(world, client, role)
    assert (await browser.look(PAGE)).status_code == 403
    assert (await browser.send(PAGE, {})).status_code == 403


async def test_the_root_is_that_of_the_events_and_what_is_wrong_is_named(world: World) -> None:
    await world.record("institution/opd-01", INSTITUTION)
    await world.record("institution/opd-02", INSTITUTION)
    events = await world.all_events()
    walk = Walk()
    walk.take(events)
    assert walk.tree.root() == root([leaf_hash(recorded.raw) for recorded in events])
    with pytest.raises(Violated, match=r"No\. 1 is not the next change"):
        walk.take(events[:1])
    [event] = events[1:]
    envelope = replace(event.envelope, causationid="01a20d27-759b-7c77-822a-b6cc94fc00d3")
    with pytest.raises(Violated, match="names a cause that was not recorded before"):
        Walk().take([Recorded(event.position, event.raw, envelope)])
