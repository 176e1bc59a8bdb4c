"""docker-compose.yml says the same as `makmal up`; each fault planted in it is found."""

import copy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.check import COMPOSE, ROOT, faults
from makmal.broker_acl import fresh_environment, from_environment
from shared.broker import EmbeddedBroker
from shared.eventlog.acl import render
from shared.eventlog.keys import SERVICES
from shared.refusals import Refused

FILE: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())


def test_the_file_agrees_with_the_code() -> None:
    assert list(faults(FILE)) == []


def test_every_folder_of_services_is_a_service() -> None:
    folders = {path.name for path in (ROOT / "services").iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert folders <= set(SERVICES)


def broker(option: str, value: str) -> Callable[[Any], None]:
    def change(containers: Any) -> None:
        command = containers["broker"]["command"]
        command[command.index(option) + 1] = value

    return change


def setting(container: str, name: str, value: object) -> Callable[[Any], None]:
    return lambda containers: containers[container]["environment"].__setitem__(name, value)


def key(container: str, name: str, value: object) -> Callable[[Any], None]:
    return lambda containers: containers[container].__setitem__(name, value)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda c: c.pop("audit"), "containers:"),
        (broker("--appendfsync", "everysec"), "--appendfsync is 'everysec', the embedded broker has 'always'"),
        (broker("--aclfile", "/srv/broker/other.acl"), "reads /srv/broker/other.acl, broker-acl writes /srv/broker/users.acl"),
        (key("broker", "ports", ["6379:6379"]), "broker: is reached past the gateway"),
        (key("judging", "read_only", False), "judging: read_only is False"),
        (key("judging", "user", "0:0"), "judging: runs as root"),
        (key("judging", "volumes", ["audit:/srv/data"]), "judging: keeps its data in"),
        (key("judging", "volumes", ["scores:/srv/data"]), "mounts the volume scores, which is not declared"),
        (key("judging", "image", "other"), "judging: is built otherwise"),
        (key("judging", "healthcheck", {}), "judging: has no healthcheck"),
        (setting("judging", "MAKMAL_DATABASE_URL", ""), "judging: cannot start: MAKMAL_DATABASE_URL is not set"),
        (setting("judging", "MAKMAL_VAULT_SECRET", "${MAKMAL_VAULT_SECRET:?}"), "judging: is given"),
        (
            setting("judging", "MAKMAL_BROKER_URL", "redis://audit:${MAKMAL_AUDIT_PASSWORD:?}@broker:6379"),
            "judging: comes to the broker as another service",
        ),
        (
            setting("judging", "MAKMAL_BROKER_URL", "redis://judging:${MAKMAL_JUDGING_PASSWORD}@broker:6379"),
            "judging: MAKMAL_BROKER_URL could be empty",
        ),
        (setting("identity", "MAKMAL_VAULT_SECRET", "changeme"), "MAKMAL_VAULT_SECRET does not come from the .env file"),
        (setting("gateway", "JUDGING_UPSTREAM", "audit:8000"), "gateway: goes to"),
        (key("gateway", "volumes", ["./deploy/Other:/etc/caddy/Caddyfile:ro"]), "mounts ./deploy/Other, which is not there"),
    ],
)
def test_a_fault_is_found(change: Callable[[Any], None], fault: str) -> None:
    changed = copy.deepcopy(FILE)
    change(changed["services"])
    assert any(fault in found for found in faults(changed)), list(faults(changed))


def test_the_env_file_has_all_that_the_compose_file_asks_for(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    command = [sys.executable, "-m", "makmal", "secrets", str(file), "--log", "batam", "--smtp-url", "smtp://localhost:25"]
    subprocess.run(command, check=True, timeout=30)
    assert file.stat().st_mode & 0o777 == 0o600
    names = {line.split("=", 1)[0] for line in file.read_text().splitlines()}
    asked = {part.split(":?}", 1)[0] for part in COMPOSE.read_text().split("${")[1:] if ":?}" in part.split("}")[0] + "}"}
    assert names == asked
    again = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert again.returncode == 3
    assert "exists, and a log needs its passwords" in again.stderr


def test_the_acl_file_of_the_containers_is_the_one_of_the_embedded_broker(tmp_path: Path) -> None:
    env = dict(line.split("=", 1) for line in fresh_environment("batam", "http://x", "smtp://x").splitlines())
    users = (*SERVICES, "operator")
    acl = from_environment(env)
    assert acl == render("batam", {user: env[f"MAKMAL_{user.upper()}_PASSWORD"] for user in users})
    with EmbeddedBroker(tmp_path, acl=acl) as broker:
        assert broker.pid


def test_no_password_may_be_missing() -> None:
    env = dict(line.split("=", 1) for line in fresh_environment("batam", "http://x", "smtp://x").splitlines())
    del env["MAKMAL_AUDIT_PASSWORD"]
    with pytest.raises(Refused, match="Set MAKMAL_AUDIT_PASSWORD in the environment"):
        from_environment(env)
