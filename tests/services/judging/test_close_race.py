"""A score cannot slip in after the close: many jurors score at once through one process while another process closes."""

import asyncio
from itertools import count
from typing import Any

import httpx
import pytest

from services.judging.app import create_app
from shared.eventlog import Recorded
from shared.events.judging import ScoreRecorded
from tests.services.judging.competition import X, Y, Z, nominated
from tests.services.judging.course import judging
from tests.world import World

JURORS = tuple(f"{number:032x}" for number in range(8))
ENTRIES = (X, Y, Z)


@pytest.mark.parametrize("already", [1, 60, 200])
async def test_no_score_stands_after_the_close_and_every_accepted_one_before_it(world: World, already: int) -> None:
    """Judging is closed when so many scores are accepted, with 24 more under way at any moment."""
    async with judging(world) as course, closing_service(world) as other:
        await course.appoint(*JURORS)
        path = await course.open(*(nominated(e, f"opd-0{n}") for n, e in enumerate(ENTRIES, 1)))
        seats = [(juror, entry) for juror in JURORS for entry in ENTRIES]
        await asyncio.gather(*(course.done(juror, f"/entries/{entry}/scoresheet") for juror, entry in seats))
        official = await course.token("official")

        answers: list[tuple[str, str, httpx.Response]] = []
        enough = asyncio.Event()
        numbers = count()

        async def score_until_refused(juror: str, entry: str) -> None:
            while True:
                points = f"{(next(numbers) % 10_000) / 100:.2f}"
                answer = await course.post(
                    juror, f"/entries/{entry}/scores", {"scores": [{"criterion": "novelty", "score": points}]}
                )
                answers.append((f"scoresheet/{entry}.{juror}", points, answer))
                if len(answers) >= already:
                    enough.set()
                if answer.is_error:
                    return

        scoring = asyncio.gather(*(score_until_refused(juror, entry) for juror, entry in seats))
        await enough.wait()
        headers = {"Authorization": f"Bearer {official}", "Idempotency-Key": "closing-time"}
        closing = await other.post(f"/v1{path}/closing", json={}, headers=headers)
        assert closing.status_code == 200, closing.text
        await scoring

        events = await world.all_events()
        [closed] = [r.position for r in events if r.type == "JudgingClosed"]
        scores = {r.position: r for r in events if r.type == "ScoreRecorded"}
        assert all(position < closed for position in scores), "a score stands after the close"
        accepted = [(subject, points, answer) for subject, points, answer in answers if answer.is_success]
        refused = [answer for _, _, answer in answers if answer.is_error]
        assert len(accepted) > 0
        assert len(refused) == len(seats)
        assert len(scores) == len(accepted), "what is recorded was accepted, and what was accepted is recorded"
        for subject, points, answer in accepted:
            recorded = scores[int(answer.headers["Makmal-Position"])]
            assert (recorded.subject, points_of(recorded)) == (subject, points)
        for answer in refused:
            assert (answer.status_code, answer.json()["detail"]) == (409, "judging of this category is not open")


def points_of(recorded: Recorded) -> str:
    assert isinstance(recorded.event, ScoreRecorded)
    return str(recorded.event.score)


def closing_service(world: World) -> Any:
    """A second process' worth of the service: its own desk, its own database, the same log."""
    other = world.directory / "other.db"
    return world.running(create_app(world.settings("judging", database_url=f"sqlite:///{other}")))
