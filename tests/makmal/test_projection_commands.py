import json
import sqlite3
from asyncio import to_thread
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from makmal.cli import app
from makmal.rebuilding import differences_of_services
from services.audit.app import create_app
from shared.eventlog import LogWentBack
from shared.events.registration import InstitutionRegistered
from shared.refusals import Refused
from shared.settings import Settings
from tests.makmal.conftest import KeptHouse
from tests.world import World, eventually


def ran(kept: KeptHouse, *words: str) -> Result:
    result = CliRunner().invoke(app, ["projections", *words, "--data", str(kept.data)])
    if isinstance(result.exception, Exception):
        raise result.exception
    return result


def while_audit_runs(kept: KeptHouse, work: Callable[[World, httpx.AsyncClient], Awaitable[None]]) -> None:
    """The audit service runs on the data directory, as the supervisor would have it."""

    async def run(world: World) -> None:
        environment = kept.house.environment("audit", broker_url=kept.url, public_url="http://makmal.test")
        async with world.running(create_app(Settings.from_env(environment))) as client:

            async def ready() -> bool:
                return (await client.get("/readyz")).status_code == 200

            await eventually(ready)
            await work(world, client)

    kept.does(run)


async def nothing(world: World, client: httpx.AsyncClient) -> None:
    """Until it is ready, everything recorded so far is counted."""


def meddle(kept: KeptHouse, statement: str) -> None:
    connection = sqlite3.connect(kept.data / "audit" / "service.sqlite")
    assert connection.execute(statement).rowcount > 0
    connection.commit()
    connection.close()


def test_live_tables_are_equal_to_a_rebuild(kept: KeptHouse) -> None:
    kept.records(3)
    while_audit_runs(kept, nothing)
    [found] = json.loads(ran(kept, "check", "--json").stdout)
    assert found["service"] == "audit" and found["differences"] == []
    assert found["rows"] == found["position"] == 16
    assert ran(kept, "check", "audit").exit_code == 0


@pytest.mark.parametrize(
    ("statement", "live", "rebuilt"),
    [
        ("UPDATE audit_trail_v1 SET actor = 'person/other' WHERE position = 7", "person/other", "person/test"),
        ("DELETE FROM audit_trail_v1 WHERE position = 7", None, "person/test"),
        (
            "INSERT INTO audit_trail_v1 SELECT 99, id, time, type, service, subject, edition, 'person/forger', version, request, cause "
            "FROM audit_trail_v1 WHERE position = 7",
            "person/forger",
            None,
        ),
    ],
)
def test_a_row_that_is_not_what_the_log_says_is_named_and_put_right(
    kept: KeptHouse, statement: str, live: str | None, rebuilt: str | None
) -> None:
    kept.records(3)
    while_audit_runs(kept, nothing)
    meddle(kept, statement)
    result = ran(kept, "check", "--json")
    [found] = json.loads(result.stdout)
    assert result.exit_code == 1
    [difference] = found["differences"]
    assert difference["table"] == "audit_trail_v1" and difference["key"] in ([7], [99])
    assert ((difference["live"] or {}).get("actor"), (difference["rebuilt"] or {}).get("actor")) == (live, rebuilt)
    assert ran(kept, "rebuild", "audit").stdout == "audit: 16 rows rebuilt\n"
    assert ran(kept, "check").exit_code == 0


def test_tables_are_rebuilt_under_a_running_service_that_goes_on_counting(kept: KeptHouse) -> None:
    kept.records(3)

    async def work(world: World, client: httpx.AsyncClient) -> None:
        await to_thread(meddle, kept, "UPDATE audit_trail_v1 SET actor = 'person/other'")
        await to_thread(ran, kept, "rebuild")
        [recorded] = await world.record(
            "institution/opd-9", InstitutionRegistered(code="opd-9", kind="opd", name="Dinas Contoh"), edition=None
        )

        async def counted() -> bool:
            return bool((await client.get("/readyz")).json()["position"] >= recorded.position)

        await eventually(counted)
        assert await differences_of_services(kept.house) == []

    while_audit_runs(kept, work)
    assert json.loads(ran(kept, "check", "--json").stdout)[0]["rows"] == 17


def test_differences_are_told_in_a_line(kept: KeptHouse) -> None:
    kept.records(1)
    while_audit_runs(kept, nothing)
    meddle(kept, "DELETE FROM audit_trail_v1 WHERE position = 2")

    async def work(world: World) -> None:
        [line] = await differences_of_services(kept.house)
        assert line.startswith("audit: audit_trail_v1 (2,) is None, the log says {'position': 2, ")

    kept.does(work)


def test_status_says_how_far_each_projection_has_come(kept: KeptHouse) -> None:
    kept.records(3)
    while_audit_runs(kept, nothing)
    kept.records(1)
    [standing] = json.loads(ran(kept, "status", "--json").stdout)
    expected: dict[str, Any] = {"service": "audit", "projection": "audit_trail_v1", "position": 16, "behind": 5}
    assert standing == {**expected, "rows": {"audit_trail_v1": 16}}
    assert "audit_trail_v1" in ran(kept, "status", "audit").stdout


def test_a_service_that_never_ran_is_refused_by_name_and_left_out_otherwise(kept: KeptHouse) -> None:
    assert ran(kept, "status").stdout == ""
    with pytest.raises(Refused, match="screening has no database yet"):
        ran(kept, "rebuild", "screening")
    with pytest.raises(Refused, match="There is no service cooking"):
        ran(kept, "check", "cooking")
    assert not (kept.data / "screening" / "service.sqlite").exists()


def test_a_log_shorter_than_what_was_counted_is_not_taken_for_a_rebuild(kept: KeptHouse) -> None:
    kept.records(3)
    while_audit_runs(kept, nothing)
    with kept.operator() as operator:
        operator.set(kept.keys.position, 10)
    with pytest.raises(LogWentBack):
        ran(kept, "check")
