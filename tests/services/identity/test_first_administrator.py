"""The first administrator: there from the first start, whatever step of it a crash prevents."""

import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import Connection

from services.identity import credentials
from services.identity.account import ACCOUNT, Active, holds
from services.identity.first_administrator import id_of_the_first
from services.identity.passwords import Passwords
from services.identity.vault import Details, VaultRow, register
from shared.database import Database
from shared.deciding import Desk
from shared.events.identity import AccountActivated, AccountInvited, RoleGranted
from shared.settings import Misconfigured
from tests.services.identity.office_hours import DECREE, identity
from tests.world import World


def file(world: World) -> Path:
    return world.settings("identity").data / "first-administrator"


async def test_he_can_sign_in_and_grant_roles_when_the_service_is_ready(world: World) -> None:
    async with identity(world) as here:
        assert json.loads(file(world).read_text()).keys() == {"username", "password"}
        assert stat.S_IMODE(file(world).stat().st_mode) == 0o600
        person = await here.account(
            await here.administrator(), "ani@kota.example", {"role": "committee", "edition": "e", **DECREE}
        )
        events = [e for e in await world.all_events() if e.subject == f"account/{id_of_the_first(world.keys.log)}"]
        assert [type(e.event) for e in events] == [AccountInvited, RoleGranted, AccountActivated]
        state, _ = await here.parts.desk.state(ACCOUNT(person))
        assert holds(state, "committee", "e")


async def test_he_is_appointed_once_and_his_file_is_not_written_again(world: World) -> None:
    async with identity(world):
        first = json.loads(file(world).read_text())
    file(world).unlink()
    async with identity(world) as here:
        assert not file(world).exists()
        await here.token(first["username"], first["password"])
    assert sum(e.type == "RoleGranted" for e in await world.all_events()) == 1


class Crash(Exception):
    pass


@pytest.mark.parametrize("step", ["before the hash", "before the row", "before the events"])
async def test_after_a_crash_at_any_step_the_next_start_appoints_him(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    async def no_hash(self: Passwords, password: str) -> str:
        raise Crash

    def no_row(connection: Connection, person: str, hash: str) -> None:
        raise Crash

    carry_out = Desk.carry_out

    async def no_events(self: Desk, *acts: object, **more: object) -> object:
        if getattr(acts[0], "aggregate").fold is ACCOUNT:  # noqa: B009
            raise Crash
        return await carry_out(self, *acts, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        match step:
            case "before the hash":
                patched.setattr(Passwords, "hash", no_hash)
            case "before the row":
                patched.setattr(credentials, "set_password", no_row)
            case _:
                patched.setattr(Desk, "carry_out", no_events)
        with pytest.raises(Crash):
            async with identity(world):
                pass
    assert not any(e.subject.startswith("account/") for e in await world.all_events())
    shown_early = file(world).read_text()
    async with identity(world) as here:
        await here.administrator()
        assert file(world).read_text() == shown_early


async def test_if_the_database_was_lost_he_gets_a_new_password(world: World) -> None:
    async with identity(world):
        before = json.loads(file(world).read_text())
    file(world).unlink()
    for database in file(world).parent.glob("identity.db*"):
        database.unlink()
    async with identity(world) as here:
        await here.administrator()
        assert json.loads(file(world).read_text())["password"] != before["password"]
        state, version = await here.parts.desk.state(ACCOUNT(id_of_the_first(world.keys.log)))
        assert isinstance(state, Active) and version == 3


async def test_a_revoked_first_administrator_is_not_brought_back_by_a_restart(world: World) -> None:
    async with identity(world) as here:
        first = await here.administrator()
        await here.account(first, "ani@kota.example", {"role": "administrator"})
        revocation = {"person": id_of_the_first(world.keys.log), "role": "administrator", "reason": "left the office"}
        await here.post("/v1/roles/revocation", await here.token("ani@kota.example"), revocation, 200)
    file(world).unlink()
    for database in file(world).parent.glob("identity.db*"):
        database.unlink()
    async with identity(world):
        assert not file(world).exists()


async def test_he_signs_in_with_the_address_of_the_settings(world: World) -> None:
    async with identity(world, environment={"MAKMAL_ADMINISTRATOR_EMAIL": "root@kota.example"}) as here:
        assert json.loads(file(world).read_text())["username"] == "root@kota.example"
        await here.administrator()


async def test_an_address_that_belongs_to_somebody_else_is_named(world: World) -> None:
    database = Database(world.settings("identity").database_url)
    database.create([VaultRow])
    somebody = Details(name="Administrator Pertama", email="root@kota.example")
    await database.write(lambda c: register(c, "a" * 32, somebody, ""))
    database.close()
    with pytest.raises(Misconfigured, match=r"root@kota\.example belongs to somebody else"):
        async with identity(world, environment={"MAKMAL_ADMINISTRATOR_EMAIL": "root@kota.example"}):
            pass


@pytest.mark.parametrize("seconds", ["0", "soon", "-1"])
async def test_a_term_that_is_no_number_of_seconds_is_named(world: World, seconds: str) -> None:
    with pytest.raises(Misconfigured, match="MAKMAL_TOKEN_SECONDS is a number of seconds above 0"):
        async with identity(world, environment={"MAKMAL_TOKEN_SECONDS": seconds}):
            pass
