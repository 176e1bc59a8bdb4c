"""The funnel over time: counted from the trail, for committee and auditors, as picture and table."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from services.audit.app import create_app
from services.audit.pages_figures import MOST_POINTS, STAGES, funnel
from shared.events import catalogue
from shared.events.judging import ScoresheetSubmitted
from shared.events.registration import EditionOpened, InstitutionEnrolled, RulebookPublished
from shared.security import Grant
from tests.browsing import Browser
from tests.golden.examples import example
from tests.services.judging.competition import RULEBOOK
from tests.world import World, eventually

BEGIN = datetime(2023, 1, 31, 7, tzinfo=UTC)


class Line(NamedTuple):
    type: str
    subject: str
    time: str


def line(type: str, subject: str, seconds: float) -> Line:
    return Line(type, subject, (BEGIN + timedelta(seconds=seconds)).isoformat(timespec="milliseconds"))


def test_every_event_that_is_counted_exists() -> None:
    assert {type for _, adds, takes in STAGES for type in (*adds, *takes)} <= set(catalogue())


def test_what_is_taken_back_is_not_counted_and_what_happens_twice_counts_once() -> None:
    points = funnel(
        [
            line("InnovationSubmitted", "innovation/a", 0),
            line("InnovationSubmitted", "innovation/b", 1),
            line("EligibilityAssessed", "assessment/a", 2),
            line("EligibilityAssessed", "assessment/a", 3),
            line("InnovationWithdrawn", "innovation/b", 4),
            line("Nominated", "shortlist/s", 5),
            line("Nominated", "shortlist/s", 5),
            line("NominationRevoked", "shortlist/s", 6),
        ]
    )
    assert points[0].counts == (0, 1, 0, 0, 0, 0)
    assert points[1].counts == (0, 2, 0, 0, 0, 0)
    assert points[5].counts == (0, 1, 1, 2, 0, 0)
    assert points[-1].counts == (0, 1, 1, 1, 0, 0)


@pytest.mark.parametrize("seconds", [0, 1, 59, 3600, 40 * 86_400, 3 * 365 * 86_400])
def test_the_points_are_few_and_reach_the_end(seconds: int) -> None:
    points = funnel([line("InnovationSubmitted", "innovation/a", 0), line("InnovationSubmitted", "innovation/b", seconds)])
    assert len(points) <= MOST_POINTS and points[-1].counts[1] == 2
    assert funnel([]) == []


@pytest.mark.parametrize(("language", "said"), [("en", "Institutions enrolled"), ("id", "Instansi peserta")])
async def test_committee_and_auditor_see_the_figures_and_nobody_else(world: World, language: str, said: str) -> None:
    rulebook = replace(RULEBOOK, edition="test")
    opened = replace(example(EditionOpened), rulebook=rulebook.digest())
    await world.record("edition/test", opened, RulebookPublished(digest=rulebook.digest(), rulebook=rulebook))
    tokens = {role: await world.token(f"person/{role}", Grant(role, "test")) for role in ("committee", "auditor", "juror")}
    async with world.running(create_app(world.settings("audit"))) as client:

        async def figures(role: str) -> str:
            browser = Browser(client, tokens[role])
            browser.cookies["__Host-bahasa"] = language
            answer = await browser.look("/e/test/figures")
            return f"{answer.status_code} {answer.text}"

        assert "data-series" not in await figures("committee")
        await world.record("enrolment/test.opd-01", example(InstitutionEnrolled))
        [sheet] = await world.record("scoresheet/test.digital.a.p1", example(ScoresheetSubmitted))

        async def reached() -> bool:
            return "data-series" in await figures("auditor")

        await eventually(reached)
        await client.get(f"/v1/editions/test/trail?at_least={sheet.position}")
        shown = await figures("committee")
        assert shown.startswith("200") and said in shown and "<table>" in shown and "echarts" in shown
        assert 'class="notice' not in shown
        assert (await figures("juror")).startswith("403")
