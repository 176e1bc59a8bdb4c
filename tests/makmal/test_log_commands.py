import json
import re
import signal
import subprocess
import sys
from asyncio import to_thread
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from makmal.cli import app
from makmal.house import House
from services.audit.app import create_app
from shared.events.audit import InconsistencyFound, NotaryKeyRotated
from shared.events.judging import JurorAppointed, ScoreRecorded, ScoresheetOpened, ScoresheetSubmitted
from shared.refusals import Refused
from shared.security import Grant
from tests.makmal.conftest import KeptHouse
from tests.services.judging.competition import ANA, BUDI, CRITERIA, EDITION, X, Y, judged
from tests.world import World, bearer, eventually


def ran(kept: KeptHouse, *words: str) -> Result:
    result = CliRunner().invoke(app, ["log", *words, "--data", str(kept.data)])
    if isinstance(result.exception, Exception):
        raise result.exception
    return result


def test_tail_prints_the_last_events_without_their_data(kept: KeptHouse) -> None:
    kept.records(3)
    lines = ran(kept, "tail", "-n", "2").stdout.splitlines()
    assert [re.sub(r"\S+ \S+", "TIME", line.strip()[4:], count=1) for line in lines] == [
        "TIME  ScoreRecorded             scoresheet/test.digital.2.p  by person/test",
        "TIME  ScoreRecorded             scoresheet/test.digital.2.p  by person/test",
    ]
    assert [line.split()[0] for line in lines] == ["14", "15"]
    assert "71.5" not in "".join(lines)


def test_the_broker_is_started_for_the_command_if_none_runs(tmp_path: Path) -> None:
    house = House(tmp_path / "data")
    result = CliRunner().invoke(app, ["log", "replay", "--json", "--data", str(house.data)])
    assert (result.exit_code, json.loads(result.stdout)["events"]) == (0, 0)
    with house.broker():  # and stopped again: its directory is free
        pass


def test_without_a_data_directory_the_environment_says_where_the_log_is(
    kept: KeptHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.records(1)
    monkeypatch.setenv("MAKMAL_BROKER_URL", kept.url)
    monkeypatch.setenv("MAKMAL_LOG", kept.keys.log)
    assert len(CliRunner().invoke(app, ["log", "tail"]).stdout.splitlines()) == 5
    monkeypatch.delenv("MAKMAL_LOG")
    result = CliRunner().invoke(app, ["log", "tail"])
    assert isinstance(result.exception, Refused) and "MAKMAL_LOG is not" in result.exception.en


def _heed_interrupts() -> None:
    """A shell lets its background jobs ignore Ctrl-C, and they hand that on; whoever follows the log at a terminal heeds it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_tail_follows_what_is_recorded(kept: KeptHouse) -> None:
    kept.records(1)
    command = [sys.executable, "-m", "makmal", "log", "tail", "-n", "1", "--follow", "--data", str(kept.data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=_heed_interrupts) as following:
        assert following.stdout is not None
        try:
            assert following.stdout.readline().split()[0] == "5"
            kept.records(1)
            assert following.stdout.readline().split()[0] == "6"
            following.send_signal(signal.SIGINT)
            following.stdout.read()
            assert following.wait() == 0
        finally:
            following.kill()


def test_tail_for_machines_is_one_object_a_line(kept: KeptHouse) -> None:
    kept.records(1)
    events = [json.loads(line) for line in ran(kept, "tail", "--json").stdout.splitlines()]
    assert [e["position"] for e in events] == [1, 2, 3, 4, 5]
    assert events[-1]["event"]["data"]["score"] == "71.5"


def test_show_gives_an_event_with_its_data_and_hash(kept: KeptHouse) -> None:
    kept.records(1)
    shown = ran(kept, "show", "3").stdout
    assert '"score": "71.5"' in shown and "position   3 in the stream of judging" in shown and "leaf hash" in shown
    with pytest.raises(Refused, match="No event stands at position 9; the log ends at 5"):
        ran(kept, "show", "9")


def test_replay_counts_up_to_a_position(kept: KeptHouse) -> None:
    kept.records(3)
    replayed = json.loads(ran(kept, "replay", "--until", "7", "--json").stdout)
    assert (replayed["position"], replayed["events"]) == (7, 7)
    assert replayed["by_type"] == {"ScoreRecorded": 3, "InstitutionRegistered": 2, "ScoresheetOpened": 2}
    assert replayed["by_subject"] == {"institution": 2, "scoresheet": 2}


def test_replay_counts_up_to_a_time(kept: KeptHouse) -> None:
    kept.records(2)
    events = [json.loads(line) for line in ran(kept, "tail", "--json").stdout.splitlines()]
    moment = events[5]["event"]["time"]
    replayed = json.loads(ran(kept, "replay", "--until", moment, "--json").stdout)
    first_later = next((e["position"] for e in events if e["event"]["time"] > moment), 11)
    assert replayed["position"] == first_later - 1 >= 6
    with pytest.raises(Refused, match="neither a position nor a time"):
        ran(kept, "replay", "--until", "yesterday")


def test_replay_tells_how_a_ranking_stood(kept: KeptHouse) -> None:
    """By ANA's sheets alone X leads; when BUDI's are in as well, the means decide, and Y does."""

    def sheet(points: int) -> list[ScoreRecorded]:
        return [ScoreRecorded(criterion=criterion, score=Decimal(points)) for criterion in CRITERIA]

    async def judge(world: World) -> None:
        for juror in (ANA, BUDI):
            await world.record(f"juror/{EDITION}.{juror}", JurorAppointed(juror=juror, university="U"), edition=EDITION)
        await world.record(f"category/{EDITION}.digital", *judged(X, Y), edition=EDITION)
        for juror, entry, points in ((ANA, X, 80), (ANA, Y, 60), (BUDI, X, 50), (BUDI, Y, 90)):
            opened = ScoresheetOpened(entry=entry, juror=juror)
            submitted = ScoresheetSubmitted(entry=entry, juror=juror)
            await world.record(f"scoresheet/{entry}.{juror}", opened, *sheet(points), submitted, edition=EDITION)

    kept.does(judge)
    end = len(ran(kept, "tail", "-n", "1000").stdout.splitlines())

    def ranking(until: int) -> list[tuple[int, str, str, int]]:
        replayed = json.loads(ran(kept, "replay", "--until", str(until), "--json").stdout)
        assert replayed["categories"] == {f"category/{EDITION}.digital": "judging"}
        stood = replayed["rankings"].get(f"category/{EDITION}.digital", [])
        return [(each["place"], each["name"], each["score"], each["sheets"]) for each in stood]

    assert ranking(end - 28) == []
    assert ranking(end - 14) == [(1, "Entry X", "80.00", 1), (2, "Entry Y", "60.00", 1)]
    assert ranking(end) == [(1, "Entry Y", "75.00", 2), (2, "Entry X", "65.00", 2)]
    assert "    1     75.00  Entry Y (2 scoresheets)" in ran(kept, "replay").stdout


# -- voiding


@pytest.fixture
def torn(kept: KeptHouse) -> KeptHouse:
    """Ten events, a position that a rogue only counted, and one more event."""
    kept.records(2)
    with kept.operator() as rogue:
        rogue.incr(kept.keys.position)

    async def more(world: World) -> None:
        await world.record("scoresheet/test.digital.9.p", ScoreRecorded(criterion="novelty", score=Decimal(1)))

    kept.does(more)
    return kept


def stream(kept: KeptHouse, service: str) -> list[tuple[str, Any]]:
    with kept.operator() as client:
        entries = client.execute_command("XRANGE", kept.keys.stream(service), "-", "+")
    return [(id.decode(), json.loads(fields[1])) for id, fields in entries]


def test_void_puts_on_record_that_nothing_stands_there(torn: KeptHouse) -> None:
    assert ran(torn, "void", "11", "--reason", " a rogue counted ").exit_code == 0
    [(id, event)] = stream(torn, "audit")
    assert (id, event["type"], event["subject"], event["version"]) == ("11-0", "PositionVoided", "position/11", 1)
    assert event["data"] == {"position": 11, "reason": "a rogue counted"}
    torn.signs()
    assert CliRunner().invoke(app, ["audit", "verify", "--bytes", "--data", str(torn.data)]).exit_code == 0


def test_void_keeps_what_the_audit_service_recorded_after_the_gap(torn: KeptHouse) -> None:
    async def audit_records(world: World) -> None:
        await world.record("notary", NotaryKeyRotated(vkey="v"), edition=None)
        for start in (1, 601):
            findings = [InconsistencyFound(position=position, what="x") for position in range(start, start + 600)]
            await world.record("notary", *findings, edition=None)

    torn.does(audit_records)
    before = stream(torn, "audit")
    assert ran(torn, "void", "11", "--reason", "a rogue counted").exit_code == 0
    after = stream(torn, "audit")
    assert after[0][0] == "11-0" and after[1:] == before

    async def goes_on(world: World) -> None:
        await world.record("notary", NotaryKeyRotated(vkey="w"), edition=None)
        assert len(await world.all_events()) == await world.log("audit").position()

    torn.does(goes_on)


@pytest.mark.parametrize(("position", "why"), [(12, "An event stands at position 12"), (13, "has not come to position 13")])
def test_only_a_missing_position_is_voided(torn: KeptHouse, position: int, why: str) -> None:
    with pytest.raises(Refused, match=why):
        ran(torn, "void", str(position), "--reason", "x")
    assert stream(torn, "audit") == []


def test_a_position_is_voided_once_and_with_a_reason(torn: KeptHouse) -> None:
    with pytest.raises(Refused, match="give a reason"):
        ran(torn, "void", "11", "--reason", " ")
    ran(torn, "void", "11", "--reason", "a rogue counted")
    with pytest.raises(Refused, match="An event stands at position 11"):
        ran(torn, "void", "11", "--reason", "again")
    assert len(stream(torn, "audit")) == 1


def test_the_running_audit_service_goes_on_after_the_void_and_its_trail_has_no_hole(torn: KeptHouse) -> None:
    async def work(world: World) -> None:
        async with world.running(create_app(world.settings("audit"))) as client:

            async def stopped() -> bool:
                answer = await client.get("/readyz")
                return "position 11 is missing from all streams" in answer.json()["why"]

            await eventually(stopped)
            await to_thread(lambda: ran(torn, "void", "11", "--reason", "a rogue counted"))

            async def ready() -> httpx.Response | None:
                answer = await client.get("/readyz")
                return answer if answer.status_code == 200 else None

            await eventually(ready, timeout=10)
            token = await world.token("person/auditor", Grant("auditor", "test"))
            voided = (await client.get("/v1/events/11", headers=bearer(token))).json()
            assert voided["line"]["type"] == "PositionVoided" and voided["signed"]

    torn.does(work)
