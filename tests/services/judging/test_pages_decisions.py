"""The committee's page of decisions, an institution's own results, and the public's: from panels to awards."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from msgspec.structs import replace

from shared.events.judging import AwardConferred, NationalAwardProposed, PanelAssigned, ResultObjectionFiled
from shared.rulebook import Publish, Rulebook
from tests.browsing import Browser
from tests.services.judging.competition import ANA, BUDI, EDITION, RULEBOOK, X, Y, Z
from tests.services.judging.course import Course, judging
from tests.services.judging.visiting import HERE, readable, visitor
from tests.world import World

DECISIONS, DIGITAL = f"{HERE}/decisions", f"{HERE}/decisions/digital"
CATEGORY = f"/editions/{EDITION}/categories/digital"
RESULTS = f"{HERE}/results"
SHORT = replace(RULEBOOK, result_objection_days=1, day_seconds=3600)


async def events(world: World, kind: type) -> list[object]:
    return [r.event for r in await world.all_events() if isinstance(r.event, kind)]


async def seen(course: Course, who: str, address: str, language: str = "en") -> Browser:
    """Who looks at the address, when everything so far counts."""
    await course.shown("official", f"/editions/{EDITION}/categories")
    browser = await visitor(course, who, language)
    page = await browser.look(address)
    assert page.status_code == 200, page.text
    return browser


@asynccontextmanager
async def scored(world: World, rules: Rulebook = SHORT) -> AsyncIterator[Course]:
    """Three entries are judged, and judging is closed: 80, 70 and 60 points."""
    nominees = await readable(world, X, Y, Z)
    async with judging(world, rules) as course:
        await course.appoint(ANA, BUDI)
        await course.open(*nominees)
        for juror in (ANA, BUDI):
            for entry, points in ((X, 80), (Y, 70), (Z, 60)):
                await course.score(juror, entry, *[points] * 5)
        await course.done("official", f"{CATEGORY}/closing")
        yield course


async def announced(course: Course) -> None:
    await course.decide(CATEGORY)


async def test_panels_are_set_and_judging_is_opened(world: World) -> None:
    nominees = await readable(world, X, Y)
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        await course.shortlist(*nominees)
        official = await seen(course, "official", DECISIONS)
        assert "Set the panels" in official.page and "The shortlist is confirmed" in official.page
        await official.look(DIGITAL)
        assert "no panel yet" in official.page and official.page.count(" checked>") == 2
        answer = await official.send(f"{DIGITAL}/panels", {"jurors": BUDI})
        assert answer.status_code == 303, answer.text
        assert [e.jurors for e in await events(world, PanelAssigned) if isinstance(e, PanelAssigned)] == [(BUDI,), (BUDI,)]
        await official.look(DIGITAL)
        assert official.page.count(" checked>") == 1
        assert (await official.send(f"{DIGITAL}/opening", {})).status_code == 303
        assert "Judging is open" in (await official.look(DIGITAL)).text
        assert (await (await visitor(course, "chair")).look(DECISIONS)).status_code == 403
        assert (await (await visitor(course, ANA)).look(DIGITAL)).status_code == 403


async def test_people_cannot_be_looked_up_while_identity_is_away_and_what_was_typed_stays(world: World) -> None:
    async with judging(world) as course:
        official = await seen(course, "official", DECISIONS)
        answer = await official.send(f"{DECISIONS}/jurors", {"email": "ani@ub.example", "university": "Universitas Bintan"})
        assert answer.status_code == 409 and "cannot be looked up just now" in answer.text
        assert 'value="ani@ub.example"' in answer.text and 'value="Universitas Bintan"' in answer.text


async def test_two_other_people_confirm_and_announce_what_the_preview_shows(world: World) -> None:
    async with scored(world) as course:
        await course.done("chair", f"{CATEGORY}/decision")
        official = await seen(course, "official", DIGITAL)
        assert "Confirm the winners" in official.page and "Somebody else decided" in official.page
        assert (await official.send(f"{DIGITAL}/confirmation", {})).status_code == 303
        await official.look(DIGITAL)
        assert "Exactly what everybody will see" in official.page
        preview = official.page.split("<ol")[1].split("</ol>")[0]
        public = await seen(course, "", RESULTS)
        assert "Nothing is announced yet" in public.page
        assert (await official.send(f"{DIGITAL}/announcement", {})).status_code == 303
        public = await seen(course, "", RESULTS)
        shown = public.page.split("<ol")[1].split("</ol>")[0]
        assert "80.00" in shown and "Dinas Contoh 1" in shown
        assert _words(re.sub(r"<a .*?</a>", "", shown)) == _words(preview)
        assert "Exactly" not in (await official.look(DIGITAL)).text


def _words(html: str) -> str:
    return " ".join(" ".join(part.partition(">")[2] for part in html.split("<")).split())


async def test_an_institution_objects_and_the_committee_rules(world: World) -> None:
    async with scored(world) as course:
        await announced(course)
        head = await seen(course, "head opd-02", f"{HERE}/our/opd-02")
        assert "70.00" in head.page and "What 2 jurors gave and wrote" in head.page and "80.00" not in head.page
        form = f"{HERE}/our/opd-02/objections/{Y}"
        assert (await head.send(form, {"grounds": " "})).status_code == 409
        answer = await head.send(form, {"grounds": "Satu juri membina pemenang"})
        assert answer.status_code == 303, answer.text
        assert "to be ruled on" in (await head.look(f"{HERE}/our/opd-02")).text
        [filed] = [e for e in await events(world, ResultObjectionFiled) if isinstance(e, ResultObjectionFiled)]
        official = await seen(course, "official", DECISIONS)
        assert "1 objection to rule on" in official.page
        await official.look(DIGITAL)
        ruling = f"{DIGITAL}/objections/{filed.objection}"
        assert (await official.send(ruling, {"do": "reject", "reason": ""})).status_code == 409
        answer = await official.send(ruling, {"do": "uphold", "reason": "Benar adanya"})
        assert answer.status_code == 303, answer.text
        assert "Benar adanya" in (await head.look(f"{HERE}/our/opd-02")).text
        assert "being decided anew" in (await (await visitor(course)).look(RESULTS)).text
        assert (await head.look(f"{HERE}/our/opd-01")).status_code == 403


async def test_awards_follow_the_objection_period_and_winners_go_to_the_nation(world: World) -> None:
    async with scored(world, replace(SHORT, result_objection_days=0)) as course:
        await announced(course)
        official = await seen(course, "official", DIGITAL)
        award = {"decree": "SK 12/2023", "decree_date": datetime.now(UTC).date().isoformat()}
        assert (await official.send(f"{DIGITAL}/entries/{Y}/award", award)).status_code == 409
        answer = await official.send(f"{DIGITAL}/entries/{X}/award", award)
        assert answer.status_code == 303, answer.text
        await official.look(DIGITAL)
        answer = await official.send(f"{DIGITAL}/entries/{X}/national-award", {"innovation": "innovation-of-x"})
        assert answer.status_code == 303, answer.text
        assert len(await events(world, AwardConferred)) == len(await events(world, NationalAwardProposed)) == 1
        assert "SK 12/2023" in (await official.look(DIGITAL)).text
        assert "SK 12/2023" in (await (await visitor(course)).look(RESULTS)).text


async def test_a_place_is_explained_to_everybody_as_far_as_the_edition_publishes(world: World) -> None:
    async with scored(world, replace(SHORT, publish=Publish(scores="winners"))) as course:
        await announced(course)
        public = await seen(course, "", f"{RESULTS}/{X}")
        assert "The score is 80.00" in public.page and "/audit/receipts/" in public.page
        assert "Juror 1" not in public.page and "70.00" not in public.page and "points below" not in public.page
        assert (await public.look(f"{RESULTS}/{Y}")).status_code == 403
        head = await seen(course, "head opd-02", f"{RESULTS}/{Y}")
        assert "Juror 1: 70.00" in head.page
        auditor = await seen(course, "auditor", f"{RESULTS}/{X}", "id")
        assert "Juri 1: 80,00" in auditor.page and "Mengapa peringkat ini?" in auditor.page
        assert (await public.look(f"{RESULTS}/{EDITION}.digital.nobody")).status_code in (403, 404)
