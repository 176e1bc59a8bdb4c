"""How rankings stood after any event: the pure course, and the page with its seal."""

from msgspec.structs import replace

from services.judging.as_of import Course as Way
from services.judging.docket import Judging, Preparing, Unlocked
from services.judging.naming import category_id
from shared.events.judging import ScoresheetReopened, ScoresheetSubmitted
from shared.rulebook import Publish
from tests.services.judging.competition import ANA, BUDI, EDITION, RULEBOOK, X, Y, nominated
from tests.services.judging.course import Course, judging
from tests.services.judging.visiting import HERE, visitor
from tests.world import World

PAGE, DIGITAL = f"{HERE}/as-of", category_id(EDITION, "digital")
ONE = replace(RULEBOOK, categories=RULEBOOK.categories[:1])
"""With a single category, so that all are announced when it is."""
x, y = nominated(X, "opd-01"), nominated(Y, "opd-02")


async def judged(course: Course) -> str:
    await course.appoint(ANA, BUDI)
    path = await course.open(x, y)
    await course.score(ANA, X, 80, 80, 80, 80, 80)
    await course.score(ANA, Y, 70, 70, 70, 70, 70)
    await course.score(BUDI, Y, 95, 95, 95, 95, 95)
    await course.score(BUDI, X, 81, 81, 81, 81, 81)
    await course.done("chair", f"{path}/closing")
    return path


async def way(world: World) -> Way:
    course = Way()
    for recorded in await world.all_events():
        course.take(recorded)
    return course


async def submitted(world: World) -> list[int]:
    return [r.position for r in await world.all_events() if isinstance(r.event, ScoresheetSubmitted)]


async def test_any_moment_is_as_if_the_log_ended_there(world: World) -> None:
    async with judging(world) as course:
        await judged(course)
        whole = await way(world)
        events = await world.all_events()
        short = Way()
        met = set()
        for recorded in events:
            short.take(recorded)
            then, now = whole.known(DIGITAL, recorded.position), short.known(DIGITAL)
            assert then.standings() == now.standings() and then.handed_in == now.handed_in
            assert type(then.category) is type(now.category)
            met.add(type(then.category))
        assert {Unlocked, Preparing, Judging} < met
        first, *_, last = await submitted(world)
        assert [s.entry for s in whole.known(DIGITAL, first).standings()] == [X]
        assert [(s.place, s.entry, s.sheets) for s in whole.known(DIGITAL, last).standings()] == [(1, Y, 2), (2, X, 2)]


async def test_only_what_changes_a_ranking_is_a_step(world: World) -> None:
    async with judging(world) as course:
        await judged(course)
        whole = await way(world)
        steps = {position for position, _ in whole.steps(DIGITAL)}
        events = await world.all_events()
        assert set(await submitted(world)) < steps
        assert not steps & {r.position for r in events if r.type in ("ScoresheetOpened", "ScoreRecorded")}
        assert whole.last_step(DIGITAL, events[-1].position) == events[-1].position
        assert whole.last_step(DIGITAL, 1) == 0
        assert not any(isinstance(r.event, ScoresheetReopened) for r in events)


async def test_an_auditor_sees_only_how_many_sheets_were_in_until_the_announcement(world: World) -> None:
    async with judging(world) as course:
        path = await judged(course)
        auditor = await visitor(course, "auditor")
        page = (await auditor.look(PAGE)).text
        assert "4 sheets were handed in" in page and "sealed until the results" in page
        assert "Entry X" not in page and "88" not in page.split("<main")[1]
        for other, status in (("chair", 403), ("official", 403), ("", 303)):
            assert (await (await visitor(course, other)).look(PAGE)).status_code == status
        await course.decide(path)
        first, second, third, _ = await submitted(world)
        page = (await auditor.look(f"{PAGE}?position={third}")).text
        assert "3 sheets were handed in" in page and "Entry X" in page and f"position={second}" in page and "f-category" in page
        assert "80.00" in (await auditor.look(f"{PAGE}?position={first}")).text
        page = (await auditor.look(f"{PAGE}?position={first - 1}")).text
        assert "0 sheets were handed in" in page and "Nothing could be ranked yet" in page and f"position={first}" in page
        assert "Judging has not begun" not in page
        assert "not begun" in (await auditor.look(f"{PAGE}?category=opd")).text
        answer = await auditor.look(f"{PAGE}?position=kemarin")
        assert answer.status_code == 422 and "kemarin" in answer.text


async def test_a_script_gets_the_piece_alone(world: World) -> None:
    async with judging(world, ONE) as course:
        await course.decide(await judged(course))
        cookies = f"__Host-makmal={await course.token('auditor')}"
        answer = await course.client.get(PAGE, headers={"HX-Request": "true", "Accept": "text/html", "Cookie": cookies})
        assert answer.text.strip().startswith('<div id="stood"') and "Entry Y" in answer.text


async def test_everybody_sees_it_after_all_announcements_as_far_as_scores_are_public(world: World) -> None:
    async with judging(world, ONE) as course:
        await course.decide(await judged(course))
        page = (await (await visitor(course)).look(PAGE)).text
        assert "4 sheets were handed in" in page and "stays with the auditors" in page and "Entry X" not in page


async def test_an_edition_that_publishes_its_events_shows_everybody_how_the_rankings_stood(world: World) -> None:
    async with judging(world, replace(ONE, publish=Publish(events=True))) as course:
        path = await judged(course)
        assert "Entry X" not in (await (await visitor(course, "auditor")).look(PAGE)).text
        assert (await (await visitor(course, "official")).look(PAGE)).status_code == 403
        await course.decide(path)
        assert "Entry X" in (await (await visitor(course)).look(PAGE)).text
