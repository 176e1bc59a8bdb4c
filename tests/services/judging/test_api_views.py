"""What each of the people around a category sees of it, and what is not there for him."""

from typing import Any

from tests.services.judging.competition import ANA, BUDI, CITRA, EDITION, X, Y, nominated
from tests.services.judging.course import judging
from tests.world import World

x, y = nominated(X, "opd-01"), nominated(Y, "opd-02")
BEST, SECOND = (80, 70, 90, 60, 100), (70, 80, 80, 80, 90)


async def test_a_juror_sees_his_entries_and_how_far_he_is(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        await course.open(x, y)
        await course.score(ANA, X, *BEST)
        await course.done(BUDI, f"/entries/{Y}/recusal", {"reason": "kerabat"})
        first, second = await course.shown(ANA, "/my/entries", edition=EDITION)
        assert first == {
            "entry": X,
            "edition": EDITION,
            "category": "digital",
            "situation": "judging",
            "name": "Entry X",
            "institution": "opd-01",
            "institution_name": "Dinas Contoh 1",
            "dossier": [{"innovation": "i0", "revision": 1, "digest": "0" * 64}],
            "excluded": None,
            "state": "submitted",
            "scored": 5,
            "criteria": 5,
            "barred": None,
        }
        assert (second["entry"], second["state"], second["scored"]) == (Y, "unopened", 0)
        assert [e["barred"] for e in await course.shown(BUDI, "/my/entries")] == [None, "recusal"]
        page = await course.get(ANA, "/my/entries", limit=1)
        assert [e["entry"] for e in page.json()] == [X]
        assert f"after={X}" in page.headers["Link"]
        assert await course.shown(ANA, "/my/entries", edition="other") == []


async def test_progress_is_shown_without_scores(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        path = await course.open(x, y)
        await course.score(ANA, X, *BEST)
        await course.score(BUDI, X, *BEST, submit=False)
        shown = await course.shown(ANA, path)
        assert [(e["panel"], e["opened"], e["submitted"]) for e in shown["entries"]] == [
            ([ANA, BUDI], 2, 1),
            ([ANA, BUDI], 0, 0),
        ]
        assert "score" not in str(shown)
        [summary] = await course.shown("official", f"/editions/{EDITION}/categories")
        assert (summary["category"], summary["situation"], summary["entries"], summary["seats"], summary["submitted"]) == (
            "digital",
            "judging",
            2,
            4,
            1,
        )


async def test_jurors_are_listed_and_conflicts_shown_to_those_who_need_them(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        tie = {"institution": "opd-01", "relation": "kin", "note": "adik"}
        await course.done(ANA, f"/editions/{EDITION}/jurors/{ANA}/conflicts", tie)
        await course.done(ANA, f"/editions/{EDITION}/jurors/{ANA}/conflicts", {**tie, "note": "kakak"})
        ana = {
            "person": ANA,
            "university": "Universitas Contoh",
            "conflicts": [{**tie, "note": "kakak"}],
            "recusals": [],
            "proposed": [],
            "replaced_by": None,
        }
        for who in ("official", "chair", ANA):
            assert (await course.shown(who, f"/editions/{EDITION}/jurors"))[0] == ana
        assert (await course.shown(BUDI, f"/editions/{EDITION}/jurors"))[0] == {
            **ana,
            "conflicts": None,
            "recusals": None,
            "proposed": None,
        }
        page = await course.get("official", f"/editions/{EDITION}/jurors", limit=1)
        assert [j["person"] for j in page.json()] == [ANA]
        assert f"after={ANA}" in page.headers["Link"]
        rest = await course.shown("official", f"/editions/{EDITION}/jurors", after=ANA)
        assert [j["person"] for j in rest] == [BUDI]


async def test_each_act_is_for_those_who_hold_its_role(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        path = await course.open(x)
        juror, tie = f"/editions/{EDITION}/jurors", {"institution": "opd-01", "relation": "kin"}
        acts: list[tuple[str, str, dict[str, Any]]] = [
            ("chair", juror, {"person": CITRA, "university": "U"}),
            (ANA, f"{juror}/{BUDI}/conflicts", tie),
            ("stranger", f"{juror}/{BUDI}/conflicts", tie),
            ("official", f"/entries/{X}/recusal", {"reason": "r"}),
            (ANA, f"{path}/panels", {}),
            (ANA, f"{path}/opening", {}),
            ("official", f"/entries/{X}/scoresheet", {}),
            ("official", f"/entries/{X}/scores", {"scores": [{"criterion": "novelty", "score": 1}]}),
            ("official", f"/entries/{X}/scoresheet/submission", {}),
            (ANA, f"{path}/closing", {}),
            ("official", f"{path}/tie-votes", {"order": [X, Y], "note": "n"}),
            ("official", f"{path}/decision", {}),
            ("chair", f"{path}/announcement", {}),
        ]
        before = len(await world.all_events())
        for who, act, body in acts:
            status, sentence = await course.refused(who, act, body)
            assert status == 403, (who, act)
            assert sentence.startswith("this needs the role "), sentence
        assert len(await world.all_events()) == before
        for hidden in (juror, path, f"{path}/ranking", f"/editions/{EDITION}/categories", f"/entries/{X}/scoresheets"):
            assert (await course.get("stranger", hidden)).status_code == 403
        assert (await course.client.get("/v1/my/entries")).status_code == 401


async def test_what_is_not_there_is_unknown(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA)
        path = await course.open(x)
        for get in (f"/editions/{EDITION}/categories/dance", f"/editions/{EDITION}/categories/dance/ranking"):
            assert (await course.get("chair", get)).status_code == 404
        assert (await course.get(ANA, f"/entries/{Y}/scoresheet")).status_code == 404
        assert (await course.refused(ANA, f"/entries/{Y}/scoresheet"))[0] == 404
        assert (await course.refused(ANA, "/entries/nothing/scoresheet"))[0] == 404
        assert (await course.refused("official", f"/editions/{EDITION}/categories/dance/panels"))[0] == 404
        conflict = {"institution": "opd-99", "relation": "kin"}
        assert (await course.refused(ANA, f"/editions/{EDITION}/jurors/{ANA}/conflicts", conflict))[0] == 404
        assert (await course.refused("official", f"{path}/closing", {"now": True}))[0] == 422, "unknown fields are refused"
