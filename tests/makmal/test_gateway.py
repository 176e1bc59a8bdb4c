"""The real Caddy before small real servers on Unix sockets."""

import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import ClassVar

import httpx
import pytest

from makmal import gateway
from shared.eventlog.keys import SERVICES
from shared.sockets import free_port


class Echo(BaseHTTPRequestHandler):
    """Answers with what arrived; the first `dropped` requests are read and then the connection is cut, as by a kill."""

    dropped = 0
    seen: ClassVar[list[str]]

    def handle_request(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # the gateway broke off
            return
        type(self).seen.append(f"{self.command} {self.path}")
        if type(self).dropped > 0:
            type(self).dropped -= 1
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = json.dumps({"path": self.path, "headers": headers, "body": body.decode()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PUT = handle_request

    def log_message(self, format: str, *args: object) -> None:
        pass

    def address_string(self) -> str:
        return "socket"


class EchoServer(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path) -> None:
        class Handler(Echo):
            seen: ClassVar[list[str]] = []

        self.handler = Handler
        super().__init__(str(path), self.handler)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, httpx.Client]]:
    """A gateway before six sockets, of which nobody serves any yet."""
    directory = tmp_path_factory.mktemp("a gateway")
    port = free_port()
    sockets = {service: directory / f"{service}.sock" for service in SERVICES}
    caddy = gateway.run(sockets, bind="127.0.0.1", port=port, state=directory / "state", log=directory / "gateway.log")
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
        for _ in range(200):
            try:
                client.get("/livez")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield directory, client
    caddy.terminate()
    assert caddy.wait(10) == 0


@pytest.fixture
def judging(house: tuple[Path, httpx.Client]) -> Iterator[EchoServer]:
    path = house[0] / "judging.sock"
    path.unlink(missing_ok=True)
    server = EchoServer(path)
    yield server
    server.close()
    path.unlink(missing_ok=True)


@pytest.fixture
def client(house: tuple[Path, httpx.Client]) -> httpx.Client:
    return house[1]


def test_a_service_sees_its_own_path_and_the_prefix_it_stands_under(judging: EchoServer, client: httpx.Client) -> None:
    seen = client.get("/judging/v1/scores?page=2").json()
    assert seen["path"] == "/v1/scores?page=2"
    assert seen["headers"]["x-forwarded-prefix"] == "/judging"


def test_nobody_outside_can_say_who_he_is_by_a_header(judging: EchoServer, client: httpx.Client) -> None:
    forged = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Real-IP", "Forwarded")
    headers = client.get("/judging/", headers=dict.fromkeys(forged, "forged")).json()["headers"]
    assert "forged" not in headers.values()
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"


def test_answers_do_not_name_the_software(judging: EchoServer, client: httpx.Client) -> None:
    answer = client.get("/judging/")
    assert "server" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_index_lists_every_service(client: httpx.Client) -> None:
    assert client.get("/").json()["services"] == {service: f"/{service}/" for service in SERVICES}


def test_a_service_without_its_slash_is_led_there(client: httpx.Client) -> None:
    answer = client.get("/judging")
    assert (answer.status_code, answer.headers["location"]) == (308, "/judging/")


def test_an_unknown_path_is_a_problem_detail_in_both_languages(client: httpx.Client) -> None:
    answer = client.get("/finance/v1")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404
    assert "GET / lists the services" in answer.json()["detail"]
    assert "GET / memuat daftar layanan" in answer.json()["detail_id"]


def test_too_large_a_body_is_refused(judging: EchoServer, client: httpx.Client) -> None:
    answer = client.post("/judging/v1/scores", content=b"x" * (1024 * 1024 + 1))
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert "1MiB" in answer.json()["detail"]
    assert judging.handler.seen == []


def test_a_file_may_be_larger_and_has_its_limit_too(client: httpx.Client, house: tuple[Path, httpx.Client]) -> None:
    registration, notification = (EchoServer(house[0] / f"{name}.sock") for name in ("registration", "notification"))
    paths = (
        "/registration/v1/evidence-files/00ff",
        "/registration/v1/editions/batam-2023/imports/innovations",
        "/notification/v1/editions/batam-2023/circular-files/00ff",
    )
    try:
        for path in paths:
            assert client.put(path, content=b"x" * (10 * 1024 * 1024)).status_code == 200
            assert client.put(path, content=b"x" * (11 * 1024 * 1024 + 1)).status_code == 413
        assert registration.handler.seen == [f"PUT {path.removeprefix('/registration')}" for path in paths[:2]]
        assert notification.handler.seen == [f"PUT {paths[2].removeprefix('/notification')}"]
        small = client.put("/registration/v1/editions/batam-2023", content=b"x" * (1024 * 1024 + 1))
        assert small.status_code == 413
    finally:
        registration.close()
        notification.close()


def test_a_command_waits_for_a_service_that_is_just_starting(house: tuple[Path, httpx.Client]) -> None:
    directory, client = house
    started: list[EchoServer] = []
    timer = threading.Timer(0.5, lambda: started.append(EchoServer(directory / "audit.sock")))
    timer.start()
    answer = client.post("/audit/v1/x", json={"said": "once"})
    timer.join()
    started[0].close()
    assert answer.status_code == 200
    assert json.loads(answer.json()["body"]) == {"said": "once"}


def test_a_command_with_an_idempotency_key_is_repeated_when_its_service_is_killed_over_it(
    judging: EchoServer, client: httpx.Client
) -> None:
    judging.handler.dropped = 1
    answer = client.post("/judging/v1/scores", json={"score": 80}, headers={"Idempotency-Key": "k1"})
    assert answer.status_code == 200
    assert json.loads(answer.json()["body"]) == {"score": 80}
    assert judging.handler.seen == ["POST /v1/scores"] * 2


def test_a_command_without_a_key_is_not_repeated(judging: EchoServer, client: httpx.Client) -> None:
    judging.handler.dropped = 1
    answer = client.post("/judging/v1/scores", json={"score": 80})
    assert answer.status_code == 502
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["status"] == 502
    assert judging.handler.seen == ["POST /v1/scores"]


def test_without_its_upstreams_the_gateway_does_not_start() -> None:
    bare = {name: value for name, value in os.environ.items() if not name.endswith("_UPSTREAM")}
    command = [str(gateway.caddy_binary()), "adapt", "--config", str(gateway.CADDYFILE), "--validate"]
    assert subprocess.run(command, env=bare, capture_output=True, timeout=20).returncode != 0


@pytest.mark.parametrize("address", ["{}:8000", "unix//run/makmal/{}.sock"])
def test_the_same_caddyfile_serves_hosts_and_sockets(address: str) -> None:
    upstreams = {service: address.format(service) for service in SERVICES}
    settings = gateway.environment(upstreams, bind="0.0.0.0", port=8080)
    command = [str(gateway.caddy_binary()), "adapt", "--config", str(gateway.CADDYFILE), "--validate"]
    adapted = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, timeout=20, text=True)
    assert adapted.returncode == 0, adapted.stderr
    for dialled in (f"{service}:8000" if ":" in address else f"unix//run/makmal/{service}.sock" for service in SERVICES):
        assert f'"dial":"{dialled}"' in adapted.stdout
    assert '"disabled":true' in adapted.stdout, "no admin endpoint"


def test_the_caddyfile_is_formatted() -> None:
    command = [str(gateway.caddy_binary()), "fmt", str(gateway.CADDYFILE)]
    formatted = subprocess.run(command, capture_output=True, timeout=20, text=True)
    assert formatted.stdout == gateway.CADDYFILE.read_text()
