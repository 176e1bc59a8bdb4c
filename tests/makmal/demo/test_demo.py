"""The demo plays a whole edition, whatever edition it is given, and a seed repeats its outcome."""

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from makmal import status
from makmal.bundle.reading import Bundle
from makmal.house import House
from makmal.verify.raw_log import entries, raw_client, snapshot
from shared.eventlog import Keys
from shared.eventlog.acl import OPERATOR
from tests.vault_search import found_in

ROOT = Path(__file__).resolve().parents[3]
MADE_UP = ROOT / "tests" / "editions" / "riau-olah"


def play(directory: Path, *arguments: str) -> tuple[dict[str, Any], str]:
    report = directory / "report.json"
    command = [sys.executable, "-m", "makmal", "demo", "--json", str(report), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return json.loads(report.read_text()), done.stdout


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def played(directory: Path) -> tuple[dict[str, Any], str]:
    """A made-up edition with six categories and four kinds of institution."""
    return play(directory, "--edition", str(MADE_UP), "--seed", "7", "--data", str(directory / "data"))


def test_no_event_of_the_demo_holds_a_name_or_an_address_of_anybody(
    played: tuple[dict[str, Any], str], directory: Path
) -> None:
    """Of whom the vault has, everybody who took part."""
    report, _ = played
    data = directory / "data"
    with sqlite3.connect(next((data / "identity").glob("*.sqlite"))) as vault:
        vault.row_factory = sqlite3.Row
        people = [dict(row) for row in vault.execute("SELECT * FROM identity_vault")]
    house = House(data)
    with house.broker_url(OPERATOR) as url, raw_client(url) as client:
        keys = Keys(house.secrets.log)
        raws = [raw for _, _, raw in entries(client, keys, snapshot(client, keys).end)]
    assert len(people) > 20 and len(raws) >= report["events"]
    assert found_in(raws, people) == []
    bundle = Bundle(data / "bundle")
    assert found_in([raw for _, raw in bundle.raws()], people) == []
    others = [file for file in (data / "bundle").rglob("*") if file.is_file() and "tile" not in file.parts]
    assert len(others) >= 5
    assert found_in([json.dumps(file.read_text()).encode() for file in others], people) == []


def test_a_made_up_edition_runs_from_opened_registration_to_winners(played: tuple[dict[str, Any], str]) -> None:
    report, _ = played
    assert report["edition"] == "riau-olah"
    assert len(report["categories"]) == 6
    assert all(winners for winners in report["categories"].values())
    assert report["events"] == sum(report["events_by_type"].values())


def test_the_demo_proves_what_it_shows(played: tuple[dict[str, Any], str]) -> None:
    report, _ = played
    assert report["gapless"] and report["rebuild_equal"] and report["checkpoint_verified"]
    assert 0 < report["tamper_found_at"] <= report["events"]
    assert report["messages_sent"] == report["events_by_type"]["MessageSent"]
    assert report["proven"] and report["independently_proven"] and report["receipt_verified"]
    assert report["checkpoint_size"] >= report["events"]


def test_the_copy_that_the_demo_leaves_is_checked_with_python_alone(
    played: tuple[dict[str, Any], str], directory: Path
) -> None:
    report, _ = played
    data = directory / "data"
    command = [sys.executable, "-I", "-S", "verify.py", "--receipt", str(data / "receipt.tlog-proof")]
    done = subprocess.run(command, cwd=data / "bundle", capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
    assert "The receipt is good for event" in done.stdout and done.stdout.endswith("TERBUKTI.\n    PROVEN.\n")
    for id, winners in report["categories"].items():
        told = next(line for line in done.stdout.splitlines() if line.startswith(f"riau-olah.{id}: "))
        assert all(winner["name"] in told and winner["score"] in told for winner in winners)


def test_a_log_that_is_restored_carries_every_service_and_every_projection(
    played: tuple[dict[str, Any], str], directory: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(directory / "data", data, ignore=shutil.ignore_patterns("broker", "run"))
    for words in (("audit", "restore"), ("audit", "verify"), ("projections", "check")):
        done = subprocess.run(
            [sys.executable, "-m", "makmal", *words, "--data", str(data)], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    assert done.stdout.count(": equal") == 6
    house = House(data)
    log = (tmp_path / "up.log").open("w")
    up = subprocess.Popen([sys.executable, "-m", "makmal", "up", "--port", "0", "--data", str(data)], cwd=ROOT, stdout=log)
    try:
        end = time.monotonic() + 60
        while (running := status.read(house.status_file)) is None or not all(s.ready for s in running.services.values()):
            assert up.poll() is None and time.monotonic() < end, (tmp_path / "up.log").read_text()
            time.sleep(0.1)
    finally:
        up.terminate()
        up.wait(30)
        log.close()


def test_the_story_tells_what_is_refused_and_what_goes_wrong(played: tuple[dict[str, Any], str]) -> None:
    _, story = played
    for told in (
        "refused (409): registration closed",
        "refused (403)",
        "SIGKILL",
        "recuses himself",
        "is extended",
        "returned and revised after the close",
        "upholds one objection",
        "confirmed by another",
        "came on paper",
        "confirms his own decision and is refused (403)",
        "A copy of the log proves itself",
        "claims are verified against their documents, one of them for less than it claims",
        "A nomination is revoked after jurors have scored it",
        "sheets stay on record, count for nothing",
        "Two heads object to the result",
        "His sheet is void and the result is corrected",
    ):
        assert told in story
    assert len(story.strip().splitlines()) < 40


def test_a_seed_repeats_the_same_winners(played: tuple[dict[str, Any], str], tmp_path: Path) -> None:
    report, _ = played
    again, _ = play(tmp_path, "--edition", str(MADE_UP), "--seed", "7")
    assert again["categories"] == report["categories"]
    assert again["obligations_met"] == report["obligations_met"]
