"""Nobody judges, confirms or decides what concerns his own institution: every act of the service is walked."""

from typing import Any

from fastapi.routing import iter_route_contexts

from services.judging.app import create_app
from tests.services.judging.competition import ANA, BUDI, CITRA, CRITERIA, EDITION, X, nominated
from tests.services.judging.course import judging
from tests.world import World

JURORS, CATEGORY = f"/editions/{EDITION}/jurors", f"/editions/{EDITION}/categories/digital"
TIE = {"institution": "opd-01", "relation": "kin"}
SCORES = [{"criterion": c, "score": 80} for c in CRITERIA]

ACTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "declare_conflict": ("official", f"{JURORS}/{ANA}/conflicts", TIE),
    "dismiss_conflict": ("official", f"{JURORS}/{ANA}/conflict-proposals/dismissal", {**TIE, "reason": "r"}),
    "replace": ("official", f"{JURORS}/{BUDI}/replacement", {"person": CITRA, "university": "U", "reason": "r"}),
    "assign_panels": ("official", f"{CATEGORY}/panels", {}),
    "open_scoresheet": (ANA, f"/entries/{X}/scoresheet", {}),
    "record_scores": (ANA, f"/entries/{X}/scores", {"scores": SCORES}),
    "submit_scoresheet": (ANA, f"/entries/{X}/scoresheet/submission", {}),
    "confirm_scoresheet": (ANA, f"/entries/{X}/scoresheet/confirmation", {}),
    "enter_paper_sheet": (
        "official",
        f"/entries/{X}/paper-sheets",
        {"scores": SCORES, "on_behalf_of": {"person": ANA, "scan_digest": "0" * 64}},
    ),
    "reopen_scoresheet": ("chair", f"/entries/{X}/scoresheet/reopening", {"juror": ANA, "reason": "r"}),
    "propose_disclosure": ("official", f"{CATEGORY}/disclosures", {"to": "8", "reason": "r"}),
    "disclose": ("chair", f"{CATEGORY}/disclosures/approval", {"to": "8"}),
    "resolve_tie": ("chair", f"{CATEGORY}/tie-votes", {"order": [X, X], "note": "2:0"}),
    "decide_winners": ("chair", f"{CATEGORY}/decision", {}),
    "confirm_decision": ("official", f"{CATEGORY}/decision/confirmation", {}),
    "reopen_decision": ("official", f"{CATEGORY}/decision/reopening", {"reason": "r"}),
    "announce": ("official", f"{CATEGORY}/announcement", {}),
    "rule_on_objection": ("official", f"{CATEGORY}/objections/o1/ruling", {"upheld": True, "reason": "r"}),
    "confer_award": ("official", f"/entries/{X}/award", {"decree": "SK", "decree_date": "2023-06-01"}),
    "propose_for_national_award": ("official", f"/entries/{X}/national-award", {"innovation": "i0"}),
}
"""Endpoint -> who asks, where, with what: each of it judges or decides something of opd-01, to which X belongs."""

NO_JUDGEMENT = {
    "appoint": "nobody appoints himself; a juror's ties are his own record",
    "recuse": "stepping back is what somebody concerned should do",
    "propose_conflict": "says something and settles nothing",
    "state_ties": "the juror about himself",
    "open_judging": "follows the calendar, for all entries alike",
    "close_judging": "follows the calendar, for all entries alike",
    "confirm_objection": "the objector about himself",
    "file_objection": "the right of the institution concerned",
}
"""Endpoints that anybody with their role may use, and why."""


async def test_every_act_is_either_walked_here_or_said_to_judge_nothing(world: World) -> None:
    """Of the API; its pages carry their acts out through the same functions."""
    app = create_app(world.settings("judging"))
    posts = {
        r.name for r in iter_route_contexts(app.routes) if "POST" in (r.methods or ()) and (r.path or "").startswith("/v1/")
    }
    assert posts == ACTS.keys() | NO_JUDGEMENT.keys()


async def test_whoever_works_for_a_competing_institution_is_refused_every_act_that_concerns_it(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        await course.open(nominated(X, "opd-01"))
        before = len(await world.all_events())
        for name, (who, path, body) in ACTS.items():
            assert await course.refused(f"{who}@opd-01", path, body) == (
                403,
                "this concerns opd-01, which you work or act for; somebody who has nothing to do with it must do it",
            ), name
        assert len(await world.all_events()) == before


async def test_whoever_works_elsewhere_is_not_refused_for_that(world: World) -> None:
    async with judging(world) as course:
        await course.appoint(ANA, BUDI)
        await course.open(nominated(X, "opd-01"))
        for name, (who, path, body) in ACTS.items():
            answer = await course.post(f"{who}@opd-02", path, body)
            assert "this concerns" not in answer.text, name
            assert answer.status_code != 422, (name, answer.text)
