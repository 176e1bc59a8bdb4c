"""`makmal account`, `makmal client` and `makmal keys` against a running identity behind a gateway's path."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from typer import Typer
from typer.testing import CliRunner, Result

from makmal.account_commands import account
from makmal.client_commands import client, keys
from services.identity.app import create_app
from shared.events.registration import RulebookPublished
from shared.refusals import Refused
from shared.sockets import free_port
from tests.access.ground import rules
from tests.world import World, eventually

ROOT = Path(__file__).resolve().parents[2]
DECREE = ("--edition", "batam-2023", "--decree", "SK-1/2023", "--decree-date", "2023-02-01")


class Door:
    def __init__(self, url: str, username: str, password: str):
        self.url = url
        self._more = ("--username", username, "--password", password, "--url", url)

    async def run(self, app: Typer, *arguments: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, [*arguments, *self._more])

    async def json(self, app: Typer, *arguments: str) -> dict[str, Any]:
        done = await self.run(app, *arguments, "--json")
        assert done.exit_code == 0, (done.output, done.exception)
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture
async def door(world: World) -> AsyncIterator[Door]:
    app = create_app(world.settings("identity"))
    async with world.running(app), _served(Starlette(routes=[Mount("/identity", app)])) as url:
        first = json.loads((app.state.parts.settings.data / "first-administrator").read_text())
        yield Door(url, first["username"], first["password"])


@asynccontextmanager
async def _served(app: Starlette) -> AsyncIterator[str]:
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", ws="none", log_level="warning"))
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await eventually(started)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving


async def test_somebody_is_invited_given_a_role_and_loses_it_again(door: Door) -> None:
    invited = await door.json(account, "invite", "ani@kota.example", "Ani Demo")
    done = await door.run(account, "grant", "ani@kota.example", "operator", "--institution", "opd-01", *DECREE)
    assert done.stdout == "ani@kota.example is operator in batam-2023\n"
    edition = ("--edition", "batam-2023")
    done = await door.run(account, "revoke", invited["person"], "operator", "--reason", "moved away", *edition)
    assert done.exit_code == 0
    told = (await door.run(account, "roles", "ani@kota.example")).stdout
    assert told.startswith("operator in batam-2023 for opd-01 by SK-1/2023 of 2023-02-01, since ")
    assert told.endswith(" (moved away)\n")


async def test_a_refusal_of_the_service_is_the_refusal_of_the_command(door: Door) -> None:
    await door.json(account, "invite", "ani@kota.example", "Ani Demo")
    done = await door.run(account, "reset", "ani@kota.example")
    assert isinstance(done.exception, Refused) and "has not taken up his invitation" in done.exception.en
    done = await door.run(account, "grant", "nobody@kota.example", "juror", *DECREE)
    assert isinstance(done.exception, Refused) and "nobody stands in the vault" in done.exception.en


async def test_a_person_is_erased_after_a_question(door: Door) -> None:
    invited = await door.json(account, "invite", "ani@kota.example", "Ani Demo")
    assert (await door.run(account, "erase", "ani@kota.example")).exit_code == 1  # nobody said yes
    done = await door.run(account, "erase", "ani@kota.example", "--yes")
    assert done.stdout == f"The vault has nothing any more of {invited['person']}; the log still verifies\n"
    done = await door.run(account, "roles", "ani@kota.example")
    assert isinstance(done.exception, Refused)


async def test_an_erasure_is_blocked_while_the_record_must_be_kept_and_says_so(door: Door, world: World) -> None:
    await door.json(account, "invite", "ani@kota.example", "Ani Demo")
    assert (await door.run(account, "grant", "ani@kota.example", "juror", *DECREE)).exit_code == 0
    rulebook = rules()
    await world.record(
        "edition/batam-2023", RulebookPublished(digest=rulebook.digest(), rulebook=rulebook), edition="batam-2023"
    )
    done = await door.run(account, "erase", "ani@kota.example", "--yes")
    assert isinstance(done.exception, Refused)
    assert re.search(r"^the record of batam-2023 names this person and is kept for \d+ years", done.exception.en)
    assert (await door.run(account, "roles", "ani@kota.example")).exit_code == 0, "he is still there"


async def test_a_client_is_created_given_another_secret_and_revoked(door: Door) -> None:
    scopes = ("--scope", "innovations:read", "--scope", "innovations:write")
    made = await door.json(client, "create", "demo-portal", "--edition", "batam-2023", *scopes)
    assert made["scopes"] == ["innovations:read", "innovations:write"]
    listed = await door.run(client, "list")
    assert listed.stdout.startswith("demo-portal in batam-2023 for all, since ")
    again = await door.json(client, "rotate", "demo-portal")
    assert again["client_secret"] != made["client_secret"] and again["former_until"]
    ended = await door.run(client, "end-old-secret", "demo-portal")
    assert ended.stdout == "Client demo-portal has one secret: the new one\n"
    assert (await door.json(client, "rotate", "demo-portal", "--old-holds", "0"))["former_until"] is None
    assert (await door.run(client, "revoke", "demo-portal", "--reason", "switched off")).exit_code == 0
    assert isinstance((await door.run(client, "rotate", "demo-portal")).exception, Refused)
    assert (await door.run(client, "list")).stdout == "No client is registered\n"


async def test_every_fault_of_a_file_of_people_is_told_before_anything_is_done(door: Door, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    head = "name,email,role,institutions,decree_date"
    faulty = ["[Demo] Ani,ani@kota.example,operator,,", "[Demo] Budi,,juror,,", ",c@kota.example,juror,,"]
    faulty += ["[Demo] Dewi,dewi@kota.example,emperor,,", "[Demo] Eko,eko@kota.example,juror,,31-01-2023"]
    file.write_text("\n".join([head, *faulty]))
    kept = ("--invitations", str(tmp_path / "invitations.csv"))
    done = await door.run(account, "import", str(file), *DECREE, *kept)
    assert isinstance(done.exception, Refused)
    assert [line.removeprefix(f"{file}:") for line in done.exception.en.splitlines()] == [
        "2: say for which institutions the operator enters",
        "3: give an e-mail address, or the NIP of who has none",
        "4: the name is missing",
        "5: there is no role emperor; the roles are committee, screener, juror, chair, head, operator, auditor, administrator",
        "6: 31-01-2023 is no date; write 2023-01-31",
    ]
    nobody = await door.run(account, "roles", "ani@kota.example")
    assert isinstance(nobody.exception, Refused)

    for content, fault in (
        ("name,email\n", "has no column"),
        ("name,email,role,rank\na,b,c,d", "has columns that are not known"),
    ):
        file.write_text(content)
        done = await door.run(account, "import", str(file), *DECREE, *kept)
        assert isinstance(done.exception, Refused) and fault in done.exception.en
    assert not (tmp_path / "invitations.csv").exists()


async def test_the_sessions_of_somebody_are_shown_and_ended(door: Door) -> None:
    invited = await door.json(account, "invite", "ani@kota.example", "Ani Demo")
    activation = {"--invitation": invited["invitation"], "--new-password": "sebuah kalimat panjang", "--url": door.url}
    arguments = [part for option in activation.items() for part in option]
    done = await asyncio.to_thread(CliRunner().invoke, account, ["activate", *arguments])
    assert done.exit_code == 0, done.output
    assert (await door.run(account, "sessions", "ani@kota.example")).stdout == "ani@kota.example is signed in nowhere\n"
    ani = Door(door.url, "ani@kota.example", "sebuah kalimat panjang")
    (session,) = (await ani.json(account, "sessions", invited["person"]))["sessions"]
    assert session["current"]
    assert len((await door.json(account, "sessions", invited["person"]))["sessions"]) == 1
    await door.run(account, "end-sessions", "ani@kota.example", "--session", session["session"])
    assert (await door.json(account, "sessions", invited["person"]))["sessions"] == []


async def test_the_signing_key_is_rotated_and_everybody_stays_signed_in(door: Door) -> None:
    first, second = await door.json(keys, "rotate"), await door.json(keys, "rotate", "--retire-all")
    assert second["kid"] != first["kid"] and first["kid"] in second["retired"]


@pytest.mark.parametrize("group", ["account", "client", "keys"])
def test_the_groups_belong_to_the_command(group: str) -> None:
    command = [sys.executable, "-m", "makmal", group, "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and f"makmal {group} [OPTIONS] COMMAND" in done.stdout


def test_nobody_at_home_is_refused_with_a_sentence() -> None:
    asked = ["rotate", "--username", "x@y.invalid", "--password", "x", "--url", "http://127.0.0.1:9"]
    done = CliRunner().invoke(keys, asked)
    assert isinstance(done.exception, Refused) and "http://127.0.0.1:9" in done.exception.en
