"""Sealed scores over HTTP: recorded disclosure, figures that give none away, paper sheets, reopened and void sheets."""

from typing import Any

from tests.services.judging.competition import ANA, BUDI, CHAIR, CITRA, CRITERIA, DEWI, EDITION, OFFICIAL, X, Y, nominated
from tests.services.judging.course import judging
from tests.world import World

x, y = nominated(X, "opd-01"), nominated(Y, "opd-02")
JURORS = f"/editions/{EDITION}/jurors"
SCAN = "ab" * 32


def paper(juror: str, *points: int) -> dict[str, Any]:
    scores = [{"criterion": c, "score": p} for c, p in zip(CRITERIA, points, strict=True)]
    return {"on_behalf_of": {"person": juror, "scan_digest": SCAN}, "scores": scores}


async def test_sealed_scores_are_shown_before_the_announcement_only_by_a_recorded_disclosure(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        path = await course.open(x)
        await course.score(ANA, X, 80, 80, 80, 80, 80)
        asked = {"entry": X, "to": "8", "reason": "dugaan kebocoran"}
        assert (await course.get("auditor", f"/entries/{X}/scoresheets")).status_code == 403
        assert (await course.refused("chair", f"{path}/disclosures/approval", {"entry": X, "to": "8"}))[0] == 409
        assert (await course.refused("chair", f"{path}/disclosures", asked))[0] == 403
        await course.done("official", f"{path}/disclosures", asked)
        assert (await course.get("auditor", f"/entries/{X}/scoresheets")).status_code == 403, "asked for is not granted"
        assert (await course.refused("official", f"{path}/disclosures/approval", {"entry": X, "to": "8"}))[0] == 403
        await course.done("chair", f"{path}/disclosures/approval", {"entry": X, "to": "8"})
        [sheet] = await course.shown("auditor", f"/entries/{X}/scoresheets")
        assert (sheet["juror"], len(sheet["scores"])) == (ANA, 5)
        assert (await course.get("official", f"/entries/{X}/scoresheets")).status_code == 403, "disclosed to nobody else"
        recorded = next(r for r in await world.all_events() if r.type == "SealedScoresDisclosed")
        assert recorded.event.to == "8"  # type: ignore[attr-defined]


async def test_the_ranking_gives_no_single_jurors_scores_away(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        path = await course.open(x, y)
        await course.score(ANA, X, 81, 80, 80, 80, 80)
        await course.score(ANA, Y, 60, 60, 60, 60, 60)
        await course.score(BUDI, Y, 60, 60, 60, 60, 60)
        await course.done("chair", f"{path}/closing")
        ranking = await course.shown("chair", f"{path}/ranking")
        by_entry = {s["entry"]: s for s in ranking["standings"]}
        assert [by_entry[X][f] for f in ("sheets", "score", "exact", "criteria")] == [1, None, None, None]
        assert by_entry[Y]["score"] is not None
        assert all(flag["residual"] is None and flag["deviations"] is None for flag in ranking["advisory"]["flags"])


async def test_a_chair_who_is_one_of_two_jurors_cannot_work_out_the_other_ones_scores(world: World) -> None:
    chair = CHAIR.removeprefix("person/")
    async with judging(world) as course:
        await course.appoint(ANA, chair)
        path = await course.open(x)
        await course.score(ANA, X, 80, 80, 80, 80, 80)
        await course.score(chair, X, 70, 70, 70, 70, 70)
        await course.done("official", f"{path}/closing")
        assert (await course.shown("chair", f"{path}/ranking"))["standings"][0]["score"] is None
        assert (await course.shown("official", f"{path}/ranking"))["standings"][0]["score"] == "75.00"


async def test_a_paper_sheet_counts_once_the_juror_confirms_it(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        path = await course.open(x)
        await course.score(ANA, X, 80, 80, 80, 80, 80)
        assert (await course.refused("official", f"/entries/{X}/paper-sheets", paper(BUDI, 70, 70, 70, 70, 70) | {"x": 1}))[
            0
        ] == 422
        assert (await course.refused(BUDI, f"/entries/{X}/paper-sheets", paper(BUDI, 70, 70, 70, 70, 70)))[0] == 403
        await course.done("official", f"/entries/{X}/paper-sheets", paper(BUDI, 70, 70, 70, 70, 70))
        submitted = [r.event for r in await world.all_events() if r.type == "ScoresheetSubmitted"]
        assert (submitted[1].recorded_by, submitted[1].scan_digest) == (OFFICIAL, SCAN)  # type: ignore[attr-defined]
        await course.done("official", f"{path}/closing")
        assert "Entry X: 1" in (await course.refused("chair", f"{path}/decision"))[1]
        assert (await course.shown(BUDI, f"/entries/{X}/scoresheet"))["state"] == "unconfirmed"
        await course.done(BUDI, f"/entries/{X}/scoresheet/confirmation")
        decided = await course.done("chair", f"{path}/decision")
        assert decided["ranking"][0]["score"] == "75.00"
        assert (await course.shown(BUDI, f"/entries/{X}/scoresheet"))["state"] == "submitted"


async def test_the_chair_reopens_a_submitted_sheet_while_judging_is_open(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        path = await course.open(x)
        await course.score(ANA, X, 80, 80, 80, 80, 80)
        wrong = {"juror": ANA, "reason": "salah baca kriteria"}
        assert (await course.refused("official", f"/entries/{X}/scoresheet/reopening", wrong))[0] == 403
        await course.done("chair", f"/entries/{X}/scoresheet/reopening", wrong)
        await course.done(ANA, f"/entries/{X}/scores", {"scores": [{"criterion": "novelty", "score": 70}]})
        await course.done(ANA, f"/entries/{X}/scoresheet/submission")
        await course.done("chair", f"{path}/closing")
        assert (await course.refused("chair", f"/entries/{X}/scoresheet/reopening", wrong))[0] == 409


async def test_a_conflict_found_after_the_decision_voids_the_sheet_visibly_and_reopens_the_decision(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI, CITRA)
        path = await course.open(x, y)
        for juror in (ANA, BUDI, CITRA):
            await course.score(juror, X, 80, 80, 80, 80, 80)
            await course.score(juror, Y, 60, 60, 60, 60, 60)
        await course.done("chair", f"{path}/closing")
        await course.done("chair", f"{path}/decision")
        await course.done("official", f"{JURORS}/{CITRA}/conflicts", {"institution": "opd-01", "relation": "mentor"})
        assert (await course.shown("official", path))["situation"] == "closed"
        await course.decide(path)
        [_, _, sheet] = await course.shown("official", f"/entries/{X}/scoresheets")
        assert (sheet["juror"], sheet["state"]) == (CITRA, "void")
        assert sheet["note"] == "a conflict of interest with opd-01 (mentor) is on record"
        [*_, of_y] = await course.shown("official", f"/entries/{Y}/scoresheets")
        assert of_y["state"] == "submitted", "his sheet for the other entry counts"


async def test_a_proposed_conflict_is_confirmed_or_dismissed_before_winners_are_decided(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        path = await course.open(x)
        for juror in (ANA, BUDI):
            await course.score(juror, X, 80, 80, 80, 80, 80)
        tie = {"institution": "opd-01", "relation": "kin"}
        await course.done("head opd-02", f"{JURORS}/{ANA}/conflict-proposals", {**tie, "note": "ipar kepala dinas"})
        [ana, _] = await course.shown("official", JURORS)
        assert [p["note"] for p in ana["proposed"]] == ["ipar kepala dinas"]
        await course.done("chair", f"{path}/closing")
        assert "is not settled" in (await course.refused("chair", f"{path}/decision"))[1]
        dismissal = {**tie, "reason": "orang lain bernama sama"}
        assert (await course.refused(ANA, f"{JURORS}/{ANA}/conflict-proposals/dismissal", dismissal))[0] == 403
        await course.done("chair", f"{JURORS}/{ANA}/conflict-proposals/dismissal", dismissal)
        await course.done("chair", f"{path}/decision")


async def test_a_juror_is_replaced_mid_way_and_his_successor_declares_his_ties_anew(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        path = await course.open(x, y)
        await course.score(ANA, X, 80, 80, 80, 80, 80)
        await course.score(ANA, Y, 60, 60, 60, 60, 60, submit=False)
        successor = {"person": DEWI, "university": "Politeknik Contoh", "reason": "sakit"}
        done = await course.done("official", f"{JURORS}/{ANA}/replacement", successor)
        assert done["panels"] == [{"entry": X, "jurors": [DEWI, BUDI]}, {"entry": Y, "jurors": [DEWI, BUDI]}]
        assert done["voided"] == [Y], "the submitted sheet stays, the open one is void"
        assert (await course.refused(ANA, f"/entries/{Y}/scores", {"scores": [{"criterion": "novelty", "score": 1}]}))[0] == 409
        status, sentence = await course.refused(DEWI, f"/entries/{Y}/scoresheet")
        assert (status, sentence.partition(":")[0]) == (409, "you take another juror's place")
        await course.done(DEWI, f"{JURORS}/{DEWI}/conflicts", {"institution": "opd-01", "relation": "mentor"})
        await course.done(DEWI, f"{JURORS}/{DEWI}/ties-stated")
        assert (await course.refused(DEWI, f"/entries/{X}/scoresheet"))[0] == 403
        for juror, entry in ((DEWI, Y), (BUDI, X), (BUDI, Y)):
            await course.score(juror, entry, 70, 70, 70, 70, 70)
        await course.done("official", f"{path}/closing")
        decided = await course.done("chair", f"{path}/decision")
        assert decided["ranking"][0]["entry"] == X, "of X the sheet of the juror who left counts"
        assert (await course.refused("official", f"{JURORS}/{ANA}/replacement", {**successor, "person": CITRA}))[0] == 409
