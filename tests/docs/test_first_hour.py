"""docs/first-hour.md is done as it is printed: from an empty data directory to an edition that is open, by the command line alone."""

import asyncio
import csv
import json
import re
import shlex
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from typer.testing import CliRunner, Result

from makmal.cli import app as makmal
from services.identity.app import create_app as identity
from services.registration.app import create_app as registration
from shared.sockets import free_port
from tests.world import World, eventually

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "first-hour.md").read_text()
PASSWORD = "sebuah kalimat panjang"


@asynccontextmanager
async def gateway(world: World) -> AsyncIterator[str]:
    """Identity and registration behind one URL, as the gateway has them."""
    apps = {"identity": identity(world.settings("identity")), "registration": registration(world.settings("registration"))}
    async with world.running(apps["identity"]), world.running(apps["registration"]):
        routes = [Mount(f"/{name}", app) for name, app in apps.items()]
        port = free_port()
        server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=port, lifespan="off", ws="none", log_config=None))
        serving = asyncio.create_task(server.serve())

        async def started() -> bool:
            return server.started

        await eventually(started)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        await serving


def commands() -> list[list[str]]:
    lines = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.S) for line in block.splitlines()]
    assert all(line.startswith("./dev makmal ") for line in lines)
    return [shlex.split(line)[2:] for line in lines]


async def test_the_first_hour_is_done_as_the_page_says(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "editions", tmp_path / "editions")
    few = _few_institutions(tmp_path / "editions" / "batam-2023" / "institutions.csv")
    (people,) = re.findall(r"```csv\n(.*?)```", PAGE, re.S)
    (tmp_path / "people.csv").write_text(people)
    async with gateway(world) as url:
        first = json.loads((tmp_path / "identity" / "first-administrator").read_text())
        passwords = {"administrator@localhost": first["password"], "sari@kota.example": PASSWORD}

        async def do(command: list[str], typed: str = "") -> Result:
            username = command[command.index("--username") + 1] if "--username" in command else ""
            where = [] if command[:2] == ["edition", "check"] else ["--url", url]
            environment = {"MAKMAL_PASSWORD": passwords.get(username, "")}
            done = await asyncio.to_thread(CliRunner().invoke, makmal, [*command, *where], typed, environment)
            assert done.exit_code == 0, (command, done.output, done.exception)
            return done

        said: dict[str, str] = {}
        for command in commands():
            typed = ""
            if command == ["account", "activate"]:
                typed = f"{said['account invite'].split()[-1]}\n{PASSWORD}\n{PASSWORD}\n"
            said[" ".join(command[:2])] = (await do(command, typed)).stdout

        assert f"{few} of {few} institutions are enrolled" in said["edition open"]
        assert said["account import"] == "5 rows of people.csv: 5 people have an invitation in invitations.csv\n"
        assert said["account roles"].startswith("committee in batam-2023 by KPTS.118/HK/II/2023 of 2023-02-14, since ")
        assert re.search(r"since .* until .* with python-httpx", said["account sessions"])

        # What came of it: the file is for the owner alone, and each invitation in it gives an account with the role.
        kept = tmp_path / "invitations.csv"
        assert kept.stat().st_mode & 0o077 == 0
        invited = list(csv.DictReader(kept.read_text().splitlines()))
        async with httpx.AsyncClient(base_url=url) as http:
            assert await roles_of(http, invited[3], "eko@kota.example") == [("operator", ["kel-01", "kel-02"])]
            assert await roles_of(http, invited[4], "198001012005012001") == [("operator", ["kel-03"])]

        again = next(command for command in commands() if command[1] == "import")
        done = await do(again)
        assert done.stdout == "5 rows of people.csv: 5 people have an invitation in invitations.csv\n"
        assert list(csv.DictReader(kept.read_text().splitlines())) == invited, "the same again, and nothing twice"
        granted = [e for e in await world.all_events() if e.type == "RoleGranted"]
        assert len(granted) == 7, "the administrator's, the secretary's, and five of the file"


def _few_institutions(file: Path) -> int:
    """Leave those that the page names, and their parents: 146 would show no more. How many."""
    head, *rows = file.read_text().splitlines(keepends=True)
    named = set(re.findall(r"\b(?:opd|kel)-\d\d\b", PAGE))
    parents = {row.split(",")[4] for row in rows if row.split(",")[0] in named}
    left = [row for row in rows if row.split(",")[0] in named | parents]
    file.write_text("".join([head, *left]))
    return len(left)


async def roles_of(http: httpx.AsyncClient, told: dict[str, str], login: str) -> list[tuple[str, list[str]]]:
    """Of somebody who takes up his invitation and signs in."""
    body = {"invitation": told["invitation"], "password": PASSWORD}
    activated = await http.post("/identity/v1/accounts/activation", json=body)
    form = {"grant_type": "password", "username": login, "password": PASSWORD}
    token = (await http.post("/identity/v1/token", data=form)).json()["access_token"]
    path = f"/identity/v1/persons/{activated.json()['person']}/roles"
    answer = await http.get(path, headers={"Authorization": f"Bearer {token}"})
    found: list[dict[str, Any]] = answer.json()["roles"]
    return [(role["role"], role["institutions"]) for role in found]
