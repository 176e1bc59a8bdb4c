"""The chair's pages: progress, ties, and a category from its sheets to its winners."""

import re

from shared.events.judging import (
    ConflictDeclared,
    ConflictDismissed,
    DecisionReopened,
    JudgingClosed,
    ScoresheetReopened,
    SealedScoresDisclosed,
    TieResolved,
    WinnersDecided,
)
from tests.browsing import Browser
from tests.services.judging.competition import ANA, BUDI, EDITION, OFFICIAL, X, Y, nominated
from tests.services.judging.course import Course, judging
from tests.services.judging.visiting import HERE, visitor
from tests.world import World

CHAIR, DIGITAL = f"{HERE}/chair", f"{HERE}/chair/digital"
x, y = nominated(X, "opd-01"), nominated(Y, "opd-02")


async def events(world: World, kind: type) -> list[object]:
    return [r.event for r in await world.all_events() if isinstance(r.event, kind)]


async def judged(course: Course, of_y: tuple[int, ...] = (60, 60, 60, 60, 60)) -> Browser:
    """Both entries are scored by both jurors and judging is open; the chair looks."""
    await course.appoint(ANA, BUDI)
    await course.open(x, y)
    for juror in (ANA, BUDI):
        await course.score(juror, X, 80, 80, 80, 80, 80)
        await course.score(juror, Y, *of_y)
    return await seen(course)


async def seen(course: Course, who: str = "chair") -> Browser:
    await course.shown("official", f"/editions/{EDITION}/categories")
    return await visitor(course, who)


async def test_the_chair_sees_how_far_categories_and_jurors_are_and_no_score(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        await course.open(x, y)
        await course.score(ANA, X, 81, 82, 83, 84, 85)
        chair = await seen(course)
        page = (await chair.look(CHAIR)).text
        assert "1 of 4 sheets are in; 0 of 2 entries have their quorum" in page and "No shortlist yet" in page
        assert "1 of 2" in page and "not begun" in page and "Universitas Contoh" in page
        page = (await chair.look(DIGITAL)).text
        assert "1 more needed" in page and "2 more needed" in page and "2 entries have fewer sheets" in page
        assert not re.search(r"\b8[1-5]\b", page.split("<main")[1]) and ANA not in page.replace(f"{X}|{ANA}", "")
        assert (await (await visitor(course, ANA)).look(CHAIR)).status_code == 403
        assert (await (await visitor(course, "official")).look(DIGITAL)).status_code == 403


async def test_a_proposed_tie_is_confirmed_or_dismissed_with_a_reason(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        for person, institution in ((ANA, "opd-01"), (BUDI, "opd-02")):
            tie = {"institution": institution, "relation": "kin", "note": "Kakaknya bekerja di sana"}
            await course.done("official", f"/editions/{EDITION}/jurors/{person}/conflict-proposals", tie)
        chair = await seen(course)
        assert "Kakaknya bekerja di sana" in (await chair.look(CHAIR)).text
        tie = {"juror": ANA, "institution": "opd-01", "relation": "kin"}
        assert (await chair.send(f"{CHAIR}/ties", {**tie, "do": "confirm"})).status_code == 303
        await chair.look(CHAIR)
        tie = {"juror": BUDI, "institution": "opd-02", "relation": "kin", "do": "dismiss"}
        answer = await chair.send(f"{CHAIR}/ties", {**tie, "reason": " "})
        assert answer.status_code == 409
        answer = await chair.send(f"{CHAIR}/ties", {**tie, "reason": "Sudah pensiun"})
        assert answer.status_code == 303
        assert len(await events(world, ConflictDeclared)) == len(await events(world, ConflictDismissed)) == 1
        assert "Dinas Contoh 1" in (await chair.look(CHAIR)).text


async def test_a_sheet_is_reopened_with_a_reason_and_judging_is_closed(world: World) -> None:
    async with judging(world) as course:
        chair = await judged(course)
        await chair.look(DIGITAL)
        answer = await chair.send(f"{DIGITAL}/reopened-sheets", {"sheet": f"{X}|{ANA}", "reason": ""})
        assert answer.status_code == 409
        answer = await chair.send(f"{DIGITAL}/reopened-sheets", {"sheet": f"{X}|{ANA}", "reason": "Salah ketik"})
        assert answer.status_code == 303 and len(await events(world, ScoresheetReopened)) == 1
        await course.done(ANA, f"/entries/{X}/scoresheet/submission")
        await chair.look(DIGITAL)
        assert (await chair.send(f"{DIGITAL}/closing", {})).status_code == 303
        assert len(await events(world, JudgingClosed)) == 1


async def test_the_ranking_is_decided_from_the_page_and_opened_again_with_a_reason(world: World) -> None:
    async with judging(world) as course:
        chair = await judged(course)
        await course.done("official", f"/editions/{EDITION}/categories/digital/closing")
        page = (await (chair := await seen(course)).look(DIGITAL)).text
        assert "80.00" in page and "60.00" in page and 'data-chart="rows"' in page and "Kendall" in page
        answer = await chair.send(f"{DIGITAL}/decision", {"do": "deviate", "place-1": "", "reason": "Lebih baik"})
        assert answer.status_code == 409 and "Choose the winners" in answer.text and "Lebih baik" in answer.text
        answer = await chair.send(f"{DIGITAL}/decision", {"do": "deviate", "place-1": Y, "reason": ""})
        assert answer.status_code == 409 and "say why, it will be public" in answer.text
        answer = await chair.send(f"{DIGITAL}/decision", {"do": "rank"})
        assert answer.status_code == 303
        page = (await chair.look(DIGITAL)).text
        assert "Decided, to be confirmed" in page and "Open the decision again" in page
        answer = await chair.send(f"{DIGITAL}/reopened-decision", {"reason": "Satu lembar keliru"})
        assert answer.status_code == 303 and len(await events(world, DecisionReopened)) == 1
        await chair.look(DIGITAL)
        answer = await chair.send(f"{DIGITAL}/decision", {"do": "deviate", "place-1": Y, "reason": "Lebih luas manfaatnya"})
        assert answer.status_code == 303
        decided = [e for e in await events(world, WinnersDecided) if isinstance(e, WinnersDecided)]
        assert [d.deviation for d in decided] == ["", "Lebih luas manfaatnya"]
        assert "Lebih luas manfaatnya" in (await chair.look(DIGITAL)).text


async def test_a_tie_that_no_rung_parts_is_settled_by_a_vote(world: World) -> None:
    async with judging(world) as course:
        await judged(course, (80, 80, 80, 80, 80))
        await course.done("official", f"/editions/{EDITION}/categories/digital/closing")
        chair = await seen(course)
        page = (await chair.look(DIGITAL)).text
        assert "Tied at place 1" in page and "tied with" in page and "It cannot be decided yet" in page
        answer = await chair.send(f"{DIGITAL}/votes", {"place-1": Y, "place-2": Y, "note": "2 lawan 1"})
        assert answer.status_code == 409 and "2 lawan 1" in answer.text
        answer = await chair.send(f"{DIGITAL}/votes", {"place-1": Y, "place-2": X, "note": "2 lawan 1"})
        assert answer.status_code == 303, answer.text
        assert len(await events(world, TieResolved)) == 1
        assert "tie resolved by the panel's vote" in (await chair.look(DIGITAL)).text


async def test_sealed_scores_are_opened_by_the_chair_to_whom_the_committee_named(world: World) -> None:
    async with judging(world) as course:
        chair = await judged(course)
        asked = {"to": "8", "reason": "Pemeriksaan"}
        await course.done("official", f"/editions/{EDITION}/categories/digital/disclosures", asked)
        assert "Pemeriksaan" in (await chair.look(CHAIR)).text
        answer = await chair.send(f"{CHAIR}/digital/disclosure", {"entry": "", "to": "8"})
        assert answer.status_code == 303, answer.text
        [disclosed] = await events(world, SealedScoresDisclosed)
        assert isinstance(disclosed, SealedScoresDisclosed) and disclosed.proposed_by == OFFICIAL
        assert "Pemeriksaan" not in (await chair.look(CHAIR)).text
