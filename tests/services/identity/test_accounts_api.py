"""Passwords reset, clients renewed and revoked, people erased, over HTTP on a real log."""

from datetime import UTC, datetime, timedelta

import httpx
import msgspec
from sqlalchemy import Connection, text

from services.identity import vault
from shared.events.identity import PasswordChanged, PersonErased
from shared.events.registration import PicAppointed, RulebookPublished
from shared.rulebook import Calendar
from tests.services.identity.office_hours import DECREE, PASSWORD, Identity, identity
from tests.services.registration.made_up import rulebook
from tests.world import World, bearer

JUROR = {"role": "juror", "edition": "batam-2023", **DECREE}
NEW_PASSWORD = "sebuah kalimat yang lain"


async def test_a_reset_link_serves_once_and_ends_the_sessions_so_far(world: World) -> None:
    async with identity(world) as here:
        root = await here.administrator()
        person = await here.account(root, "ani@kota.example", JUROR)
        before = await here.token("ani@kota.example")
        path = f"/v1/persons/{person}/password-reset"
        offered = await here.post(path, root, {}, key="the same key")
        assert await here.post(path, root, {}, key="the same key") == offered
        await here.token("ani@kota.example")  # the old password holds until the new one is chosen

        body = {"invitation": offered["invitation"], "password": NEW_PASSWORD}
        chosen = await here.client.post("/v1/accounts/activation", json=body)
        assert (chosen.status_code, chosen.json()) == (200, {"person": person})
        again = await here.client.post("/v1/accounts/activation", json=body)
        assert again.status_code == 409 and "has been taken up" in again.json()["detail"]
        assert (await here.sign_in("ani@kota.example", PASSWORD)).status_code == 400
        refused = await here.client.get(f"/v1/persons/{person}", headers=bearer(before))
        assert refused.status_code == 401
        await here.token("ani@kota.example", NEW_PASSWORD)
        (changed,) = [e for e in await world.all_events() if isinstance(e.event, PasswordChanged)]
        assert changed.envelope.actor == f"person/{person}"


async def test_only_administrators_offer_a_reset_and_the_newest_link_alone_serves(world: World) -> None:
    async with identity(world) as here:
        root = await here.administrator()
        person = await here.account(root, "ani@kota.example", {**JUROR, "role": "committee"})
        path = f"/v1/persons/{person}/password-reset"
        await here.post(path, await here.token("ani@kota.example"), {}, 403)
        await here.post(f"/v1/persons/{'e' * 32}/password-reset", root, {}, 409)
        older, newer = await here.post(path, root, {}), await here.post(path, root, {})
        for link, status in ((older, 409), (newer, 200)):
            body = {"invitation": link["invitation"], "password": NEW_PASSWORD}
            assert (await here.client.post("/v1/accounts/activation", json=body)).status_code == status


AT_ONCE = {"former_holds_seconds": 0}


async def client_token(here: Identity, secret: str) -> httpx.Response:
    form = {"grant_type": "client_credentials", "client_id": "sipd", "client_secret": secret}
    return await here.client.post("/v1/token", data=form)


async def test_after_a_leak_a_client_gets_a_new_secret_and_the_old_one_serves_no_longer(world: World) -> None:
    async with identity(world) as here:
        root = await here.administrator()
        new = {"client": "sipd", "edition": "batam-2023", "scopes": ["innovations:write", "people:write"]}
        first = await here.post("/v1/clients", root, new, key="registration")
        token = (await client_token(here, first["client_secret"])).json()["access_token"]
        await here.post("/v1/persons", token, {"name": "Demo", "email": "demo@kota.example"})

        second = await here.post("/v1/clients/sipd/secret", root, AT_ONCE, key="the same key")
        assert await here.post("/v1/clients/sipd/secret", root, AT_ONCE, key="the same key") == second
        assert (await client_token(here, first["client_secret"])).status_code == 401
        assert (await client_token(here, second["client_secret"])).status_code == 200
        await here.post("/v1/persons", token, {"name": "Demo", "email": "demo@kota.example"}, 401)
        # The same answers again, also when the state has moved on since.
        third = await here.post("/v1/clients/sipd/secret", root, AT_ONCE)
        assert await here.post("/v1/clients/sipd/secret", root, AT_ONCE, key="the same key") == second
        assert await here.post("/v1/clients", root, new, key="registration") == first
        assert (await client_token(here, third["client_secret"])).status_code == 200
        assert (await client_token(here, second["client_secret"])).status_code == 401


async def test_a_client_is_revoked_for_good(world: World) -> None:
    async with identity(world) as here:
        root = await here.administrator()
        new = {"client": "sipd", "edition": "batam-2023", "scopes": ["people:write"]}
        secret = (await here.post("/v1/clients", root, new))["client_secret"]
        token = (await client_token(here, secret)).json()["access_token"]
        await here.post("/v1/clients/sipd/revocation", token, {"reason": "mine"}, 403)
        await here.post("/v1/clients/sipd/revocation", root, {"reason": ""}, 422)
        await here.post("/v1/clients/nobody/revocation", root, {"reason": "off"}, 404)
        await here.post("/v1/clients/sipd/revocation", root, {"reason": "switched off"}, 200)
        assert (await client_token(here, secret)).status_code == 401
        await here.post("/v1/persons", token, {"name": "Demo", "email": "demo@kota.example"}, 401)
        await here.post("/v1/clients/sipd/secret", root, {}, 409)
        await here.post("/v1/clients", root, new, 409)
        position = await world.log("audit").position()
        shown = await here.client.get(f"/v1/mandates?client=sipd&at_least={position}", headers=bearer(root))
        (mandate,) = shown.json()["mandates"]
        assert (mandate["reason"], mandate["ended_position"]) == ("switched off", position)


async def published(world: World, edition: str, judged: datetime) -> None:
    calendar = Calendar(
        registration_opens=judged - timedelta(days=60), registration_closes=judged - timedelta(days=30), judging_closes=judged
    )
    rules = msgspec.structs.replace(rulebook(edition), calendar=calendar)
    await world.record(f"edition/{edition}", RulebookPublished(digest=rules.digest(), rulebook=rules), edition=edition)


async def test_a_person_is_erased_when_no_edition_that_names_him_must_be_kept(world: World) -> None:
    now = datetime.now(UTC)
    await published(world, "batam-2017", now - timedelta(days=6 * 365))
    async with identity(world) as here:
        root = await here.administrator()
        person = await here.account(root, "ani@kota.example", {**JUROR, "edition": "batam-2017"})
        token = await here.token("ani@kota.example")
        path = f"/v1/persons/{person}/erasure"
        await here.post(path, token, {}, 403)
        erased = await here.post(path, root, {}, 200, key="the same key")
        assert erased == {"person": person} == await here.post(path, root, {}, 200, key="the same key")

        assert (await here.client.get(f"/v1/persons/{person}", headers=bearer(token))).status_code == 401
        assert (await here.sign_in("ani@kota.example")).status_code == 400
        vault = {"Makmal-Vault-Secret": "vault-secret"}
        assert (await here.client.get(f"/v1/persons/{person}", headers=vault)).status_code == 404
        tables = ("identity_vault", "identity_passwords", "identity_invitations", "identity_sessions")
        for name in tables:
            assert await here.parts.database.read(lambda c, name=name: _of(c, name, person)) == 0  # type: ignore[misc]
        (event,) = [e.event for e in await world.all_events() if isinstance(e.event, PersonErased)]
        assert event == PersonErased(person=person, editions=("batam-2017",))
        # The address is free for somebody new, who is another person.
        new = await here.post("/v1/persons", root, {"name": "Demo ani@kota.example", "email": "ani@kota.example"})
        assert new["person"] != person
        await here.post(f"/v1/persons/{'e' * 32}/erasure", root, {}, 404)


async def test_who_was_erased_is_not_back_when_the_vault_comes_from_a_backup(world: World) -> None:
    async with identity(world) as here:
        root = await here.administrator()
        person = await here.account(root, "ani@kota.example")
        rows = await here.parts.database.read(lambda c: vault.find(c, person))
        await here.post(f"/v1/persons/{person}/erasure", root, {}, 200)
        assert rows is not None
        restored = dict(rows)
        await here.parts.database.write(lambda c: c.execute(vault.ADD, restored))
    async with identity(world) as here:
        assert await here.parts.database.read(lambda c: vault.find(c, person)) is None


def _of(connection: Connection, table: str, person: str) -> int:
    asked = text(f"SELECT count(*) FROM {table} WHERE person = :person")
    return int(connection.execute(asked, {"person": person}).scalar_one())


async def test_who_is_named_in_a_younger_edition_is_not_erased_even_without_role_or_account(world: World) -> None:
    await published(world, "batam-2023", datetime.now(UTC))
    async with identity(world) as here:
        root = await here.administrator()
        pic = (await here.post("/v1/persons", root, {"name": "PIC Demo", "email": "pic@kota.example"}))["person"]
        await world.record("innovation/i1", PicAppointed(institution="opd-01", person=pic), edition="batam-2023")
        refused = await here.post(f"/v1/persons/{pic}/erasure", root, {}, 409)
        assert "the record of batam-2023 names this person and is kept for 5 years" in refused["detail"]
        vault = {"Makmal-Vault-Secret": "vault-secret"}
        assert (await here.client.get(f"/v1/persons/{pic}", headers=vault)).status_code == 200
