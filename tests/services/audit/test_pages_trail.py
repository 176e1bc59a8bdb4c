"""The timeline and single events in a browser: who may read what, filters, and the way from cause to effect."""

from collections.abc import AsyncIterator
from decimal import Decimal

import httpx
import pytest
from msgspec.structs import replace

from services.audit.app import create_app
from services.audit.pages_kinds import WORDS
from shared.eventlog import Append, Draft, Wanted
from shared.events import catalogue
from shared.events.judging import ScoreRecorded, ScoresheetOpened
from shared.events.registration import EditionOpened, InstitutionRegistered, RulebookPublished
from shared.security import Grant
from tests.browsing import Browser
from tests.golden.examples import example
from tests.services.judging.competition import RULEBOOK
from tests.world import World, eventually

SHEET = "scoresheet/test.digital.a.p1"
COMMENT = "a telling comment"
TIMELINE = "/e/test/timeline"


@pytest.fixture
async def score(world: World) -> int:
    """Position of a score that came of the opening of its sheet, in an edition that stands beside another."""
    rulebook = replace(RULEBOOK, edition="test")
    opened = replace(example(EditionOpened), rulebook=rulebook.digest())
    await world.record("edition/test", opened, RulebookPublished(digest=rulebook.digest(), rulebook=rulebook))
    [opening] = await world.record(SHEET, ScoresheetOpened(entry="test.digital.a", juror="p1"), actor="person/chair")
    judging = world.log("judging")
    loaded = await judging.load([Wanted("judging", SHEET)])
    draft = Draft(
        event=ScoreRecorded(criterion="novelty", score=Decimal("81.5"), comment=COMMENT),
        subject=SHEET,
        version=2,
        time=loaded.now,
        actor="person/p1",
        request="r",
        edition="test",
        correlation=opening.envelope.correlationid,
        causation=opening.envelope.id,
    )
    appended = await judging.append(Append(loaded.now, "r", "", (("judging", SHEET, 1),), ((SHEET, draft.encode()),)))
    await world.record("institution/opd-01", InstitutionRegistered(code="opd-01", kind="opd", name="Dinas"), edition="other")
    return appended.first


@pytest.fixture
async def client(world: World, score: int) -> AsyncIterator[httpx.AsyncClient]:
    async with world.running(create_app(world.settings("audit"))) as client:

        async def ready() -> bool:
            return (await client.get("/readyz")).status_code == 200

        await eventually(ready)
        yield client


async def browser_of(world: World, client: httpx.AsyncClient, role: str, language: str = "en") -> Browser:
    browser = Browser(client, await world.token("person/x", Grant(role, "test")))
    browser.cookies["__Host-bahasa"] = language
    return browser


def test_every_type_of_event_has_words() -> None:
    assert set(WORDS) == set(catalogue())
    assert all(said.en and said.id for said in WORDS.values())


@pytest.mark.parametrize(("language", "said"), [("en", "Score recorded"), ("id", "Nilai dicatat")])
async def test_the_auditor_sees_what_happened_and_opens_it(
    world: World, client: httpx.AsyncClient, score: int, language: str, said: str
) -> None:
    browser = await browser_of(world, client, "auditor", language)
    listed = await browser.look(TIMELINE)
    assert listed.status_code == 200 and "<td data-label" in listed.text and said in listed.text
    assert f"/audit/events/{score}" in listed.text and "Dinas" not in listed.text
    assert COMMENT not in listed.text and "81.5" not in listed.text
    opened = await browser.look(f"/events/{score}")
    assert opened.status_code == 200 and COMMENT in opened.text and f"<h1>{said}</h1>" in opened.text


async def test_the_way_leads_from_the_cause_to_the_effect_and_back(world: World, client: httpx.AsyncClient, score: int) -> None:
    browser = await browser_of(world, client, "auditor")
    caused = (await browser.look(f"/events/{score}")).text
    cause = caused.split('id="cause"')[1].split("</section>")[0]
    assert f"/audit/events/{score - 1}" in cause and "Scoresheet opened" in cause
    effects = (await browser.look(f"/events/{score - 1}")).text.split('id="effects"')[1].split("</section>")[0]
    assert f"/audit/events/{score}" in effects
    assert 'rel="prev"' in caused and 'rel="next"' not in caused, "the next one is another edition's"


async def test_the_committee_sees_the_timeline_and_no_event(world: World, client: httpx.AsyncClient, score: int) -> None:
    browser = await browser_of(world, client, "committee")
    listed = await browser.look(TIMELINE)
    assert listed.status_code == 200 and f"/audit/receipts/{score}" in listed.text and "/audit/events/" not in listed.text
    refused = await browser.look(f"/events/{score}")
    assert refused.status_code == 403 and COMMENT not in refused.text


@pytest.mark.parametrize("role", ["juror", "chair", "screener", "head", "operator", "administrator"])
async def test_nobody_else_sees_it(world: World, client: httpx.AsyncClient, score: int, role: str) -> None:
    browser = await browser_of(world, client, role)
    for address in (TIMELINE, f"/events/{score}"):
        assert (await browser.look(address)).status_code == 403
    stranger = Browser(client)
    assert (await stranger.look(TIMELINE)).headers["location"].startswith("/identity/sign-in")


async def test_conditions_narrow_it_down(world: World, client: httpx.AsyncClient, score: int) -> None:
    browser = await browser_of(world, client, "auditor")
    for query, found in (
        ("type=ScoreRecorded", True),
        ("type=ScoresheetOpened", False),
        ("service=registration", False),
        ("actor=person/p1", True),
        (f"subject={SHEET}", True),
        ("until=2020-01-01", False),
        ("since=2020-01-01", True),
    ):
        listed = await browser.look(f"{TIMELINE}?{query}")
        assert (f'/audit/events/{score}"' in listed.text) is found, query
    nothing = await browser.look(f"{TIMELINE}?since=2090-01-01")
    assert "Nothing like that was recorded" in nothing.text
    assert f'/audit/events/{score}"' not in (await browser.look(f"{TIMELINE}?after={score}")).text
    for wrong in ("since=yesterday", "until=9999-12-31", "after=x"):
        refused = await browser.look(f"{TIMELINE}?{wrong}")
        assert refused.status_code == 422 and 'role="alert"' in refused.text, wrong
