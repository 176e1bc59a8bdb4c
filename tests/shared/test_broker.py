import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import NoPermissionError

from shared.broker import BrokerRefused, EmbeddedBroker
from shared.sockets import free_port, socket_directory

ACL = """user default off nopass -@all
user writer on >s:e/c@ret ~* +@all
user reader on >r %R~* +get
"""

Start = Callable[..., EmbeddedBroker]


def debian_redis() -> Path:
    found = shutil.which("redis-server")
    assert found, "Debian's redis-server is missing; ./dev test installs it"
    return Path(found)


@pytest.fixture(params=["valkey", "redis"])
def broker_on(request: pytest.FixtureRequest) -> Iterator[Start]:
    started: list[EmbeddedBroker] = []

    def start(directory: Path, **how: object) -> EmbeddedBroker:
        broker = EmbeddedBroker(directory, binary=debian_redis() if request.param == "redis" else None, **how)  # type: ignore[arg-type]
        started.append(broker)
        broker.start()
        return broker

    yield start
    for broker in started:
        broker.stop()


def test_what_was_acknowledged_is_there_after_kill_9(broker_on: Start, tmp_path: Path) -> None:
    broker = broker_on(tmp_path)
    with Redis.from_url(broker.url()) as client:
        client.set("said", "yes")
    broker.kill()
    assert broker.pid is None
    broker.start()
    with Redis.from_url(broker.url(), decode_responses=True) as client:
        assert client.get("said") == "yes"


def test_it_runs_with_the_settings_that_the_log_rests_on(broker_on: Start, tmp_path: Path) -> None:
    broker = broker_on(tmp_path)
    with Redis.from_url(broker.url(), decode_responses=True) as client:
        settings = client.config_get("append*", "save", "maxmemory-policy", "stream-node-max-bytes", "port")
    assert settings["appendonly"] == "yes"
    assert settings["appendfsync"] == "always"
    assert settings["save"] == ""
    assert settings["maxmemory-policy"] == "noeviction"
    assert settings["stream-node-max-bytes"] == "8192"
    assert settings["port"] == "0", "no port was asked for"


def test_the_users_of_the_acl_hold_from_the_first_command(broker_on: Start, tmp_path: Path) -> None:
    broker = broker_on(tmp_path, acl=ACL)
    with Redis.from_url(broker.url("writer", "s:e/c@ret")) as writer:
        writer.set("said", "yes")
    with Redis.from_url(broker.url("reader", "r")) as reader:
        assert reader.get("said") == b"yes"
        with pytest.raises(NoPermissionError):
            reader.set("said", "no")
    assert stat.S_IMODE((tmp_path / "users.acl").stat().st_mode) == 0o600


def test_a_port_is_served_on_loopback_only(broker_on: Start, tmp_path: Path) -> None:
    broker = broker_on(tmp_path, port=free_port())
    with Redis.from_url(broker.url(tcp=True), decode_responses=True) as client:
        assert client.config_get("bind") == {"bind": "127.0.0.1"}


def test_a_directory_has_one_broker(broker_on: Start, tmp_path: Path) -> None:
    broker = broker_on(tmp_path)
    with pytest.raises(BrokerRefused, match="Another broker already runs on") as refused:
        EmbeddedBroker(tmp_path).start()
    assert "Broker lain sudah berjalan" in refused.value.id
    broker.stop()
    broker.start()


def test_a_broken_acl_file_is_refused_with_the_servers_own_words(tmp_path: Path) -> None:
    with pytest.raises(BrokerRefused, match=r"does not start on .*: Aborting Valkey startup.*\+frobnicate"):
        EmbeddedBroker(tmp_path, acl="user nonsense on +frobnicate").start()


def test_a_directory_with_a_long_path_is_reached_by_a_short_socket(broker_on: Start, tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 30)
    broker = broker_on(deep)
    assert len(os.fsencode(broker.socket)) < 100
    assert broker.socket.parent == socket_directory(deep), "another process finds it"
    assert stat.S_IMODE(broker.socket.parent.stat().st_mode) == 0o700
    with Redis.from_url(broker.url()) as client:
        assert client.ping()
    broker.stop()
    broker.socket.parent.rmdir()


def test_it_starts_within_a_tenth_of_a_second(tmp_path: Path) -> None:
    quickest = 10.0
    for attempt in range(5):
        broker = EmbeddedBroker(tmp_path / str(attempt), acl=ACL)
        started = time.perf_counter()
        broker.start()
        quickest = min(quickest, time.perf_counter() - started)
        broker.stop()
    assert quickest < 0.1


def test_a_lifelong_broker_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from shared.broker import EmbeddedBroker\n"
        "broker = EmbeddedBroker(Path(sys.argv[1]), lifelong=True); broker.start()\n"
        "print(broker.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        pid = int(owner.stdout.readline())
        assert Path(f"/proc/{pid}").exists()
        owner.send_signal(signal.SIGKILL)
    with EmbeddedBroker(tmp_path) as successor:
        assert successor.pid != pid
