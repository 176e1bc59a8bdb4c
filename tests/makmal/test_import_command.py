"""`makmal import` against identity and registration behind one gateway: people go to the vault, rows to the log."""

import asyncio
import csv
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from typer.testing import CliRunner, Result

from makmal.cli import app as makmal
from services.identity.app import create_app as identity
from services.registration.app import create_app as registration
from services.registration.importing_columns import INNOVATIONS
from shared.refusals import Refused
from shared.sockets import free_port
from tests.services.registration.made_up import record_json
from tests.services.registration.office import running_rulebook
from tests.world import World, bearer, eventually

COMMITTEE = "panitia@kota.example"
PASSWORD = "sebuah kalimat yang panjang"


class Town:
    """An edition is open, and somebody of its committee has an account."""

    def __init__(self, url: str, directory: Path, world: World):
        self._url = url
        self._directory = directory
        self.world = world

    async def imports(self, kind: str, file: Path | str, *more: str, username: str = COMMITTEE) -> Result:
        told = ["--edition", "test", "--username", username, "--password", PASSWORD, "--url", self._url]
        return await asyncio.to_thread(CliRunner().invoke, makmal, ["import", kind, str(file), *told, *more])

    def file(self, columns: Sequence[str], *rows: dict[str, Any], name: str = "file.csv") -> Path:
        path = self._directory / name
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(columns)
            writer.writerows([row.get(column, "") for column in columns] for row in rows)
        return path

    async def types(self) -> list[str]:
        return [event.type for event in await self.world.all_events()]


@pytest.fixture
async def town(world: World, tmp_path: Path) -> AsyncIterator[Town]:
    people, office = identity(world.settings("identity")), registration(world.settings("registration"))
    async with world.running(people), world.running(office):
        port = free_port()
        gateway = Starlette(routes=[Mount("/identity", people), Mount("/registration", office)])
        server = uvicorn.Server(uvicorn.Config(gateway, port=port, lifespan="off", ws="none", log_level="warning"))
        serving = asyncio.create_task(server.serve())

        async def started() -> bool:
            return server.started

        await eventually(started)
        first = json.loads((people.state.parts.settings.data / "first-administrator").read_text())
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            await _open(http, first)
        yield Town(f"http://127.0.0.1:{port}", tmp_path, world)
        server.should_exit = True
        await serving


async def _open(http: httpx.AsyncClient, first: dict[str, str]) -> None:
    async def token(username: str, password: str) -> str:
        form = {"grant_type": "password", "username": username, "password": password}
        return str((await http.post("/identity/v1/token", data=form)).raise_for_status().json()["access_token"])

    async def post(path: str, body: Any, by: str) -> Any:
        return (await http.post(path, json=body, headers=bearer(by))).raise_for_status().json()

    administrator = await token(first["username"], first["password"])
    invited = await post("/identity/v1/accounts", {"name": "Panitia Demo", "email": COMMITTEE}, administrator)
    chosen = {"invitation": invited["invitation"], "password": PASSWORD}
    (await http.post("/identity/v1/accounts/activation", json=chosen)).raise_for_status()
    role = {"person": invited["person"], "role": "committee", "edition": "test", "decree": "SK-1", "decree_date": "2023-01-31"}
    await post("/identity/v1/roles", role, administrator)
    committee = await token(COMMITTEE, PASSWORD)
    await post("/registration/v1/editions", {"rulebook": msgspec.to_builtins(running_rulebook())}, committee)


OPD = {"code": "opd-01", "kind": "opd", "name": "Dinas Demo"}
ANTRE: dict[str, Any] = {"institution": "opd-01", **record_json(), "other_affairs": ""}
ANI = {"institution": "opd-01", "innovation": "Antrean Tanpa Antre", "name": "Ani Rahayu Demo", "email": "ani@demo.invalid"}
PIC = ("institution", "innovation", "name", "email")


async def test_an_edition_is_filled_from_three_files_and_again_from_the_same_changes_nothing(town: Town) -> None:
    files = {
        "institutions": town.file(tuple(OPD), OPD, name="institutions.csv"),
        "innovations": town.file(INNOVATIONS.columns, ANTRE, name="innovations.csv"),
        "pics": town.file(PIC, ANI, name="pics.csv"),
    }
    for kind, file in files.items():
        for dry in (("--dry-run",), ()):
            done = await town.imports(kind, file, *dry)
            assert (done.exit_code, done.stdout) == (
                0,
                f"1 rows of {file} {'can be' if dry else 'are'} imported into test\n",
            ), (done.output, done.exception)
    assert (await town.types())[-1] == "PicAppointed"
    before = await town.world.log("audit").position()
    for kind, file in files.items():
        assert (await town.imports(kind, file)).exit_code == 0
    assert await town.world.log("audit").position() == before


async def test_a_persons_name_and_address_are_in_no_event(town: Town) -> None:
    await town.imports("institutions", town.file(tuple(OPD), OPD))
    await town.imports("innovations", town.file(INNOVATIONS.columns, ANTRE))
    assert (await town.imports("pics", town.file(PIC, ANI))).exit_code == 0
    for event in await town.world.all_events():
        assert b"Rahayu" not in event.raw and b"ani@demo.invalid" not in event.raw


async def test_every_fault_is_told_by_file_row_and_column_in_both_languages(town: Town) -> None:
    file = town.file((*PIC, "person"), ANI, {}, {**ANI, "email": ""}, {**ANI, "name": "", "email": "", "person": "ani"})
    done = await town.imports("pics", file, "--dry-run")
    assert done.exit_code == 1
    assert done.stderr == f"{file}:4 (email): the cell is empty; fill it in\n    sel ini kosong; silakan diisi\n"
    done = await town.imports("pics", town.file((*PIC, "person"), {}, {**ANI, "email": "", "person": "ani"}), "--dry-run")
    assert f"{file}:3 (innovation): opd-01 has no innovation of this name" in done.stderr
    file = town.file(INNOVATIONS.columns, {**ANTRE, "type": "analog"})
    done = await town.imports("innovations", file, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["faults"][0] == {
        "row": 2,
        "column": "type",
        "en": "write digital or non digital",
        "id": "tulis digital atau non digital",
    }


async def test_what_the_office_finds_is_told_alike(town: Town) -> None:
    file = town.file(tuple(OPD), {**OPD, "kind": "partai"})
    done = await town.imports("institutions", file)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"{file}:2 (code): this edition has no kind partai; it has opd, kelurahan\n")
    assert "ImportAccepted" not in await town.types()


async def test_a_file_that_is_not_there_and_a_wrong_password_are_refused_with_a_sentence(town: Town) -> None:
    done = await town.imports("pics", "nowhere.csv")
    assert isinstance(done.exception, Refused) and "nowhere.csv cannot be read" in done.exception.en
    done = await town.imports("pics", town.file(PIC, ANI), username="nobody@kota.example")
    assert isinstance(done.exception, Refused)
