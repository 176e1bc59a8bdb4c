"""Personal data stands in the vault alone: no event holds a name, an address or a number of anybody."""

from typing import Any

import msgspec
from sqlalchemy import select

from services.identity.vault import VaultRow
from services.registration.app import create_app as registration
from shared.database import table
from tests.services.identity.office_hours import DECREE, PASSWORD, Identity, identity
from tests.services.registration.made_up import record_json
from tests.services.registration.office import running_rulebook
from tests.vault_search import found_in
from tests.world import World, bearer

EDITION = "test"


async def vault_of(here: Identity) -> list[dict[str, Any]]:
    rows = await here.parts.database.read(lambda c: c.execute(select(table(VaultRow))).mappings().all())
    return [dict(row) for row in rows]


async def test_no_event_of_accounts_roles_and_submissions_names_anybody(world: World) -> None:
    async with identity(world) as here, world.running(registration(world.settings("registration"))) as other:
        root = await here.administrator()
        await here.account(root, "panitia@kota.example", {"role": "committee", "edition": EDITION, **DECREE})
        committee = await here.token("panitia@kota.example")
        new = {"name": "Ani Contoh Wijaya", "email": "Ani.Contoh@kota.example", "phone": "+62 812 0000 1234"}
        pic = (await here.post("/v1/persons", committee, {**new, "nip": "19800101 200501 1 001"}))["person"]
        reset = await here.account(root, "lupa@kota.example")
        await here.post(f"/v1/persons/{reset}/password-reset", root, {})
        await here.sign_in("panitia@kota.example", "not the password")
        await here.post(f"/v1/persons/{reset}/sessions/ending", root, {}, 200)

        for path, body in (
            ("", {"rulebook": msgspec.to_builtins(running_rulebook())}),
            (f"/{EDITION}/institutions", {"code": "opd-01", "kind": "opd", "name": "Dinas Contoh"}),
            (f"/{EDITION}/innovations", {"institution": "opd-01", "record": record_json(), "pic": pic}),
        ):
            answer = await other.post(f"/v1/editions{path}", json=body, headers=bearer(committee))
            assert answer.status_code == 201, answer.text

        vault = await vault_of(here)
        assert len(vault) == 4 and PASSWORD not in str(vault)
        raws = [recorded.raw for recorded in await world.all_events()]
        assert any(pic.encode() in raw for raw in raws)
        assert found_in(raws, vault) == []


def test_the_search_finds_what_stands_in_an_event_however_it_is_written() -> None:
    ani = {"name": "Ani Côntoh", "email": "ani@kota.example", "login": "ani@kota.example", "phone": "+62 812 0000", "nip": ""}
    for raw in (
        b'{"by":"ani c\\u00f4ntoh"}',
        '{"by":"Ani Côntoh"}'.encode(),
        b'{"to":"ANI@kota.example"}',
        b'{"tel":"628120000"}',
    ):
        assert found_in([b"{}", raw], [ani]), raw
    assert found_in([b'{"by":"animal"}'], [ani]) == []
