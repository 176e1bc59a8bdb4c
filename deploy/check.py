"""Checks docker-compose.yml against the code, without a container engine: `python -m deploy.check`."""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from makmal.broker_acl import password_variable
from makmal.house import VAULT_READERS
from shared.broker.embedded import DURABLE
from shared.eventlog.acl import OPERATOR
from shared.eventlog.keys import SERVICES
from shared.settings import Misconfigured, Settings

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "docker-compose.yml"
CONFINED = {"read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"]}

Compose = Mapping[str, Any]


def faults(compose: Compose) -> Iterator[str]:
    """Every way in which the file differs from what `makmal up` runs, or is less confined than it should be."""
    containers: Mapping[str, Any] = compose["services"]
    wanted = {*SERVICES, "broker", "broker-acl", "gateway"}
    if set(containers) != wanted:
        yield f"containers: {sorted(containers)}, wanted {sorted(wanted)}"
        return
    for name, container in containers.items():
        yield from (f"{name}: {fault}" for fault in _confinement(name, container))
        yield from (f"{name}: {fault}" for fault in _volumes(container, compose["volumes"]))
        yield from (f"{name}: {fault}" for fault in _secrets(name, container.get("environment", {})))
    for service in SERVICES:
        yield from (f"{service}: {fault}" for fault in _service(service, containers[service], containers["broker-acl"]))
    yield from _broker(containers["broker"], containers["broker-acl"])
    yield from _gateway(containers["gateway"])


def _confinement(name: str, container: Compose) -> Iterator[str]:
    for key, value in CONFINED.items():
        if container.get(key) != value:
            yield f"{key} is {container.get(key)}, not {value}"
    if str(container.get("user", "0")).split(":")[0] in ("0", "root"):
        yield "runs as root"
    if name != "broker-acl" and not container.get("healthcheck", {}).get("test"):
        yield "has no healthcheck"
    if name != "gateway" and container.get("ports"):
        yield "is reached past the gateway"


def _volumes(container: Compose, declared: Compose) -> Iterator[str]:
    for volume in container.get("volumes", []):
        source = volume.split(":")[0]
        if source.startswith("."):
            if not (ROOT / source).is_file():
                yield f"mounts {source}, which is not there"
        elif source not in declared:
            yield f"mounts the volume {source}, which is not declared"


def _secrets(name: str, environment: Compose) -> Iterator[str]:
    """Each container gets its own secrets, from the .env file, with no default."""
    own = {
        "broker-acl": {password_variable(user) for user in (*SERVICES, OPERATOR)},
        **{service: {password_variable(service)} for service in SERVICES},
    }.get(name, set())
    if name in VAULT_READERS:
        own.add("MAKMAL_VAULT_SECRET")
    used: set[str] = set()
    for variable, value in environment.items():
        if not re.search("PASSWORD|SECRET|BROKER_URL", variable):
            continue
        references = re.findall(r"\$\{(\w+)(:\?)?\}", str(value))
        if not references:
            yield f"{variable} does not come from the .env file"
        yield from (f"{variable} could be empty: write ${{{used_name}:?}}" for used_name, must in references if not must)
        used |= {reference for reference, _ in references}
    if used != own:
        yield f"is given {sorted(used)}, wanted {sorted(own)}"


def _service(name: str, container: Compose, first: Compose) -> Iterator[str]:
    command = container["command"]
    if command[:4] != ["uvicorn", f"services.{name}.app:app", "--root-path", f"/{name}"]:
        yield f"runs {command[:4]}"
    if container["image"] != first["image"] or container.get("build") != first.get("build"):
        yield "is built otherwise than the others"
    environment = container["environment"]
    if environment.get("MAKMAL_SERVICE") != name or not str(environment.get("MAKMAL_BROKER_URL")).startswith(
        f"redis://{name}:"
    ):
        yield "comes to the broker as another service"
    if container["volumes"] != [f"{name}:/srv/data"]:
        yield f"keeps its data in {container['volumes']}"
    try:
        Settings.from_env({key: str(value) for key, value in environment.items()})
    except Misconfigured as error:
        yield f"cannot start: {error}"


def _broker(broker: Compose, acl: Compose) -> Iterator[str]:
    command = [str(word) for word in broker["command"]]
    options = dict(zip(command[1::2], command[2::2], strict=True))
    for option, value in zip(DURABLE[::2], DURABLE[1::2], strict=True):
        if options.get(option) != value:
            yield f"broker: {option} is {options.get(option)!r}, the embedded broker has {value!r}"
    if acl["command"][:-1] != ["python", "-m", "makmal", "broker-acl"] or options.get("--aclfile") != acl["command"][-1]:
        yield f"broker: reads {options.get('--aclfile')}, broker-acl writes {acl['command'][-1]}"
    if broker["volumes"] != acl["volumes"]:
        yield "broker: does not share its volume with broker-acl"


def _gateway(gateway: Compose) -> Iterator[str]:
    upstreams = {f"{service.upper()}_UPSTREAM": f"{service}:8000" for service in SERVICES}
    if gateway["environment"] != upstreams:
        yield f"gateway: goes to {gateway['environment']}, wanted {upstreams}"
    if gateway["volumes"] != ["./deploy/Caddyfile:/etc/caddy/Caddyfile:ro"]:
        yield "gateway: does not use deploy/Caddyfile"
    if set(gateway["depends_on"]) != set(SERVICES):
        yield f"gateway: waits for {sorted(gateway['depends_on'])}"


def main() -> None:
    found = list(faults(yaml.safe_load(COMPOSE.read_text())))
    print("\n".join(f"docker-compose.yml: {fault}" for fault in found) or "docker-compose.yml agrees with the code")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
