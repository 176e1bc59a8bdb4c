"""The supervisor with the real Valkey and the real Caddy, and six copies of one small service."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from makmal.children import Kept
from makmal.house import House
from makmal.status import Running, Status, read
from shared.eventlog.keys import SERVICES
from shared.refusals import Refused

SMALL_SERVICE = """
import os, threading
from fastapi import FastAPI, Request
from redis.asyncio import Redis
from shared.settings import Settings

THREADS_AT_IMPORT = threading.active_count()

def create_app(settings):
    if os.environ.get("BROKEN") == os.environ["MAKMAL_SERVICE"]:
        raise RuntimeError("the small service is broken")
    app = FastAPI()
    broker = Redis.from_url(settings.broker_url)
    asked = []

    @app.get("/readyz")
    async def readyz():
        asked.append(1)
        if len(asked) < 3:
            from fastapi import HTTPException
            raise HTTPException(503)
        await broker.ping()
        return {}

    @app.get("/who")
    async def who(request: Request):
        return {
            "pid": os.getpid(), "parent": os.getppid(), "path": str(request.url_for("who").path), "log": settings.log,
            "database": settings.database_url, "data": str(settings.data), "vault": bool(settings.vault_secret),
            "identity": settings.identity_url, "public": settings.public_url, "client": request.client.host,
        }

    @app.post("/commands")
    async def command(request: Request):
        return {"pid": os.getpid(), "said": await request.json()}

    return app
"""

RUN = """
import sys
from pathlib import Path
from makmal.cli import main
import makmal.supervisor as supervisor
supervisor.Supervisor.__init__.__kwdefaults__["modules"] = dict.fromkeys(supervisor.MODULES, "small_service")
sys.argv[0] = "makmal"
main()
"""

Up = Callable[..., "Raised"]


class Raised:
    """A `makmal up` in a process of its own."""

    def __init__(self, data: Path, modules: Path, **environment: str) -> None:
        self.data = data
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", RUN, "up", "--port", "0", "--data", str(data)],
            env={**os.environ, "PYTHONPATH": f"{Path.cwd()}:{modules}", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def status(self) -> Status:
        found = read(self.data / "run" / "status.json")
        assert found is not None, self.process.stderr and self.process.stderr.read()
        return found

    def until(self, holds: Callable[[Status], bool], seconds: float = 20) -> Status:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            found = read(self.data / "run" / "status.json")
            if found is not None and holds(found):
                return found
            time.sleep(0.02)
        raise AssertionError(f"not within {seconds} s: {found}")

    def get(self, service: str) -> dict[str, Any]:
        answer = httpx.get(f"{self.status().url}/{service}/who", timeout=10)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def stop(self) -> tuple[str, str]:
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=30)


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("modules")
    (directory / "small_service.py").write_text(SMALL_SERVICE)
    return directory


@pytest.fixture
def up(tmp_path: Path, modules: Path) -> Iterator[Up]:
    raised: list[Raised] = []

    def start(name: str = "data", **environment: str) -> Raised:
        raised.append(Raised(tmp_path / name, modules, **environment))
        return raised[-1]

    yield start
    for one in raised:
        with one.process:  # closes its pipes
            if one.process.poll() is None:
                one.process.terminate()


def alive(pid: int | None) -> bool:
    return pid is not None and Path(f"/proc/{pid}").exists()


def all_ready(found: Status) -> bool:
    return found.ready and all(service.ready and service.pid for service in found.services.values())


def test_one_command_starts_every_service_on_one_url_and_one_signal_stops_all(up: Up) -> None:
    house = up()
    found = house.until(all_ready)
    assert found.broker.ready and found.gateway.ready
    assert set(found.services) == set(SERVICES)
    who = {service: house.get(service) for service in SERVICES}
    assert {w["parent"] for w in who.values()} == {found.supervisor}, "forks of the supervisor"
    assert {s: w["pid"] for s, w in who.items()} == {s: running.pid for s, running in found.services.items()}
    assert {s: w["path"] for s, w in who.items()} == {s: f"/{s}/who" for s in SERVICES}, "links hold behind the gateway"
    assert {s for s, w in who.items() if w["vault"]} == {"identity", "notification"}, "nobody else can ask the vault"
    assert len({w["database"] for w in who.values()}) == len({w["data"] for w in who.values()}) == len(SERVICES)
    assert {w["public"] for w in who.values()} == {found.url}
    assert {w["client"] for w in who.values()} == {"127.0.0.1"}, "the caller, as the gateway saw him"
    assert len(list(Path(f"/proc/{found.supervisor}/task").iterdir())) == 1, "forks are safe: no threads"
    said, errors = house.stop()
    assert said.splitlines() == [f"Makmal is ready: {found.url}"]
    assert errors == ""
    assert house.process.returncode == 0
    pids = [found.broker.pid, found.gateway.pid, *(running.pid for running in found.services.values())]
    assert not [pid for pid in pids if alive(pid)]
    assert read(house.data / "run" / "status.json") is None
    assert [file.name for file in (house.data / "run").iterdir() if file.suffix == ".sock"] == []


def test_a_killed_service_comes_back_and_commands_of_that_moment_are_answered(up: Up) -> None:
    house = up()
    before = house.until(all_ready)
    killed = before.services["judging"].pid
    assert killed
    with httpx.Client(base_url=before.url, timeout=20) as client:
        client.post("/judging/commands", json={"n": 0}, headers={"Idempotency-Key": "0"})
        os.kill(killed, signal.SIGKILL)
        for n in range(1, 6):
            answer = client.post("/judging/commands", json={"n": n}, headers={"Idempotency-Key": str(n)})
            assert (answer.status_code, answer.json()["said"]) == (200, {"n": n})
        assert answer.json()["pid"] != killed
    after = house.until(lambda found: all_ready(found) and found.services["judging"].restarts == 1)
    assert {s for s in SERVICES if after.services[s].pid != before.services[s].pid} == {"judging"}
    assert not alive(killed), "no zombie stays"
    assert "judging has ended and is started again" in house.stop()[0]


@pytest.mark.parametrize("part", ["broker", "gateway"])
def test_a_killed_broker_or_gateway_comes_back(up: Up, part: str) -> None:
    house = up()
    before: Running = getattr(house.until(all_ready), part)
    assert before.pid
    os.kill(before.pid, signal.SIGKILL)
    after = house.until(lambda found: getattr(found, part).restarts == 1 and getattr(found, part).ready)
    assert getattr(after, part).pid != before.pid
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            assert house.get("audit")["pid"] == after.services["audit"].pid
            break
        except httpx.TransportError:
            time.sleep(0.05)
    house.stop()
    assert house.process.returncode == 0


def test_nothing_outlives_a_killed_supervisor_and_the_next_one_starts(up: Up) -> None:
    house = up()
    found = house.until(all_ready)
    house.process.kill()
    house.process.communicate()
    pids = [found.broker.pid, found.gateway.pid, *(running.pid for running in found.services.values())]
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and any(alive(pid) for pid in pids):
        time.sleep(0.05)
    assert not [pid for pid in pids if alive(pid)]
    assert read(house.data / "run" / "status.json") is None, "the file that was left says nothing"
    again = up()
    assert again.until(all_ready).supervisor == again.process.pid


def test_a_service_that_cannot_start_is_named_with_its_log(up: Up) -> None:
    house = up(BROKEN="screening")
    _, errors = house.process.communicate(timeout=30)
    assert house.process.returncode == 3
    assert "screening ended 5 times before it was ready" in errors
    assert "screening berhenti 5 kali sebelum siap" in errors
    assert "the small service is broken" in (house.data / "logs" / "screening.log").read_text()


def test_a_second_supervisor_on_the_same_directory_is_refused(up: Up) -> None:
    house = up()
    house.until(all_ready)
    second = up()
    _, errors = second.process.communicate(timeout=30)
    assert second.process.returncode == 3
    assert "Another broker already runs" in errors
    assert house.get("audit")["log"] == "makmal", "the first goes on"


def test_a_taken_port_is_refused_in_both_languages(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "makmal", "up", "--port", port, "--data", str(tmp_path / "data")]
        tried = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert tried.returncode == 3
    assert f"Port {port} of 127.0.0.1 cannot be used" in tried.stderr
    assert f"Port {port} pada 127.0.0.1 tidak dapat dipakai" in tried.stderr


def test_a_data_directory_with_a_long_path_and_spaces_works(up: Up) -> None:
    house = up("kota batam " * 9)
    found = house.until(all_ready)
    assert house.get("registration")["pid"] == found.services["registration"].pid
    house.stop()


def test_what_ends_again_and_again_is_started_ever_more_slowly() -> None:
    class Ended:
        pid = None

        def start(self) -> None: ...

        def terminate(self) -> None: ...

        def kill(self) -> None: ...

    kept = Kept("judging", Ended())
    waits = []
    for _ in range(10):
        kept.start()
        kept.failed()
        assert kept.due is not None
        waits.append(round(kept.due - time.monotonic(), 1))
    assert waits == [0.0, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0]
    assert kept.restarts == 9


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first = House(tmp_path / "data")
    file = tmp_path / "data" / "house.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert House(tmp_path / "data").secrets == first.secrets
    passwords = json.loads(file.read_text())["passwords"].values()
    assert len(set(passwords)) == len(SERVICES) + 1
    assert all(len(password) >= 40 for password in passwords)


def test_a_directory_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(Refused, match="holds other files"):
        House(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_directory_keeps_the_name_of_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKMAL_LOG", "batam")
    assert House(tmp_path / "data").secrets.log == "batam"
    monkeypatch.setenv("MAKMAL_LOG", "bintan")
    with pytest.raises(Refused, match="'batam', MAKMAL_LOG says 'bintan'"):
        House(tmp_path / "data")


def test_the_log_is_reached_whether_or_not_its_broker_runs(tmp_path: Path) -> None:
    from redis import Redis

    house = House(tmp_path / "data")
    with house.broker_url() as url, Redis.from_url(url) as client:
        client.set("said", "yes")
        with house.broker_url() as same, Redis.from_url(same) as other:
            assert other.get("said") == b"yes"
        assert client.ping(), "a running broker is not stopped by who only joined it"
    assert house.broker().socket.exists() is False
