"""What judging shows can be thrown away: built from zero it is the same, row for row."""

import asyncio
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, select

from services.judging.app import create_app
from services.judging.projections import PROJECTIONS
from shared.database import Database, table
from shared.events.screening import InnovationDisqualified
from tests.services.judging.competition import ANA, BUDI, CITRA, EDITION, RULEBOOK, X, Y, nominated
from tests.services.judging.course import judging
from tests.world import World, eventually


def rows(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    tables = [table(model) for projection in PROJECTIONS for model in projection.tables]
    return {t.name: sorted(tuple(row) for row in connection.execute(select(t))) for t in tables}


async def test_rebuilt_from_zero_every_table_equals_the_live_one(world: World) -> None:
    async with judging(world, replace(RULEBOOK, day_seconds=2, result_objection_days=1)) as course:
        await course.appoint(ANA, BUDI, CITRA)
        path = await course.open(nominated(X, "opd-01"), nominated(Y, "opd-02", 2))
        disqualified = InnovationDisqualified(innovation="i1", reason="tiru", explanation="menyalin")
        await world.record("assessment/i1", disqualified, edition=EDITION)

        async def struck() -> bool:
            return [e["innovations"] for e in (await course.shown("official", path))["entries"]] == [1, 1]

        await eventually(struck)
        doubt = {"institution": "opd-03", "relation": "kin", "note": "ipar"}
        await course.done("official", f"/editions/{EDITION}/jurors/{ANA}/conflict-proposals", doubt)
        for note in ("adik", "kakak"):
            tie = {"institution": "opd-01", "relation": "kin", "note": note}
            await course.done(CITRA, f"/editions/{EDITION}/jurors/{CITRA}/conflicts", tie)
        await course.done("official", f"{path}/panels")
        for juror in (ANA, BUDI):
            await course.score(juror, X, 80, 70, 90, 60, 100)
            await course.score(juror, Y, 60, 60, 60, 60, 60)
        await course.score(CITRA, Y, 50, 60, 60, 60, 60, submit=False)
        await course.done(CITRA, f"/entries/{Y}/scores", {"scores": [{"criterion": "novelty", "score": 55}]})
        await course.done(CITRA, f"/entries/{Y}/recusal", {"reason": "membimbing tim"})
        await course.done("chair", f"{path}/closing")
        await course.done("chair", f"{path}/decision")
        await course.done("official", f"{path}/decision/confirmation")
        await course.done("official", f"{path}/announcement")
        filed = await course.done("head opd-02", f"/entries/{Y}/objections", {"grounds": "nilai tidak adil"})
        ruling = f"{path}/objections/{filed['objection']}/ruling"
        await course.done("official", ruling, {"upheld": False, "reason": "tidak berdasar"})
        await asyncio.sleep(2)
        await course.done("official", f"/entries/{X}/award", {"decree": "SK 1/2023", "decree_date": "2023-06-01"})
        await course.shown("official", path)

        fresh = world.settings("judging", database_url=f"sqlite:///{world.directory / 'fresh.db'}")
        async with world.running(create_app(fresh)) as client:

            async def ready() -> bool:
                return (await client.get("/readyz")).status_code == 200

            await eventually(ready)
            assert (await client.get("/readyz")).json()["position"] == course.last

        databases = [Database(settings.database_url) for settings in (world.settings("judging"), fresh)]
        live, rebuilt = (database.read_now(rows) for database in databases)
        for database in databases:
            database.close()
        assert rebuilt == live
        assert all(live.values()), "every table had something to compare"
        assert len(live["judging_scores_v2"]) == 26
        assert [row for row in live["judging_panels_v2"] if row[0] == X] == [(X, ANA), (X, BUDI)], "the panel as it is now"
