"""A category judged over HTTP, from confirmed shortlist to public results, and what is refused on the way."""

from shared.events.judging import EntryAdmitted, RubricLocked, ScoreRecorded, WinnersDecided
from tests.services.judging.competition import ANA, BUDI, CITRA, EDITION, RULEBOOK, X, Y, entry, nominated
from tests.services.judging.course import judging
from tests.world import World

x, y = nominated(X, "opd-01"), nominated(Y, "opd-02")
BEST, SECOND = (80, 70, 90, 60, 100), (70, 80, 80, 80, 90)


async def test_two_jurors_give_78_25_and_the_results_are_public_once_announced(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        path = await course.open(x, y)
        await course.score(ANA, X, *BEST)
        await course.score(BUDI, X, *SECOND)
        await course.score(ANA, Y, 60, 60, 60, 60, 60)
        await course.score(BUDI, Y, 60, 60, 60, 60, 60)
        await course.done("official", f"{path}/closing")
        decision = await course.done("chair", f"{path}/decision")
        first = {
            "place": 1,
            "entry": X,
            "name": "Entry X",
            "score": "78.25",
            "exact": "313/4",
            "resolved_by": None,
        }
        assert decision["method"] == "mean"
        assert decision["ranking"][0] == first
        assert [placed["score"] for placed in decision["ranking"]] == ["78.25", "60.00"]
        assert (await course.shown("", f"/editions/{EDITION}/results"))["categories"] == []
        await course.done("official", f"{path}/decision/confirmation")
        announcement = await course.done("official", f"{path}/announcement")
        until = announcement.pop("objections_until")
        assert announcement == {"edition": EDITION, "category": "digital", "winners": [first], "corrects": False}
        results = await course.shown("", f"/editions/{EDITION}/results")
        [category] = results["categories"]
        assert category["name"] == {"id": "Digital", "en": "Digital"}
        assert category["announced"].startswith("20")
        home = {"institution": "opd-01", "institution_name": "Dinas Contoh 1"}
        assert category["winners"] == [{**first, **home, "award": None}]
        assert category["objections_until"].removesuffix("+00:00") == until.removesuffix("Z")
        assert (category["reopened"], category["earlier"], category["deviation"], category["correction"]) == (
            False,
            [],
            None,
            None,
        )


async def test_an_institution_with_three_innovations_comes_to_74_60(world: World) -> None:
    """80 % from the jurors (78.25), 20 % for 3 of 5 innovations: 62.60 + 12.00."""
    one = entry("opd-01", "opd")
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        path = await course.open(nominated(one, "opd-01", innovations=3))
        await course.score(ANA, one, *BEST)
        await course.score(BUDI, one, *SECOND)
        await course.done("chair", f"{path}/closing")
        [placed] = (await course.done("chair", f"{path}/decision"))["ranking"]
        assert (placed["score"], placed["exact"]) == ("74.60", "373/5")
        [standing] = (await course.shown("chair", f"{path}/ranking"))["standings"]
        assert standing["criteria"] == {
            "novelty": "75.00",
            "benefit": "75.00",
            "replication": "85.00",
            "authority": "70.00",
            "presentation": "95.00",
            "portfolio": "60.00",
        }


async def test_entries_are_admitted_as_nominated_and_the_rules_locked_before(world: World) -> None:
    async with judging(world) as course:
        path = await course.shortlist(x, y)
        events = [r for r in await world.all_events() if r.subject == f"category/{EDITION}.digital"]
        assert [r.type for r in events] == ["RubricLocked", "EntryAdmitted", "EntryAdmitted"]
        assert {r.envelope.actor for r in events} == {"reaction/judging.prepare"}
        locked, first, _ = (r.event for r in events)
        assert isinstance(locked, RubricLocked)
        assert locked.rulebook == RULEBOOK.digest()
        assert first == EntryAdmitted(entry=X, institution="opd-01", name="Entry X", dossier=x.dossier)
        shown = await course.shown("official", path)
        assert (shown["situation"], shown["quorum"], shown["places"]) == ("preparing", 2, 1)
        assert [c["weight"] for c in shown["criteria"]] == ["30", "25", "20", "15", "10"]
        assert shown["entries"][0] == {
            "entry": X,
            "institution": "opd-01",
            "institution_name": "Dinas Contoh 1",
            "name": "Entry X",
            "innovations": 1,
            "excluded": None,
            "panel": [],
            "opened": 0,
            "submitted": 0,
        }


async def test_panels_seat_every_juror_but_for_conflicts_and_recusals(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI, CITRA)
        tie = {"institution": "opd-01", "relation": "employer", "note": "dosen tidak tetap"}
        await course.done(ANA, f"/editions/{EDITION}/jurors/{ANA}/conflicts", tie)
        path = await course.shortlist(x, y)
        await course.done(BUDI, f"/entries/{Y}/recusal", {"reason": "membimbing tim"})
        assigned = (await course.done("official", f"{path}/panels"))["assigned"]
        assert assigned == [{"entry": X, "jurors": [BUDI, CITRA]}, {"entry": Y, "jurors": [ANA, CITRA]}]
        assert (await course.done("official", f"{path}/panels"))["assigned"] == [], "nothing has changed"
        named = (await course.done("official", f"{path}/panels", {"jurors": [CITRA, ANA]}))["assigned"]
        assert named == [{"entry": X, "jurors": [CITRA]}, {"entry": Y, "jurors": [CITRA, ANA]}]
        status, sentence = await course.refused("official", f"{path}/panels", {"jurors": ["f" * 32]})
        assert status == 409
        assert "no appointment as a juror of this edition is on record" in sentence


async def test_a_juror_may_not_open_his_employers_entry_nor_score_it_once_the_conflict_is_known(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        await course.open(x, y)
        await course.score(ANA, X, *BEST)
        await course.score(BUDI, Y, *BEST, submit=False)
        conflicts = f"/editions/{EDITION}/jurors/{{}}/conflicts"
        await course.done("chair", conflicts.format(BUDI), {"institution": "opd-01", "relation": "employer"})
        await course.done("official", conflicts.format(BUDI), {"institution": "opd-02", "relation": "kin"})
        sentence = "a conflict of interest with opd-01 (employer) is on record: the other jurors score Entry X"
        assert await course.refused(BUDI, f"/entries/{X}/scoresheet") == (403, sentence)
        score = {"scores": [{"criterion": "novelty", "score": 1}]}
        status, sentence = await course.refused(BUDI, f"/entries/{Y}/scores", score)
        assert (status, sentence.partition(" is on")[0]) == (
            409,
            "this scoresheet is void: a conflict of interest with opd-02 (kin)",
        )
        shown = await course.shown(BUDI, f"/entries/{X}/scoresheet")
        assert shown["barred"]["en"] == "a conflict of interest with opd-01 (employer) is on record"


async def test_recording_the_same_score_again_changes_nothing_and_a_changed_one_is_a_new_event(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA)
        await course.open(x)
        await course.done(ANA, f"/entries/{X}/scoresheet")
        first = {
            "scores": [{"criterion": "novelty", "score": 80, "comment": "berani"}, {"criterion": "benefit", "score": 70.5}]
        }
        recorded = [
            {"criterion": "novelty", "score": "80.00", "comment": "berani"},
            {"criterion": "benefit", "score": "70.50", "comment": ""},
        ]
        answer = await course.post(ANA, f"/entries/{X}/scores", first, key="the-same-key")
        assert answer.json() == {"entry": X, "juror": ANA, "recorded": recorded}
        again = await course.post(ANA, f"/entries/{X}/scores", first, key="the-same-key")
        assert (again.json(), again.headers["Makmal-Position"]) == (answer.json(), answer.headers["Makmal-Position"])
        assert (await course.done(ANA, f"/entries/{X}/scores", first))["recorded"] == []
        changed = {"scores": [{"criterion": "novelty", "score": "81", "comment": "berani"}, first["scores"][1]]}
        assert [s["score"] for s in (await course.done(ANA, f"/entries/{X}/scores", changed))["recorded"]] == ["81.00"]
        scores = [r.event for r in await world.all_events() if r.type == "ScoreRecorded"]
        assert [str(e.score) for e in scores if isinstance(e, ScoreRecorded)] == ["80.00", "70.50", "81.00"]
        shown = await course.shown(ANA, f"/entries/{X}/scoresheet")
        assert shown["state"] == "open"
        assert {s["criterion"]: s["score"] for s in shown["scores"]} == {"novelty": "81.00", "benefit": "70.50"}


async def test_of_several_scores_all_are_recorded_or_none(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA)
        await course.open(x)
        await course.done(ANA, f"/entries/{X}/scoresheet")
        faulty = {"scores": [{"criterion": "novelty", "score": 80}, {"criterion": "benefit", "score": 100.5}]}
        assert await course.refused(ANA, f"/entries/{X}/scores", faulty) == (
            422,
            "benefit: a score lies between 0 and 100, not 100.5",
        )
        assert (await course.shown(ANA, f"/entries/{X}/scoresheet"))["scores"] == []


async def test_a_score_just_after_the_close_is_refused(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA)
        path = await course.open(x)
        await course.score(ANA, X, *BEST, submit=False)
        await course.done("chair", f"{path}/closing")
        late = {"scores": [{"criterion": "novelty", "score": 99}]}
        assert await course.refused(ANA, f"/entries/{X}/scores", late) == (409, "judging of this category is not open")
        assert await course.refused(ANA, f"/entries/{X}/scoresheet/submission") == (409, "judging of this category is not open")


async def test_scores_are_sealed_from_everybody_else_until_the_announcement(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        path = await course.open(x)
        await course.score(ANA, X, *BEST)
        await course.score(BUDI, X, *SECOND)
        assert (await course.shown(BUDI, f"/entries/{X}/scoresheet"))["juror"] == BUDI, "his own, no other"
        assert (await course.get("official", f"/entries/{X}/scoresheet")).status_code == 403
        assert (await course.get("chair", f"{path}/ranking")).status_code == 409
        for who, status in (("chair", 403), ("official", 403), (ANA, 403)):
            assert (await course.get(who, f"/entries/{X}/scoresheets")).status_code == status
        await course.done("chair", f"{path}/closing")
        assert (await course.get(ANA, f"{path}/ranking")).status_code == 403
        await course.done("chair", f"{path}/decision")
        assert (await course.get("official", f"/entries/{X}/scoresheets")).status_code == 403
        await course.done("official", f"{path}/decision/confirmation")
        await course.done("official", f"{path}/announcement")
        sheets = await course.shown("official", f"/entries/{X}/scoresheets")
        assert [(s["juror"], s["submitted"]) for s in sheets] == [(ANA, True), (BUDI, True)]
        assert [s["score"] for s in sheets[1]["scores"]] == ["70.00", "80.00", "80.00", "80.00", "90.00"]
        assert (await course.get(ANA, f"/entries/{X}/scoresheets")).status_code == 403


async def test_a_tie_is_put_to_the_vote_and_the_vote_is_named(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        path = await course.open(x, y)
        for juror in (ANA, BUDI):
            for tied in (X, Y):
                await course.score(juror, tied, 70, 70, 70, 70, 70)
        await course.done("chair", f"{path}/closing")
        sentence = "tied at place 1: Entry X, Entry Y. The panel votes, and the chair records the vote's order"
        assert await course.refused("chair", f"{path}/decision") == (409, sentence)
        ranking = await course.shown("chair", f"{path}/ranking")
        assert ranking["open_ties"] == [{"place": 1, "entries": [X, Y]}]
        assert ranking["hindrance"]["en"] == sentence
        await course.done("chair", f"{path}/tie-votes", {"order": [Y, X], "note": "2:0, rapat 3 Mei"})
        ranking = await course.shown("chair", f"{path}/ranking")
        assert (ranking["open_ties"], ranking["hindrance"]) == ([], None)
        decided = (await course.done("chair", f"{path}/decision"))["ranking"]
        assert [(p["place"], p["entry"], p["resolved_by"]) for p in decided] == [(1, Y, "vote"), (2, X, "vote")]


async def test_a_recusal_mid_way_takes_the_sheet_out_and_the_severity_model_in(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI, CITRA)
        path = await course.open(x, y)
        for juror, less in ((ANA, 0), (BUDI, 10), (CITRA, 5)):
            await course.score(juror, X, *(80 - less,) * 5)
            await course.score(juror, Y, *(70 - less,) * 5)
        await course.done(CITRA, f"/entries/{Y}/recusal", {"reason": "membimbing tim"})
        await course.done("chair", f"{path}/closing")
        ranking = await course.shown("official", f"{path}/ranking")
        assert ranking["method"] == "severity"
        assert {s["entry"]: s["sheets"] for s in ranking["standings"]} == {X: 3, Y: 2}
        decided = await course.done("chair", f"{path}/decision")
        assert decided["method"] == "severity"
        assert {p["entry"]: (p["score"], p["exact"]) for p in decided["ranking"]} == {
            s["entry"]: (s["score"], s["exact"]) for s in ranking["standings"]
        }


async def test_the_advisory_figures_stand_beside_the_ranking(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        path = await course.open(x, y)
        for juror in (ANA, BUDI):
            await course.score(juror, X, *BEST)
            await course.score(juror, Y, 60, 60, 60, 60, 60)
        await course.done("chair", f"{path}/closing")
        advisory = (await course.shown("chair", f"{path}/ranking"))["advisory"]
        assert advisory["chance_of_first"] == {X: 1.0, Y: 0.0}
        assert advisory["without"] == {ANA: {X: 1, Y: 2}, BUDI: {X: 1, Y: 2}}
        assert advisory["severities"] == {ANA: 0.0, BUDI: 0.0}
        assert advisory["kendall_w"] == 1.0


async def test_a_category_that_nobody_scored_has_a_ranking_without_standings(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA)
        path = await course.open(x)
        await course.done("chair", f"{path}/closing")
        ranking = await course.shown("chair", f"{path}/ranking")
        assert (ranking["standings"], ranking["unscored"]) == ([], [X])
        assert ranking["hindrance"]["en"].endswith("Entry X: 0")


async def test_deciding_and_announcing_again_changes_nothing(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        path = await course.open(x)
        for juror in (ANA, BUDI):
            await course.score(juror, X, *BEST)
        await course.done("chair", f"{path}/closing")
        first = await course.post("chair", f"{path}/decision", key="decide-digital")
        assert (await course.done("chair", f"{path}/decision"))["ranking"] is None
        await course.done("official", f"{path}/decision/confirmation")
        await course.done("official", f"{path}/announcement")
        again = await course.post("chair", f"{path}/decision", key="decide-digital")
        assert again.json() == first.json()
        assert (await course.done("official", f"{path}/announcement"))["winners"] is None
        assert sum(isinstance(r.event, WinnersDecided) for r in await world.all_events()) == 1
