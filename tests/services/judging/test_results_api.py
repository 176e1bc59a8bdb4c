"""Results over HTTP: four eyes, deviation, objection, correction, award, and what an institution is told of its own."""

import asyncio

from msgspec.structs import replace

from shared.events.identity import RoleGranted
from shared.events.judging import DecisionReopened, ResultCorrected, ResultObjectionUpheld
from shared.rulebook import Publish
from tests.services.judging.competition import ANA, BUDI, EDITION, RULEBOOK, X, Y, nominated
from tests.services.judging.course import Course, judging
from tests.world import World

x, y = nominated(X, "opd-01"), nominated(Y, "opd-02")
RESULTS = f"/editions/{EDITION}/results"


async def judged(course: Course) -> str:
    """Two entries, two jurors, X ahead; judging is closed."""
    await course.appoint(ANA, BUDI)
    path = await course.open(x, y)
    for juror in (ANA, BUDI):
        await course.score(juror, X, 80, 80, 80, 80, 80)
        await course.score(juror, Y, 60, 60, 60, 60, 60)
    await course.done("official", f"{path}/closing")
    return path


async def test_one_person_decides_another_confirms_and_who_decided_does_not_announce(world: World) -> None:
    async with judging(world) as course:
        path = await judged(course)
        await course.done("chair", f"{path}/decision")
        assert await course.refused("official", f"{path}/announcement") == (
            409,
            "the decision is not confirmed yet; another person than who decided confirms it first",
        )
        assert await course.refused("chair", f"{path}/decision/confirmation") == (
            403,
            "you decided the winners yourself; another person confirms the decision",
        )
        await course.done("official", f"{path}/decision/confirmation")
        assert (await course.shown("official", path))["situation"] == "confirmed"
        assert (await course.refused("chair", f"{path}/announcement"))[0] == 403
        await course.done("second", f"{path}/announcement")


async def test_a_deviation_is_visible_with_its_reason_in_ranking_and_results(world: World) -> None:
    async with judging(world) as course:
        path = await judged(course)
        assert (await course.refused("chair", f"{path}/decision", {"order": [Y]}))[0] == 422
        decided = await course.done("chair", f"{path}/decision", {"order": [Y], "reason": "X bukan karya sendiri"})
        assert [p["entry"] for p in decided["ranking"]] == [X, Y]
        assert [(p["place"], p["entry"]) for p in decided["winners"]] == [(1, Y)]
        ranking = await course.shown("official", f"{path}/ranking")
        assert ranking["deviation"] == "X bukan karya sendiri"
        assert [(s["place"], s["entry"]) for s in ranking["standings"]] == [(1, X), (2, Y)]
        await course.decide(path)
        [category] = (await course.shown("", RESULTS))["categories"]
        assert category["deviation"] == "X bukan karya sendiri"
        assert [w["entry"] for w in category["winners"]] == [Y]


async def test_an_upheld_objection_reopens_the_decision_and_the_old_result_stays_beside_the_corrected_one(world: World) -> None:
    async with judging(world) as course:
        path = await judged(course)
        assert (await course.refused("head opd-02", f"/entries/{Y}/objections", {"grounds": "terlalu dini"}))[0] == 409
        await course.decide(path)
        assert (await course.refused("head opd-01", f"/entries/{Y}/objections", {"grounds": "bukan milik saya"}))[0] == 403
        filed = await course.done("head opd-02", f"/entries/{Y}/objections", {"grounds": "X menyalin inovasi kami"})
        ruling = f"{path}/objections/{filed['objection']}/ruling"
        [shown] = await course.shown("head opd-02", f"{path}/objections")
        assert (shown["entry"], shown["ruling"]) == (Y, None)
        assert await course.shown("head opd-01", f"{path}/objections") == []
        await course.done("official", ruling, {"upheld": True, "reason": "terbukti disalin"})
        [category] = (await course.shown("", RESULTS))["categories"]
        assert (category["reopened"], [w["entry"] for w in category["winners"]]) == (True, [X])
        await course.done("chair", f"{path}/decision", {"order": [Y], "reason": "X terbukti disalin"})
        await course.done("official", f"{path}/decision/confirmation")
        announced = await course.done("second", f"{path}/announcement")
        assert announced["corrects"] is True
        [category] = (await course.shown("", RESULTS))["categories"]
        assert (category["correction"], category["reopened"]) == ("terbukti disalin", False)
        assert [w["entry"] for w in category["winners"]] == [Y]
        [earlier] = category["earlier"]
        assert ([w["entry"] for w in earlier["winners"]], earlier["correction"]) == ([X], None)
        kinds = [type(r.event) for r in await world.all_events()]
        in_order = [kinds.index(k) for k in (ResultObjectionUpheld, DecisionReopened, ResultCorrected)]
        assert in_order == sorted(in_order)
        assert (await course.shown("auditor", f"{path}/objections"))[0]["ruling"] == "upheld"


async def test_an_objection_on_paper_is_typed_by_the_committee_and_confirmed_by_the_head(world: World) -> None:
    async with judging(world) as course:
        path = await judged(course)
        await course.decide(path)
        grounds = {"grounds": "nilai tidak adil", "on_behalf_of": {"person": "opd-02", "scan_digest": "ab" * 32}}
        assert await course.refused("official", f"/entries/{Y}/objections", grounds) == (
            409,
            "this person does not speak for opd-02; name its head or who enters for it",
        )
        granted = RoleGranted(person="opd-02", role="head", edition=EDITION, institutions=("opd-02",))
        await world.record("account/opd-02", granted, edition=EDITION)
        filed = await course.done("official", f"/entries/{Y}/objections", grounds)
        objection = f"{path}/objections/{filed['objection']}"
        upheld = {"upheld": True, "reason": "terbukti"}
        assert (await course.refused("second", f"{objection}/ruling", upheld))[0] == 409
        await course.done("head opd-02", f"{objection}/confirmation")
        assert (await course.refused("official", f"{objection}/ruling", upheld))[0] == 403
        await course.done("second", f"{objection}/ruling", upheld)


async def test_after_the_objection_period_nothing_is_objected_and_the_award_is_conferred(world: World) -> None:
    second = replace(RULEBOOK, day_seconds=1, result_objection_days=1)
    async with judging(world, second) as course:
        path = await judged(course)
        award = {"decree": "SK Wali Kota 12/2023", "decree_date": "2023-06-01"}
        await course.decide(path)
        status, sentence = await course.refused("official", f"/entries/{X}/award", award)
        assert (status, sentence.partition(" until")[0]) == (409, "the objection period runs")
        await asyncio.sleep(1.1)
        status, sentence = await course.refused("head opd-02", f"/entries/{Y}/objections", {"grounds": "terlambat"})
        assert (status, sentence.partition(" at ")[0]) == (409, "the objection period ended")
        await course.done("official", f"/entries/{X}/award", award)
        await course.done("official", f"/entries/{X}/award", award)
        assert (await course.refused("official", f"/entries/{Y}/award", award))[0] == 409
        [category] = (await course.shown("", RESULTS))["categories"]
        assert [w["award"] for w in category["winners"]] == ["SK Wali Kota 12/2023"]
        assert (await course.refused("chair", f"{path}/decision/reopening", {"reason": "alasan"}))[0] == 409


async def test_a_losing_institution_sees_its_own_scores_and_comments_without_names(world: World) -> None:
    async with judging(world) as course:
        path = await judged(course)
        own = f"/editions/{EDITION}/my-results"
        assert (await course.shown("head opd-02", own))["entries"] == []
        await course.decide(path)
        [entry] = (await course.shown("head opd-02", own))["entries"]
        assert (entry["entry"], entry["place"], entry["score"]) == (Y, 2, "60.00")
        assert [[s["score"] for s in sheet["scores"]] for sheet in entry["sheets"]] == [["60.00"] * 5] * 2
        assert ANA not in str(entry) and BUDI not in str(entry)
        for who in ("official", ANA):
            assert (await course.get(who, own)).status_code == 403


async def test_the_edition_says_which_scores_are_told(world: World) -> None:
    silent = replace(RULEBOOK, publish=Publish(scores="none", own_scores=False, own_comments=True))
    async with judging(world, silent) as course:
        await course.decide(await judged(course))
        [category] = (await course.shown("", RESULTS))["categories"]
        assert [(w["entry"], w["score"], w["exact"]) for w in category["winners"]] == [(X, None, None)]
        [entry] = (await course.shown("head opd-01", f"/editions/{EDITION}/my-results"))["entries"]
        assert entry["score"] is None
        assert entry["sheets"][0]["scores"][0] == {"criterion": "novelty", "score": None, "comment": ""}


async def test_the_scores_of_all_nominees_are_public_where_the_edition_says_so(world: World) -> None:
    async with judging(world, replace(RULEBOOK, publish=Publish(scores="nominees"))) as course:
        await course.decide(await judged(course))
        [category] = (await course.shown("", RESULTS))["categories"]
        assert [(o["entry"], o["place"], o["score"]) for o in category["others"]] == [(Y, 2, "60.00")]
