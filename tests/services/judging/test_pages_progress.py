"""How far judging is, for the committee's dashboard: counted, and nothing of what is sealed."""

import re

from tests.services.judging.competition import ANA, BUDI, EDITION, X, Y
from tests.services.judging.course import Course, judging
from tests.services.judging.visiting import HERE, readable, visitor
from tests.world import World

CATEGORY = f"/editions/{EDITION}/categories/digital"
PROGRESS = f"{HERE}/progress"


async def told(course: Course, who: str = "official", language: str = "en") -> str:
    """The words of the piece, when everything so far counts in it: its page has been told of all that."""
    position = await course.world.log("audit").position()
    answer = await (await visitor(course, who, language)).look(PROGRESS, **{"Makmal-Told": str(position)})
    assert answer.status_code == 200, answer.text
    assert "<html" not in answer.text and "77" not in answer.text and ANA not in answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


async def test_entries_are_judged_and_jurors_hand_in(world: World) -> None:
    nominees = await readable(world, X, Y)
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        assert "0 entries judged" in await told(course) and "no category is being judged" in await told(course)
        await course.open(*nominees)
        assert "2 of 2 jurors have sheets to hand in" in await told(course)
        for entry in (X, Y):
            await course.score(ANA, entry, *[77 if entry == X else 60] * 5)
        assert "1 of 2 jurors have sheets to hand in" in await told(course)
        assert "1 dari 2 juri belum menyerahkan semua lembar nilainya" in await told(course, language="id")
        await course.score(BUDI, X, *[77] * 5)
        assert "1 entry judged of 2 have the quorum of sheets" in await told(course)
        await course.score(BUDI, Y, *[60] * 5)
        assert "all have handed in every sheet" in await told(course)
        await course.done("chair", f"{CATEGORY}/closing")
        assert "no category is being judged" in await told(course)
        await course.done("chair", f"{CATEGORY}/decision")
        assert re.search(r"0 categories announced of \d; 1 decided", await told(course))
        await course.done("official", f"{CATEGORY}/decision/confirmation")
        await course.done("second", f"{CATEGORY}/announcement")
        assert "1 category announced" in await told(course)


async def test_the_auditor_is_not_led_to_pages_of_the_committee_and_nobody_else_sees_it(world: World) -> None:
    nominees = await readable(world, X)
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        await course.open(*nominees)
        await told(course)
        auditor = await visitor(course, "auditor")
        assert "/decisions" not in (await auditor.look(PROGRESS)).text and f"/judging{HERE}/results" in auditor.page
        assert f"/judging{HERE}/decisions#jurors" in (await (await visitor(course, "official")).look(PROGRESS)).text
        for who in ("chair", ANA, "head opd-01"):
            assert (await (await visitor(course, who)).look(PROGRESS)).status_code == 403, who
