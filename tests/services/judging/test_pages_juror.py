"""A juror's pages: his list, his sheet that loses nothing, and a tie in two clicks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

from shared.events.judging import ConflictDeclared, ScoreRecorded, ScoresheetSubmitted
from tests.browsing import Browser
from tests.services.judging.competition import ANA, BUDI, CITRA, EDITION, X, Y
from tests.services.judging.course import Course, judging
from tests.services.judging.visiting import HERE, readable, typed, visitor
from tests.world import World

LIST, SHEET = f"{HERE}/entries", f"{HERE}/entries/{X}"
JSON = {"Accept": "application/json"}


@asynccontextmanager
async def at_work(world: World, language: str = "en") -> AsyncIterator[tuple[Course, Browser]]:
    """Ana with two entries to judge."""
    nominees = await readable(world, X, Y)
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        await course.open(*nominees)
        await course.shown("official", f"/editions/{EDITION}/categories")
        yield course, await visitor(course, ANA, language)


async def scores(world: World) -> list[ScoreRecorded]:
    return [r.event for r in await world.all_events() if isinstance(r.event, ScoreRecorded)]


async def test_a_juror_reads_scores_and_hands_in_and_goes_on_with_the_next(world: World) -> None:
    async with at_work(world) as (_, ana):
        page = await ana.look(LIST)
        assert page.status_code == 200 and "0 of 2 sheets handed in" in page.text and "Go on with the next" in page.text
        page = await ana.look(SHEET)
        assert page.status_code == 200 and "1 of 2" in page.text and "Design (rancang bangun)" in page.text
        answer = await ana.send(SHEET, typed(80, "70,5", do="save"))
        assert (answer.status_code, answer.headers["location"]) == (303, f"/judging{SHEET}")
        page = await ana.look(SHEET)
        assert 'value="70.5"' in page.text
        answer = await ana.send(SHEET, typed(80, 70, 90, 60, 100, do="submit"))
        assert (answer.status_code, answer.headers["location"]) == (303, f"/judging{HERE}/entries/{Y}")
        page = await ana.look(SHEET)
        assert "Handed in" in page.text and "77.50" not in page.text and "<output" not in page.text
        assert [r.event for r in await world.all_events() if isinstance(r.event, ScoresheetSubmitted)]
        assert "1 of 2 sheets handed in" in (await ana.look(LIST)).text


async def test_in_bahasa_indonesia_as_well(world: World) -> None:
    async with at_work(world, "id") as (_, ana):
        assert "0 dari 2 lembar" in (await ana.look(LIST)).text
        assert "Isian Anda tersimpan dengan sendirinya." in (await ana.look(SHEET)).text


async def test_what_is_refused_stays_typed(world: World) -> None:
    async with at_work(world) as (_, ana):
        for wrong in ("delapan puluh", "101", "-1", "nan"):
            await ana.look(SHEET)
            answer = await ana.send(SHEET, {**typed(wrong, do="save"), "comment-novelty": "Belum pernah ada"})
            assert answer.status_code == 409 and " is no score; give a number from 0 to 100" in answer.text
            assert (
                f'value="{wrong}"' in answer.text and "Belum pernah ada" in answer.text and 'aria-invalid="true"' in answer.text
            )
        await ana.look(SHEET)
        answer = await ana.send(SHEET, typed(80, do="submit"))
        assert answer.status_code == 409 and "Benefit: give a score" in answer.text and 'value="80"' in answer.text
        answer = await ana.send(SHEET, {"comment-benefit": "Besar", "do": "save"})
        assert answer.status_code == 409 and "Benefit: give a score" in answer.text
        assert await scores(world) == []


async def test_the_same_sending_twice_records_once_and_tells_the_version_to_go_on_from(world: World) -> None:
    async with at_work(world) as (_, ana):
        await ana.look(SHEET)
        page = ana.page
        first = await ana.send(SHEET, typed(80, 70, do="save"), **JSON)
        ana.page = page
        again = await ana.send(SHEET, typed(80, 70, do="save"), **JSON)
        assert first.json() == again.json() == {"version": "3", "waiting": [], "next": ""}
        assert [s.score for s in await scores(world)] == [80, 70]


async def test_a_comment_without_a_score_waits_for_it(world: World) -> None:
    async with at_work(world) as (_, ana):
        await ana.look(SHEET)
        answer = await ana.send(SHEET, {**typed(80, do="save"), "comment-benefit": "Besar"}, **JSON)
        assert answer.json()["waiting"] == ["benefit"] and len(await scores(world)) == 1


async def test_a_window_that_has_lain_open_does_not_overwrite_what_another_recorded(world: World) -> None:
    async with at_work(world) as (_, ana):
        old = (await ana.look(SHEET)).text
        await ana.send(SHEET, typed(80, do="save"))
        ana.page = old
        answer = await ana.send(SHEET, typed(10, do="save", _key="another"))
        assert answer.status_code == 409 and "changed in another window" in answer.text and 'value="10"' in answer.text
        assert [s.score for s in await scores(world)] == [Decimal(80)]


async def test_a_tie_is_declared_in_two_clicks_and_its_entry_is_no_longer_hers(world: World) -> None:
    async with at_work(world) as (_, ana):
        await ana.look(SHEET)
        answer = await ana.send(f"{SHEET}/tie", {"relation": "mentor", "_version": ""})
        assert answer.status_code == 303, answer.text
        assert [r.event.relation for r in await world.all_events() if isinstance(r.event, ConflictDeclared)] == ["mentor"]
        assert "Not yours: a tie is on record" in (await ana.look(LIST)).text
        page = await ana.look(SHEET)
        assert "You do not judge this entry" in page.text and "Design (rancang bangun)" not in page.text


async def test_sheets_are_for_the_jurors_of_the_panel(world: World) -> None:
    async with at_work(world) as (course, _):
        assert (await (await visitor(course)).look(LIST)).status_code == 303
        for who in ("official", "head opd-01"):
            assert (await (await visitor(course, who)).look(SHEET)).status_code == 403
        await course.appoint(CITRA)
        page = await (await visitor(course, CITRA)).look(SHEET)
        assert "Design (rancang bangun)" not in page.text and "its dossier is for its panel" in page.text
